// exit: 3
// prints: 'late
// An error in a callback that runs at exit is printed, and the exit status stays.
\l q/ffi.q
.ffi.fn[`on_exit;"kr";"i"][({[status;p] '"late"};"ir");0];
exit 3
