// C that takes K objects itself, for .ffi.asQFunc and the scripts of tests/faults.
typedef struct k0 { signed char m, a, t, u; int r; long long n; } *K;
extern K kj(long long), ktn(int, long long);
// Calls the function whose address is in x with the number in y.
K kcall(K x, K y) { return kj(((long (*)(long))x->n)(y->n)); }
// A vector of an enumeration's type, of the items of a long vector.
K kenum(K x) {
  K r = ktn(7, x->n);
  for (long i = 0; i < x->n; i++) ((long long *)(r + 1))[i] = ((long long *)(x + 1))[i];
  r->t = 20;
  return r;
}
