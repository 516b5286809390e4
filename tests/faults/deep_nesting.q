// not on libe: it frees a list by recursion, without a limit
// What nests without end, arguments and calls, is 'stack.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
word:{[f;args] .[{x . y;`none};(f;args);{`$first ":" vs x}]}
deep:{[n] x:1f; do[n; x:enlist (x;1f)]; x}
fabs:.ffi.atomic[`libm`fabs;"f";"f"]
.t.is["some"; fabs deep 100; deep 100]
.t.is["an argument"; word[fabs;enlist deep 1000000] in `stack`limit; 1b]
.t.is["a struct"; word[.ffi.pack["{j}"];enlist deep 1000000] in `stack`limit`type`length; 1b]
.t.is["types"; word[.ffi.sizeof;enlist raze (1000000#"{"),"j",1000000#"}"] in `stack`limit`sig; 1b]
.t.is["types that do not end"; word[.ffi.sizeof;enlist 1000000#"{"] in `stack`limit`sig; 1b]
long:.ffi.fn[(L;`call_long);"kj";"j"]
again:{long[(again;"j";"j");x+1]}
.t.is["calls of C that call q"; word[again;enlist 0]; `stack]
object:{long[cb;x+1]}
cb:.ffi.callback[object;"j";"j"]
.t.is["through an object"; word[object;enlist 0]; `stack]
text:{.ffi.fn[(L;`call_text);"kj";"C"][(text;"j";"C");x+1]}
.t.is["with texts"; word[text;enlist 0]; `stack]
open:.ffi.fn[(L;`telling_open);"kj";"r"]
own:{.ffi.free .ffi.own[open[(own;"j";" ");x+1];(L;`telling_close)]}
.t.is["through destructors"; word[own;enlist 0]; `stack]
bottom:{$[x=0; .ffi.fn[`labs;"j";"j"] -5; .z.s x-1]}
full:{@[{.z.s x+1};0;{x}]}
.t.is["on a stack that was full"; (full 0;bottom 100); ("stack";5)]
nearly:{[n] r:@[.z.s;n+1;{`full}]; $[r~`full; @[{long[({x+1};"j";"j");x]};1;{`$x}]; r]}
.t.is["a call near its end is a result or stack"; nearly[0] in (2;`stack); 1b]
.t.is["and it goes on"; long[({x+1};"j";"j");1]; 2]
.t.done[]
