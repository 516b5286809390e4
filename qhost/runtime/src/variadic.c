/* The variadic functions of k.h, which stable Rust cannot define. They only collect their arguments.
   WITHOUT_LISTS leaves out what KX's library has too. */
#include <stdarg.h>

typedef struct k0 *K;

extern K ktn(int type, long long length);
extern K jk(K *list, K item);
extern void r0(K object);
extern K kapi_failed(void);
extern K kapi_eval(int handle, const char *text, K arguments);
extern void kapi_set_item(K list, int position, K item);

/* The arguments of `k` end with a null pointer. Without memory for them they are freed all the same. */
K vak(int handle, const char *text, va_list arguments) {
  K list = ktn(0, 0), item;
  int is_whole = list != 0;
  while ((item = va_arg(arguments, K))) {
    if (!is_whole)
      r0(item);
    else if (!jk(&list, item))
      is_whole = 0;
  }
  if (is_whole)
    return kapi_eval(handle, text, list);
  if (list)
    r0(list);
  return kapi_failed();
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
  for (int i = 0; i < count; i++) {
    K item = va_arg(arguments, K);
    if (list)
      kapi_set_item(list, i, item);
    else
      r0(item);
  }
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
