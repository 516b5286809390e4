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
.ffi.bind[(lib;`start);"kjj";" "] ((note;"jjC");THREADS;EACH;::)
running:.ffi.fn[(lib;`still_running);"";"i"]

double:.ffi.callback[{2*x};"j";"j"]
.t.is["a thread asks while q is in C"; .ffi.bind[(lib;`ask_and_join);"k";"j"] (double;::); 0N]
.ffi.bind[(lib;`ask);"k";" "] (double;::)

finish:{
  stats:.ffi.stats[];
  dropped:(THREADS*EACH)-sum came;
  .t.is["each call arrives once or is dropped"; 0<=dropped; 1b];
  .t.is["what is not dropped is run"; stats`threadCallsRun; stats`threadCalls];
  .t.is["what is dropped is counted"; stats[`threadCallsDropped] within dropped+0 1; 1b];
  .t.is["in order"; disorder; 0];
  .t.is["no more than was called"; all came<=EACH; 1b];
  .t.is["texts were copied"; asc texts; `$"thread ",/:string til THREADS];
  .t.is["answers"; .ffi.fn[(lib;`answered_right);"";"i"][::]; 100i];
  .t.done[]}
.z.ts:{if[(0i=running[]) and 0=.ffi.stats[]`threadCallsWaiting; finish[]]}
\t 1
