// An error of a callback that a destructor calls: .ffi.free signals it; a last reference that goes prints it. No later,
// unrelated call signals it, and that call's own callbacks run. The same for what .ffi.asQFunc calls.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
K:`$getenv`FAULTS_K_SO
open:.ffi.fn[(L;`telling_open);"kj";"r"]
labs:.ffi.fn[`labs;"j";"j"]
long:.ffi.fn[(L;`call_long);"kj";"j"]
bad:.ffi.callback[{'"boom"};"j";" "]
handle:{[f;x] .ffi.own[open[f;x];(L;`telling_close)]}
free:{@[{.ffi.free x;`freed};x;{x}]}
.t.is[".ffi.free signals it"; free handle[bad;7]; "boom"]
.t.is["a call afterwards"; labs -5; 5]
h:handle[bad;7]; h:0
ran:0
.t.is["a last reference's error"; @[long[({ran+:1;x};"j";"j")];5;{x}]; 5]
.t.is["does not stop the next callback"; ran; 1]
.t.is["freed twice"; {h:handle[bad;7]; first_:free h; (first_;6#free h)}[]; ("boom";"domain")]

// Within callbacks.
.t.is["a last reference in a callback"; @[long[({h:handle[bad;7]; h:0; x};"j";"j")];5;{x}]; 5]
.t.is["and C goes on calling"; @[long[({h:handle[bad;7]; h:0; 1+long[({2*x};"j";"j");x]};"j";"j")];5;{x}]; 11]
.t.is[".ffi.free in a callback"; @[long[({.ffi.free handle[bad;7]; x};"j";"j")];5;{x}]; "boom"]
.t.is["trapped there"; @[long[({free handle[bad;7]; x};"j";"j")];5;{x}]; 5]
.t.is["after the callback's own error"; @[long[({h:handle[bad;7]; 'own};"j";"j")];5;{x}]; "own"]
.t.is["what a callback held"; @[{long[.ffi.callback[{[h;x] x}[handle[bad;7]];"j";"j"];x]};5;{x}]; 5]

// A destructor whose callback destroys another.
inner:handle[bad;8]
nested:.ffi.callback[{.ffi.free inner};"j";" "]
.t.is[".ffi.free in a destructor"; free handle[nested;7]; "boom"]
inner:handle[bad;8]
last_:.ffi.callback[{inner::0};"j";" "]
.t.is["a last reference in a destructor"; free handle[last_;7]; `freed]
.t.is["a call after all that"; (labs -5;long[({x};"j";"j");6]); 5 6]
order:()
noted:.ffi.callback[{order,:x};"j";" "]
hs:handle[noted] each 1 2 3; hs:();
.t.is["a list of handles"; asc order; 1 2 3]
mixed:(handle[noted;4];handle[bad;5];handle[noted;6]); mixed:();
.t.is["one that fails among them"; asc order; 1 2 3 4 6]
.t.is["in an atomic function's argument"; @[.ffi.atomic[`labs;"j";"j"];-5;{x}]; 5]

same:.ffi.fn[(L;`same);"r";"r"]
kcall:.ffi.asQFunc[(K;`kcall);2]
failing:.ffi.callback[{'"boom"};"j";"j"]
calm:.ffi.callback[{x+1};"j";"j"]
.t.is["asQFunc signals it"; @[kcall[same failing];1;{x}]; "boom"]
.t.is["a call after that"; labs -5; 5]
.t.is["asQFunc again"; kcall[same calm;1]; 2]
.t.is["asQFunc in a callback"; @[long[({kcall[same failing;x]};"j";"j")];1;{x}]; "boom"]
.t.is["trapped there"; @[long[({@[kcall[same failing];x;{-1}]};"j";"j")];1;{x}]; -1]
.t.is["handles, all closed"; .ffi.fn[(L;`handles_closed);"";"j"][]; .ffi.fn[(L;`handles_opened);"";"j"][]]
.t.done[]
