// What the extension asks the interpreter, which KX's library lacks: `.z.w`, the handle that is being served. None is.
typedef struct k0 *K;
extern K ki(int);

K k(int handle, const char *text, ...) {
  (void)handle, (void)text;
  return ki(0);
}
