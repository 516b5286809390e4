// Callees of the tests that count what calls leave behind.
#include <stdint.h>
#include <stdlib.h>

typedef struct { signed char m, a, t; unsigned char u; int32_t r; } object;

double add(double a, double b) { return a + b; }
int64_t many(int64_t a, int32_t b, double c, const char *s, int64_t *v, char *buffer, float e, int16_t h) { return a + b + *v + *buffer; }
const char *text(const char *s) { return s; }
int64_t *element(int64_t *v) { return v; }
object *same(object *x) { x->r++; return x; }
void nothing(void) {}
int64_t fold(int64_t (*f)(int64_t, int64_t), int64_t n) { int64_t x = 0; for (int64_t i = 0; i < n; i++) x = f(x, i); return x; }
int64_t texts(const char *(*f)(const char *), int64_t n) { int64_t x = 0; for (int64_t i = 0; i < n; i++) x += f("some text")[0]; return x; }
object *objects(object *(*f)(object *), object *x) { return f(x); }
