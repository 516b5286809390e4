/* As little as possible, so that the way there is what is measured. */
#include "callees.h"

double f(double x) { return x + 1; }
double ff(double x, double y) { return x + y; }
double fff(double x, double y, double z) { return x + y + z; }
double ffff(double x, double y, double z, double u) { return x + y + z + u; }
double ffffff(double x, double y, double z, double u, double v, double w) { return x + y + z + u + v + w; }
int64_t jj(int64_t x, int64_t y) { return x + y; }
int32_t ii(int32_t x, int32_t y) { return x + y; }
uint32_t ww(uint32_t x, uint32_t y) { return x + y; }
int32_t outs(double x, int32_t *whole, double *half) {
  *whole = (int32_t)x;
  *half = x / 2;
  return 1;
}
double mixed(int32_t a, double b, int64_t c, float d, int16_t e, double f, uint8_t g, int64_t h) {
  return a + b + c + d + e + f + g + h;
}
double vector(const double *x, int64_t n) { return x[0] + x[n - 1]; }
int64_t text(const char *s) { return s[0]; }

/* Each adds its number, so that an answer tells who gave it. */
#define DEFINE(n) double many_##n(double x, double y) { return x + y + __COUNTER__; }
EACH_1024(DEFINE)
