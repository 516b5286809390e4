// The errno that C sees after a callback is what it was before, whatever q has called in it, unless q set it with
// .ffi.setErrno.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
file:hsym `$getenv[`SCRATCH],"/errno.txt"
close:.ffi.fn[`close;"i";"i"]
log_:.ffi.fn[(L;`open_or_log);"k";"j"]
.t.is["q uses files"; log_ ({file 0: enlist x};"C"); -2]
.t.is["q sets it"; log_ ({.ffi.setErrno 7i};"C"); -7]
.t.is["q reads it"; log_ ({.ffi.setErrno[]};"C"); -2]

after:.ffi.fn[(L;`errno_after);"ki";"j"]
.t.is["nothing"; after[({};"";" ");5]; 5]
.t.is["a call of C that fails"; after[({close -1i};"";" ");5]; 5]
.t.is["an object"; after[.ffi.callback[{close -1i};"";" "];5]; 5]
.t.is["one that q traps"; after[({@[.ffi.loadlib;`libnope;{x}]};"";" ");5]; 5]
.t.is["nested"; after[({seen::after[({close -1i};"";" ");6]; close -1i};"";" ");5]; 5]
.t.is["as the inner call saw it"; seen; 6]
.t.is["set in the inner one"; {after[({seen::after[({.ffi.setErrno 8i};"";" ");6]};"";" ");5]; seen}[]; 8]
.t.is["set, then a call that fails"; after[({.ffi.setErrno 9i; close -1i};"";" ");5] in 5 9; 1b]
.t.is["zero set"; after[({.ffi.setErrno 0i};"";" ");5]; 0]
answer:.ffi.fn[(L;`errno_after_answer);"ki";"j"]
.t.is["with a result"; answer[({close -1i; x};"j";"j");5]; 5]
.t.is["with a result, set"; answer[({.ffi.setErrno 7i; x};"j";"j");5]; 7]
.t.is["with a result that converts"; answer[({close -1i; 1i};"j";"j");5]; 5]
pair:.ffi.fn[(L;`errno_after_pair);"ki";"j"]
.t.is["with a struct"; pair[({close -1i; (x;1f)};"j";"{jf}");5]; 5]
.t.is["with a struct, set"; pair[({.ffi.setErrno 7i; (x;1f)};"j";"{jf}");5]; 7]
text:.ffi.fn[(L;`errno_after_text);"ki";"j"]
.t.is["with texts"; text[({close -1i; x,x};"C";"C");5]; 5]
listed:.ffi.bind[(L;`errno_after);"ki";"j"]
.t.is["through bind"; listed (({close -1i};"";" ");5;::); 5]
.t.is["through callFunction"; .ffi.callFunction[("j";(L;`errno_after))] (({close -1i};"";" ");5i;::); 5]
.t.signals["an error in it"; after; (({close -1i; 'boom};"";" ");5); "boom"]
after[({close -1i};"";" ");5];
.t.is["q sees the outer call's afterwards"; .ffi.setErrno[]; 5i]
.t.done[]
