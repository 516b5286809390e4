/* What tests/q/header.q reads: a header of the functions in tests/c/cdef.c, with what headers have besides. */
#ifndef GADGET_H
#define GADGET_H

#include <stddef.h>
#include <inner/part.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GADGET_VERSION "1.2.3"
#define GADGET_MAJOR 1
#define GADGET_FLAGS (PART_MASK | 0x100)
#define GADGET_RATE (GADGET_MAJOR / 4.0)
#define GADGET_SQUARE(x) ((x) * (x))
#define GADGET_API __attribute__((visibility("default")))
#define twice gadget_twice
#define first_level raised

enum level { LOW, MIDDLE = 5, HIGH };
typedef struct point { double x, y; } point;

GADGET_API enum level raised(enum level l);
GADGET_API double length(point p);
int called(void);
int gadget_twice(int x) __asm__("renamed_in_the_library");
extern const char *motto;

static inline int inlined(int x) { return GADGET_SQUARE(x); }
__int128 unheard(void);
int misspelt(sizet n);
int missing(int);
int _private(int);

#ifdef GADGET_MORE
#define GADGET_GIVEN GADGET_MORE
#endif

#ifdef __cplusplus
}
#endif
#endif
