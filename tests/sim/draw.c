#include "tests/sim/draw.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* splitmix64 */
uint64_t
draw_next(struct draw *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t
draw_below(struct draw *d, uint64_t n)
{
	return draw_next(d) % n;
}

bool
draw_chance(struct draw *d, unsigned per_mille)
{
	return draw_below(d, 1000) < per_mille;
}

void
draw_uuid(struct draw *d, char out[static 37])
{
	uint64_t a = draw_next(d), b = draw_next(d);

	(void)snprintf(out, 37, "%08x-%04x-4%03x-a%03x-%012llx",
	    (unsigned)(a >> 32), (unsigned)(a & 0xffff),
	    (unsigned)((a >> 16) & 0xfff), (unsigned)(b >> 52),
	    (unsigned long long)(b & 0xffffffffffffULL));
}

static struct draw program;

static const char *
name(void)
{
	return "drawn";
}

static uint32_t
one(void)
{
	return (uint32_t)draw_next(&program);
}

static void
fill(void *const out, const size_t len)
{
	unsigned char *at = out;
	uint64_t value;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		value = draw_next(&program);
		n = len - i < sizeof(value) ? len - i : sizeof(value);
		memcpy(at + i, &value, n);
	}
}

void
draw_for_program(uint64_t seed)
{
	static struct randombytes_implementation drawn = {
		.implementation_name = name,
		.random = one,
		.buf = fill,
	};

	program.state = seed;
	(void)randombytes_set_implementation(&drawn);
}
