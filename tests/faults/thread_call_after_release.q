// A call that waits for the event loop keeps its callback: it runs, or is dropped and counted. No other function gets it.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
N:5
wrong:0
came:()
run:.ffi.fn[(L;`calls_on_thread);"kj";" "]
before:.ffi.stats[]
a:.ffi.callback[{came,:x};"j";" "]
run[a;N]
delete a from `.;
do[4200; .ffi.callback[{x};"j";"j"]];
b:{.ffi.callback[{wrong+:1};"j";" "]} each til 200
ended:{[name]
  stats:.ffi.stats[]-before;
  .t.is[name,": no other function gets a call"; wrong; 0];
  .t.is[name,": in order"; came; asc distinct came];
  .t.is[name,": each is run or counted"; N; sum stats`threadCallsRun`threadCallsDropped];
  .t.is[name,": what counts as run has run"; count came; stats`threadCallsRun]}
// The same, with calls that wait for an answer: q polls, so that it is in no C function, until the question waits.
gate:.ffi.fn[(L;`gate_address);"";"r"][]
answered:{first .ffi.peek[gate+8;"j";1]}
question:{
  before::.ffi.stats[];
  a::.ffi.callback[{2*x};"j";"j"];
  .ffi.fn[(L;`gate_ask);"k";" "] a;
  .ffi.poke[gate;1b];
  while[0=.ffi.stats[]`threadCallsWaiting; 0];
  delete a from `.;
  do[4200; .ffi.callback[{x};"j";"j"]];
  c::{.ffi.callback[{wrong+:1; x};"j";"j"]} each til 200;
  .z.ts:{if[answered[]; finished[]]}}
finished:{
  stats:.ffi.stats[]-before;
  .t.is["the thread has its answer, or the null"; first[.ffi.peek[gate+16;"j";1]] in 40 0N; 1b];
  .t.is["from no other function"; wrong; 0];
  .t.is["and it is counted"; sum stats`threadCallsRun`threadCallsDropped; 1];
  .t.done[]}
.z.ts:{if[0=.ffi.stats[]`threadCallsWaiting; ended["void"]; question[]]}
\t 1
