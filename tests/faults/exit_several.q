// exit: 4
// prints: 'first
// prints: 'second
// Several handlers at exit, one of which calls C: they run, last first, those that fail are printed, the status stays.
\l q/ffi.q
labs:.ffi.fn[`labs;"j";"j"]
onExit:.ffi.fn[`on_exit;"kr";"i"]
onExit[({[status;p] '"second"};"ir");0];
onExit[({[status;p] labs -1; '"first"};"ir");0];
kept:.ffi.callback[{'"of an object"};"";" "]
exit 4
