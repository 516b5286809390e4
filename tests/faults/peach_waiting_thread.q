// args: -s 2
// not on libe: its counts and heaps are of a single thread, so peach is each
// A C function that joins a thread of its own, which asks q: the thread gets the null while its own q thread is in C,
// whatever another q thread calls meanwhile.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
cb:.ffi.callback[{x+1};"j";"j"]
address:.ffi.fn[(L;`same);"k";"j"] cb
// How many questions are answered: while others call so often, and so many after that.
ask:.ffi.fn[(L;`ask_on_thread);"rjjj";"j"]
anew:.ffi.fn[(L;`ask_anew);"";" "]
begun:.ffi.fn[(L;`asking_begun);"";"i"]
called:.ffi.fn[(L;`other_called);"";" "]
other:{[call] while[not begun[]; 0]; do[100; call[]; called[]]; 0}
calls:(
  {.ffi.fn[`labs;"j";"j"] -1};
  {.ffi.callFunction[`getpid] enlist (::)};
  {.ffi.bind[(L;`call_long);"kj";"j"][({x};"j";"j");1]};
  {@[{.ffi.fn[(L;`call_long);"kj";"j"][({'boom};"j";"j");1]};0;{x}]})
{[call] anew[]; .t.is["no question is answered"; {[call;x] $[x; ask[address;1;10;100]; other call]}[call] peach 10b; 0 0]} each calls;
anew[]
.t.is["without others"; ask[address;1;10;0]; 0]
.t.is["all under peach"; {ask[address;x;10;0]} peach til 4; 4#0]
.t.done[]
