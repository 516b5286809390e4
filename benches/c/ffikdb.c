/* A model of what KxSystems/ffi 0.12 does for a call and for a callback, step by step but in our own code: a call
 * interface prepared when a function is bound; for each call the checks of the list, two heap arrays, the type of each
 * parameter looked up by its character, libffi, and the result's type looked up and boxed. q's own work for the
 * projection that a bound function is there is left out. */
#include <ffi.h>
#include <stdlib.h>
#include <string.h>
#include "k.h"

typedef void (*Function)(void);
enum { RAW_POINTER = 127, UNKNOWN = -128 };

static ffi_type *libffi_type(char c) {
  switch (c) {
  case 'b': case 'c': case 'x': return &ffi_type_uint8;
  case 'h': return &ffi_type_sint16;
  case 'i': case 'm': case 'd': case 'u': case 'v': case 't': return &ffi_type_sint32;
  case 'j': case 'p': case 'n': case 'l': return &ffi_type_sint64;
  case 'e': return &ffi_type_float;
  case 'f': case 'z': return &ffi_type_double;
  case ' ': return &ffi_type_void;
  default: return &ffi_type_pointer;
  }
}

/* The tag for a type character: negative for the lower-case letters, which are atoms. */
static int tag_of(char c) {
  static const char letters[] = "kbg xhijefcspmdznuvt";
  const char *at = strchr(letters, c);
  if (at) return (int)(letters - at);
  at = strchr(letters, c | 0x20);
  if (at) return (int)(at - letters);
  return c == 'r' ? RAW_POINTER : UNKNOWN;
}

static K box(int tag, void *value) {
  if (tag == 0) return *(K *)value;
  if (tag == tag_of(' ')) return 0;
  if (tag > 0) value = *(void **)value, tag = -tag;
  K r = ka(tag);
  switch (-tag) {
  case KB: case KC: case KG: r->g = *(unsigned char *)value; return r;
  case KH: r->h = *(int16_t *)value; return r;
  case KI: case KM: case KD: case KU: case KV: case KT: r->i = *(int32_t *)value; return r;
  case KJ: case KP: case KN: r->j = *(int64_t *)value; return r;
  case KE: r->e = *(float *)value; return r;
  case KF: case KZ: r->f = *(double *)value; return r;
  case KS: r->s = ss(*(char **)value); return r;
  default: return krr("unsupported return type");
  }
}

/* Where libffi finds the value of an argument; a pointer is kept in `place`. */
static void *unbox(int tag, K x, void **place) {
  if (tag == RAW_POINTER) return &x->j;
  if (x->t < 0) return &x->g;
  *place = x->t <= KT ? (void *)x->G0 : x;
  return place;
}

/* (call interface; libffi's argument types; type characters; result character), prepared once. */
K ffikdb_interface(K args, K ret) {
  K types = ktn(KG, args->n * sizeof(ffi_type *)), interface = ktn(KG, sizeof(ffi_cif));
  for (int64_t i = 0; i < args->n; i++) DATA(types, ffi_type *)[i] = libffi_type(args->G0[i]);
  ffi_prep_cif(DATA(interface, ffi_cif), FFI_DEFAULT_ABI, args->n, libffi_type(ret->g), DATA(types, ffi_type *));
  return knk(4, interface, types, r1(args), r1(ret));
}

/* The address of a C function, in a byte vector. */
K ffikdb_function(void *function) { return kpn((char *)&function, sizeof function); }

K ffikdb_call(K bound, K function, K args) {
  ffi_cif *interface = DATA(DATA(bound, K)[0], ffi_cif);
  if (interface->abi != FFI_DEFAULT_ABI) return krr("wrong abi");
  args = args->t < 0 ? knk(1, r1(args)) : r1(args);
  if (args->t || DATA(args, K)[args->n - 1]->t != NULL_OBJECT) return r0(args), krr("type");
  if (args->n - 1 != interface->nargs) return r0(args), krr("rank");
  int n = (int)args->n - 1;
  void **values = calloc(n, sizeof(void *)), **places = calloc(n, sizeof(void *));
  for (int i = 0; i < n; i++)
    values[i] = unbox(tag_of(DATA(DATA(bound, K)[2], char)[i]), DATA(args, K)[i], &places[i]);
  ffi_arg result;
  ffi_call(interface, *DATA(function, Function), &result, values);
  free(places);
  free(values);
  r0(args);
  return box(tag_of(DATA(bound, K)[3]->g), &result);
}

/* A callback's closure: each argument boxed by its character, the function applied, the result's bytes copied. */
static void closure(ffi_cif *interface, void *result, void **args, void *data) {
  int n = (int)interface->nargs;
  K list = ktn(0, n), types = DATA((K)data, K)[1];
  for (int i = 0; i < n; i++) DATA(list, K)[i] = box(tag_of(types->G0[i]), args[i]);
  K r = dot(DATA((K)data, K)[0], n > 8 ? (list = knk(1, list)) : list);
  r0(list);
  if (interface->rtype != &ffi_type_void) memset(result, 0, interface->rtype->size);
  if (!r) return (void)r0(ee(r));
  if (r->t < 0 && interface->rtype != &ffi_type_void) memmove(result, &r->k, interface->rtype->size);
  r0(r);
}

/* A C function pointer for (function; type characters; result character). */
void *ffikdb_callback(K function, K args, K ret) {
  void *code;
  ffi_closure *writable = ffi_closure_alloc(sizeof *writable, &code);
  ffi_cif *interface = malloc(sizeof *interface);
  ffi_type **types = malloc(args->n * sizeof *types);
  for (int64_t i = 0; i < args->n; i++) types[i] = libffi_type(args->G0[i]);
  ffi_prep_cif(interface, FFI_DEFAULT_ABI, args->n, libffi_type(ret->g), types);
  ffi_prep_closure_loc(writable, interface, closure, knk(3, r1(function), r1(args), r1(ret)), code);
  return code;
}
