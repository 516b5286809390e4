// args: -s 4
// not on libe: its counts and heaps are of a single thread, so peach is each
// Whose a callback is: one of the main thread works on all, one of a secondary thread is that thread's, and C that calls
// it afterwards gets the null, which is counted.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
long:.ffi.fn[(L;`call_long);"kj";"j"]
text:.ffi.fn[(L;`call_text);"rj";"C"]
at:.ffi.fn[(L;`call_long);"rj";"j"]
address:.ffi.fn[(L;`same);"k";"j"]
cb:.ffi.callback[{x+1};"j";"j"]
where_:address cb
.t.is["by its object"; {long[cb;x]} peach til 1000; 1+til 1000]
.t.is["by its address"; {at[where_;x]} peach til 1000; 1+til 1000]
.t.is["made and called there"; {c:.ffi.callback[{x+2};"j";"j"]; long[c;x]} peach til 1000; 2+til 1000]
.t.is["made there, by its address"; {at[address c:.ffi.callback[{x+2};"j";"j"];x]} peach til 1000; 2+til 1000]
live:.ffi.stats[]`liveCallbacks
{c:.ffi.callback[{x};"j";"j"]; long[c;x]} peach til 1000;
.t.is["those objects are released"; .ffi.stats[]`liveCallbacks; live]

foreign:{address ({x+3};"j";"j")} peach til 8
before:.ffi.stats[]
.t.is["a secondary thread's, called on the main thread"; {at[x;1]} each foreign; 8#0N]
after:.ffi.stats[]
.t.is["is counted"; any 8=after-before; 1b]
foreign:{address ({string x};"j";"C")} peach til 8
.t.is["a text is NULL"; {text[x;1]} each foreign; 8#enlist ""]
.t.is["the main thread's own goes on"; at[where_;1]; 2]
.t.done[]
