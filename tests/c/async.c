// Functions for calls that do not block: some wait at a gate until it is opened, so that tests know what is under way.
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int is_open;
static int64_t inside;
static int64_t calls;
static pid_t entered_by;

// Returns x when the gate is open.
int64_t pass(int64_t x) {
  pthread_mutex_lock(&mutex);
  inside++;
  entered_by = getpid();
  calls++;
  pthread_cond_broadcast(&changed);
  while (!is_open) pthread_cond_wait(&changed, &mutex);
  inside--;
  pthread_mutex_unlock(&mutex);
  return x;
}

void open_gate(int32_t open) {
  pthread_mutex_lock(&mutex);
  is_open = open;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

// Returns when so many calls are at the gate.
void await_inside(int64_t n) {
  pthread_mutex_lock(&mutex);
  while (inside < n) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

int64_t inside_now(void) {
  pthread_mutex_lock(&mutex);
  int64_t n = inside;
  pthread_mutex_unlock(&mutex);
  return n;
}

int64_t passed(void) { return calls; }

// Fills the vector when the gate is open.
void fill(double *v, int64_t n, double x) {
  pass(0);
  for (int64_t i = 0; i < n; i++) v[i] = x + i;
}

int64_t read_at(const int64_t *p) {
  pass(0);
  return *p;
}

int32_t fails(int32_t error) {
  errno = error;
  return -1;
}

char *copy_of(const char *text) { return strdup(text); }

static int64_t freed;
void give_back(void *p) {
  freed++;
  free(p);
}
int64_t given_back(void) { return freed; }
void *make(int64_t n) {
  int64_t *p = malloc(sizeof *p);
  *p = n;
  return p;
}
void *always_there(void) {
  static int64_t there = 5;
  return &there;
}
void no_free(void *p) { freed++; }

int32_t divide(int64_t x, int64_t y, int64_t *quotient, int64_t *rest) {
  *quotient = x / y;
  *rest = x % y;
  return 7;
}

typedef struct { double x, y; } point;
point mirror(point p, const char *note) { return (point){p.y, p.x + strlen(note)}; }

int64_t ask(int64_t (*f)(int64_t), int64_t x) { return f(x); }
void tell(void (*f)(int64_t), int64_t n) {
  for (int64_t i = 0; i < n; i++) f(i);
}
int64_t twice(int64_t x) { return 2 * x; }
int64_t sum_of(int32_t n, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, n);
  int64_t sum = 0;
  while (n--) sum += __builtin_va_arg(list, int64_t);
  return sum;
}

// Never ends, with the lock of a stream that the end of the process flushes.
void never(void) {
  char byte;
  int ends[2];
  if (pipe(ends)) return;
  FILE *in = fdopen(ends[0], "r");
  pthread_mutex_lock(&mutex);
  inside++;
  entered_by = getpid();
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  (void)!fread(&byte, 1, 1, in);
}

void say(const char *text) { fputs(text, stdout); }

__attribute__((destructor)) static void at_end(void) {
  if (inside && entered_by == getpid()) fputs("FAIL: a destructor ran while a call was under way\n", stderr);
}

static void told(void) { fputs("at the end\n", stderr); }
void tell_at_end(void) { atexit(told); }
