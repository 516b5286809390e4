/* The same calls from C, in a loop. */
#include "callees.h"

static volatile double float_result;
static volatile int64_t integer_result;

#define LOOP(name, result, call) void d_##name(int64_t n) { while (n--) result = call; }
LOOP(f, float_result, f(1))
LOOP(ff, float_result, ff(1, 2))
LOOP(fff, float_result, fff(1, 2, 3))
LOOP(ffff, float_result, ffff(1, 2, 3, 4))
LOOP(ffffff, float_result, ffffff(1, 2, 3, 4, 5, 6))
LOOP(jj, integer_result, jj(1, 2))
LOOP(ii, integer_result, ii(1, 2))
LOOP(ww, integer_result, ww(1, 2))
static int32_t whole;
static double half;
LOOP(outs, integer_result, outs(6, &whole, &half))
LOOP(mixed, float_result, mixed(1, 2, 3, 4, 5, 6, 7, 8))
static const double hundred[100];
LOOP(vector, float_result, vector(hundred, 100))
LOOP(text, integer_result, text("hello"))
