/* C that calls back, and hand-written callbacks that apply a q function. */
#include "k.h"

/* The callers: n calls of f. */
double run_f(double (*f)(double), int64_t n) {
  double sum = 0;
  while (n--) sum += f(1);
  return sum;
}
double run_ff(double (*f)(double, double), int64_t n) {
  double sum = 0;
  while (n--) sum += f(1, 2);
  return sum;
}
double run_compare(int (*f)(const void *, const void *), int64_t n) {
  int64_t x = 1, y = 2, sum = 0;
  while (n--) sum += f(&x, &y);
  return sum;
}
static int64_t seen;
double run_event(void (*f)(int), int64_t n) {
  seen = 0;
  for (int64_t i = n; i--;) f(1);
  return seen;
}

/* The q functions that are applied: C itself, so that no interpreter is measured. */
K q_f(K x) { return kf(x->f + 1); }
K q_ff(K x, K y) { return kf(x->f + y->f); }
K q_compare(K x, K y) { return ki((x->j > y->j) - (x->j < y->j)); }
K q_event(K x) {
  seen += x->i;
  return ki(0);
}

/* What one would write for a given C interface. */
static K function;
void set_function(K f) { function = f; }

static K apply(K args) {
  K result = dot(function, args);
  r0(args);
  if (!result) r0(ee(result));
  return result;
}
double h_f(double x) {
  K args = ktn(0, 1);
  DATA(args, K)[0] = kf(x);
  K r = apply(args);
  double result = r && ATOM(r, KF) ? r->f : 0;
  if (r) r0(r);
  return result;
}
double h_ff(double x, double y) {
  K args = ktn(0, 2);
  DATA(args, K)[0] = kf(x), DATA(args, K)[1] = kf(y);
  K r = apply(args);
  double result = r && ATOM(r, KF) ? r->f : 0;
  if (r) r0(r);
  return result;
}
int h_compare(const void *x, const void *y) {
  K args = ktn(0, 2);
  DATA(args, K)[0] = kj(*(const int64_t *)x), DATA(args, K)[1] = kj(*(const int64_t *)y);
  K r = apply(args);
  int result = r && ATOM(r, KI) ? r->i : 0;
  if (r) r0(r);
  return result;
}
void h_event(int x) {
  K args = ktn(0, 1);
  DATA(args, K)[0] = ki(x);
  K r = apply(args);
  if (r) r0(r);
}
