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

/* Vectors with atoms among them: for just that mixture. */
static double (*volatile ternary)(double, double, double) = fff;

K a_fff(K x, K y, K z) {
  if (x->t != KF || y->t != -KF || z->t != KF) return krr("type");
  if (x->n != z->n) return krr("length");
  double (*f)(double, double, double) = ternary;
  K result = ktn(KF, x->n);
  double *r = DATA(result, double), *a = DATA(x, double), b = y->f, *c = DATA(z, double);
  for (int64_t i = 0; i < x->n; i++) r[i] = f(a[i], b, c[i]);
  return result;
}

static double (*volatile eight)(int32_t, double, int64_t, float, int16_t, double, uint8_t, int64_t) = mixed;

K a_mixed(K a, K b, K c, K d, K e, K f, K g, K h) {
  if (a->t != KI || b->t != KF || c->t != -KJ || d->t != KE || e->t != KH || f->t != -KF || g->t != KG || h->t != KJ)
    return krr("type");
  if (a->n != b->n || a->n != d->n || a->n != e->n || a->n != g->n || a->n != h->n) return krr("length");
  double (*of)(int32_t, double, int64_t, float, int16_t, double, uint8_t, int64_t) = eight;
  K result = ktn(KF, a->n);
  double *r = DATA(result, double), *bs = DATA(b, double), atom = f->f;
  int32_t *as = DATA(a, int32_t);
  float *ds = DATA(d, float);
  int16_t *es = DATA(e, int16_t);
  uint8_t *gs = DATA(g, uint8_t);
  int64_t *hs = DATA(h, int64_t), long_atom = c->j;
  for (int64_t i = 0; i < a->n; i++) r[i] = of(as[i], bs[i], long_atom, ds[i], es[i], atom, gs[i], hs[i]);
  return result;
}
