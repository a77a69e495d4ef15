/* clock: the only file that asks what time it is. */
#ifndef SATCHEL_BASE_CLOCK_H
#define SATCHEL_BASE_CLOCK_H

#include "base/day.h"

moment clock_now(void);
/* Seconds with a fraction from some fixed start, for rates. */
double clock_elapsed(void);

#endif
