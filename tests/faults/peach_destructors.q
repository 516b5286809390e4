// args: -s 4
// Handles made and given up under peach: each is destroyed once, by the thread that gives it up, and what its callback
// signals goes to the .ffi.free that ran it.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
N:2000
open:.ffi.fn[(L;`telling_open);"kj";"r"]
asking:.ffi.fn[(L;`asking_open);"k";"r"]
opened:.ffi.fn[(L;`handles_opened);"";"j"]
closed:.ffi.fn[(L;`handles_closed);"";"j"]
calm:{x}
bad:{'"boom ",string x}
.t.is["last references"; {h:.ffi.own[open[(calm;"j";" ");x];(L;`telling_close)]; h:0; x} peach til N; til N]
.t.is["are all destroyed"; closed[]; N]
.t.is[".ffi.free"; {.ffi.free .ffi.own[open[(calm;"j";" ");x];(L;`telling_close)]; x} peach til N; til N]
.t.is["once each"; (opened[];closed[]); 2#2*N]
fails:{h:.ffi.own[open[(bad;"j";" ");x];(L;`telling_close)]; @[{.ffi.free x;`freed};h;{x}]}
.t.is["an error goes to the .ffi.free"; fails peach til N; "boom ",/:string til N]
both:{$[x mod 2; fails x; .ffi.fn[`labs;"j";"j"] neg x]}
.t.is["and to no other call"; both peach til N; {$[x mod 2; "boom ",string x; x]} each til N]
.t.is["destroyed all the same"; (opened[];closed[]); 2#(3*N)+N div 2]
cb:.ffi.callback[{x+1};"j";"j"]
.t.is["a destructor that joins a thread which asks"; {h:.ffi.own[asking cb;(L;`asking_close)]; .ffi.free h; x} peach til 100; til 100]
.t.is["memory"; {m:.ffi.malloc 64; .ffi.poke[m;x]; r:first .ffi.peek[m;"j";1]; if[x mod 2; .ffi.free m]; r} peach til N; til N]
.t.is["with none left"; opened[]; closed[]]
.t.done[]
