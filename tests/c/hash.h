// What generated callees share: the hash by which the tests know what C has seen (FNV-1a, 64 bits).
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct { uint8_t bytes[16]; } guid;
typedef struct { signed char m, a, t; unsigned char u; int32_t r; int64_t payload; } object;

uint64_t seen;

static __attribute__((noinline)) uint64_t bytes(uint64_t h, const void *p, size_t n) {
  for (size_t i = 0; i < n; i++) h = (h ^ ((const unsigned char *)p)[i]) * 0x100000001b3;
  return h;
}
// Widening shows what the callee makes of the upper half of a narrow argument's register.
static __attribute__((noinline)) uint64_t integer(uint64_t h, int64_t x) { return bytes(h, &x, sizeof x); }
static __attribute__((noinline)) uint64_t text(uint64_t h, const char *s) { return bytes(h, s, strlen(s)); }
