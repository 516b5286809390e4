/* C that faults, in every way that there is. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef long (*callback)(long);

__attribute__((noinline)) long read_at(const long *p) { return *p; }
__attribute__((noinline)) void write_at(long *p) { *p = 1; }
long run(long (*f)(void)) { return f(); }
long jump_to(long (*f)(void)) { return f() + 1; }
volatile int zero = 0;
int divide(int x) { return x / zero; }
void illegal(void) { __builtin_trap(); }
__attribute__((noinline)) long deep(long n) {
  volatile char room[256];
  room[0] = n;
  return deep(n + 1) + room[0];
}
long truncated(void) {
  char name[] = "/tmp/ffijit-guard-XXXXXX";
  int fd = mkstemp(name);
  unlink(name);
  if (ftruncate(fd, 4096)) return -1;
  volatile char *p = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0);
  if (ftruncate(fd, 0)) return -1;
  close(fd);
  return p[0];
}
void aborts(void) { abort(); }
void raises(void) { raise(SIGSEGV); }
int errno_then_fault(int e) { errno = e; return *(volatile int *)8; }

/* Faults when the callback has returned. */
long call_then_read(callback f, const long *p) { return f(1) + read_at(p); }
long call(callback f) { return f(1) + 1; }

/* Changes everything that a call keeps. */
long changes_kept(const long *p) {
#ifdef __x86_64__
  asm volatile("xor %%ebx,%%ebx; xor %%r12d,%%r12d; xor %%r13d,%%r13d; xor %%r14d,%%r14d; xor %%r15d,%%r15d; mov (%0),%0"
               : : "r"(p) : "rbx", "r12", "r13", "r14", "r15", "memory");
#endif
  return 0;
}
/* A frame of a size that is not known beforehand. */
long variable_frame(long n, const long *p) {
  volatile char *room = __builtin_alloca(n);
  room[0] = 1;
  return room[0] + read_at(p);
}
__attribute__((noinline)) long aligned_frame(const long *p) {
  volatile char room[256] __attribute__((aligned(64)));
  room[1] = 1;
  return read_at(p) + room[1];
}
/* Rounding, direction of text operations and blocked signals as nobody wants them. */
int environment(const long *p) {
  sigset_t set;
  fesetround(FE_TOWARDZERO);
  sigfillset(&set);
  sigdelset(&set, SIGSEGV);
  pthread_sigmask(SIG_SETMASK, &set, 0);
#ifdef __x86_64__
  asm volatile("std");
#endif
  return read_at(p);
}
int rounding(void) { return fegetround(); }
int blocked(void) {
  sigset_t set;
  pthread_sigmask(SIG_SETMASK, 0, &set);
  int n = 0;
  for (int i = 1; i < 32; i++) n += sigismember(&set, i);
  return n;
}

static void *thread_reads(void *p) { return (void *)read_at(p); }
long on_a_thread(long *p) {
  pthread_t t;
  void *result;
  pthread_create(&t, 0, thread_reads, p);
  pthread_join(t, &result);
  return (long)result;
}

/* Faults while another thread holds the allocator's lock, for a while. */
static int held[2], released[2];
static void *holds(void *arg) {
  FILE *f = tmpfile();
  (void)arg;
  flockfile(f);
  if (write(held[1], "x", 1) != 1) abort();
  char c;
  if (read(released[0], &c, 1) != 1) abort();
  funlockfile(f);
  return 0;
}

/* The allocator with its own list damaged: what it reads is no memory, and it has its lock then. */
static volatile int is_inside;
static void handler(int signal, siginfo_t *info, void *context) {
  (void)info; (void)context;
  static const char text[] = "the host's own handler\n";
  if (write(2, text, sizeof text - 1) < 0) abort();
  is_inside = signal;
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(signal, &action, 0);
}
void install(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, 0);
}
/* C's own handler for another signal faults. */
static void faulty(int signal) { (void)signal; read_at((long *)8); }
void in_own_handler(void) {
  struct sigaction action = {.sa_handler = faulty};
  sigaction(SIGUSR1, &action, 0);
  raise(SIGUSR1);
}
double fraction(double x) { if (x < 0) read_at((long *)8); return x / 2; }
double two(double x, double y) { if (y < 0) read_at((long *)8); return x + y; }
double three(double x, double y, double z) { if (z < 0) read_at((long *)8); return x + y + z; }
struct pair { double x, y; };
struct pair swapped(struct pair p) { if (p.x < 0) read_at((long *)8); return (struct pair){p.y, p.x}; }
struct large { double x[6]; };
struct large grown(double x) { if (x < 0) read_at((long *)8); return (struct large){{x, x}}; }
const char *text(long n) { return (const char *)n; }
void destroy(void *p) { (void)p; read_at((long *)16); }
long sum(int n, ...) { return read_at((long *)(long)n); }
int is_stopped(void) { return 0; }
long descriptors(void) {
  long n = 0;
  for (int i = 0; i < 1024; i++) n += fcntl(i, F_GETFD) != -1;
  return n;
}
