// What the driver, the generated callees and the program around them share. All but the latter are compiled for the
// convention under test.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The convention of everything that emitted code calls or is called by, where it is not the compiler's own.
#ifndef CONVENTION
#define CONVENTION
#endif

// A value is a leaf: a number or address, which is an argument itself or lies in a struct. Each has a slot in the
// arrays below, in which it is widened to 64 bits as C widens its type.
enum { SLOTS = 1024, ELEMENTS = 8, MAX_PARAMS = 64 };

struct leaf {
  char letter;
  bool promoted;    // a variable argument, as which a float arrives as double
  uint16_t offset;  // within its argument
};

struct param {
  char letter;  // '{' for a struct, ' ' for void, '&' for what the C function fills
  uint16_t first, leaves;
  uint16_t size;
};

enum form { FIXED, LIST, ATOMIC, KERNEL, CALLBACK, INVOKER, FORMS };

struct signature {
  const char *text;
  const struct param *params;
  const struct leaf *leaves, *result_leaves;
  struct param result;
  uint16_t count;
  char returns;     // what the C function itself returns, a struct as '{'
  bool has_outs;    // `result` is then the struct of what it returns and what it fills
  void (*stubs[FORMS])(void);       // NULL where there is none
  void (CONVENTION *target)(void);  // the C function, which an invoker is given
  void (*caller)(void *thunk);      // calls a thunk with `give`, and leaves what it returns in `seen`
};

extern const struct signature signatures[];
extern const unsigned signature_count;

extern uint64_t seen[SLOTS];    // what C has been given
extern uint64_t answer[SLOTS];  // what C is to return
extern uint64_t give[SLOTS];    // what C passes to a thunk

// The callee has seen its arguments. Gives the first word of the answer, with junk above a narrow one.
uint64_t CONVENTION arrived(void);

// Driver: runs one form of one signature with the value set of this number; whether all was right.
bool run(const struct signature *signature, enum form form, uint64_t set);
// Program: says what was wrong.
void report(const char *what, unsigned index, uint64_t wanted, uint64_t got);

// How generated C takes a value apart and makes one.
#define SEE(slot, x) (seen[slot] = (uint64_t)(int64_t)(x))
#define SEE_ADDRESS(slot, x) (seen[slot] = (uint64_t)(uintptr_t)(x))
#define SEE_FLOAT(slot, x) (seen[slot] = 0, *(float *)&seen[slot] = (x))
#define SEE_DOUBLE(slot, x) (*(double *)&seen[slot] = (x))

// Variable arguments of the convention.
#ifdef MICROSOFT
#define VARIABLE __builtin_ms_va_list
#define BEGIN __builtin_ms_va_start
#define END __builtin_ms_va_end
#else
#define VARIABLE __builtin_va_list
#define BEGIN __builtin_va_start
#define END __builtin_va_end
#endif
#define NEXT __builtin_va_arg
