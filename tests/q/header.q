// Whole headers, through the C compiler's preprocessor.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

lib:getenv`CDEF_SO
headers:getenv`HEADERS
gadget:headers,"/gadget.h"
h:.ffi.header[lib;gadget]

.t.is["its own names"; asc `raised`length`called`twice`gadget_twice`first_level`motto`level`GADGET_VERSION`GADGET_MAJOR,
  `GADGET_FLAGS`GADGET_RATE`PART_MASK`LOW`MIDDLE`HIGH`sum9`missing`point`max_align_t; asc 1_key h]
.t.is["macros of constants"; h`GADGET_VERSION`GADGET_MAJOR`GADGET_FLAGS`GADGET_RATE`PART_MASK; ("1.2.3";1;271;0.25;15)]
.t.is["an enum"; h`level; `LOW`MIDDLE`HIGH!0 5 6]
.t.is["functions"; (h[`called][]; h[`length] 3 4f; h[`sum9][1;2i;3h;"\001";1.5;2e;3;4;0x05]); (1i;25f;22)]
.t.is["macros of functions"; (h[`twice]21; h[`gadget_twice]21; h[`first_level]4); (42i;42i;h[`raised]4)]
.t.is["a variable"; h[`motto][]; .ffi.cvar("C";(lib;`motto))]
.t.signals["what the library does not have"; h`missing; enlist 1; "sym: missing not found in ",lib]

left:last h`
.t.is["what was left out"; asc exec name from left; `inlined`sizet`unheard]
.t.is["where"; distinct exec file from left; enlist `$gadget]
.t.is["and why"; exec first reason from left where name=`sizet; "unknown type; is size_t meant?"]
.t.is["lines of the header"; exec line from left;
  1+{first where y like x}[;read0 `$":",gadget] each {"*",x,"*"} each string exec name from left]

// Options, which a name in a folder needs.
with:{.ffi.header[lib;(x;`include`define!(enlist headers;("GADGET_MORE=(3 << 4)";"ALONE")))]}
.t.is["a folder and a macro"; with["gadget.h"]`GADGET_GIVEN; 48]
.t.is["symbols do"; with[`gadget.h]`GADGET_GIVEN; 48]
.t.is["a file symbol too"; (.ffi.header[lib;`$":",gadget])`PART_MASK; 15]
.t.is["one text for a list"; (.ffi.header[lib;(gadget;(enlist`define)!enlist"GADGET_MORE=7")])`GADGET_GIVEN; 7]

// What was declared before goes on, and a text says more than a header.
more:.ffi.header[.ffi.cdef[lib;"long called(void); void scale(double *v, size_t n, double by);"];gadget]
.t.is["earlier declarations go on"; (`scale in key more; type more[`called][]); (1b;-7h)]
.t.is["later ones too"; (.ffi.cdef[h;"double sum(int count, ...);"]`sum)[2i;1.5;2f]; 3.5]

// The C library's.
m:.ffi.header[`libm;`math.h]
.t.is["math.h"; (m[`pow][2;10]; m[`M_PI]; m[`FP_NAN]; `linux in key m); (1024f;3.141592653589793;0;0b)]
.t.is["names of the compiler's own are left out"; any (string 1_key m) like "_*"; 0b]
s:.ffi.header[`;"string.h"]
.t.is["string.h"; s[`strlen] "twelve chars"; 12]

// Errors.
.t.signals["no header"; .ffi.header; (`libm;"no_such_header.h");
  "header: no_such_header.h: <stdin>:1:10: fatal error: no_such_header.h: No such file or directory"]
.t.is["one that includes what is not there"; .[.ffi.header;(`libm;headers,"/includes_nothing.h");{x}] like
  "header: *includes_nothing.h:1:10: fatal error: *not_there.h*"; 1b]
.t.is["one that refuses"; .[.ffi.header;(`libm;headers,"/refuses.h");{x}] like
  "header: *refuses.h:1:2: error: #error this header is for another machine"; 1b]
.t.signals["no name"; .ffi.header; (`libm;""); "header: no name"]
.t.signals["no name of a header"; .ffi.header; (`libm;"a.h>\n#include <b.h"); "header: a.h>\n#include <b.h: no name of a header"]
.t.signals["no library"; .ffi.header; (`libnot_there;`math.h); @[.ffi.loadlib;`libnot_there;{x}]]

compiler:getenv`CC
cc:{[file;text] path:getenv[`SCRATCH],"/",file; (`$":",path) 0: text; system"chmod +x ",path; `CC setenv path; path}
`CC setenv "/not/there/cc"
.t.signals["no compiler"; .ffi.header; (`libm;`math.h); "header: math.h: no C compiler (/not/there/cc); declarations are ",
  "read without one by .ffi.cdef, and files of .ffi.module need none"]
path:cc["garbage_cc.sh";("#!/bin/sh";"head -c 100000 /dev/urandom";"exit 0")]
.t.signals["a compiler that prints garbage"; .ffi.header; (`libm;`math.h); "header: math.h: ",path," -E does not print preprocessed C"]
path:cc["endless_cc.sh";("#!/bin/sh";"exec yes")]
.t.signals["a compiler that prints without end"; .ffi.header; (`libm;`math.h); "header: math.h: ",path," -E prints more than 67108864 bytes"]
path:cc["failing_cc.sh";("#!/bin/sh";"echo one >&2; echo 'an error: two' >&2";"exit 3")]
.t.signals["a compiler that fails"; .ffi.header; (`libm;`math.h); "header: math.h: an error: two"]
path:cc["silent_cc.sh";("#!/bin/sh";"exit 1")]
.t.signals["without a word"; .ffi.header; (`libm;`math.h); "header: math.h: ",path," -E failed without a word"]
`CC setenv "gcc -DGADGET_MORE=5"
.t.is["a compiler with options"; (.ffi.header[lib;gadget])`GADGET_GIVEN; 5]
`CC setenv compiler

.t.done[]
