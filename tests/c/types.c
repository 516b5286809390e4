// One set of functions for each type character of contract.md, named after it.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TYPE(L, T)                                                                                       \
  T same_##L(T x) { return x; }                                                                          \
  T last_##L(T a, T b, T c, T d, T e, T f, T g, T h, T i, T x) { return x; }                            \
  T *keep_##L(T x) { static T kept; kept = x; return &kept; }                                            \
  T get_##L(const T *p) { return *p; }                                                                   \
  void put_##L(T *p, T x) { *p = x; }                                                                    \
  int64_t is_null_##L(const T *p) { return p == NULL; }                                                  \
  void reverse_##L(T *p, int64_t n) { for (int64_t i = 0; i < n / 2; i++) { T t = p[i]; p[i] = p[n - 1 - i]; p[n - 1 - i] = t; } } \
  void *caller_##L(T x) { return __builtin_return_address(0); }

// Narrow integers also: what the callee makes of the upper bits of its argument, in a register and on the stack.
#define NARROW(L, T)                                                                                     \
  TYPE(L, T)                                                                                             \
  int64_t widen_##L(T x) { return x; }                                                                   \
  int64_t widen_last_##L(T a, T b, T c, T d, T e, T f, T g, T x) { return x; }

NARROW(b, bool) NARROW(x, uint8_t) NARROW(c, char) NARROW(h, int16_t) NARROW(i, int32_t)
NARROW(a, int8_t) NARROW(y, uint16_t) NARROW(w, uint32_t)
NARROW(m, int32_t) NARROW(d, int32_t) NARROW(u, int32_t) NARROW(v, int32_t) NARROW(t, int32_t)
TYPE(j, int64_t) TYPE(p, int64_t) TYPE(n, int64_t) TYPE(l, size_t)
TYPE(e, float) TYPE(f, double) TYPE(z, double)
TYPE(s, const char *) TYPE(r, void *)

void *null(void) { return NULL; }
void nothing(void) {}
// Bound with narrower results than they have, these leave junk above them.
uint64_t junk(uint64_t x) { return x; }
double junk_float(double x) { return x; }

// 16 bytes behind a pointer.
typedef struct { uint8_t bytes[16]; } guid;
guid *keep_g(const guid *x) { static guid kept; kept = *x; return &kept; }
int64_t sum_g(const guid *x) { int64_t s = 0; for (int i = 0; i < 16; i++) s = 31 * s + x->bytes[i]; return s; }
void put_g(guid *p, const guid *x) { *p = *x; }
int64_t is_null_g(const guid *p) { return p == NULL; }
void reverse_g(guid *p, int64_t n) { for (int64_t i = 0; i < n / 2; i++) { guid t = p[i]; p[i] = p[n - 1 - i]; p[n - 1 - i] = t; } }
void *caller_g(const guid *x) { return __builtin_return_address(0); }

// Texts.
int64_t length(const char *s) { return s ? (int64_t)strlen(s) : -1; }
int64_t end(const char *s, int64_t n) { return s[n]; }
char *upper(char *s) { for (char *p = s; *p; p++) if (*p >= 'a' && *p <= 'z') *p -= 32; return s; }
int64_t fill(char *s, int64_t n) { memset(s, 'z', n); return n; }
int64_t total(const char *const *texts) { int64_t n = 0; while (*texts) n = 100 * n + strlen(*texts++); return n; }
void shout(char **texts) { while (*texts) upper(*texts++); }
// Swaps the first and last of an array, sets the second to NULL and the third to a text of its own.
void set_texts(char **texts, int64_t n) {
  static char text1[] = "text1";
  char *first = texts[0]; texts[0] = texts[n - 1]; texts[n - 1] = first;
  texts[1] = NULL; texts[2] = text1;
}
void *caller_C(char *s) { return __builtin_return_address(0); }

// Objects.
typedef struct { signed char m, a, t; unsigned char u; int32_t r; } object;
// A result is the caller's, so an argument that is returned counts one more reference.
object *same_K(object *x) { x->r++; return x; }
object *second_K(int64_t i, object *x, double f) { x->r++; return x; }
int64_t tag_of(const object *x) { return x->t; }
int64_t references(const object *x) { return x->r; }
void *caller_K(void *x) { return __builtin_return_address(0); }
// An error is signalled by returning NULL after `krr`, whose address the test gives.
object *fail_K(object *x, void *(*krr)(const char *), double d) { return krr("failed"); }
