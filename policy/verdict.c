#include "policy/verdict.h"

const char *
verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_SHARE:
		return "share";
	case VERDICT_NOTE:
		return "note";
	case VERDICT_STRIP:
		return "strip";
	case VERDICT_HOLD:
		return "hold";
	case VERDICT_REFUSE:
		return "refuse";
	}
	return "refuse";
}
