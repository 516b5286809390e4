// C's own threads call q: void callbacks arrive once each or are counted as dropped; results are waited for.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

lib:`$getenv`THREADS_SO
THREADS:8
EACH:12500
came:THREADS#0
// The calls of each thread keep their order.
disorder:0
last_:THREADS#-1
texts:`$()
note:{[thread;i;text]
  came[thread]+:1;
  if[i<=last_ thread; disorder+:1];
  last_[thread]:i;
  if[not (`$text) in texts; texts,:`$text];
 }
running:.ffi.fn[(lib;`still_running);"";"i"]
double:.ffi.callback[{2*x};"j";"j"]
.t.is["a thread asks while q is in C"; .ffi.bind[(lib;`ask_and_join);"k";"j"] (double;::); 0N]

before:.ffi.stats[]
.ffi.bind[(lib;`start);"kjj";" "] ((note;"jjC");THREADS;EACH;::)

arrived:{
  stats:.ffi.stats[]-before;
  .t.is["each call arrives once or is counted as dropped"; (sum came)+stats`threadCallsDropped; THREADS*EACH];
  .t.is["what is accepted is run"; stats`threadCallsRun`threadCalls; 2#sum came];
  .t.is["in order"; disorder; 0];
  .t.is["no more than was called"; all came<=EACH; 1b];
  .t.is["texts were copied"; asc texts; `$"thread ",/:string where 0<came];
  .ffi.bind[(lib;`ask);"k";" "] (double;::);
  .ffi.bind[(lib;`send_record);"k";" "] (({records,:enlist x};"{jfC}");::);
  .z.ts:answered;
 }
records:()
answered:{
  if[(running[]>0i) or 0<.ffi.stats[]`threadCallsWaiting; :(::)];
  .t.is["answers"; .ffi.fn[(lib;`answered_right);"";"i"][::]; 100i];
  .t.is["structs, without what they point to"; records; enlist (7;2.5;"")];
  .t.done[]
 }
.z.ts:{if[(0i=running[]) and 0=.ffi.stats[]`threadCallsWaiting; arrived[]]}
\t 1
