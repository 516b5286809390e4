/* What all peers call. */
#include <stdint.h>

double add2(double x, double y) { return x + y; }
double eight(int32_t a, double b, int64_t c, float d, int16_t e, double f, uint8_t g, int64_t h) {
  return a + b + c + d + e + f + g + h;
}
int64_t first(const char *text) { return text[0]; }
/* Calls back n times. */
int64_t apply(int32_t (*f)(int32_t, int32_t), int32_t n) {
  int64_t sum = 0;
  for (int32_t i = 0; i < n; i++) sum += f(i, 1);
  return sum;
}
