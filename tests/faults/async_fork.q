// A forked child has none of its parent's calls, and its own work; the parent's go on.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`ASYNC_SO
openGate:.ffi.fn[(L;`open_gate);"i";" "]
pass:.ffi.async[(L;`pass);"j";"j"]
twice:.ffi.async[(L;`twice);"j";"j"]
m:.ffi.malloc 8;
held:.ffi.async[(L;`read_at);"r";"j"]
.ffi.workers 2;
a:pass[enlist 1;::]; b:held[enlist m;::]; c:pass[enlist 3;::]
.ffi.fn[(L;`await_inside);"j";" "]2
pid:.ffi.fn[`fork;"";"i"][]
ticks:0; came:()
child:{
  ok:(0=count .ffi.pending[]) and 2=.ffi.workers[];
  ok&:("domain: await: there is no call ",string a)~@[.ffi.await;a;{x}];
  ok&:not .ffi.cancel c;
  .ffi.free m;
  ok&:6 8~.ffi.await {twice[enlist x;::]} each 3 4;
  twice[enlist 5;{came,:x}];
  .z.ts:{ticks+:1; if[(count came) or ticks=2000; exit "i"$not came~enlist 10]};
 }
parent:{
  status:enlist 0i;
  .ffi.fn[`waitpid;"iIi";"i"][pid;status;0];
  .t.is["the child"; first status; 0i];
  .t.is["in use here"; @[.ffi.free;m;{x}]; "domain: free: ptr is in use by a call of .ffi.async"];
  openGate 1i;
  .t.is["the parent's"; .ffi.await (a,b,c); 1 0 3];
  .ffi.free m;
  .t.done[];
 }
$[pid=0; child[]; parent[]]
\t 1
