/* The part of the K API that the benchmarks' glue uses (code.kx.com "C API for kdb+"). */
#pragma once
#include <stdint.h>

typedef struct k0 {
  signed char m, a, t;
  unsigned char u;
  int r;
  union {
    unsigned char g; int16_t h; int32_t i; int64_t j; float e; double f; char *s; struct k0 *k;
    struct { int64_t n; unsigned char G0[1]; };
  };
} *K;

K ka(int), kf(double), ki(int), kj(long long), knk(int, ...), kpn(char *, long long), krr(const char *);
K ktn(int, long long), r1(K), dot(K, K), ee(K);
char *ss(char *);
void r0(K);

enum { KB = 1, KG = 4, KH, KI, KJ, KE, KF, KC, KS, KP, KM, KD, KZ, KN, KU, KV, KT, NULL_OBJECT = 101 };

#define DATA(x, T) ((T *)(x)->G0)
#define ATOM(x, T) ((x)->t == -(T))
