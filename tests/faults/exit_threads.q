// exit: 5
// The process ends while threads call and ask, and while handles and callbacks are alive.
\l q/ffi.q
L:`$getenv`FAULTS_SO
n:0
.ffi.fn[(L;`hammer_start);"ki";" "][({n+:1};"j";" ");2]
.ffi.fn[(L;`hammer_ask);"ki";" "][cb:.ffi.callback[{x};"j";"j"];2]
h:.ffi.own[.ffi.fn[(L;`telling_open);"kj";"r"][({'"at the end"};"j";" ");1];(L;`telling_close)]
.z.ts:{if[n>100; exit 5]}
\t 1
