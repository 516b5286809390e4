/* What one would write to apply a C function to vectors: a loop that calls it through a pointer. */
#include "callees.h"
#include "k.h"

static double (*volatile binary)(double, double) = ff;

K a_ff(K x, K y) {
  if (x->t != KF || y->t != KF) return krr("type");
  if (x->n != y->n) return krr("length");
  double (*f)(double, double) = binary;
  K result = ktn(KF, x->n);
  double *r = DATA(result, double), *a = DATA(x, double), *b = DATA(y, double);
  for (int64_t i = 0; i < x->n; i++) r[i] = f(a[i], b[i]);
  return result;
}

/* The same for a step whose result is its next first argument. */
K o_ff(K x, K y) {
  if (x->t != -KF || y->t != KF) return krr("type");
  double (*f)(double, double) = binary;
  double state = x->f, *v = DATA(y, double);
  for (int64_t i = 0; i < y->n; i++) state = f(state, v[i]);
  return kf(state);
}

K s_ff(K x, K y) {
  if (x->t != -KF || y->t != KF) return krr("type");
  double (*f)(double, double) = binary;
  K result = ktn(KF, y->n);
  double state = x->f, *v = DATA(y, double), *r = DATA(result, double);
  for (int64_t i = 0; i < y->n; i++) r[i] = state = f(state, v[i]);
  return result;
}
