// What seal closes is closed by every way: a function pointer in a struct is a callback too.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
long:.ffi.fn[(L;`call_long);"kj";"j"]
kept:.ffi.callback[{x+1};"j";"j"]
packed:.ffi.pack["jk";(1;({x};"j";"j"))]
word:{[f;args] .[{x . y;`none};(f;args);{`$first ":" vs x}]}
.ffi.seal[]
.t.is["pack of a function"; word[.ffi.pack;("k";enlist ({x};"j";"j"))]; `access]
.t.is["among other fields"; word[.ffi.pack;("jk";(1;({x};"j";"j")))]; `access]
.t.is["in a struct within"; word[.ffi.pack;("j{ik}";(1;(2i;({x};"j";"j"))))]; `access]
.t.is["in a union"; word[.ffi.pack;("{|jk}";(1;({x};"j";"j")))] in `access`sig; 1b]
.t.is["in a table"; word[.ffi.pack;("jk";([]a:1 2;k:2#enlist ({x};"j";"j")))]; `access]
.t.is["pack of numbers goes on"; count .ffi.pack["ji";(1;2i)]; 16]
.t.is["callback"; word[.ffi.callback;({x};"j";"j")]; `access]
.t.is["what is bound goes on"; long[({x+1};"j";"j");1]; 2]
.t.is["and callbacks that there are"; long[kept;1]; 2]
.t.is["within callbacks too"; long[({count @[.ffi.fn[;"j";"j"];`labs;{6#x}]};"j";"j");1]; 6]
.t.done[]
