// Calls stubs as q would, and is what stubs and thunks call in turn. Each call has a value set of pseudo-random words;
// what C and q should make of them is computed here, without any of the library's code.
#include "driver.h"
#include "runtime.h"
#include "types.h"

uint64_t seen[SLOTS], answer[SLOTS], give[SLOTS];

static const struct signature *signature;
static enum form form;
static bool good;

static void expect(const char *what, unsigned index, uint64_t wanted, uint64_t got) {
  if (wanted != got) {
    if (good) report(what, index, wanted, got);
    good = false;
  }
}

// What stubs and thunks find at fixed addresses, and the record of this thread.
_Alignas(16) char Context[64], Function[64];
static _Alignas(16) char record[256];
#ifdef WORD
__thread void *EntryRecord, *Record;
// Whether stubs are to call C: what they look at afterwards is there in any case.
static void set_record(bool is_there) {
  EntryRecord = is_there ? record : 0;
  Record = record;
}
#else
void *CONVENTION CurrentRecord(void) { return record; }
static void set_record(bool is_there) { (void)is_there; }
#endif
static int errno_of_c;

static uint64_t *under_way(void) { return (uint64_t *)(record + UNDER_WAY); }
static uint32_t *attention(void) { return (uint32_t *)(record + ATTENTION); }
static int32_t *kept_errno(void) { return (int32_t *)(record + ERRNO); }
static int32_t *callbacks(void) { return (int32_t *)(record + CALLBACKS); }
static int32_t *running(void) { return (int32_t *)(Context + RUNNING); }
static uint64_t *list_kept(void) { return (uint64_t *)(Context + LIST_KEPT); }

// ---- Values

static const struct type *type(char letter) { return &types[(unsigned char)letter]; }

static uint64_t state;

// SplitMix64.
static uint64_t bits(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

static bool one_in(unsigned n) { return bits() % n == 0; }

// A random word, often one that mistakes of extension and conversion show in.
static uint64_t word(void) {
  static const uint64_t seams[] = {
      0, ~0ULL, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f, 0x8000800080008000, 0x80000000, 0x7fffffffffffffff,
      0x3ff0000000000000, 0x7ff0123456789abc, 0xfff8deadbeef0001, 0x7ff000007f812345, 0x000f0000807fffff,
  };
  return one_in(4) ? seams[bits() % (sizeof seams / sizeof *seams)] : bits();
}

// A word that is this type's value in its low bits, and junk above.
static uint64_t random_of(char letter) {
  uint64_t w = word();
  return letter == 'b' ? (w & ~0xffULL) | (w >> 8 & 1) : w;
}

// Whether q holds the type wider than C, so that stubs look whether a value is in C's range.
static bool is_held_wider(const struct type *ty) { return ty->kind == NUMBER && ty->held != ty->size; }

// The word of an atom: a value of C's in the low bits, as wide as q holds it, and junk above.
static uint64_t held_of(char letter) {
  const struct type *ty = type(letter);
  uint64_t w = random_of(letter);
  if (!is_held_wider(ty)) return w;
  uint64_t value = widen(letter, w);
  return ty->held < 8 ? value & ((1ULL << 8 * ty->held) - 1) | bits() << 8 * ty->held : value;
}

// The same of a value that C has not, as wide as q holds it.
static uint64_t out_of_range_of(char letter) {
  const struct type *ty = type(letter);
  static const uint64_t beyond[] = {0x80, 0xff7f, 0x7fff, 0x8000, 0x10000, 0xffffffff, 0x7fffffff, 0x80000000,
                                    0x100000000, ~0ULL, 0x7fffffffffffffff, 0x8000000000000000};
  for (;;) {
    uint64_t w = one_in(2) ? bits() : beyond[bits() % (sizeof beyond / sizeof *beyond)];
    if (((widen(letter, w) ^ w) & (~0ULL >> (64 - 8 * ty->held))) != 0) return w;
  }
}

static double real_of(uint64_t w) {
  uint32_t low = (uint32_t)w;
  float x;
  __builtin_memcpy(&x, &low, sizeof x);
  return x;
}

// What C sees of a leaf with these bits.
static uint64_t seen_of(const struct leaf *leaf, uint64_t w) {
  if (leaf->letter == 'e' && leaf->promoted) {
    double x = real_of(w);
    __builtin_memcpy(&w, &x, sizeof w);
    return w;
  }
  return widen(leaf->letter, w);
}

static void copy(void *to, const void *from, size_t n) {
  for (size_t i = 0; i < n; i++) ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
}

static uint64_t load(const void *from, unsigned size) {
  uint64_t w = 0;
  copy(&w, from, size);
  return w;
}

static uint64_t low(uint64_t w, unsigned size) { return size < 8 ? w & ((1ULL << 8 * size) - 1) : w; }

// ---- K objects

static _Alignas(16) unsigned char memory[1 << 20];
static size_t used;

// Memory with junk in it, for the length of a call.
static void *allocate(size_t size) {
  unsigned char *p = memory + used;
  used += (size + 15) & ~(size_t)15;
  if (used > sizeof memory) __builtin_trap();
  for (size_t i = 0; i + 8 <= size; i += 8) *(uint64_t *)(p + i) = 0xdeadbeefcafe0000 + i;
  return p;
}

#ifdef KX
// Objects are those of KX's own library, which functions of these names make.
K ka(int), kb(int), kg(int), kc(int), kh(int), ki(int), kj(int64_t), kf(double), ktn(int, int64_t);
void r0(K);
int khp(const char *, int);

static K made[1 << 12];
static size_t made_count;

// Keeps an object until the call is over.
static K keep(K x) {
  if (made_count == sizeof made / sizeof *made) __builtin_trap();
  return made[made_count++] = x;
}

static void free_objects(void) {
  static bool is_set_up;
  if (!is_set_up) khp("", -1);
  is_set_up = true;
  // They hold nothing by counted references.
  for (; made_count; made_count--) {
    K x = made[made_count - 1];
    x->t = BYTE;
    x->r = 0;
    r0(x);
  }
}
#else
static void free_objects(void) {}
#endif

static K object(int tag, size_t size) {
#ifdef KX
  K x = keep(ktn(BYTE, (int64_t)size - 16));
#else
  K x = allocate(size);
#endif
  x->t = (int8_t)tag;
  x->u = 0;
  x->r = 0;
  return x;
}

static K atom(int tag, uint64_t payload) {
  K x = object(tag, sizeof(struct k0));
  x->word = payload;
  return x;
}

static K vector(int tag, int64_t length) {
  K x = object(tag, 16 + 16 * (size_t)length + 16);
  x->n = length;
  return x;
}

static K list(unsigned length, const K *items) {
  K x = vector(0, length);
  for (unsigned i = 0; i < length; i++) x->items[i] = items[i];
  return x;
}

static K null_object(void) { return atom(UNARY, 0); }

// Bytes that some pointer points to.
static void *bytes_of(unsigned size) {
  uint64_t *p = allocate(size + 8);
  for (unsigned i = 0; i < size / 8 + 1; i++) p[i] = bits();
  return p;
}

// ---- Arguments

static uint64_t want[ELEMENTS][SLOTS], answers[ELEMENTS][SLOTS];
static K objects[MAX_PARAMS];

// The number of parameters that q gives objects for, and the one of such a number.
static unsigned arity(void) {
  unsigned n = 0;
  for (unsigned i = 0; i < signature->count; i++) n += signature->params[i].letter != '&';
  return n;
}

static const struct param *given(unsigned n) {
  const struct param *param = signature->params;
  for (;; param++)
    if (param->letter != '&' && !n--) return param;
}

// Whether all arguments are of a form that the hot path takes.
static bool all_hot;

// Chars; a stub takes those that end in NUL, by their address.
static K chars(uint64_t *seen) {
  K x = vector(CHAR, (int64_t)(bits() % 20));
  bool ends = x->n && !one_in(8);
  if (x->n) x->bytes[x->n - 1] = ends ? 0 : 'x';
  all_hot &= ends;
  *seen = (uintptr_t)x->bytes;
  return x;
}

// A symbol, whose text is lent to C that only reads; C that may write gets a copy, which a stub cannot make.
static K symbol(bool is_lent, uint64_t *seen) {
  all_hot &= is_lent;
  return atom(-SYMBOL, *seen = bits());
}

// An address: any long but the null and the infinities. An int has to be widened, which is not a stub's business.
static K address(uint64_t *seen) {
  static const uint64_t nulls[] = {1ULL << 63, (1ULL << 63) + 1, (1ULL << 63) - 1};
  static const uint64_t edges[] = {0, ~0ULL, 1, (1ULL << 63) + 2, (1ULL << 63) - 2};
  uint64_t w = one_in(8) ? nulls[bits() % 3] : one_in(4) ? edges[bits() % 5] : word();
  bool is_long = !one_in(16);
  for (unsigned i = 0; i < 3; i++) all_hot &= w != nulls[i];
  all_hot &= is_long;
  return atom(is_long ? -LONG : -INT, *seen = w);
}

static K foreign(uint64_t pointer) {
  K x = vector(FOREIGN, 2);
  x->words[0] = (uintptr_t)&ReleaseCallback;
  x->words[1] = pointer;
  return x;
}

// An object that a parameter takes, and what C sees of it unless it goes the cold way.
static K argument(const struct leaf *leaf, uint64_t *seen) {
  const struct type *ty = type(leaf->letter);
  K x;
  switch (ty->kind) {
    case NUMBER:
      if (is_held_wider(ty) && one_in(16)) {
        all_hot = false;
        return atom(-ty->tag, out_of_range_of(leaf->letter));
      }
      x = atom(-ty->tag, held_of(leaf->letter));
      *seen = seen_of(leaf, x->word);
      return x;
    case GUID_VALUE:
      x = vector(-ty->tag, 1);
      *seen = (uintptr_t)x->bytes;
      return x;
    case ADDRESS:
      return address(seen);
    case TEXT:
      return one_in(2) ? symbol(true, seen) : chars(seen);
    case BUFFER:
      return one_in(4) ? symbol(false, seen) : chars(seen);
    case POINTER:
      // C may write to an array of texts and to the texts: it gets copies.
      all_hot &= leaf->letter != 'S';
      x = vector(ty->array, (int64_t)(bits() % 4));
      *seen = (uintptr_t)x->bytes;
      return x;
    case FUNCTION:
      return foreign(*seen = bits());
    default:
      *seen = (uintptr_t)(x = atom(-FLOAT, bits()));
      return x;
  }
}

// A struct as q holds its fields: a vector where they are of one type, otherwise a list of atoms.
static K aggregate(const struct param *param) {
  K items[ELEMENTS];
  bool alike = true;
  for (unsigned k = 0; k < param->leaves; k++) {
    unsigned slot = param->first + k;
    items[k] = argument(&signature->leaves[slot], &want[0][slot]);
    alike &= items[k]->t == items[0]->t;
  }
  if (!alike) return list(param->leaves, items);
  K x = vector(-items[0]->t, param->leaves);
  unsigned size = type(signature->leaves[param->first].letter)->held;
  for (unsigned k = 0; k < param->leaves; k++) copy(x->bytes + size * k, &items[k]->word, size);
  return x;
}

static void arguments(void) {
  for (unsigned i = 0; i < arity(); i++) {
    const struct param *param = given(i);
    unsigned slot = param->first;
    objects[i] = param->letter == '{' ? aggregate(param) : argument(&signature->leaves[slot], &want[0][slot]);
  }
}

// Replaces an argument by an object that no parameter takes; whether there is a parameter that minds.
static bool spoil(void) {
  if (!arity()) return false;
  unsigned i = bits() % arity();
  if (type(given(i)->letter)->kind == ANY) return false;
  objects[i] = atom(-128, 0);
  return true;
}

// ---- Results

// What C returns: a word with junk above narrow values, or where a pointer points.
static uint64_t answer_of(char letter) {
  const struct type *ty = type(letter);
  if (ty->kind == POINTER) return one_in(8) ? 0 : (uintptr_t)bytes_of(16);
  if (ty->kind == ANY) return (uintptr_t)atom(-LONG, bits());
  return random_of(letter);
}

static bool is_null(char letter, K x) {
  switch (type(letter)->tag) {
    case REAL: { float f; copy(&f, &x->word, 4); return f != f; }
    case FLOAT: case DATETIME: { double f; copy(&f, &x->word, 8); return f != f; }
    case CHAR: return low(x->word, 1) == ' ';
    case BOOLEAN: case BYTE: return low(x->word, 1) == 0;
    case SHORT: return low(x->word, 2) == 0x8000;
    case LONG: case TIMESTAMP: case TIMESPAN: return x->word == 1ULL << 63;
    default: return low(x->word, 4) == 1ULL << 31;
  }
}

// Whether C has to do with K objects, and so may call q.
static bool knows_objects(void) {
  bool knows = type(signature->returns)->kind == ANY;
  for (unsigned i = 0; i < signature->count; i++) knows |= type(signature->params[i].letter)->kind == ANY;
  return knows;
}

// Whether an object is what q should get for a value of C's.
static void expect_object(const char *what, unsigned index, char letter, uint64_t w, K x) {
  const struct type *ty = type(letter);
  if (ty->kind == VOID || ty->kind == ANY) return expect(what, index, w, (uintptr_t)x);
  if (!x) return expect(what, index, 1, 0);
  // A call that may nest ends before anything is read.
  bool by_runtime = ty->by_runtime || (ty->kind == POINTER && form <= LIST && knows_objects());
  int tag = ty->kind == GUID_VALUE || ty->kind == FUNCTION || by_runtime ? -LONG : -ty->tag;
  expect("tag of", index, (uint8_t)tag, (uint8_t)x->t);
  if (ty->kind == POINTER && !by_runtime) {
    if (!w) return expect("null of", index, 1, is_null(letter, x));
    w = load((void *)(uintptr_t)w, ty->item);
    // Any byte but 0 is true where C keeps a bool.
    if (letter == 'B') w = w != 0;
    if (ty->held != ty->item) w = widen(letter | 32, w);
    return expect(what, index, low(w, ty->held), low(x->word, ty->held));
  }
  if (is_held_wider(ty)) w = widen(letter, w);
  unsigned size = tag == -LONG ? 8 : ty->held;
  expect(what, index, low(w, size), low(x->word, size));
}

// The same for a struct, which q gets as `aggregate` makes one.
static void expect_fields(K x) {
  const struct leaf *leaves = signature->result_leaves;
  unsigned n = signature->result.leaves;
  if (!x) return expect("result", 0, 1, 0);
  expect("length", 0, n, (uint64_t)x->n);
  for (unsigned k = 0; k < n; k++) {
    const struct type *ty = type(leaves[k].letter);
    if (!x->t) {
      expect_object("result", k, leaves[k].letter, answers[0][k], x->items[k]);
    } else {
      expect("tag of", k, (uint8_t)ty->tag, (uint8_t)x->t);
      uint64_t w = is_held_wider(ty) ? widen(leaves[k].letter, answers[0][k]) : answers[0][k];
      expect("result", k, low(w, ty->held), load(x->bytes + ty->held * k, ty->held));
    }
  }
}

// The bytes of a struct that C has returned.
static void expect_struct(const unsigned char *at) {
  for (unsigned k = 0; k < signature->result.leaves; k++) {
    const struct leaf *leaf = &signature->result_leaves[k];
    uint64_t got = load(at + leaf->offset, type(leaf->letter)->size);
    expect("result", k, widen(leaf->letter, answers[0][k]), widen(leaf->letter, got));
  }
}

static void fill_answers(void) {
  for (unsigned i = 0; i < signature->result.leaves; i++) {
    char letter = signature->result_leaves[i].letter;
    answers[0][i] = type(letter)->kind == ANY ? bits() : random_of(letter);
  }
}

// ---- What the C function does

static unsigned arrivals;
static bool leaves_error;
// Calls under way around the one that is looked at.
static uint64_t around;
static unsigned cold_calls, collect_calls;

static void expect_seen(const uint64_t *wanted) {
  unsigned n = signature->count, last = n - 1;
  unsigned slots = n ? signature->params[last].first + signature->params[last].leaves : 0;
  for (unsigned i = 0; i < slots; i++) {
    // Only who has made the room knows where it is.
    bool is_known = signature->leaves[i].letter != '&' || wanted[i];
    if (is_known) expect("argument", i, wanted[i], seen[i]);
    seen[i] = 0x5ca1ab1e5ca1ab1e;
  }
}

// Leaves junk in the registers that a function may change under every convention that its machine has.
static void spoil_registers(void) {
#ifdef __x86_64__
  __asm__ volatile("movq %0, %%rcx; movq %%rcx, %%rdx; movq %%rcx, %%r8; movq %%rcx, %%r9; movq %%rcx, %%r10;"
                   "movq %%rcx, %%r11; movq %%rcx, %%xmm0; movq %%rcx, %%xmm1; movq %%rcx, %%xmm2;"
                   "movq %%rcx, %%xmm3; movq %%rcx, %%xmm4; movq %%rcx, %%xmm5"
                   : : "r"(bits()) : "rcx", "rdx", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5");
#else
  __asm__ volatile("mov x1, %0; mov x2, x1; mov x3, x1; mov x4, x1; mov x5, x1; mov x6, x1; mov x7, x1; mov x8, x1;"
                   "mov x9, x1; mov x10, x1; mov x11, x1; mov x12, x1; mov x13, x1; mov x14, x1; mov x15, x1;"
                   "mov x16, x1; mov x17, x1; fmov d0, x1; fmov d1, x1; fmov d2, x1; fmov d3, x1; fmov d4, x1;"
                   "fmov d5, x1; fmov d6, x1; fmov d7, x1; fmov d16, x1; fmov d31, x1"
                   : : "r"(bits()) : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
                   "x14", "x15", "x16", "x17", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v31");
#endif
}

uint64_t CONVENTION arrived(void) {
  unsigned element = arrivals++ % ELEMENTS;
  bool is_marked = form != KERNEL && form != INVOKER;
  uint64_t mark = knows_objects() ? 1ULL << 32 : 1;
  expect("under way", element, around + (is_marked ? mark : 0), *under_way());
  expect_seen(want[element]);
  unsigned leaves = signature->result.leaves;
  for (unsigned i = 0; i < leaves; i++) answer[i] = answers[element][i];
  *attention() = leaves_error;
  spoil_registers();
  return answer[0];
}

// ---- What stubs call

// Allocations until one fails, or 0; and whether one has.
static unsigned until_full;
static bool was_full;

static bool is_full(void) {
  if (!until_full || --until_full) return false;
  return was_full = true;
}

#define MADE(object) (is_full() ? 0 : (object))

static void fill_memory(void) { until_full = one_in(8) ? 1 + bits() % 3 : 0; }


#ifdef KX
K AllocateAtom(int tag) { return MADE(keep(ka(tag))); }
K MakeBoolean(int x) { return MADE(keep(kb(x))); }
K MakeByte(int x) { return MADE(keep(kg(x))); }
K MakeChar(int x) { return MADE(keep(kc(x))); }
K MakeShort(int x) { return MADE(keep(kh(x))); }
K MakeInt(int x) { return MADE(keep(ki(x))); }
K MakeLong(int64_t x) { return MADE(keep(kj(x))); }
K MakeFloat(double x) { return MADE(keep(kf(x))); }
K AllocateVector(int tag, int64_t length) { return MADE(keep(ktn(tag, length))); }
#else
K CONVENTION AllocateAtom(int tag) { return MADE(atom(tag, bits())); }
K CONVENTION MakeBoolean(int x) { return MADE(atom(-BOOLEAN, (uint8_t)x)); }
K CONVENTION MakeByte(int x) { return MADE(atom(-BYTE, (uint8_t)x)); }
K CONVENTION MakeChar(int x) { return MADE(atom(-CHAR, (uint8_t)x)); }
K CONVENTION MakeShort(int x) { return MADE(atom(-SHORT, (uint16_t)x)); }
K CONVENTION MakeInt(int x) { return MADE(atom(-INT, (uint32_t)x)); }
K CONVENTION MakeLong(int64_t x) { return MADE(atom(-LONG, (uint64_t)x)); }
K CONVENTION MakeFloat(double x) { return MADE(atom(-FLOAT, load(&x, 8))); }
K CONVENTION AllocateVector(int tag, int64_t length) { return MADE(vector(tag, length)); }
#endif
K CONVENTION Null(void) { return MADE(null_object()); }
K CONVENTION MakeSymbol(const void *text) { return MADE(atom(-SYMBOL, (uintptr_t)text)); }
static const char empty[8];
const void *CONVENTION Intern(const void *text) { return MADE(text ? text : empty); }
K CONVENTION MakeList(const K *items, uint64_t count) {
  for (unsigned i = 0; i < count; i++)
    if (!items[i]) return 0;
  return MADE(list((unsigned)count, items));
}
void CONVENTION ReleaseCallback(K x) { (void)x; }

static unsigned released;
void CONVENTION Release(K x) {
  released++;
  if (x->r < 0) report("released twice", 0, 0, (uint64_t)x->r);
  x->r--;
}

K CONVENTION Rebox(uint64_t w, void *whose) {
  expect("context", 0, (uintptr_t)Context, (uintptr_t)whose);
  return atom(-LONG, w);
}

// What a call ends in that an error waits for, or that marshalling takes over.
static K taken_over(void) { return atom(-128, 0); }

K CONVENTION Collect(uint64_t w, void *whose) {
  expect("context", 1, (uintptr_t)Context, (uintptr_t)whose);
  unsigned size = type(signature->result.letter)->size;
  if (signature->result.letter == '{')
    expect_struct((unsigned char *)(uintptr_t)w);
  else
    expect("collected", 0, low(answers[0][0], size), low(w, size));
  collect_calls++;
  return taken_over();
}

K CONVENTION CollectVector(K result) {
  collect_calls++;
  if (was_full) return result;
  expect("collected", 1, 1, result->t >= 0);
  return taken_over();
}

static K cold(void *whose, const K *passed) {
  expect("context", 2, (uintptr_t)Context, (uintptr_t)whose);
  for (unsigned i = 0; i < arity(); i++)
    expect("cold argument", i, (uintptr_t)objects[i], (uintptr_t)passed[i]);
  cold_calls++;
  return taken_over();
}

K CONVENTION ColdInSlot(void *whose, const K *given) { return cold(whose, given); }

K CONVENTION ColdInPlace(K a, K b, K c, K d, K e, K f, K g, K h, double whose) {
  K given[] = {a, b, c, d, e, f, g, h};
  void *pointer;
  memcpy(&pointer, &whose, sizeof pointer);
  return cold(pointer, given);
}

static K cold_list;
K CONVENTION ColdList(K given, void *whose) {
  expect("cold list", 0, (uintptr_t)cold_list, (uintptr_t)given);
  return cold(whose, objects);
}

// ---- Calls

typedef K(CONVENTION *F1)(K);
typedef K(CONVENTION *F2)(K, K);
typedef K(CONVENTION *F3)(K, K, K);
typedef K(CONVENTION *F4)(K, K, K, K);
typedef K(CONVENTION *F5)(K, K, K, K, K);
typedef K(CONVENTION *F6)(K, K, K, K, K, K);
typedef K(CONVENTION *F7)(K, K, K, K, K, K, K);
typedef K(CONVENTION *F8)(K, K, K, K, K, K, K, K);

static K call_fixed(void (*f)(void)) {
  K *x = objects;
  switch (arity()) {
    case 0: return ((F1)f)(null_object());
    case 1: return ((F1)f)(x[0]);
    case 2: return ((F2)f)(x[0], x[1]);
    case 3: return ((F3)f)(x[0], x[1], x[2]);
    case 4: return ((F4)f)(x[0], x[1], x[2], x[3]);
    case 5: return ((F5)f)(x[0], x[1], x[2], x[3], x[4]);
    case 6: return ((F6)f)(x[0], x[1], x[2], x[3], x[4], x[5]);
    case 7: return ((F7)f)(x[0], x[1], x[2], x[3], x[4], x[5], x[6]);
    default: return ((F8)f)(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
  }
}

// The vector that the arguments collapse to where q makes one of them, or NULL.
static K collapsed(void) {
  unsigned n = arity();
  if (!n) return 0;
  int tag = objects[0]->t;
  for (unsigned i = 0; i < n; i++) {
    enum kind kind = type(given(i)->letter)->kind;
    bool is_value = kind == NUMBER || kind == ADDRESS || kind == GUID_VALUE || kind == TEXT || kind == BUFFER;
    if (objects[i]->t != tag || !is_value) return 0;
  }
  if (tag >= 0) return 0;
  K x = vector(-tag, n);
  for (unsigned i = 0; i < n; i++) {
    unsigned size = type(given(i)->letter)->held, slot = given(i)->first;
    if (tag == -GUID) {
      want[0][slot] = (uintptr_t)(x->bytes + size * i);
    } else {
      copy(x->bytes + size * i, &objects[i]->word, size);
    }
  }
  return x;
}

static K call_list(void (*f)(void), bool spoilt) {
  K x = one_in(2) && !spoilt ? collapsed() : 0;
  if (!x && !arity()) objects[0] = null_object();
  if (!x && arity() && one_in(2)) {
    K items[MAX_PARAMS + 1];
    for (unsigned i = 0; i < arity(); i++) items[i] = objects[i];
    items[arity()] = null_object();
    K inner = list(arity() + 1, items);
    x = list(1, &inner);
  }
  if (!x) x = list(arity() ? arity() : 1, objects);
  cold_list = x;
  return ((F1)f)(x);
}

// Where there is no record yet, the cold path makes one.
static bool has_no_record(void) {
#ifdef WORD
  bool has_none = one_in(8);
#else
  bool has_none = false;
#endif
  set_record(!has_none);
  return has_none;
}

static void expect_no_mark(void) { expect("under way", 99, around, *under_way()); }

// Compares what a stub gave with what the C function did.
static void expect_result(K x, bool is_cold) {
  bool is_void = type(signature->result.letter)->kind == VOID;
  expect_no_mark();
  expect("cold", 0, is_cold, cold_calls);
  expect("collected", 0, leaves_error && !is_cold, collect_calls);
  expect("calls", 0, !is_cold, arrivals);
  if (is_cold || leaves_error)
    expect("tag of", 0, (uint8_t)-128, x ? (uint8_t)x->t : 0);
  else if (was_full)
    expect("result", 1, 0, (uintptr_t)x);
  else if (signature->has_outs && signature->result.leaves == 1)
    expect_object("result", 0, signature->result_leaves[0].letter, answers[0][0], x);
  else if (signature->result.letter == '{')
    expect_fields(x);
  else
    expect_object("result", 0, signature->result.letter, is_void ? 0 : answers[0][0], x);
}

static void run_call(void (*f)(void)) {
  arguments();
  if (signature->result.letter == '{')
    fill_answers();
  else
    answers[0][0] = answer_of(signature->result.letter);
  leaves_error = one_in(8);
  bool is_cold = one_in(8) && spoil();
  is_cold |= has_no_record() || !all_hot;
  fill_memory();
  expect_result(form == FIXED ? call_fixed(f) : call_list(f, is_cold), is_cold);
}

// ---- Loops

// An argument of a loop: a vector of n elements, or an atom that stands for all of them.
static K element_argument(unsigned i, unsigned n, bool is_vector) {
  unsigned slot = given(i)->first;
  const struct leaf *leaf = &signature->leaves[slot];
  const struct type *ty = type(leaf->letter);
  bool is_guid = ty->kind == GUID_VALUE;
  K x = is_vector ? vector(ty->tag, n) : is_guid ? vector(-ty->tag, 1) : atom(-ty->tag, 0);
  for (unsigned k = 0; k < ELEMENTS; k++) {
    uint64_t w = held_of(leaf->letter);
    unsigned char *at = is_vector ? x->bytes + ty->held * k : is_guid ? x->bytes : (unsigned char *)&x->word;
    if (!is_guid && is_vector && k < n) copy(at, &w, ty->held);
    if (!is_guid && !is_vector && k == 0) x->word = w;
    want[k][slot] = is_guid ? (uintptr_t)at : seen_of(leaf, is_vector ? w : x->word);
  }
  return x;
}

// What C returns and fills for an element.
static void answers_for(unsigned k) {
  if (!signature->has_outs)
    answers[k][0] = answer_of(signature->result.letter);
  else
    for (unsigned i = 0; i < signature->result.leaves; i++)
      answers[k][i] = random_of(signature->result_leaves[i].letter);
}

// The arguments of a loop, of which one at least is a vector.
static void element_arguments(unsigned n) {
  bool all = one_in(3);
  unsigned sure = bits() % arity();
  for (unsigned i = 0; i < arity(); i++)
    objects[i] = element_argument(i, n, all || i == sure || one_in(2));
  for (unsigned k = 0; k < ELEMENTS; k++) answers_for(k);
}

// What lies in a vector of results.
static uint64_t result_of(unsigned k) {
  const struct type *ty = type(signature->returns);
  uint64_t w = is_held_wider(ty) ? widen(signature->returns, answers[k][0]) : answers[k][0];
  w = low(w, ty->held);
  return ty->kind == TEXT && !w ? (uintptr_t)empty : w;
}

static void expect_elements(unsigned n, const unsigned char *results) {
  const struct type *ty = type(signature->returns);
  expect("calls", 0, n, arrivals);
  for (unsigned k = 0; k < n; k++)
    expect("element", k, result_of(k), load(results + ty->held * k, ty->held));
}

// Addresses, and what q holds wider, are looked at before a loop begins, which is not a stub's business.
static bool is_looked_at(void) {
  bool is = false;
  for (unsigned i = 0; i < signature->count; i++) {
    const struct type *ty = type(signature->params[i].letter);
    is |= ty->kind == ADDRESS || ty->kind == ROOM || is_held_wider(ty);
  }
  return is;
}

static void run_atomic(void (*f)(void)) {
  unsigned n = bits() % (ELEMENTS + 1);
  element_arguments(n);
  leaves_error = n && one_in(8);
  bool is_cold = one_in(8) && spoil();
  is_cold |= has_no_record() || is_looked_at();
  fill_memory();
  released = 0;
  K x = call_fixed(f);
  expect_no_mark();
  if (was_full) {
    // By the result's vector, or by a text, whose vector is given up then.
    expect("released", 0, arrivals > 0, released);
    return expect("result", 1, 0, (uintptr_t)x);
  }
  expect("cold", 0, is_cold, cold_calls);
  expect("collected", 0, leaves_error && !is_cold, collect_calls);
  if (is_cold || leaves_error) return expect("tag of", 0, (uint8_t)-128, (uint8_t)x->t);
  expect("tag of", 0, (uint8_t)type(signature->result.letter)->tag, (uint8_t)x->t);
  expect("length", 0, n, (uint64_t)x->n);
  expect_elements(n, x->bytes);
}

typedef void *(CONVENTION *kernel)(const void *cursors, void *to, int64_t length);

// What C has filled for each element, in an array of its own.
static void expect_filled(unsigned out, unsigned n, const unsigned char *array) {
  char letter = signature->result_leaves[out].letter;
  unsigned size = type(letter)->size;
  for (unsigned k = 0; k < n; k++)
    expect("filled", k, widen(letter, answers[k][out]), widen(letter, load(array + size * k, size)));
}

static void run_kernel(void (*f)(void)) {
  struct { const void *first; int64_t stride; } cursors[MAX_PARAMS];
  unsigned char *filled[MAX_PARAMS] = {0};
  unsigned n = bits() % (ELEMENTS + 1);
  element_arguments(n);
  unsigned next = 0, out = signature->returns != ' ';
  for (unsigned i = 0; i < signature->count; i++) {
    const struct param *param = &signature->params[i];
    const struct type *ty = type(param->letter);
    if (ty->kind == ROOM) {
      unsigned size = type(signature->result_leaves[out++].letter)->size;
      cursors[i].first = filled[i] = bytes_of(16 * ELEMENTS);
      cursors[i].stride = size;
      for (unsigned k = 0; k < n; k++) want[k][param->first] = (uintptr_t)(filled[i] + size * k);
      continue;
    }
    K x = objects[next++];
    bool is_vector = x->t > 0;
    cursors[i].first = is_vector || ty->kind == GUID_VALUE ? x->bytes : (void *)&x->word;
    cursors[i].stride = is_vector ? ty->held : 0;
  }
  unsigned char *to = allocate(16 * ELEMENTS + 16);
  fill_memory();
  void *given = ((kernel)f)(cursors, to, n);
  expect("given", 0, was_full ? 0 : (uintptr_t)to, (uintptr_t)given);
  if (was_full) return;
  if (signature->returns != ' ') expect_elements(n, to);
  out = signature->returns != ' ';
  for (unsigned i = 0; i < signature->count; i++)
    if (filled[i]) expect_filled(out++, n, filled[i]);
}

// ---- Callbacks

static bool is_let_in, settles, keeps_argument;
static unsigned settled, gone_elsewhere, applied, left;
static int errno_before, errno_for_c;

uint64_t CONVENTION Enter(void *whose, char *suspended) {
  expect("context", 3, (uintptr_t)Context, (uintptr_t)whose);
  if (!is_let_in) return 0;
  ++*running();
  ++*callbacks();
  copy(suspended + SUSPENDED_UNDER_WAY, under_way(), 8);
  copy(suspended + SUSPENDED_ERRNO, &errno_before, 4);
  *under_way() = 0;
  return bits() | 1;
}

void CONVENTION Leave(void *whose, const char *suspended) {
  expect("context", 7, (uintptr_t)Context, (uintptr_t)whose);
  --*running();
  --*callbacks();
  errno_of_c = *kept_errno();
  copy(kept_errno(), suspended + SUSPENDED_ERRNO, 4);
  copy(under_way(), suspended + SUSPENDED_UNDER_WAY, 8);
  left++;
}

K CONVENTION BoxArgument(void *whose, uint64_t index, uint64_t w) {
  expect("context", 4, (uintptr_t)Context, (uintptr_t)whose);
  expect("few enough", (unsigned)index, 1, index < signature->count);
  const struct param *param = &signature->params[index];
  if (param->letter != '{') return atom(-LONG, w);
  // A struct comes by its address, and is read at once.
  const unsigned char *at = (const unsigned char *)(uintptr_t)w;
  for (unsigned i = 0; i < param->leaves; i++) {
    const struct leaf *leaf = &signature->leaves[param->first + i];
    uint64_t field = load(at + leaf->offset, type(leaf->letter)->size);
    expect("field", param->first + i, widen(leaf->letter, give[param->first + i]), widen(leaf->letter, field));
  }
  return atom(-LONG, param->first);
}

static void expect_argument(unsigned i, K x) {
  const struct param *param = &signature->params[i];
  uint64_t w = give[param->first];
  if (param->letter == '{') return expect("argument", i, param->first, x->word);
  // Objects are boxed by the runtime, which takes a reference.
  if (type(param->letter)->kind == ANY) return expect("argument", i, w, x->word);
  if (type(param->letter)->kind == NUMBER) w = widen(param->letter, w);
  expect_object("argument", i, param->letter, w, x);
}

static K result_object(void) {
  const struct type *ty = type(signature->result.letter);
  if (settles) return one_in(2) || ty->kind == VOID ? 0 : atom(-128, 0);
  if (is_held_wider(ty) && one_in(8)) {
    settles = true;
    return atom(-ty->tag, out_of_range_of(signature->result.letter));
  }
  uint64_t w = is_held_wider(ty) ? widen(signature->result.letter, answers[0][0]) : answers[0][0];
  return ty->kind == NUMBER ? atom(-ty->tag, w) : atom(-LONG, w);
}

K CONVENTION Apply(void *function, K args) {
  expect("function", 0, (uintptr_t)Function, (uintptr_t)function);
  expect("under way", 98, 0, *under_way());
  *kept_errno() = errno_for_c = (int)bits();
  unsigned n = signature->count;
  applied++;
  expect("tag of", 0, 0, (uint8_t)args->t);
  if (n > MAX_RANK) {
    expect("length", 0, 1, (uint64_t)args->n);
    args = args->items[0];
  }
  expect("length", 1, n ? n : 1, (uint64_t)args->n);
  if (!n) expect("tag of", 1, UNARY, (uint8_t)args->items[0]->t);
  for (unsigned i = 0; i < n; i++) expect_argument(i, args->items[i]);
  if (n && keeps_argument) args->items[bits() % n]->r++;
  return result_object();
}

// The result, where a thunk loads it.
static void lay_down(void *at) {
  const struct param *result = &signature->result;
  if (result->letter != '{') return copy(at, answers[0], 8);
  for (unsigned i = 0; i < result->leaves; i++) {
    const struct leaf *leaf = &signature->result_leaves[i];
    copy((unsigned char *)at + leaf->offset, &answers[0][i], type(leaf->letter)->size);
  }
}

void CONVENTION Settle(void *whose, const char *suspended, K x, void *at) {
  expect("context", 5, (uintptr_t)Context, (uintptr_t)whose);
  if (was_full) expect("result", 2, 0, (uintptr_t)x);
  lay_down(at);
  Leave(whose, suspended);
  left--;
  settled++;
}

void CONVENTION Elsewhere(void *whose, void *words, void *at) {
  expect("context", 6, (uintptr_t)Context, (uintptr_t)whose);
  for (unsigned i = 0; i < signature->count; i++) {
    const struct param *param = &signature->params[i];
    uint64_t w = ((uint64_t *)words)[i];
    if (param->letter == '{') {
      BoxArgument(whose, i, w);
    } else {
      unsigned size = type(param->letter)->size;
      expect("word", i, low(give[param->first], size), low(w, size));
    }
  }
  lay_down(at);
  gone_elsewhere++;
}

// What C passes to a thunk: as it returns results, but for the words that stand for objects.
static void fill_arguments(void) {
  for (unsigned i = 0; i < signature->count; i++) {
    const struct param *param = &signature->params[i];
    for (unsigned k = param->first; k < param->first + param->leaves; k++)
      give[k] = answer_of(signature->leaves[k].letter);
  }
}

static bool result_is_number(void) {
  enum kind kind = type(signature->result.letter)->kind;
  return kind == NUMBER || kind == VOID;
}

static void run_callback(void (*f)(void)) {
  *list_kept() = 0;
  fill_arguments();
  fill_answers();
  // The second call of a pair may find the first one's list.
  for (int i = 0; i < 2; i++) {
    applied = settled = gone_elsewhere = released = left = 0;
    is_let_in = !one_in(6);
    settles = one_in(6);
    keeps_argument = one_in(4);
    *under_way() = around = one_in(4) ? 0 : bits();
    errno_before = (int)bits();
    errno_of_c = errno_for_c = errno_before;
    *kept_errno() = errno_before;
    was_full = false;
    fill_memory();
    signature->caller((void *)f);
    const struct leaf *leaves = signature->result_leaves;
    for (unsigned k = 0; k < signature->result.leaves; k++)
      expect("result", k, widen(leaves[k].letter, answers[0][k]), seen[k]);
    expect("under way", 97, around, *under_way());
    expect("errno", 0, (uint64_t)errno_for_c, (uint64_t)errno_of_c);
    expect("errno", 1, (uint64_t)errno_before, (uint64_t)*kept_errno());
    expect("callbacks", 0, 0, (uint64_t)*callbacks());
    expect("running", 0, 0, (uint64_t)*running());
    expect("applied", 0, is_let_in && !was_full, applied);
    expect("elsewhere", 0, !is_let_in, gone_elsewhere);
    expect("settled", 0, is_let_in && (was_full || settles || !result_is_number()), settled);
  }
}

// ---- Invokers

typedef void(CONVENTION *invoker)(void (CONVENTION *target)(void), void **addresses, void *result);

// Values lie in memory as C has them after promotion, structs in whole words.
static void *invoker_argument(const struct param *param) {
  unsigned char *at = bytes_of(param->size + 8);
  for (unsigned k = param->first; k < param->first + param->leaves; k++) {
    const struct leaf *leaf = &signature->leaves[k];
    uint64_t w = random_of(leaf->letter);
    want[0][k] = seen_of(leaf, w);
    copy(at + leaf->offset, leaf->promoted ? &want[0][k] : &w, leaf->promoted ? 8 : type(leaf->letter)->size);
  }
  return at;
}

static void run_invoker(void (*f)(void)) {
  void *addresses[MAX_PARAMS];
  unsigned char *rooms[MAX_PARAMS] = {0}, *places[MAX_PARAMS];
  for (unsigned i = 0; i < signature->count; i++) {
    const struct param *param = &signature->params[i];
    if (param->letter != '&') {
      addresses[i] = invoker_argument(param);
      continue;
    }
    places[i] = rooms[i] = bytes_of(16);
    addresses[i] = &places[i];
    want[0][param->first] = (uintptr_t)rooms[i];
  }
  fill_answers();
  unsigned room = (signature->result.size + 7) & ~7u;
  if (!room) room = 8;
  unsigned char *result = bytes_of(room + 8);
  uint64_t behind = load(result + room, 8);
  ((invoker)f)(signature->target, addresses, result);
  expect("calls", 0, 1, arrivals);
  expect("behind the result", 0, behind, load(result + room, 8));
  if (!signature->has_outs) return expect_struct(result);
  unsigned out = 0;
  if (signature->returns != ' ') expect_filled(out++, 1, result);
  for (unsigned i = 0; i < signature->count; i++)
    if (rooms[i]) expect_filled(out++, 1, rooms[i]);
}

// What keeps registers and what may not (kept.S).
void KeptCall(void);
extern void (*KeptTarget)(void);
extern uint64_t KeptWanted[], KeptFound[];
extern const uint64_t KeptWords;

bool run(const struct signature *what, enum form how, uint64_t set) {
  static void (*const runs[FORMS])(void (*)(void)) = {run_call,   run_call,     run_atomic,
                                                      run_kernel, run_callback, run_invoker};
  signature = what;
  form = how;
  state = (uint64_t)(what - signatures) * FORMS * 1000003 + how * 1000003 + set;
  good = all_hot = true;
  leaves_error = was_full = false;
  until_full = 0;
  used = arrivals = cold_calls = collect_calls = 0;
  free_objects();
  set_record(true);
  int *at = &errno_of_c;
  copy(record + ERRNO_AT, &at, sizeof at);
  *under_way() = around = one_in(2) ? 0 : bits() & ~0xffULL;
  *attention() = 0;
  for (unsigned i = 0; i < 8; i++) seen[i] = answers[0][i] = 0;
  for (unsigned i = 0; i < what->count; i++)
    for (unsigned k = 0; what->params[i].letter == '&' && k < ELEMENTS; k++) want[k][what->params[i].first] = 0;
  KeptTarget = what->stubs[how];
  for (unsigned i = 0; i < KeptWords; i++) KeptWanted[i] = KeptFound[i] = 0x6b65707400000000 + i;
  runs[how](KeptCall);
  for (unsigned i = 0; i < KeptWords; i++) expect("kept register", i, KeptWanted[i], KeptFound[i]);
  return good;
}
