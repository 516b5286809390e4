// Modules made of headers: files that need neither the header nor a compiler.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

lib:getenv`CDEF_SO
gadget:getenv[`HEADERS],"/gadget.h"
file:getenv[`SCRATCH],"/gadget_module.q"
made:{[options] .ffi.module[file;lib;gadget;options]}
text:{read0 `$":",file}
load:{system"l ",file}
compiler:getenv`CC

left:made ()!()
.t.is["what was left out"; asc exec name from left; `inlined`sizet`unheard]
first_text:text[]
`CC setenv "/not/there/cc"
load[]
own:`raised`length`called`twice`gadget_twice`first_level`motto`level`GADGET_VERSION`GADGET_MAJOR`GADGET_FLAGS`GADGET_RATE,
  `LOW`MIDDLE`HIGH`missing`point
.t.is["what the header declares itself, without a compiler"; asc own; asc (1_key .gadget_module) except `PART_MASK`sum9]
.t.is["and what its own folder's do"; `sum9 in key .gadget_module; 0b]
.t.is["constants"; .gadget_module`GADGET_VERSION`GADGET_FLAGS`GADGET_RATE`MIDDLE; ("1.2.3";271;0.25;5)]
.t.is["functions"; (.gadget_module[`length] 3 4f; .gadget_module[`twice] 21; .gadget_module[`raised] 0i); (25f;42i;5i)]
.t.is["variables"; .gadget_module[`motto][]; "declared, not transcribed"]
.t.signals["what the library does not have"; .gadget_module`missing; enlist 1; "sym: missing not found in ",lib]
.t.is["a line a function, as C writes it"; sum first_text like\: " double length(struct point p);"; 1i]
.t.signals["no header without a compiler"; .ffi.module; (file;lib;gadget;()!());
  "header: ",gadget,": no C compiler (/not/there/cc); declarations are read without one by .ffi.cdef, and files of .ffi.module need none"]
`CC setenv compiler

made ()!();
.t.is["the same again"; text[]; first_text]

// As a module of KDB-X.
path:.Q.m.SP
.Q.m.SP:enlist getenv`SCRATCH
.gadget_module:`a`b!1 2
was:key .gadget_module
used:use`gadget_module
.t.is["what the module exports"; (used[`length] 3 4f; key .gadget_module); (25f;was)]
.Q.m.SP:path

// Options.
made `only`strip`declare`name!(("gadget*";"GADGET_*";"called";"sum9");"GADGET_";"long called(void);";`.gadget)
load[]
.t.is["names, without a prefix"; asc 1_key .gadget; asc `VERSION`MAJOR`FLAGS`RATE`called`gadget_twice`sum9]
.t.is["declared otherwise"; type .gadget[`called][]; -7h]
made `only`include`define!("*GIVEN";getenv`HEADERS;"GADGET_MORE=\"a \\\"b\\\" \\\\ c\"")
load[]
.t.is["one pattern, a folder, a macro; a text with quotes"; .gadget_module`GADGET_GIVEN; "a \"b\" \\ c"]
// What is declared otherwise is taken, though the header does not say so; what is not wanted is not; q has the last word.
made `except`declare`finish!(("GADGET_*";"twice";"gadget_twice");"long called(void); double sum(int count, ...);";
  "{[d]\n  d,(enlist`four)!enlist d[`raised] -1i\n }")
load[]
.t.is["own declarations"; (type .gadget_module[`called][]; .gadget_module[`sum][2i;1.5;2f]); (-7h;3.5)]
.t.is["without what is not wanted"; any raze (string key .gadget_module) like/: ("GADGET_*";"*twice"); 0b]
.t.is["finished by q"; .gadget_module`four; 6i]
.ffi.module[`$":",file;`libm;`math.h;`only`name!("M_*";".m")]
load[]
.t.is["symbols do"; .m`M_PI; acos -1]

// Errors.
.t.signals["no options"; .ffi.module; (file;lib;gadget;1); "type: module: options wants dictionary"]
.t.signals["unknown options"; .ffi.module; (file;lib;gadget;(enlist`prefix)!enlist"a");
  "type: module: options: only, except, strip, declare, include, define, name, finish wanted, got prefix"]
.t.signals["no file"; .ffi.module; (1;lib;gadget;()!()); "type: module: file wants symbol or string"]
.t.signals["no header"; .ffi.module; (file;lib;(gadget;()!());()!()); "type: module: header wants symbol or string"]
.t.signals["another platform's"; load; enlist system"sed -i s/LP64/LLP64/ ",file;
  "nyi: .m: written for LLP64, and this platform is LP64"]
made ()!();
system"sed -i 's|",lib,"|libnot_there|' ",file
.t.is["a library that is not there"; @[load;::;{x}] like "lib: libnot_there.so: *"; 1b]

.t.done[]
