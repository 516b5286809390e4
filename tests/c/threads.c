// Threads that call q back.
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

typedef void (*callback)(int64_t thread, int64_t i, const char *text);
typedef int64_t (*question)(int64_t);
typedef struct { callback f; int64_t thread, n; } job;

static atomic_int running, right;

static void *work(void *p) {
  job *j = p;
  char text[] = "thread 0";
  text[7] += j->thread;
  for (int64_t i = 0; i < j->n; i++) j->f(j->thread, i, text);
  free(j);
  running--;
  return NULL;
}

static void run(void *(*body)(void *), void *argument) {
  pthread_t thread;
  running++;
  pthread_create(&thread, NULL, body, argument);
  pthread_detach(thread);
}

void start(callback f, int64_t threads, int64_t n) {
  for (int64_t t = 0; t < threads; t++) {
    job *j = malloc(sizeof *j);
    *j = (job){f, t, n};
    run(work, j);
  }
}

int32_t still_running(void) { return running; }

static question asked;
// A null is no answer: q was inside a C function just then.
static void *ask_often(void *unused) {
  for (int64_t i = 0; i < 100; i++) {
    int64_t answer;
    do answer = asked(i); while (answer == INT64_MIN);
    right += answer == 2 * i;
  }
  running--;
  return NULL;
}
void ask(question f) { asked = f; run(ask_often, NULL); }
int32_t answered_right(void) { return right; }

// q is inside this function while the thread asks, so that nobody can answer: the thread gets the null.
static void *ask_once(void *p) { *(int64_t *)p = asked(21); return NULL; }
int64_t ask_and_join(question f) {
  pthread_t thread;
  int64_t answer = 0;
  asked = f;
  pthread_create(&thread, NULL, ask_once, &answer);
  pthread_join(thread, NULL);
  return answer;
}

// A struct from a thread: the text in it is gone when q comes to it.
typedef struct { int64_t n; double x; const char *text; } record;
static void (*receiver)(record);
static void *send_once(void *unused) {
  char text[] = "gone";
  receiver((record){7, 2.5, text});
  running--;
  return NULL;
}
void send_record(void (*f)(record)) { receiver = f; run(send_once, NULL); }
