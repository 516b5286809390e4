// Functions, variables, constants and enums from C declarations.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

text:"
  enum level { LOW, MIDDLE = 5, HIGH };
  typedef struct point { double x, y; } point;
  #define DOZEN (3 * 4)
  #define HALF 0.5
  #define GREETING \"hel\" \"lo\"
  #define MASK 0xffffffffffffffffULL
  #define twice renamed
  extern int64_t counter; extern const char *motto;
  enum level raised(enum level l);
  double length(point p);
  point turned(point p);   /* a comment */
  long sum9(long, int, short, char, double, float, long long, size_t, unsigned char);
  double sum(int count, ...);
  int renamed(int x) __asm__(\"renamed_in_the_library\");
  int called(void);
  void scale(double *v, size_t n, double by);
  int fold(int (*f)(int, int), const int v[], int n);
  int eight(int, int, int, int, int, int, int, int);
  const char *name_of(enum level);
  void *opaque(void);
  uint64_t large(void);
  unsigned unsigned_result(unsigned);
  __int128 unheard(void);
  int missing(int);
  int _private(int);
  static int inlined(int x) { return x; }
 "
lib:getenv`CDEF_SO
d:.ffi.cdef[lib;text]

.t.is["names"; asc `raised`length`turned`sum9`sum`renamed`called`scale`fold`eight`name_of`opaque`large`twice`level`point,
  `unsigned_result`unheard`missing`counter`motto`DOZEN`HALF`GREETING`MASK`LOW`MIDDLE`HIGH; asc 1_key d]
.t.is["the first name is the dictionary's own"; first key d; `]
.t.is["constants"; d`DOZEN`HALF`GREETING`MASK; (12;0.5;"hello";-1)]
.t.is["enumerators"; d`LOW`MIDDLE`HIGH; 0 5 6]
.t.is["an enum"; d`level; `LOW`MIDDLE`HIGH!0 5 6]
.t.is["nothing is bound before it is called"; count select from .ffi.bindings[] where library=`$lib; 0]

.t.is["an enum is an int"; d[`raised] 0i; 5i]
.t.is["a second call"; d[`raised] 5i; 6i]
.t.is["one binding"; exec name from .ffi.bindings[] where library=`$lib; enlist`raised]
.t.is["a struct by value"; d[`length] 3 4f; 25f]
.t.is["a struct as result"; d[`turned] 3 4f; `x`y!-4 3f]
.t.is["nine parameters"; d[`sum9][1;2i;3h;"\004";5f;6e;7;8;0x09]; 45]
.t.is["nine parameters in a list"; d[`sum9] (1;2i;3h;"\004";5f;6e;7;8;0x09;::); 45]
.t.is["eight parameters, each in its place"; d[`eight][1;2;3;4;5;6;7;8]; 204i]
.t.is["and at the second call"; d[`eight][8;7;6;5;4;3;2;1]; 120i]
.t.is["variable arguments"; d[`sum][3i;1f;2f;4f]; 7f]
.t.is["an asm label"; d[`renamed] 21i; 42i]
.t.is["a macro that names a function"; d[`twice] 4i; 8i]
.t.is["no parameters"; {[f;x] f[]}[d`called] each til 3; 1 2 3i]
v:1 2 3f
.t.is["void is ::"; d[`scale][v;3;2f]; ::]
.t.is["a vector in place"; v; 2 4 6f]
.t.is["a callback"; d[`fold][({10*x+y};"ii";"i");1 2 3i;3i]; 1230i]
.t.is["a text"; d[`name_of] 0i; "low"]
.t.is["a text that is NULL"; d[`name_of] 5i; ""]
.t.is["an address"; type d[`opaque][]; -7h]
.t.is["64 bits without a sign"; d[`large][]; -1]
.t.is["a variable"; d[`counter][]; 41]
.t.is["a variable that is a text"; d[`motto][]; "declared, not transcribed"]

.t.signals["arguments are looked at at the first call"; d`scale; (1 2;2;2f); "type: scale[0]: F wants float vector, got long vector"]
.t.signals["what the library does not have"; d`missing; enlist 1i; "sym: missing not found in ",lib]
.t.signals["as often as one asks"; d`missing; enlist 1i; "sym: missing not found in ",lib]
.t.signals["a type without a letter"; d`unheard; enlist(::); "nyi: unheard: __int128: __int128 is not supported"]
left:d[`] 2
.t.is["what is left out"; select name,file,line from left; ([] name:enlist`inlined; file:enlist`text; line:enlist 27)]

forms:.ffi.cdef[lib;"
  typedef struct { int kind; union { int64_t n; double x; char text[8]; }; } variant;
  #pragma pack(push, 1)
  typedef struct { char tag; uint32_t n; } wire;
  #pragma pack(pop)
  variant next_of(variant); wire packed_of(wire); long double third_of(long double);
  "]
.t.is["a union in a struct"; forms[`next_of][(0i;0 41)]`n; 42]
.t.is["another member of it"; forms[`next_of][`kind`x!(1i;2.5)]`x; 3f]
.t.is["a packed struct"; forms[`packed_of] ("a";4294967294); `tag`n!("b";4294967295)]
.t.is["a long double"; forms[`third_of] 1f; 1%3]

more:.ffi.cdef[d;"point middle(point); double fabs(double); enum level raised(enum level);"]
.t.is["a continuation has all names"; all key[d] in key more; 1b]
.t.is["and its library"; more[`raised] 5i; 6i]
.t.is["the same function"; exec count i from .ffi.bindings[] where library=`$lib,name=`raised; 1]
.t.signals["declared otherwise"; .ffi.cdef; (d;"int\ncalled(int);");
  "cdef: text:2:1: called: declared as int called(int), and as int called(void) at text:16:7"]
.t.is["the earlier one is as it was"; d[`called][]; 4i]

process:.ffi.cdef[`;"int getpid(void); size_t strlen(const char*); int abs(int);"]
.t.is["what is loaded already"; process[`getpid][]; .z.i]
.t.is["each"; process[`abs] each -1 2 -3i; 1 2 3i]
.t.is["projected"; {[f;x] f x}[process`strlen] each ("a";"bcd"); 1 3]
.t.signals["what cannot be read"; .ffi.cdef; (`;"int f(sizet);"); "cdef: text:1:7: sizet: unknown type; is size_t meant?"]
.t.signals["a header"; .ffi.cdef; (`;"#include <math.h>");
  "cdef: text:1:1: #include: headers are read by .ffi.header, which runs the C compiler's preprocessor"]
.t.signals["no text"; .ffi.cdef; (`;`f); "type: cdef: text wants string, got symbol"]
.t.signals["no library"; .ffi.cdef; (1;"int f(int);"); "type: cdef: lib wants symbol, string or an earlier result, got long"]
.t.signals["another dictionary"; .ffi.cdef; (`a`b!1 2;"int f(int);");
  "type: cdef: lib wants symbol, string or an earlier result, got dictionary"]
.t.is["a library that is not there"; 16#.[.ffi.cdef;(`libnope;"int f(int);");{x}]; "lib: libnope.so:"]
.t.is["an empty text"; key .ffi.cdef[`;""]; enlist`]

// The same text again and again makes nothing grow.
{.ffi.cdef[lib;text]} each til 3;
before:.ffi.stubs[];
{.ffi.cdef[lib;text]} each til 20;
.t.is["no stubs"; .ffi.stubs[]; before]

// What C fills and gives away.
m:.ffi.cdef[`libm;"double frexp(double, _Out_ int*); void sincos(double, _Out_ double*, _Out_ double *cosine);"]
.t.is["out-parameters"; (m.frexp 6;m.sincos 0f); ((0.75;3i);0 1f)]
c:.ffi.cdef[`;"_Free_(free) char *strdup(const char*); long strtol(const char*, _Out_ char **end, int base);
  _Own_(free) void *malloc(unsigned long); int gettimeofday(_Out_ long now[2], void *zone);"]
.t.is["a text that is freed"; c.strdup "abc"; "abc"]
.t.is["a text that is filled"; c.strtol["42abc";10]; (42;"abc")]
.t.is["an array that is filled"; type each c.gettimeofday 0; -6 7h]
handles:.ffi.stats[]`ownedHandles
h:c.malloc 8
.t.is["a handle"; (type h;.ffi.stats[][`ownedHandles]-handles); (112h;1)]
h:0
.t.is["which ends"; .ffi.stats[][`ownedHandles]-handles; 0]
.t.signals["nothing of that name ends it"; {.ffi.cdef[`;"_Free_(no_such) char *getenv(const char*);"][`getenv] x}; enlist "PATH"; "sym: no_such not found in this process"]

// Other forms of a dictionary's functions, with :: for its types.
l:.ffi.cdef[`libm;"double pow(double x, double y); double frexp(double, _Out_ int *exponent); double floor(double);"]
.t.is["atomic"; .ffi.atomic[l`pow;::;::][2 3f;2]; 4 9f]
.t.is["atomic with outs"; .ffi.atomic[l`frexp;::;::] 6 7f; (0.75 0.875;3 3i)]
.t.is["bind"; .ffi.bind[l`pow;::;::][2;3]; 8f]
.t.is["fn"; .ffi.fn[l`pow;::;::][2;3]; 8f]
.t.is["atomicPar"; .ffi.atomicPar[l`floor;::;::] 1.5 2.5; 1 2f]
.t.is["over"; .ffi.over[l`pow;::;::][2;3 1 2]; 64f]
.t.is["scan"; .ffi.scan[l`pow;::;::][2f;3 1 2f]; 8 8 64f]
.t.is["scan, so many times"; .ffi.scan[l`floor;::;::][1;2.5]; 2.5 2]
.t.is["prior"; .ffi.prior[l`pow;::;::][2;3 2f]; 9 8f]
.t.signals["over with outs"; {.ffi.over[x;::;::]}; enlist l`frexp; "nyi: frexp: over of functions with & or variable arguments"]
.t.is["other types"; .ffi.fn[l`floor;"f";"f"] 1.5; 1f]
.t.is["its address"; .ffi.address l`pow; .ffi.address`libm`pow]
.t.is["callFunction"; .ffi.callFunction[("f";l`pow)] (2f;3f;::); 8f]
v:.ffi.cdef[`;"int snprintf(char *buffer, unsigned long, const char *format, ...);"]
.t.is["a function of a list"; (.ffi.address v`snprintf;.ffi.bind[v`snprintf;::;::][8#"\000";8;"%d";42i]); (.ffi.address`snprintf;2i)]
.t.is["C's prototypes are listed"; exec first prototype from .ffi.bindings[] where name=`frexp,form=`atomic; "double frexp(double, int *)"]
.t.is["of those called too"; {l.floor 1.5; exec first prototype from .ffi.bindings[] where name=`floor,form=`fn}[]; "double floor(double)"]
.t.signals["no types are known"; .ffi.atomic; (`sin;::;::); "type: atomic: ret wants string or char, got ::"]
.t.signals["of other functions"; .ffi.atomic; (.ffi.fn[`abs;"i";"i"];::;::); "type: atomic: func wants a C function, got foreign"]
.t.signals["of lambdas"; .ffi.atomic; ({x};::;::); "type: atomic: func wants `f, `lib`f, (lib;f) or an address, got function"]
.t.done[]
