// A destructor is a call of C like any other: a thread that asks q meanwhile gets the null, and nobody hangs.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
open:.ffi.fn[(L;`asking_open);"k";"r"]
opened:.ffi.fn[(L;`handles_opened);"";"j"]
closed:.ffi.fn[(L;`handles_closed);"";"j"]
long:.ffi.fn[(L;`call_long);"kj";"j"]
cb:.ffi.callback[{x+1};"j";"j"]
handle:{.ffi.own[open cb;(L;`asking_close)]}
.ffi.free handle[]
.t.is[".ffi.free"; closed[]; 1]
h:handle[]; h:0
.t.is["the last reference"; closed[]; 2]
hs:handle each til 10; hs:()
.t.is["of many"; closed[]; 12]
long[({h:handle[]; h:0; x};"j";"j");1];
long[({.ffi.free handle[]; x};"j";"j");1];
.t.is["in a callback"; closed[]; 14]
// A function called by asQFunc joins a thread too: its C function is given by its address.
kcall:.ffi.asQFunc[(`$getenv`FAULTS_K_SO;`kcall);2]
cb2:.ffi.callback[{.ffi.free handle[]; x};"j";"j"]
kcall[.ffi.fn[(L;`same);"k";"j"] cb2;5];
.t.is["in a function of asQFunc"; closed[]; 15]
.ffi.callFunction[(" ";(L;`asking_close))] (open cb;::);
.t.is["in a plain call"; closed[]; opened[]]
ticks:0
.z.ts:{ticks+:1; h::handle[]; h::0; if[ticks=3; .t.is["in the event loop"; closed[]; opened[]]; .t.done[]]}
\t 1
