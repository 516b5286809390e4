/* What is called: as little as possible, so that the way there is what is measured. */
#include <stdint.h>

double f1(double x) { return x + 1; }
double ff(double x, double y) { return x + y; }
int64_t jj(int64_t x, int64_t y) { return x + y; }
int32_t ii(int32_t x, int32_t y) { return x + y; }
double mixed(int32_t a, double b, int64_t c, float d, int16_t e, double f, uint8_t g, int64_t h) {
  return a + b + c + d + e + f + g + h;
}
double vector(const double *x, int64_t n) { return x[0] + x[n - 1]; }
int64_t text(const char *s) { return s[0]; }

#define FOUR(M, n) M(n##0) M(n##1) M(n##2) M(n##3)
#define SIXTEEN(M, n) FOUR(M, n##0) FOUR(M, n##1) FOUR(M, n##2) FOUR(M, n##3)
#define SIXTY_FOUR(M, n) SIXTEEN(M, n##0) SIXTEEN(M, n##1) SIXTEEN(M, n##2) SIXTEEN(M, n##3)
#define ALL(M) SIXTY_FOUR(M, 0) SIXTY_FOUR(M, 1) SIXTY_FOUR(M, 2) SIXTY_FOUR(M, 3)
#define DEFINE(n) double many_##n(double x, double y) { return x - y; }
ALL(DEFINE)
