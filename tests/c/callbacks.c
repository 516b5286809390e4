// C that calls q back.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int64_t count;

int64_t apply(int64_t (*f)(int64_t), int64_t x) { return f(x); }
int64_t twice(int64_t (*f)(int64_t), int64_t x) { int64_t y = f(x); count++; return f(y); }
int64_t none(int64_t (*f)(void)) { return f(); }
void each(void (*f)(int64_t), int64_t n) { for (int64_t i = 0; i < n; i++) f(i); }
int64_t twelve(int64_t (*f)(int64_t, double, int32_t, int16_t, float, char, int64_t, int64_t, double, double, int32_t, int64_t)) {
  return f(1, 2.5, 3, 4, 5.5f, '6', 7, 8, 9.5, 10.5, 11, 12);
}
int64_t nine(int64_t (*f)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t)) {
  return f(1, 2, 3, 4, 5, 6, 7, 8, 9);
}
typedef struct { double x, y; } pair;
typedef struct { int32_t n; double x; } numbered;
pair mirrored(pair (*f)(pair), pair p) { pair q = f(p); count = q.x == 0 && q.y == 0; return (pair){q.y, q.x}; }
numbered counted(numbered (*f)(numbered), numbered p) { p = f(p); p.n++; count = p.x == 0; return p; }
// What a callback that failed gives: every kind of zero.
double fail_f(double (*f)(void)) { return f(); }
float fail_e(float (*f)(void)) { return f(); }
int64_t fail_s(const char *(*f)(void)) { return f() == NULL; }
int64_t calls_after_error(int64_t (*f)(int64_t), int64_t n) { int64_t sum = 0; for (int64_t i = 0; i < n; i++) sum += f(i); count = sum; return sum; }

static int64_t (*kept)(int64_t);
void keep(int64_t (*f)(int64_t)) { kept = f; }
int64_t call_kept(int64_t x) { return kept(x); }
int64_t call_kept_two(int64_t x, int64_t y) { return kept(x) + y; }
int64_t call_kept_three(int64_t x, int64_t y, int64_t z) { return kept(x) + y + z; }
