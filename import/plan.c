#include "import/plan.h"

const char *
plan_action_name(enum plan_action a)
{
	static const char *const names[] = {
		[PLAN_CREATE] = "create",
		[PLAN_LINK] = "link",
		[PLAN_ADD_SERVICE] = "add service",
		[PLAN_ASK] = "ask",
		[PLAN_LEAVE] = "leave",
		[PLAN_REVOKE] = "revoke",
		[PLAN_ANSWER] = "answer",
		[PLAN_CHECK] = "check",
		[PLAN_REFER] = "refer",
		[PLAN_WAIT] = "wait",
	};

	return names[a];
}
