/* The C side of c_library.rs. It declares what it uses itself, as k.h does, so that a wrong layout shows. */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

typedef struct k0 {
  signed char m, a, t;
  char u;
  int r;
  union {
    unsigned char g;
    short h;
    int i;
    long long j;
    float e;
    double f;
    char *s;
    struct k0 *k;
    struct {
      long long n;
      unsigned char data[1];
    };
  };
} *K;
typedef struct { unsigned char g[16]; } U;
typedef long long J;

extern K ka(int), kb(int), ku(U), kg(int), kh(int), ki(int), kj(J), ke(double), kf(double), kc(int), ks(char *);
extern K ktj(int, J), kd(int), kz(double), kt(int), ktn(int, J), kp(char *), kpn(char *, J), knk(int, ...);
extern K vaknk(int, va_list), ja(K *, void *), jk(K *, K), js(K *, char *), jv(K *, K), vk(K), vi(K, unsigned long long);
extern K xT(K), xD(K, K), ktd(K), knt(J, K), krr(const char *), orr(const char *), ee(K), k(int, const char *, ...);
extern K vak(int, const char *, va_list), dot(K, K), dl(void *, J), b9(int, K), d9(K), r1(K), m4(int), sslInfo(K);
extern K sd1(int, K (*)(int));
extern char *ss(char *), *sn(char *, int);
extern void r0(K), m9(void), sd0(int), sd0x(int, int), kclose(int);
extern int ymd(int, int, int), dj(int), okx(K), setm(int), ver(void);
extern int khp(const char *, int), khpu(const char *, int, const char *);
extern int khpun(const char *, int, const char *, int), khpunc(char *, int, char *, int, int);
extern J gc(J);

#define ITEM(x, i) (((K *)(x)->data)[i])

/* The expressions that were false, as a list of texts. */
static K failures;
#define CHECK(x) \
  do { \
    if (!(x)) jk(&failures, kp(#x)); \
  } while (0)

/* Checks a fresh object and frees it. */
#define FRESH(make, tag, test) \
  do { \
    K x = (make); \
    CHECK(x->t == (tag) && x->r == 0 && x->u == 0 && (test)); \
    r0(x); \
  } while (0)

static void check_atoms(void) {
  U guid = {{1, 2, 3}};
  FRESH(kb(1), -1, x->g == 1);
  FRESH(ku(guid), -2, x->n == 1 && !memcmp(x->data, guid.g, 16));
  FRESH(kg(200), -4, x->g == 200);
  FRESH(kh(-5), -5, x->h == -5);
  FRESH(ki(-6), -6, x->i == -6);
  FRESH(kj(-7), -7, x->j == -7);
  FRESH(ke(1.5), -8, x->e == 1.5f);
  FRESH(kf(-1.5), -9, x->f == -1.5);
  FRESH(kc('c'), -10, x->g == 'c');
  FRESH(ks("abc"), -11, x->s == ss("abc") && !strcmp(x->s, "abc"));
  FRESH(ktj(-12, 12), -12, x->j == 12);
  FRESH(kd(14), -14, x->i == 14);
  FRESH(kz(15.5), -15, x->f == 15.5);
  FRESH(ktj(-16, 16), -16, x->j == 16);
  FRESH(kt(19), -19, x->i == 19);
  FRESH(ka(-9), -9, (x->f = 2.5, x->f == 2.5));
  FRESH(ka(-2), -2, x->n == 1);
}

static void check_lists(void) {
  J number = 5;
  K list = ktn(7, 0), other = ktn(7, 2);
  ((J *)other->data)[0] = 6, ((J *)other->data)[1] = 7;
  ja(&list, &number);
  jv(&list, other);
  CHECK(list->n == 3 && ((J *)list->data)[2] == 7 && other->r == 0);
  CHECK(((unsigned long)list->data & 15) == 0);
  K element = vi(list, 1);
  CHECK(element->t == -7 && element->j == 6);
  r0(element), r0(list), r0(other);
  list = ktn(11, 0);
  js(&list, ss("a"));
  CHECK(list->n == 1 && ((char **)list->data)[0] == ss("a") && sn("abc", 1) == ss("a"));
  r0(list);
  FRESH(kp("text"), 10, x->n == 4 && !memcmp(x->data, "text", 4));
  FRESH(kpn("text", 2), 10, x->n == 2);
  FRESH(vk(knk(2, ki(1), ki(2))), 6, x->n == 2 && ((int *)x->data)[1] == 2);
  FRESH(knk(3, kj(1), kp("b"), ktn(0, 0)), 0, x->n == 3 && ITEM(x, 1)->n == 1);
}

static K columns(void) {
  K names = ktn(11, 2);
  ((char **)names->data)[0] = ss("x"), ((char **)names->data)[1] = ss("y");
  return xD(names, knk(2, ktn(7, 3), ktn(9, 3)));
}

static void check_tables(void) {
  FRESH(columns(), 99, x->n == 2 && ITEM(x, 0)->t == 11 && ITEM(x, 1)->t == 0);
  K table = xT(columns());
  CHECK(table->t == 98 && table->k->t == 99 && table->k->r == 0);
  K keyed = knt(1, table);
  CHECK(keyed->t == 99 && ITEM(keyed, 0)->t == 98 && ITEM(keyed, 1)->t == 98 && table->r == 0);
  K plain = ktd(keyed);
  CHECK(plain->t == 98 && ITEM(plain->k, 0)->n == 2);
  r0(plain), r0(table);
  K error = ee(xT(kj(1)));
  CHECK(error->t == -128 && !strcmp(error->s, "type"));
  r0(error);
}

static void check_the_rest(void) {
  K x = kj(1), message = b9(-1, x), back = d9(message);
  CHECK(message->t == 4 && message->n == 17 && okx(message) == 1 && okx(x) == 0);
  CHECK(back->t == -7 && back->j == 1 && r1(back) == back && back->r == 1);
  r0(back), r0(back), r0(message), r0(x);
  CHECK(ymd(2020, 4, 1) == 7396 && dj(7396) == 20200401 && ver() > 20000101);
  CHECK(khp("h", 1) == -1 && khpu("h", 1, "") == -1 && khpun("h", 1, "", 1) == -1 && khpunc("h", 1, "", 1, 1) == -1);
  K error = ee(sslInfo(0));
  CHECK(error->t == -128 && setm(0) == 0 && gc(0) >= 0);
  r0(error);
  FRESH(m4(0), 7, x->n == 3);
  K code = dl((void *)check_atoms, 2);
  CHECK(code->t == 112 && code->r == 0 && code->u == 2 && ITEM(code, 0) == (K)check_atoms);
  r0(code);
  error = ee(dl(0, 1));
  CHECK(error->t == -128);
  r0(error);
  sd0(-1), sd0x(-1, 1), kclose(-1);
  error = ee(sd1(1 << 20, 0));
  CHECK(error->t == -128 && strstr(error->s, "descriptor"));
  r0(error);
}

K check_all(K ignored) {
  failures = ktn(0, 0);
  check_atoms(), check_lists(), check_tables(), check_the_rest();
  return failures;
}

static K join(int n, ...) {
  K list = ktn(7, 0);
  va_list arguments;
  va_start(arguments, n);
  for (int i = 0; list && i < n; i++)
    if (!ja(&list, &va_arg(arguments, K)->j)) r0(list), list = 0;
  va_end(arguments);
  return list;
}
K join1(K a) { return join(1, a); }
K join2(K a, K b) { return join(2, a, b); }
K join3(K a, K b, K c) { return join(3, a, b, c); }
K join4(K a, K b, K c, K d) { return join(4, a, b, c, d); }
K join5(K a, K b, K c, K d, K e) { return join(5, a, b, c, d, e); }
K join6(K a, K b, K c, K d, K e, K f) { return join(6, a, b, c, d, e, f); }
K join7(K a, K b, K c, K d, K e, K f, K g) { return join(7, a, b, c, d, e, f, g); }
K join8(K a, K b, K c, K d, K e, K f, K g, K h) { return join(8, a, b, c, d, e, f, g, h); }

static int is(K what, const char *name) { return !strcmp(what->s, name); }

K result_of(K what) {
  if (is(what, "error")) return krr("static text");
  if (is(what, "system")) return errno = ENOENT, orr("open");
  if (is(what, "argument")) return r1(what);
  if (is(what, "holes")) return ktn(0, 2);
  if (is(what, "knk")) return knk(3, kj(1), kp("two"), ks("three"));
  return 0;
}

/* An error object as its text, anything else as it is. */
static K text_of(K x) {
  if (x->t != -128) return x;
  K text = kp(x->s);
  r0(x);
  return text;
}

static K apply(char *name, K arguments) {
  K f = ks(name), result = dot(f, arguments);
  r0(f), r0(arguments);
  return result;
}

K call_q(K what) {
  if (is(what, "dot")) return apply("sum", knk(2, kj(1), kj(2)));
  if (is(what, "dot error")) return apply("fail", knk(1, kj(1)));
  if (is(what, "dot caught")) return text_of(ee(apply("fail", knk(2, kj(1), kj(2)))));
  if (is(what, "k")) return k(0, "1+2", (K)0);
  if (is(what, "klambda")) return k(0, "{[a;b] b}", kj(1), kj(3), (K)0);
  if (is(what, "k eight"))
    return k(0, "sum", kj(1), kj(2), kj(3), kj(4), kj(5), kj(6), kj(7), kj(8), (K)0);
  if (is(what, "k error")) return text_of(k(0, "'broken", (K)0));
  return k(5, "1+2", kj(1), (K)0);
}

static J total;
static void destroy(K x) { total += (J)ITEM(x, 1); }

K make_foreign(K x) {
  K foreign = ktn(0, 2);
  ITEM(foreign, 0) = (K)destroy;
  ITEM(foreign, 1) = (K)x->j;
  foreign->t = 112;
  return foreign;
}

K destroyed(K ignored) { return kj(total); }

static void *make_list(void *n) {
  K list = ktn(0, 0);
  for (J i = 0; i < (J)n; i++) jk(&list, kj(i));
  return list;
}

static void *free_list(void *list) {
  r0(list);
  m9();
  return 0;
}

/* Returns a list made on one thread, and has another thread free one made here. */
K on_threads(K n) {
  pthread_t thread;
  void *kept, *freed;
  pthread_create(&thread, 0, make_list, (void *)n->j);
  pthread_join(thread, &kept);
  freed = make_list((void *)n->j);
  pthread_create(&thread, 0, free_list, freed);
  pthread_join(thread, 0);
  return kept;
}

/* Reads what has come and tells q how much that was so far; stops at the end of the pipe. */
static K got(int d) {
  static J so_far;
  char bytes[100];
  long n = read(d, bytes, sizeof bytes);
  if (n <= 0) return sd0(d), (K)0;
  return k(0, "{got::x}", kj(so_far += n), (K)0);
}

static void *write_slowly(void *end) {
  for (int i = 0; i < 5; i++) {
    if (write((int)(J)end, "abc", 3) != 3) return 0;
    usleep(2000);
  }
  close((int)(J)end);
  return 0;
}

/* Watches a pipe to which another thread writes 15 bytes. */
K watch(K ignored) {
  int ends[2];
  pthread_t thread;
  if (pipe(ends)) return orr("pipe");
  pthread_create(&thread, 0, write_slowly, (void *)(J)ends[1]);
  pthread_detach(thread);
  return sd1(-ends[0], got);
}
