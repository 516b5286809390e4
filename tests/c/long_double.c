// long double in every place that C has for it.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef long double o;
typedef struct { o x; } one;
typedef struct { char c; o x; float e; o y[2]; } holds;
typedef struct { int64_t n; o x; } beside;
typedef struct __attribute__((packed)) { char c; o x; } packed;
typedef union { o x; int64_t n[2]; } either;

const uint32_t layout[] = {
    sizeof(o), _Alignof(o), sizeof(one), sizeof(holds), offsetof(holds, x), offsetof(holds, e), offsetof(holds, y),
    sizeof(beside), offsetof(beside, x), sizeof(packed), offsetof(packed, x), sizeof(either),
};

o same(o x) { return x; }
double narrowed(o x) { return (double)x; }
o third(int n) { return n / 3.0L; }
// What is less than a double tells of the next: (1 + 2^-60) - 1.
o beyond(o x) { return (x + 0x1p-60L) - x; }
o sum(int i, o a, double d, o b, float e, int64_t j, o c, int8_t n, o f, o g) {
  return i + a + 10 * d + 100 * b + 1000 * e + 10000 * j + 100000 * c + n + f + g;
}
o variadic(int n, ...) {
  va_list rest;
  va_start(rest, n);
  o all = 0;
  for (int i = 0; i < n; i++) all += va_arg(rest, int) * va_arg(rest, o) + va_arg(rest, double);
  va_end(rest);
  return all;
}
one half(one x) { return (one){x.x / 2}; }
holds next(holds h, int i) {
  h.c++;
  h.x += i;
  h.e *= 2;
  h.y[0] = h.y[1];
  h.y[1] = h.x;
  return h;
}
beside swapped(beside x) { return (beside){(int64_t)x.x, (o)x.n}; }
o through(o (*f)(o, int, o), o a, o b) { return f(a, 7, b); }
holds through_struct(holds (*f)(holds, o), holds h) { return f(f(h, 1), 2); }
double through_pointer(double (*f)(o *), o x) { return f(&x); }
void scale(o *x, int n) { for (int i = 0; i < n; i++) x[i] *= 2; }
o first(const o *x) { return x ? *x : -1; }
o *pointer(int n) {
  static o three[] = {1, 2, 3.5L};
  return n < 3 ? three + n : 0;
}
void fill(holds *h, packed *p, either *u) {
  *h = (holds){'a', 1.5L, 2.5f, {3.5L, 4.5L}};
  *p = (packed){'b', 5.5L};
  u->x = 1;
}
o global = 2.5L;

void widen(const double *from, o *to, int n) { for (int i = 0; i < n; i++) to[i] = from[i]; }
void narrow(const o *from, double *to, int n) { for (int i = 0; i < n; i++) to[i] = (double)from[i]; }
#ifdef __x86_64__
void widen_quad(const double *from, __float128 *to, int n) { for (int i = 0; i < n; i++) to[i] = from[i]; }
void narrow_quad(const __float128 *from, double *to, int n) { for (int i = 0; i < n; i++) to[i] = (double)from[i]; }
#endif
int both(o *x, int i, packed *p, either *u) {
  *x = i / 2.0L;
  *p = (packed){'c', i};
  u->n[0] = 5;
  return i;
}
