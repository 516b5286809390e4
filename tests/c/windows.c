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
