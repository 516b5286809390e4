// Callees that must not be reached: each counts its calls.
#include <stdint.h>

int64_t calls;

int64_t eight(int32_t i, int16_t h, int64_t j, float e, double f, const char *s, char *C, int32_t *I) { calls++; return i + h + j; }
double two(double a, double b) { calls++; return a + b; }
double one(double a) { calls++; return a; }
int64_t pointer(void *p) { calls++; return (int64_t)p; }
int64_t none(void) { return ++calls; }
int64_t write_then(char *buffer, int32_t i) { buffer[0] = 'w'; return ++calls; }
int64_t take(void *callback) { return ++calls; }
