/* Callees of tests/q/cdef.q, which declares them as they stand here. */
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum level { LOW, MIDDLE = 5, HIGH };
struct point { double x, y; };

int64_t counter = 41;
const char *motto = "declared, not transcribed";
static int calls;

enum level raised(enum level l) { return l == LOW ? MIDDLE : HIGH; }
double length(struct point p) { return p.x * p.x + p.y * p.y; }
struct point turned(struct point p) { return (struct point){-p.y, p.x}; }
long sum9(long a, int b, short c, char d, double e, float f, long long g, size_t h, unsigned char i) {
    return a + b + c + d + (long)e + (long)f + g + (long)h + i;
}
double sum(int count, ...) {
    va_list list;
    va_start(list, count);
    double total = 0;
    while (count-- > 0) total += va_arg(list, double);
    va_end(list);
    return total;
}
int renamed_in_the_library(int x) { return 2 * x; }
int called(void) { return ++calls; }
void scale(double *v, size_t n, double by) {
    for (size_t i = 0; i < n; i++) v[i] *= by;
}
int fold(int (*f)(int, int), const int *v, int n) {
    int total = 0;
    for (int i = 0; i < n; i++) total = f(total, v[i]);
    return total;
}
int eight(int a, int b, int c, int d, int e, int f, int g, int h) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}
const char *name_of(enum level l) { return l == LOW ? "low" : NULL; }
void *opaque(void) { return &calls; }
uint64_t large(void) { return UINT64_MAX; }
unsigned unsigned_result(unsigned x) { return x; }
typedef struct { int kind; union { int64_t n; double x; char text[8]; }; } variant;
#pragma pack(push, 1)
typedef struct { char tag; uint32_t n; } wire;
#pragma pack(pop)
variant next_of(variant v) {
    if (v.kind) v.x += 0.5; else v.n++;
    return v;
}
wire packed_of(wire w) { return (wire){w.tag + 1, w.n + 1}; }
long double third_of(long double x) { return x / 3; }
