/* Hand-written glue, as one would write it for kdb+: the yardstick of the benchmarks. */
#include "callees.h"
#include "k.h"

K w_f(K x) { return ATOM(x, KF) ? kf(f(x->f)) : krr("type"); }
K w_ff(K x, K y) { return ATOM(x, KF) && ATOM(y, KF) ? kf(ff(x->f, y->f)) : krr("type"); }
K w_fff(K x, K y, K z) {
  return ATOM(x, KF) && ATOM(y, KF) && ATOM(z, KF) ? kf(fff(x->f, y->f, z->f)) : krr("type");
}
K w_ffff(K x, K y, K z, K u) {
  if (!ATOM(x, KF) || !ATOM(y, KF) || !ATOM(z, KF) || !ATOM(u, KF)) return krr("type");
  return kf(ffff(x->f, y->f, z->f, u->f));
}
K w_ffffff(K x, K y, K z, K u, K v, K w) {
  if (!ATOM(x, KF) || !ATOM(y, KF) || !ATOM(z, KF) || !ATOM(u, KF) || !ATOM(v, KF) || !ATOM(w, KF))
    return krr("type");
  return kf(ffffff(x->f, y->f, z->f, u->f, v->f, w->f));
}
K w_jj(K x, K y) { return ATOM(x, KJ) && ATOM(y, KJ) ? kj(jj(x->j, y->j)) : krr("type"); }
K w_ii(K x, K y) { return ATOM(x, KI) && ATOM(y, KI) ? ki(ii(x->i, y->i)) : krr("type"); }
K w_ww(K x, K y) {
  if (!ATOM(x, KJ) || !ATOM(y, KJ)) return krr("type");
  if ((uint64_t)x->j > UINT32_MAX || (uint64_t)y->j > UINT32_MAX) return krr("range");
  return kj(ww((uint32_t)x->j, (uint32_t)y->j));
}
static inline K filled(double x) {
  int32_t whole;
  double half;
  int32_t result = outs(x, &whole, &half);
  return knk(3, ki(result), ki(whole), kf(half));
}
K w_outs(K x) { return ATOM(x, KF) ? filled(x->f) : krr("type"); }
K w_mixed(K a, K b, K c, K d, K e, K f, K g, K h) {
  if (!ATOM(a, KI) || !ATOM(b, KF) || !ATOM(c, KJ) || !ATOM(d, KE) || !ATOM(e, KH) || !ATOM(f, KF) || !ATOM(g, KG) ||
      !ATOM(h, KJ))
    return krr("type");
  return kf(mixed(a->i, b->f, c->j, d->e, e->h, f->f, g->g, h->j));
}
K w_vector(K x, K n) { return x->t == KF && ATOM(n, KJ) ? kf(vector(DATA(x, double), n->j)) : krr("type"); }
K w_text(K x) { return ATOM(x, KS) ? kj(text(x->s)) : krr("type"); }

/* The same, given one list: of atoms, collapsed to a vector, or (a;b;::) in a list of its own. */
static inline K *items(K x, int64_t n) {
  if (x->t) return 0;
  if (x->n == n && n > 1) return DATA(x, K);
  if (x->n != 1) return 0;
  K inner = *DATA(x, K);
  if (inner->t || inner->n != n + 1) return n == 1 ? DATA(x, K) : 0;
  K last = DATA(inner, K)[n];
  return last->t == NULL_OBJECT && !last->j ? DATA(inner, K) : 0;
}

#define IS_VECTOR(x, T, count) ((x)->t == (T) && (x)->n == (count))

K l_f(K x) {
  if (IS_VECTOR(x, KF, 1)) return kf(f(*DATA(x, double)));
  K *i = items(x, 1);
  return i ? w_f(i[0]) : krr("type");
}
#define LIST_FORM(f, tag, T, count, result, of_vector, of_items) \
  K l_##f(K x) { \
    T *v = DATA(x, T); \
    if (IS_VECTOR(x, tag, count)) return result(f of_vector); \
    K *i = items(x, count); \
    return i ? w_##f of_items : krr("type"); \
  }
LIST_FORM(ff, KF, double, 2, kf, (v[0], v[1]), (i[0], i[1]))
LIST_FORM(fff, KF, double, 3, kf, (v[0], v[1], v[2]), (i[0], i[1], i[2]))
LIST_FORM(ffff, KF, double, 4, kf, (v[0], v[1], v[2], v[3]), (i[0], i[1], i[2], i[3]))
LIST_FORM(ffffff, KF, double, 6, kf, (v[0], v[1], v[2], v[3], v[4], v[5]), (i[0], i[1], i[2], i[3], i[4], i[5]))
LIST_FORM(jj, KJ, int64_t, 2, kj, (v[0], v[1]), (i[0], i[1]))
LIST_FORM(ii, KI, int32_t, 2, ki, (v[0], v[1]), (i[0], i[1]))
K l_ww(K x) {
  int64_t *v = DATA(x, int64_t);
  if (IS_VECTOR(x, KJ, 2)) {
    if ((uint64_t)v[0] > UINT32_MAX || (uint64_t)v[1] > UINT32_MAX) return krr("range");
    return kj(ww((uint32_t)v[0], (uint32_t)v[1]));
  }
  K *i = items(x, 2);
  return i ? w_ww(i[0], i[1]) : krr("type");
}
K l_outs(K x) {
  if (IS_VECTOR(x, KF, 1)) return filled(*DATA(x, double));
  K *i = items(x, 1);
  return i ? w_outs(i[0]) : krr("type");
}
K l_mixed(K x) {
  K *i = items(x, 8);
  return i ? w_mixed(i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]) : krr("type");
}
K l_vector(K x) {
  K *i = items(x, 2);
  return i ? w_vector(i[0], i[1]) : krr("type");
}
K l_text(K x) {
  if (IS_VECTOR(x, KS, 1)) return kj(text(*DATA(x, char *)));
  K *i = items(x, 1);
  return i ? w_text(i[0]) : krr("type");
}

/* Many, to be called in turn. */
#define WRAP(n) \
  K w_many_##n(K x, K y) { return ATOM(x, KF) && ATOM(y, KF) ? kf(many_##n(x->f, y->f)) : krr("type"); }
EACH_1024(WRAP)
