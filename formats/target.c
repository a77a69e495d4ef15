#include "formats/target.h"

#include "formats/dtp.h"
#include "formats/ping.h"
#include "formats/primero_body.h"
#include "formats/sheet.h"

static const struct target targets[] = {
	{ FORMAT_PING, ".json", false, SYSTEM_PROGRES, ping_write_referral,
	    ping_write_answer, ping_keeps },
	{ FORMAT_DTP, ".json", false, SYSTEM_PROGRES, dtp_write_referral,
	    dtp_write_answer, dtp_keeps },
	{ FORMAT_PRIMERO, ".json", false, SYSTEM_PRIMERO,
	    primero_body_write_referral, primero_body_write_answer,
	    primero_body_keeps },
	{ FORMAT_SHEET, ".html", true, SYSTEM_PRIMERO, sheet_write_referral,
	    NULL, sheet_keeps },
};

const struct target *
target_find(enum format f)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (targets[i].format == f)
			return &targets[i];
	return NULL;
}
