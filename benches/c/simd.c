/* What one would write to apply a function of libm to a vector by glibc's vector variants: a loop that calls one through a
   pointer, the last elements through a padded register. */
#include "k.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

#define LOOP(name, lanes, type, load, store, set)                                                           \
  __attribute__((target(set))) static void name(type (*f)(type), double *r, const double *x, int64_t n) { \
    int64_t i = 0;                                                                                          \
    for (; i + lanes <= n; i += lanes) store(r + i, f(load(x + i)));                                        \
    if (i == n) return;                                                                                     \
    double rest[lanes];                                                                                     \
    for (int64_t j = 0; j < lanes; j++) rest[j] = x[i + j < n ? i + j : i];                                 \
    store(rest, f(load(rest)));                                                                             \
    memcpy(r + i, rest, (n - i) * sizeof *r);                                                               \
  }

LOOP(by_8, 8, __m512d, _mm512_loadu_pd, _mm512_storeu_pd, "avx512f")
LOOP(by_4, 4, __m256d, _mm256_loadu_pd, _mm256_storeu_pd, "avx2")

#define OF(f)                                                    \
  __m512d _ZGVeN8v_##f(__m512d);                                 \
  __m256d _ZGVdN4v_##f(__m256d);                                 \
  static __m512d (*volatile f##_8)(__m512d) = _ZGVeN8v_##f;      \
  static __m256d (*volatile f##_4)(__m256d) = _ZGVdN4v_##f;      \
  K v_8_##f(K x) {                                               \
    if (x->t != KF) return krr("type");                          \
    K result = ktn(KF, x->n);                                    \
    by_8(f##_8, DATA(result, double), DATA(x, double), x->n);    \
    return result;                                               \
  }                                                              \
  K v_4_##f(K x) {                                               \
    if (x->t != KF) return krr("type");                          \
    K result = ktn(KF, x->n);                                    \
    by_4(f##_4, DATA(result, double), DATA(x, double), x->n);    \
    return result;                                               \
  }

OF(exp)
OF(sin)
OF(log)
#endif
