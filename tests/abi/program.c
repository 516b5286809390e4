// The program around the driver: counts, prints, and says where it was when it crashed. It is compiled for the system
// that it runs on, whatever the convention under test.
#include <stdio.h>
#include <stdlib.h>
#ifndef _WIN32
#include <signal.h>
#include <unistd.h>
#endif

#include "driver.h"

static const char *const names[FORMS] = {"fixed", "list", "atomic", "kernel", "callback", "invoker"};
static const struct signature *current;
static enum form form;
static unsigned set;
static unsigned long long passed[FORMS], failed;

enum { SHOWN = 3 };

void report(const char *what, unsigned index, uint64_t wanted, uint64_t got) {
  if (failed < SHOWN)
    printf("signature %u (%s) %s, values %u: %s %u: wanted %#llx, got %#llx\n", (unsigned)(current - signatures),
           current->text, names[form], set, what, index, (unsigned long long)wanted, (unsigned long long)got);
}

#ifndef _WIN32
static void crashed(int number) {
  printf("signature %u (%s) %s, values %u: signal %d\n", (unsigned)(current - signatures), current->text, names[form],
         set, number);
  fflush(stdout);
  _exit(3);
}
#endif

int main(int argc, char **argv) {
  unsigned sets = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
#ifndef _WIN32
  signal(SIGSEGV, crashed);
  signal(SIGBUS, crashed);
  signal(SIGILL, crashed);
  signal(SIGTRAP, crashed);
#endif
  for (current = signatures; current < signatures + signature_count; current++)
    for (form = 0; form < FORMS; form++)
      for (set = 0; current->stubs[form] && set < sets; set++) {
        if (run(current, form, set))
          passed[form]++;
        else
          failed++;
      }
  for (form = 0; form < FORMS; form++) printf("%s %llu\n", names[form], passed[form]);
  printf("failed %llu\n", failed);
  return failed != 0;
}
