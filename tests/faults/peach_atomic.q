// args: -s 4
// Atomic functions under peach, some of them of C that calls q.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
address:.ffi.fn[(L;`same);"k";"j"] cb:.ffi.callback[{if[x=13; '"unlucky"]; 2*x};"j";"j"]
call:.ffi.atomic[(L;`call_long);"rj";"j"]
vectors:100*til 200
.t.is["a callback in the loop"; {call[address;x+20+til 50]} peach vectors; {2*x+20+til 50} each vectors]
.ffi.fn[(L;`keep);"r";" "] address
kept:.ffi.atomic[(L;`call_kept);"j";"j"]
.t.is["one that C keeps"; {kept x+20+til 50} peach vectors; {2*x+20+til 50} each vectors]
.t.is["of atoms"; kept peach 20+til 1000; 2*20+til 1000]
.t.is["nested lists"; {kept (x+20;x+20 21;enlist (x+22))} peach vectors; {2*(x+20;x+20 21;enlist (x+22))} each vectors]
.t.is["an error in one of them"; {@[kept;x+til 50;{x}]} peach 0 100 0 100; {$[x; 2*x+til 50; "unlucky"]} each 0 100 0 100]
hypot:.ffi.atomic[`libm`hypot;"ff";"f"]
.t.is["without callbacks"; {hypot[x*3 6f;x*4 8]} peach til 1000; {x*5 10f} each til 1000]
par:.ffi.atomicPar[`libm`hypot;"ff";"f"]
.t.is["atomicPar within peach"; {par[x*100000#3f;4*x]~100000#5f*x} peach til 8; 8#1b]
.t.done[]
