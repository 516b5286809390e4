// A callback that releases itself and thousands of others while it runs stays valid until C has left it, however deep.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
two:.ffi.fn[(L;`two);"rr";" "]
same:.ffi.fn[(L;`same);"r";"r"]
long:.ffi.fn[(L;`call_long);"rj";"j"]
text:.ffi.fn[(L;`call_text);"rj";"C"]
many:{.ffi.callback[{x};"j";"j"]} each til 4200
B:.ffi.callback[{many::();};"";" "]
A:.ffi.callback[{A::0; ran+:1};"";" "]
ran:0
two[same A;same B]
.t.is["the first, then the others"; (ran;A;many); (1;0;())]
// C calls it a second time, after its release.
A:.ffi.callback[{A::0; ran+:1};"";" "]
two[same A;same A]
.t.is["C gets zeros afterwards"; ran; 2]

gone:{do[4200; .ffi.callback[{x};"j";"j"]]}
A:.ffi.callback[{A::0; gone[]; 10*x};"j";"j"]
.t.is["a result after it"; long[same A;5]; 50]
A:.ffi.callback[{A::0; gone[]; "text ",string x};"j";"C"]
.t.is["a text after it"; text[same A;5]; "text 5"]
A:.ffi.callback[{A::0; gone[]; 'late};"j";"j"]
.t.is["an error after it"; .[long;(same A;5);{x}]; "late"]
A:.ffi.callback[{if[x=0; A::0; gone[]; :0]; x+long[at;x-1]};"j";"j"]
at:same A
.t.is["released in the depth of its own calls"; long[at;50]; sum til 51]
// What its function holds has destructors, which release others.
inner:.ffi.callback[{x};"j";"j"]
A:.ffi.callback[{[held;x] A::0; inner::0; gone[]; x+count held}[enlist inner];"j";"j"]
.t.is["with what it holds"; long[same A;5]; 6]
live:.ffi.stats[]`liveCallbacks
A:.ffi.callback[{A::0; x};"j";"j"]; long[same A;5];
.ffi.fn[`labs;"j";"j"] -5;
.t.is["none stays"; .ffi.stats[]`liveCallbacks; live]
.t.done[]
