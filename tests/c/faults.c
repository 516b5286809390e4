// C functions for the scripts of tests/faults. No thread here sleeps: each waits for what it is to come after.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void (*thunk)(void);
typedef long (*long_to_long)(long);
typedef void (*long_to_void)(long);
typedef struct { unsigned char bytes[16]; } guid;
typedef struct { long n; double x; } pair;

// Calls of q with each kind of result.
void two(thunk a, thunk b) { a(); b(); }
long same(long x) { return x; }
long call_long(long_to_long f, long x) { return f(x); }
long call_void(long_to_void f, long x) { f(x); return x; }
double call_float(double (*f)(long), long x) { return f(x); }
const char *call_text(const char *(*f)(long), long x) { return f(x); }
guid *call_guid(guid *(*f)(long), long x) { return f(x); }
pair call_pair(pair (*f)(long), long x) { return f(x); }
void *call_object(void *(*f)(long), long x) { return f(x); }
long *call_pointer(long *(*f)(long), long x) { return f(x); }
long length_of(size_t (*f)(long), long x) { return f(x); }
// Calls q with a text of so many letters.
long give_text(long (*f)(const char *), long n) {
  char *text = malloc(n + 1);
  memset(text, 'a', n); text[n] = 0;
  long r = f(text);
  free(text);
  return r;
}
char *long_text(long n) { char *text = malloc(n + 1); memset(text, 'a', n); text[n] = 0; return text; }
// A callback that C keeps, for functions of values alone.
static long_to_long kept;
void keep(long_to_long f) { kept = f; }
long call_kept(long x) { return kept(x); }

// What C sees of texts, and writes to them.
long count_texts(const char **texts) { long n = 0; while (texts[n]) n++; return n; }
void write_texts(const char **texts, long n) { for (long i = 0; i < n; i++) texts[i] = i % 2 ? 0 : "written"; }
void scribble(char **texts, long n) { for (long i = 0; i < n; i++) if (*texts[i]) *texts[i] = 'X'; }
void rotate(const char **texts, long n) {
  const char *first = texts[0];
  for (long i = 1; i < n; i++) texts[i - 1] = texts[i];
  texts[n - 1] = first;
}

// Calls f with 0, 1, … on another thread, and joins it.
struct calls { long_to_void f; long n; };
static void *make_calls(void *p) { struct calls *c = p; for (long i = 0; i < c->n; i++) c->f(i); return 0; }
void calls_on_thread(long_to_void f, long n) {
  struct calls c = {f, n}; pthread_t t;
  pthread_create(&t, 0, make_calls, &c); pthread_join(t, 0);
}

// Asks f on another thread until others have called so often, and so many times after that, and joins it: how many answers
// were not the null. Others see when it has begun.
static atomic_int begun; static atomic_long others;
struct question { long_to_long f; long x, n, others, answered; };
static void *ask(void *p) {
  struct question *q = p;
  while (others < q->others) q->answered += q->f(q->x) != INT64_MIN;
  for (long i = 0; i < q->n; i++) q->answered += q->f(q->x) != INT64_MIN;
  return 0;
}
long ask_on_thread(long_to_long f, long x, long n, long others) {
  struct question q = {f, x, n, others, 0}; pthread_t t;
  begun = 1;
  pthread_create(&t, 0, ask, &q); pthread_join(t, 0);
  return q.answered;
}
void ask_anew(void) { begun = others = 0; }
int asking_begun(void) { return begun; }
void other_called(void) { others++; }

// A thread that asks once the gate, a byte for .ffi.poke, is open; nobody joins it, and the answer is for .ffi.peek.
static struct gate { atomic_char open; char unused[7]; atomic_long answered; long answer; } gate;
void *gate_address(void) { return &gate; }
static void *ask_behind_gate(void *f) {
  while (!gate.open) sched_yield();
  gate.answer = ((long_to_long)f)(20);
  gate.answered++;
  return 0;
}
void gate_ask(long_to_long f) { pthread_t t; pthread_create(&t, 0, ask_behind_gate, (void *)f); pthread_detach(t); }

// Handles: one whose destructor has a thread ask f and joins it, and one whose destructor calls f.
static atomic_long opened, closed;
long handles_opened(void) { return opened; }
long handles_closed(void) { return closed; }
struct asking { pthread_t t; pthread_mutex_t lock; pthread_cond_t closing; int is_closing; struct question q; };
static void *ask_when_closing(void *p) {
  struct asking *h = p;
  pthread_mutex_lock(&h->lock);
  while (!h->is_closing) pthread_cond_wait(&h->closing, &h->lock);
  pthread_mutex_unlock(&h->lock);
  return ask(&h->q);
}
void *asking_open(long_to_long f) {
  struct asking *h = calloc(1, sizeof *h);
  pthread_mutex_init(&h->lock, 0); pthread_cond_init(&h->closing, 0);
  h->q = (struct question){f, 1, 1, 0, 0};
  pthread_create(&h->t, 0, ask_when_closing, h);
  opened++;
  return h;
}
void asking_close(struct asking *h) {
  pthread_mutex_lock(&h->lock); h->is_closing = 1; pthread_cond_signal(&h->closing); pthread_mutex_unlock(&h->lock);
  pthread_join(h->t, 0);
  free(h);
  closed++;
}
struct telling { long_to_void f; long x; };
void *telling_open(long_to_void f, long x) {
  struct telling *h = malloc(sizeof *h); *h = (struct telling){f, x}; opened++; return h;
}
void telling_close(struct telling *h) { h->f(h->x); free(h); closed++; }

// Threads that call f as fast as they can until they are stopped.
static atomic_int stopped; static pthread_t hammers[8]; static int hammering;
static void *hammer(void *f) { for (long i = 0; !stopped; i++) ((long_to_void)f)(i); return 0; }
static void *hammer_asking(void *f) { for (long i = 0; !stopped; i++) ((long_to_long)f)(i); return 0; }
static void hammers_start(void *(*body)(void *), void *f, int n) {
  stopped = 0;
  for (hammering = 0; hammering < n; hammering++) pthread_create(&hammers[hammering], 0, body, f);
}
void hammer_start(long_to_void f, int n) { hammers_start(hammer, (void *)f, n); }
void hammer_ask(long_to_long f, int n) { hammers_start(hammer_asking, (void *)f, n); }
void hammer_stop(void) { stopped = 1; for (int i = 0; i < hammering; i++) pthread_join(hammers[i], 0); hammering = 0; }

// errno around callbacks.
long open_or_log(void (*log)(const char *)) { if (open("/nonexistent", O_RDONLY) < 0) { log("no such file"); return -errno; } return 0; }
long errno_after(thunk f, int before) { errno = before; f(); return errno; }
long errno_after_answer(long_to_long f, int before) { errno = before; f(1); return errno; }
long errno_after_pair(pair (*f)(long), int before) { errno = before; f(1); return errno; }
long errno_after_text(const char *(*f)(const char *), int before) { errno = before; f("text"); return errno; }

// One of a fork's two processes waits for a byte from the other.
void send_byte(int end) { char x = 1; write(end, &x, 1); }
void await_byte(int end) { char x; read(end, &x, 1); }

// Data, which is no function: initialised, zeros, constant.
int written_data[4] = {1, 2, 3, 4};
int zero_data[4];
const char constant_data[] = "constant";

// Arrays of addresses: rows of numbers, texts up to NULL.
double sum_rows(double **rows, int64_t n, int64_t width) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < width; j++) sum += rows[i][j];
  return sum;
}
void fill_rows(double **rows, int64_t n, int64_t width, double x) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < width; j++) rows[i][j] = x;
}
int64_t text_lengths(char **texts) {
  int64_t sum = 0;
  while (*texts) sum += strlen(*texts++);
  return sum;
}
void shout_texts(char **texts) {
  for (; *texts; texts++)
    for (char *p = *texts; *p; p++) *p &= ~32;
}
