/* Hand-written glue, as one would write it for kdb+: the yardstick of the benchmarks. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct k0 {
  signed char m, a, t;
  unsigned char u;
  int r;
  union {
    unsigned char g; int16_t h; int32_t i; int64_t j; float e; double f; char *s; struct k0 *k;
    struct { int64_t n; unsigned char G0[1]; };
  };
} *K;

K ki(int), kj(long long), kf(double), krr(const char *);

/* The callees, in a library of their own. */
double ff(double, double);
int64_t jj(int64_t, int64_t);
int32_t ii(int32_t, int32_t);
double mixed(int32_t, double, int64_t, float, int16_t, double, uint8_t, int64_t);
double vector(const double *, int64_t);
int64_t text(const char *);
double f1(double);

#define ATOM(x, T) ((x)->t == -(T))
#define KG(x) ((x)->G0)

K w_f1(K x) { return ATOM(x, 9) ? kf(f1(x->f)) : krr("type"); }
K w_ff(K x, K y) { return ATOM(x, 9) && ATOM(y, 9) ? kf(ff(x->f, y->f)) : krr("type"); }
K w_jj(K x, K y) { return ATOM(x, 7) && ATOM(y, 7) ? kj(jj(x->j, y->j)) : krr("type"); }
K w_ii(K x, K y) { return ATOM(x, 6) && ATOM(y, 6) ? ki(ii(x->i, y->i)) : krr("type"); }
K w_mixed(K a, K b, K c, K d, K e, K f, K g, K h) {
  if (!ATOM(a, 6) || !ATOM(b, 9) || !ATOM(c, 7) || !ATOM(d, 8) || !ATOM(e, 5) || !ATOM(f, 9) || !ATOM(g, 4) ||
      !ATOM(h, 7))
    return krr("type");
  return kf(mixed(a->i, b->f, c->j, d->e, e->h, f->f, g->g, h->j));
}
K w_vector(K x, K n) { return x->t == 9 && ATOM(n, 7) ? kf(vector((double *)KG(x), n->j)) : krr("type"); }
K w_text(K x) { return ATOM(x, 11) ? kj(text(x->s)) : krr("type"); }

/* The same, given one list, which holds atoms or has collapsed to a vector. */
#define ITEM(x, i) (((K *)KG(x))[i])
K l_ff(K x) {
  if (x->t == 9 && x->n == 2) return kf(ff(((double *)KG(x))[0], ((double *)KG(x))[1]));
  return x->t == 0 && x->n == 2 ? w_ff(ITEM(x, 0), ITEM(x, 1)) : krr("type");
}
K l_mixed(K x) {
  if (x->t || x->n != 8) return krr("type");
  return w_mixed(ITEM(x, 0), ITEM(x, 1), ITEM(x, 2), ITEM(x, 3), ITEM(x, 4), ITEM(x, 5), ITEM(x, 6), ITEM(x, 7));
}

/* Many callees and their wrappers, to be called in turn. */
#define FOUR(M, n) M(n##0) M(n##1) M(n##2) M(n##3)
#define SIXTEEN(M, n) FOUR(M, n##0) FOUR(M, n##1) FOUR(M, n##2) FOUR(M, n##3)
#define SIXTY_FOUR(M, n) SIXTEEN(M, n##0) SIXTEEN(M, n##1) SIXTEEN(M, n##2) SIXTEEN(M, n##3)
#define ALL(M) SIXTY_FOUR(M, 0) SIXTY_FOUR(M, 1) SIXTY_FOUR(M, 2) SIXTY_FOUR(M, 3)
#define DECLARE(n) double many_##n(double, double);
#define WRAP(n) K w_many_##n(K x, K y) { return ATOM(x, 9) && ATOM(y, 9) ? kf(many_##n(x->f, y->f)) : krr("type"); }
ALL(DECLARE)
ALL(WRAP)
