// Callees with variable arguments, which say what they found in their va_list.
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

struct pair { double x; float y; };
struct large { int64_t a[5]; };

static char *show(char *out, char type, va_list *args) {
  switch (type) {
    case 'b': case 'x': case 'c': case 'h': case 'i': return out + sprintf(out, "%d ", va_arg(*args, int));
    case 'j': case 'l': case 'r': return out + sprintf(out, "%lld ", (long long)va_arg(*args, int64_t));
    case 'e': case 'f': return out + sprintf(out, "%016llx ", ((union { double f; long long j; }){va_arg(*args, double)}).j);
    case 's': case 'C': return out + sprintf(out, "%s ", va_arg(*args, const char *));
    case 'F': return out + sprintf(out, "%g ", *va_arg(*args, double *));
    case 'p': { struct pair p = va_arg(*args, struct pair); return out + sprintf(out, "%g,%g ", p.x, p.y); }
    case 'q': { struct large q = va_arg(*args, struct large); return out + sprintf(out, "%lld,%lld ", (long long)q.a[0], (long long)q.a[4]); }
  }
  return out + sprintf(out, "? ");
}

static int show_all(char *out, const char *types, va_list *args) {
  char *end = out;
  *out = 0;
  for (; *types; types++) end = show(end, *types, args);
  return (int)(end - out);
}

int after_two(char *out, const char *types, ...) {
  va_list args;
  va_start(args, types);
  int n = show_all(out, types, &args);
  va_end(args);
  return n;
}

// Takes fixed parameters of each kind, so that the variable ones begin in the middle of the registers.
double after_mixed(double f, char *out, float e, int16_t h, const char *types, double g, ...) {
  va_list args;
  va_start(args, g);
  int n = show_all(out, types, &args);
  va_end(args);
  return f + e + h + g + n;
}
