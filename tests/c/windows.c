// C for the q tests of tests/windows.
#include <windows.h>

typedef long long whole;
typedef whole (*whole_to_whole)(whole);

// Walks this thread's stack to its end, as exceptions and debuggers do: the frames in all; those of no module, which code that
// is made has; those of the program above the first of these; and those but the first of which nothing is known.
whole walk(whole found[4]) {
  CONTEXT context;
  whole depth = 0;
  found[0] = found[1] = found[2] = found[3] = 0;
  RtlCaptureContext(&context);
  while (context.Rip && depth++ < 1000) {
    DWORD64 base, establisher;
    PVOID data, module;
    PRUNTIME_FUNCTION function = RtlLookupFunctionEntry(context.Rip, &base, NULL);
    RtlPcToFileHeader((PVOID)context.Rip, &module);
    found[0]++;
    if (!module) found[1]++;
    if (found[1] && module == GetModuleHandleA(NULL)) found[2]++;
    if (function) {
      RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context.Rip, function, &context, &data, &establisher, NULL);
      continue;
    }
    if (depth > 1) found[3]++;
    context.Rip = *(DWORD64 *)context.Rsp;
    context.Rsp += 8;
  }
  return context.Rip;
}
// The same after a few values, which take registers and stack.
whole walk_after(double a, whole b, double c, whole d, double e, whole f, whole *found) { return walk(found); }
double walk_float(double x) { whole found[4]; walk(found); return 1000 * found[1] + 100 * (found[2] > 0) + 10 * found[3] + x; }
whole call(whole_to_whole f, whole x) { return f(x) + 1; }

// C that faults, in every way that there is.
#include <fenv.h>
#include <stdarg.h>
#include <stdlib.h>

__attribute__((noinline)) whole read_at(const volatile whole *p) { return *p; }
__attribute__((noinline)) void write_at(whole *p) { *p = 1; }
whole jump_to(whole (*f)(void)) { return f() + 1; }
volatile int zero = 0;
int divide(int x) { return x / zero; }
void illegal(void) { __builtin_trap(); }
__attribute__((noinline)) whole deep(whole n) {
  volatile char room[256];
  room[0] = n;
  return deep(n + 1) + room[0];
}
whole call_then_read(whole (*f)(whole), const whole *p) { return f(1) + read_at(p); }
// Changes everything that a call keeps.
whole changes_kept(const whole *p) {
  asm volatile("xor %%ebx,%%ebx; xor %%esi,%%esi; xor %%edi,%%edi; xor %%r12d,%%r12d; xor %%r13d,%%r13d; xor %%r14d,%%r14d;"
               "xor %%r15d,%%r15d; xorps %%xmm6,%%xmm6; xorps %%xmm7,%%xmm7; xorps %%xmm8,%%xmm8; xorps %%xmm15,%%xmm15;"
               "mov (%0),%0"
               : : "r"(p) : "rbx", "rsi", "rdi", "r12", "r13", "r14", "r15", "xmm6", "xmm7", "xmm8", "xmm15", "memory");
  return 0;
}
// What a call keeps, around one that faults and is caught in a callback: 1 if all is as it was.
whole keeps(whole (*f)(whole)) {
  double floats[2] = {1.5, 2.5};
  whole words[2] = {3, 4}, same;
  asm volatile("movsd (%1),%%xmm6; movsd 8(%1),%%xmm15; mov (%2),%%rbx; mov 8(%2),%%rsi; mov %%rbx,%%r14; mov $1,%%ecx;"
               "sub $32,%%rsp; call *%3; add $32,%%rsp; movsd %%xmm6,(%1); movsd %%xmm15,8(%1); mov %%rbx,(%2); mov %%rsi,8(%2);"
               "mov %%r14,%0"
               : "=&D"(same) : "r"(&floats), "r"(&words), "r"(f)
               : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r14", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
                 "xmm5", "xmm6", "xmm15", "memory");
  return floats[0] == 1.5 && floats[1] == 2.5 && words[0] == 3 && words[1] == 4 && same == 3;
}
// A frame of a size that is not known beforehand.
whole variable_frame(whole n, const whole *p) {
  volatile char *room = __builtin_alloca(n);
  room[0] = 1;
  return room[0] + read_at(p);
}
// Rounding and direction of text operations as nobody wants them.
int environment(const whole *p) {
  fesetround(FE_TOWARDZERO);
  asm volatile("std");
  return read_at(p);
}
int rounding(void) { return fegetround(); }
double fraction(double x) { if (x < 0) read_at((whole *)8); return x / 2; }
struct pair { double x, y; };
struct pair swapped(struct pair p) { if (p.x < 0) read_at((whole *)8); return (struct pair){p.y, p.x}; }
void destroy(void *p) { (void)p; read_at((whole *)16); }
whole sum(int n, ...) { return read_at((whole *)(whole)n); }
void *same(void *at) { return at; }
static DWORD WINAPI thread_reads(void *p) { return read_at(p); }
whole on_a_thread(whole *p) {
  HANDLE thread = CreateThread(0, 0, thread_reads, p, 0, 0);
  return WaitForSingleObject(thread, INFINITE);
}
// What a program throws, and a fault that nobody has made.
void throws(void) { RaiseException(0xe06d7363, 0, 0, 0); }

// Faults while another thread has the heap's lock and keeps it.
static HANDLE is_locked;
static DWORD WINAPI locks(void *p) {
  HeapLock(GetProcessHeap());
  SetEvent(is_locked);
  Sleep(INFINITE);
  return 0;
}
whole read_while_locked(const whole *p) {
  is_locked = CreateEventA(0, 0, 0, 0);
  CreateThread(0, 0, locks, 0, 0, 0);
  WaitForSingleObject(is_locked, INFINITE);
  return read_at(p);
}

// q's own code faults.
void *release(void *x) {
  void (*r0)(void *) = (void *)GetProcAddress(GetModuleHandleA(0), "r0");
  r0((void *)8);
  return 0;
}

// A function that an assembler has no tables for.
asm(".text\n.globl untabled\nuntabled: push %rbx\nmov (%rcx),%rax\npop %rbx\nret\n");
extern whole untabled(const whole *p);
whole calls_untabled(const whole *p) { return untabled(p) + 1; }
// A function that handles its own faults: it goes on with another pointer, or leaves it to others.
static whole seven = 7;
EXCEPTION_DISPOSITION on_fault(EXCEPTION_RECORD *e, void *frame, CONTEXT *context, void *dispatcher) {
  if (context->Rcx != 65528) return ExceptionContinueSearch;
  context->Rcx = (DWORD64)&seven;
  return ExceptionContinueExecution;
}
asm(".text\n.globl handles\n.seh_proc handles\nhandles: sub $40,%rsp\n.seh_stackalloc 40\n.seh_handler on_fault, @except\n"
    ".seh_endprologue\nmov (%rcx),%rax\nnop\nadd $40,%rsp\nret\n.seh_endproc\n");
extern whole handles(const whole *p);
whole handled(const whole *p) { return handles(p); }
// A filter of the program's for what nobody handles.
static LONG WINAPI filter(EXCEPTION_POINTERS *p) {
  DWORD written;
  WriteFile(GetStdHandle(STD_ERROR_HANDLE), "the host's own filter\n", 22, &written, 0);
  return EXCEPTION_EXECUTE_HANDLER;
}
void install_filter(void) { SetUnhandledExceptionFilter(filter); }
