// exit: 6
// exit within a callback, within a call of C.
\l q/ffi.q
L:`$getenv`FAULTS_SO
.ffi.fn[`on_exit;"kr";"i"][({[status;p] if[status<>6i; -2 "FAIL ",string status]};"ir");0];
.z.exit:{.ffi.fn[`labs;"j";"j"] -1}
.ffi.fn[(L;`call_long);"kj";"j"][({exit 6};"j";"j");1]
