// args: -s 2
// A callback's address passed as r works under peach as it does under each.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
cb:.ffi.callback[{x+1};"j";"j"]
address:.ffi.fn[(L;`same);"r";"r"] cb
call:.ffi.fn[(L;`call_long);"rj";"j"]
listed:.ffi.bind[(L;`call_long);"rj";"j"]
.t.is["fn"; {call[address;x]} peach til 1000; 1+til 1000]
.t.is["bind"; {listed[address;x]} peach til 1000; 1+til 1000]
.t.is["callFunction"; {.ffi.callFunction[("j";(L;`call_long));(address;x;::)]} peach til 1000; 1+til 1000]
.ffi.fn[(L;`keep);"r";" "] address
kept:.ffi.fn[(L;`call_kept);"j";"j"]
.t.is["kept by C"; kept peach til 1000; 1+til 1000]
.t.done[]
