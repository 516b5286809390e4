// Threads that call faster than q can run them: timers fire all the same, and what q hears through other descriptors.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
ran:0
start:.ffi.fn[(L;`hammer_start);"ki";" "]
stop:.ffi.fn[(L;`hammer_stop);"";" "]
// A pipe, which the event loop reads a byte of whenever the timer has written one.
ends:0 0i
.ffi.fn[`pipe;"I";"i"] ends;
heard:0
.ffi.fn[`sd1;"ik";"K"][ends 0;({[fd] .ffi.fn[(L;`await_byte);"i";" "] fd; heard+:1};"i";" ")];
start[({ran+:sum 0<til 3000};"j";" ");2]
ticks:0
.z.ts:{
  ticks+:1;
  .ffi.fn[(L;`send_byte);"i";" "] ends 1;
  if[ticks<10; :(::)];
  if[(ticks<2000) and heard<5; :(::)];
  stop[];
  .t.is["timers fire"; ticks>=10; 1b];
  .t.is["descriptors are heard"; heard>=5; 1b];
  .t.is["calls run meanwhile"; ran>0; 1b];
  .t.done[]}
\t 10
