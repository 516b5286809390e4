// After a fork the child has an event loop of its own: a call from one of its threads wakes it, not its parent.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
pipe:.ffi.fn[`pipe;"I";"i"]
send:.ffi.fn[(L;`send_byte);"i";" "]
await:.ffi.fn[(L;`await_byte);"i";" "]
run:.ffi.fn[(L;`calls_on_thread);"kj";" "]
came:0
cb:.ffi.callback[{came+:1};"j";" "]
toParent:0 0i; pipe toParent;
toChild:0 0i; pipe toChild;
pid:.ffi.fn[`fork;"";"i"][]
// The child's thread calls; the parent's event loop runs; then only does the child go on to its own.
if[pid=0; run[cb;3]; send toParent 1; await toChild 0]
if[pid>0; await toParent 0]
ticks:0
status:enlist 0i
child:{if[(came=3) or ticks=2000; exit "i"$came<>3]}
parent:{
  if[ticks<5; :(::)];
  send toChild 1;
  .ffi.fn[`waitpid;"iIi";"i"][pid;status;0];
  .t.is["the child's calls ran there"; first status; 0i];
  .t.is["and not here"; came; 0];
  run[cb;2];
  .z.ts:{if[(came=2) or ticks=2000; .t.is["the parent's own go on"; came; 2]; .t.done[]]; ticks+:1};
 }
.z.ts:{ticks+:1; $[pid=0; child[]; parent[]]}
\t 1
