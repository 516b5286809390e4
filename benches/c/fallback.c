// Callees of the fallback's benchmark, and the columns of struct tm as hand-written C makes them.
#include <stdarg.h>
#include <stdint.h>
#include <time.h>

struct pair { double x, y; };

double add(double x, double y) { return x + y; }
double add_pair(struct pair p) { return p.x + p.y; }
struct pair swap(struct pair p) { return (struct pair){p.y, p.x}; }

double add_all(int n, ...) {
  double sum = 0;
  va_list args;
  va_start(args, n);
  while (n--) sum += va_arg(args, double);
  va_end(args);
  return sum;
}

void columns(const struct tm *from, long n, int32_t **ints, int64_t **longs) {
  for (long i = 0; i < n; i++) {
    const int32_t *fields = &from[i].tm_sec;
    for (int k = 0; k < 9; k++) ints[k][i] = fields[k];
    longs[0][i] = from[i].tm_gmtoff;
    longs[1][i] = (int64_t)from[i].tm_zone;
  }
}
