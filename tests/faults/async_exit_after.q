// exit: 6
// prints: at the end
// With nothing under way the process ends as ever: handlers of its end run.
\l q/ffi.q
L:`$getenv`ASYNC_SO
.ffi.await .ffi.async[(L;`twice);"j";"j"][enlist 1;::];
.ffi.fn[(L;`tell_at_end);"";" "][]
exit 6
