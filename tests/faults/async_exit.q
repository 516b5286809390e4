// exit: 7
// The process ends at once while calls are under way, one of which holds a stream's lock for ever: with its status and
// with what C's streams hold, without the destructors of C's libraries.
\l q/ffi.q
L:`$getenv`ASYNC_SO
.ffi.workers 2;
.ffi.async[(L;`never);"";" "][();{'"never"}];
.ffi.async[(L;`pass);"j";"j"][enlist 1;{'"never"}];
.ffi.async[(L;`pass);"j";"j"][enlist 1;{'"never"}];
.ffi.fn[(L;`await_inside);"j";" "]2
.ffi.fn[(L;`say);"s";" "]`said
.z.exit:{-2"at the exit"}
exit 7
