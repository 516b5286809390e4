/* The variadic functions of k.h, which stable Rust cannot define. They only collect their arguments.
   WITHOUT_LISTS leaves out what KX's library has too. */
#include <stdarg.h>

typedef struct k0 *K;

extern K ktn(int type, long long length);
extern K jk(K *list, K item);
extern K kapi_eval(int handle, const char *text, K arguments);
extern void kapi_set_item(K list, int position, K item);

/* The arguments of `k` end with a null pointer. */
K vak(int handle, const char *text, va_list arguments) {
  K list = ktn(0, 0), item;
  while (list && (item = va_arg(arguments, K)))
    jk(&list, item);
  return kapi_eval(handle, text, list);
}

K k(int handle, const char *text, ...) {
  va_list arguments;
  va_start(arguments, text);
  K result = vak(handle, text, arguments);
  va_end(arguments);
  return result;
}

#ifndef WITHOUT_LISTS
K vaknk(int count, va_list arguments) {
  K list = ktn(0, count);
  for (int i = 0; list && i < count; i++)
    kapi_set_item(list, i, va_arg(arguments, K));
  return list;
}

K knk(int count, ...) {
  va_list arguments;
  va_start(arguments, count);
  K result = vaknk(count, arguments);
  va_end(arguments);
  return result;
}
#endif
