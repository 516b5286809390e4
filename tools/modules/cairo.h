/* What the module cairo is made of. */
#include <cairo/cairo-pdf.h>
#include <cairo/cairo-svg.h>
