// args: -s 2
// The first callback of the process is made under peach: calls from threads of C reach the event loop all the same.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
{.ffi.callback[{x};"j";"j"];1} peach til 4;
came:0
cb:.ffi.callback[{came+:1};"j";" "]
.ffi.fn[(L;`calls_on_thread);"kj";" "][cb;10]
.t.is["none before the event loop runs"; came; 0]
ticks:0
.z.ts:{ticks+:1; if[(came=10) or ticks=2000; .t.is["all arrive"; came; 10]; .t.done[]]}
\t 1
