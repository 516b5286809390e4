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
long run(long (*f)(void)) { return f() - 1; }
long jump_to(long (*f)(void)) { return f() + 1; }
volatile int zero = 0;
int divide(int x) { return x / zero; }
void illegal(void) { __builtin_trap(); }
__attribute__((noinline)) long deep(long n) {
  volatile char room[256];
  room[0] = n;
  return deep(n + 1) + room[0];
}
long deep_if(long n) { return n ? deep(n) : 0; }
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
/* Rust's runtime, whose handler qhost has, makes nothing of the first but that the second ends the process. */
void raises(void) { raise(SIGSEGV); raise(SIGSEGV); }
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
/* Has unaligned accesses fault. */
long unaligned(const char *p) {
#ifdef __x86_64__
  asm volatile("pushf; orl $0x40000,(%rsp); popf");
#endif
  return *(volatile long *)(p + 1);
}
/* Leaves the x87 stack full. */
long full_stack(const long *p) {
#ifdef __x86_64__
  asm volatile("fld1; fld1; fld1; fld1; fld1; fld1; fld1; fld1");
#endif
  return read_at(p);
}
long double third(long double x) { return x / 3; }
/* Has divisions of floats fault. */
double traps(double x) { feenableexcept(FE_DIVBYZERO); volatile double none = 0; return x / none; }
double over_zero(double x) { volatile double none = 0; return x / none; }
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

/* Faults while another thread has the allocator's lock and keeps it: that thread forks, for which the C library locks the
   allocator, and the system call that would make the child has it wait in a handler. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
static sem_t is_locked;
static void stay(int signal) {
  (void)signal;
  sem_post(&is_locked);
  for (;;) pause();
}
static void *fork_for_ever(void *p) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
  };
  struct sock_fprog filter = {sizeof code / sizeof *code, code};
  signal(SIGSYS, stay);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) fork();
  return p;
}
long read_while_locked(const long *p) {
  pthread_t t;
  sem_init(&is_locked, 0, 0);
  pthread_create(&t, 0, fork_for_ever, 0);
  sem_wait(&is_locked);
  return read_at(p);
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
/* Where handlers run on this thread. */
long alternate_stack(void) {
  stack_t stack;
  sigaltstack(0, &stack);
  return (long)stack.ss_sp + stack.ss_flags;
}
long descriptors(void) {
  long n = 0;
  for (int i = 0; i < 1024; i++) n += fcntl(i, F_GETFD) != -1;
  return n;
}

/* The tables by which its frames are found are no memory any more. */
#include <link.h>
static int hides(struct dl_phdr_info *info, size_t size, void *own) {
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *h = &info->dlpi_phdr[i];
    char *at = (char *)info->dlpi_addr + h->p_vaddr;
    if (h->p_type == PT_GNU_EH_FRAME && at < (char *)own + (1 << 20) && at > (char *)own - (1 << 20)) {
      mprotect((void *)((long)at & -4096), 8192, PROT_NONE);
      return 1;
    }
  }
  return 0;
}
long without_memory(const long *p) {
  dl_iterate_phdr(hides, (void *)without_memory);
  return read_at(p);
}

#ifdef __x86_64__
/* A function that an assembler has no tables for. */
asm(".text\n.globl untabled\n.type untabled,@function\nuntabled: push %rbx\nmov (%rdi),%rax\npop %rbx\nret\n"
    ".size untabled,.-untabled\n");
/* One that does not say in its tables that it changes a register that calls save: a frame pointer, but another's. */
asm(".text\n.globl wrong_frame\n.type wrong_frame,@function\nwrong_frame: .cfi_startproc\nlea 64(%rsp),%rbp\n"
    "mov (%rdi),%rax\nret\n.cfi_endproc\n.size wrong_frame,.-wrong_frame\n");
#endif

#include <ucontext.h>
static ucontext_t outside, inside;
static void reads(void) { read_at((long *)8); }
void on_another_stack(void) {
  getcontext(&inside);
  inside.uc_stack.ss_size = 1 << 16;
  inside.uc_stack.ss_sp = malloc(1 << 16);
  inside.uc_link = &outside;
  makecontext(&inside, reads, 0);
  swapcontext(&outside, &inside);
}

/* What is freed is no memory, so that the allocator faults. */
void free_nothing(void *p) { free(p); }

/* Another thread takes and leaves the allocator's locks all the time while this one faults. */
static volatile int has_begun, ends;
static void *allocates(void *p) {
  (void)p;
  while (!ends) {
    void *large = malloc(1 << 12), *larger = malloc(1 << 16);
    has_begun = 1;
    free(large);
    free(larger);
  }
  return 0;
}
static pthread_t allocating;
void start_allocating(void) {
  pthread_create(&allocating, 0, allocates, 0);
  while (!has_begun) ;
}
void stop_allocating(void) {
  ends = 1;
  pthread_join(allocating, 0);
}

/* Overruns: bytes at a distance from the start of what is given. */
void put_byte(char *at, long i) { at[i] = 1; }
long get_byte(const char *at, long i) { return at[i]; }
void fill_before(int *to) { to[-1] = 1; }
void put_item(char **at, long item, long i) { at[item][i] = 1; }
long text_length(const char *text) { volatile const char *t = text; long n = 0; while (t[n]) n++; return n; }
void *same(void *at) { return at; }
long end_of(const char *text, char **end) { *end = (char *)text + text_length(text); return *end - text; }
void swap_ends(long *a, long *b) { long first = *a; *a = *b; *b = first; }
struct buffer { long size; char *bytes; };
long put_in_struct(struct buffer buffer, long i) { buffer.bytes[i] = 1; return buffer.size; }
void fill_three(int *a, double *b, char *c) { *a = 1; *b = 2; *c = 3; }
void fill_too_much(int *a) { a[0] = 1; a[1] = 2; }
long sum_bytes(const unsigned char *at, long n) { long sum = 0; while (n--) sum += *at++; return sum; }
void put_and_call(char *at, long i, long (*f)(long)) { f(1); at[i] = 1; }
void fill_it(int i, int *a) { *a = 10 * i; }
void pass_and_call(long *at, long (*f)(void *)) { f(at); }
void put_pointer(char **at, long to) { at[0] = (char *)to; }
void fill_pointer(long to, char **at) { *at = (char *)to; }
void *second(void *a, void *b) { return b; }
void advance(unsigned char *guid) { guid[0]++; }
long call_text(long (*f)(const char *), const char *text) { return f(text); }
