// args: -s 4
// An error in a callback under peach is signalled by the call that ran it, on its own thread, and by no other.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
N:4000
long:.ffi.fn[(L;`call_long);"kj";"j"]
listed:.ffi.bind[(L;`call_long);"kj";"j"]
text:.ffi.fn[(L;`call_text);"kj";"C"]
calm:.ffi.fn[`labs;"j";"j"]
odd:{if[x mod 2; '"odd ",string x]; x}
want:{$[x mod 2; "odd ",string x; x]} each til N
.t.is["fn"; {@[long (odd;"j";"j");x;{x}]} peach til N; want]
.t.is["bind"; {@[listed .;((odd;"j";"j");x);{x}]} peach til N; want]
labels:{$[x mod 2; `odd; string x]} each til N
.t.is["a text"; {@[text ({if[x mod 2;'"odd"]; string x};"j";"C");x;{`$x}]} peach til N; labels]
.t.is["a wrong result"; distinct {.[long;(({`a};"j";"j");x);{x}]} peach til N; enlist "type: callback: j wants long, got symbol"]
.t.is["calls that fail beside calls that do not"; {$[x mod 3; calm neg x; .[long;(({'boom};"j";"j");x);{`$x}]]} peach til N; {$[x mod 3; x; `boom]} each til N]
cb:.ffi.callback[odd;"j";"j"]
.t.is["an object of the main thread"; {@[long cb;x;{x}]} peach til N; want]
nested:{long[({long[(odd;"j";"j");x]};"j";"j");x]}
.t.is["nested"; {@[nested;x;{x}]} peach til N; want]
trapped:{long[({@[long (odd;"j";"j");x;{-1}]};"j";"j");x]}
.t.is["nested, trapped between"; trapped peach til N; {$[x mod 2; -1; x]} each til N]
.t.is["untrapped, peach signals it"; @[{long[({'late};"j";"j");x]} peach;til 8;{x}]; "late"]
.t.is["the main thread has none of it"; calm -5; 5]
.t.is["and calls q"; long[({x};"j";"j");5]; 5]
.t.done[]
