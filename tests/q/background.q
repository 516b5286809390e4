// Calls that do not block, by the order of events: a gate in C says what is under way.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`ASYNC_SO
openGate:.ffi.fn[(L;`open_gate);"i";" "]
awaitInside:.ffi.fn[(L;`await_inside);"j";" "]
inside:.ffi.fn[(L;`inside_now);"";"j"]
passed:.ffi.fn[(L;`passed);"";"j"]
pass:.ffi.async[(L;`pass);"j";"j"]
twice:.ffi.async[(L;`twice);"j";"j"]
tell:.ffi.async[(L;`tell);"kj";" "]
ask:.ffi.async[(L;`ask);"kj";"j"]
states:{exec id!state from .ffi.pending[]}

// What waits and what runs, one thread.
openGate 0i;
a:pass[enlist 1;::]; b:pass[enlist 2;::]; c:pass[enlist 3;{'`never}];
awaitInside 1;
.t.is["one runs, the others wait"; states[]; (a,b,c)!`running`waiting`waiting];
.t.is["names"; exec name from .ffi.pending[]; 3#`pass];
.t.is["since"; all (exec since from .ffi.pending[]) within .z.p-0D01 0D00; 1b];
.t.signals["past its time"; .ffi.await; (a;1); "timeout: await: call ",string[a]," is under way"];
.t.signals["at once"; .ffi.await; (a,b;0); "timeout: await: of 2 calls some are under way"];
.t.is["it had not begun"; .ffi.cancel c; 1b];
.t.is["cancelled twice"; .ffi.cancel c; 0b];
.t.is["one that runs"; .ffi.cancel a; 0b];
.t.is["gone"; key states[]; a,b];
openGate 1i;
.t.is["both"; .ffi.await[(b;a)]; 2 1];
.t.signals["once each"; .ffi.await; enlist a; "domain: await: there is no call ",string a];
.t.is["the cancelled one was not made"; passed[]; 2];

// A function bound before is called by the same pool; several threads.
openGate 0i;
.t.is["one by default"; .ffi.workers[]; 1];
.t.is["the number before"; .ffi.workers 3; 1];
ids:{pass[enlist x;::]} each til 5;
awaitInside 3;
.t.is["three run"; value states[]; `running`running`running`waiting`waiting];
.t.is["of what is bound elsewhere too"; .ffi.stats[]`asyncWorkers; 3];
openGate 1i;
.t.is["all"; .ffi.await ids; til 5];
.ffi.workers 1;

// The order of what a wait lets run: C's callbacks, and no completions.
order:();
d:twice[enlist 4;{order,:`completed}];
e:ask[(({order,:`asked; x+1};"j";"j");1);::];
.t.is["its own callback runs"; .ffi.await e; 2];
.t.is["an id with a callback"; .ffi.await d; 8];
.t.is["whose callback has not run"; order; enlist`asked];

// Waiting for what waits for q.
said:"";
own:ask[(({said::@[.ffi.await;own;{x}]; x};"j";"j");6);::];
.t.is["it goes on"; .ffi.await own; 6];
.t.is["own callback"; said; "domain: await: call ",string[own]," waits for this callback"];
own:ask[(({behind::twice[enlist 1;::]; said::@[.ffi.await;behind;{x}]; x};"j";"j");6);::];
.t.is["it goes on too"; .ffi.await own; 6];
.t.is["behind its own"; said; "domain: await: call ",string[behind]," cannot begin before this callback has returned"];
.t.is["afterwards"; .ffi.await behind; 2];
.ffi.workers 2;
own:ask[(({.ffi.await twice[enlist x;::]};"j";"j");21);::];
.t.is["on another thread"; .ffi.await own; 42];
.ffi.workers 1;

// In the event loop.
ticks:0; results:();
long_:{
  openGate 0i;
  v::5#0n;
  id::.ffi.async[(L;`fill);"Fjf";" "][(v;5;1.5);{results,:enlist(x;y)}];
  .z.ts:{ticks+:1; if[ticks=100; v[0]:7f; openGate 1i; .z.ts:afterwards]};
 }
afterwards:{
  if[not count results; :(::)];
  .t.is["timers ticked meanwhile"; ticks>=100; 1b];
  .t.is["result and arguments, written in place"; results; enlist(::;(1.5+til 5;5;1.5))];
  .t.is["what q has written since is a copy"; v; 7 0n 0n 0n 0n];
  many[]
 }
// More than are run at a time: the timer has its turn in between.
came:(); turns:0;
many:{
  {twice[enlist x;{came,:x}]} each til 1000;
  .ffi.await last twice[enlist 0;::];
  .z.ts:{turns+:1; if[1000>count came; :(::)];
    .t.is["all came, in order"; came; 2*til 1000];
    .t.is["nothing is left"; count .ffi.pending[]; 0];
    full[]};
 }
full:{
  openGate 0i;
  pass[enlist 0;{came::()}];
  awaitInside 1;
  ids::{twice[enlist x;::]} each til 4095;
  .t.signals["full"; twice; (enlist 1;::); "limit: twice: 4096 calls are under way"];
  .t.signals["full for all"; pass; (enlist 1;{x}); "limit: pass: 4096 calls are under way"];
  openGate 1i;
  .t.is["nothing was dropped"; .ffi.await ids; 2*til 4095];
  .z.ts:{if[count .ffi.pending[]; :(::)]; ranks[]};
 }
got:(enlist`)!enlist(::);
ranks:{
  submit:{[name;f] twice[enlist 3;f]; name};
  submit[`one;{got[`one]:x}];
  submit[`two;{got[`two]:(x;y)}];
  submit[`none;{[] got[`none]:`called}];
  submit[`held;{[a;b] got[`held]:(a;b)}[10]];
  submit[`hole;{[a;b;c] got[`hole]:(a;b;c)}[;20;]];
  submit[`composed;'[{got[`composed]:x};neg]];
  submit[`pair;({got[`pair]:(x;y)};{'`never})];
  {twice[enlist 3;x]} each (neg;+);
  .z.ts:{if[count .ffi.pending[]; :(::)];
    .t.is["by rank"; 1_got; `one`two`none`held`hole`composed`pair!(6;(6;enlist 3);`called;10 6;(6;20;enlist 3);-6;(6;enlist 3))];
    errors[]};
 }
own2:.ffi.async[(L;`always_there);"";("r";(L;`no_free))]
errors:{
  // The second handle of the same address cannot be made: an error of the result.
  said::();
  first_::.ffi.await own2[();::];
  own2[();({said,:enlist(`result;x)};{said,:enlist(x;y)})];
  own2[();({said,:enlist(`result;x)};{said,:enlist x})];
  own2[();{said,:enlist(`result;x)}];
  twice[enlist 1;{'"told"}];
  twice[enlist 1;{said,:enlist .[.ffi.await;enlist id2;{x}]}];
  id2::1+last exec id from .ffi.pending[];
  twice[enlist 1;::];
  .z.ts:{if[1<count .ffi.pending[]; :(::)];
    text:"domain: own: ",string[.ffi.fn[(L;`always_there);"";"r"][]]," has an owner";
    .t.is["to the second function"; 2#said; ((text;());text)];
    .t.is["others are printed, and awaiting within a callback works"; 2_said; enlist 2];
    .t.is["errno"; .ffi.await .ffi.async[(L;`fails);"i";"i"][enlist 11i;::]; -1i];
    .t.is["of the call"; .ffi.setErrno[]; 11i];
    .ffi.async[(L;`fails);"i";"i"][enlist 12i;{said::.ffi.setErrno[]}];
    .z.ts:{if[count .ffi.pending[]; :(::)]; .t.is["in the callback"; said; 12i]; .t.done[]}};
 }
long_[]
\t 1
