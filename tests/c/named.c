/* Callees of tests/q/named.q and tests/errors/named.rs, which read named.h with annotations and attributes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#define _Inout_
#define _Out_
#define _Handle_
#define _Own_(f)
#include HEADER

P origin = {0.5, 0.25};
static int closings;
static opaque *const kept = (opaque *)&closings;

double norm(P p) { return p.x * p.x + p.y * p.y; }
P mid(P a, P b) { return (P){(a.x + b.x) / 2, (a.y + b.y) / 2}; }
double sum(const P *p, int n) {
    double s = 0;
    for (int i = 0; i < n; i++) s += p[i].x + 10 * p[i].y;
    return s;
}
void scale(P *p, double by) { p->x *= by; p->y *= by; }
int both(P *p, int *n) { p->x += 1; *n *= 2; return 7; }
void corner(P *p) { *p = (P){3, 4}; }
void three(int *a) { for (int i = 0; i < 3; i++) a[i] += 10; }
int paint(enum color c) { return c; }
int app(int (*f)(int, P), int n) { return f ? f(n, (P){1, 2}) : -1; }
P papp(P (*f)(P)) { return f((P){1, 2}); }
enum color capp(enum color (*f)(const char *, enum color)) { return f("abc", GREEN); }
line *newline(void) {
    line *l = calloc(1, sizeof *l);
    l->a.x = 1; l->ar[1] = 4; l->ps[1].y = 3; l->name[0] = 'h'; l->c = GREEN; l->i = 7;
    return l;
}
int useline(line *l) { return l->f ? l->f(l->i, l->b) : -1; }
int bytes(line l) { return l.i; }
int fbits(struct bits *b) { return b->a + b->b + b->c + b->d + b->e; }
double dsum(const double *d, int n) { double s = 0; for (int i = 0; i < n; i++) s += d[i]; return s; }
int isum(const short *d, int n) { int s = 0; for (int i = 0; i < n; i++) s += d[i]; return s; }
int depth(const node *list) { int n = 0; for (; list; list = list->next) n++; return n; }
opaque *op(int n) { return n ? kept : NULL; }
int useop(opaque *o) { return o != NULL; }
void useother(other *o) { (void)o; }
void closeop(opaque *o) { if (o != kept) free(o); closings++; }
int closed(void) { return closings; }
int openop(opaque **o) { *o = malloc(4); return 0; }
int getop(opaque **o) { *o = kept; return 0; }
opaque *newop(void) { return malloc(4); }
opaque *rawop(void) { return kept; }
size_t nn(const char *s) { return s ? 1 : 0; }
int nonnull_struct(P *p) { return p != NULL; }
