// Addresses that cannot be: nulls and infinities of either width, data where a function is wanted, memory where a
// function pointer is wanted.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
word:{[f;args] .[{x . y;"no error"};(f;args);{first ":" vs x}]}
fails:{[name;f;args] .t.is[name; `$word[f;args]; `domain]}
refused:{[name;f;args] .t.is[name; (`$word[f;args]) in `domain`type; 1b]}
nowhere:(0N;0W;-0W;0Ni;0Wi;-0Wi)
// Functions that use the address themselves refuse 0 too.
all_:nowhere,(0;0i)
{refused["peek ",.Q.s1 x; .ffi.peek; (x;"x";1)]} each all_;
{refused["poke ",.Q.s1 x; .ffi.poke; (x;1b)]} each all_;
{refused["string ",.Q.s1 x; .ffi.string; enlist x]} each all_;
{refused["deref ",.Q.s1 x; .ffi.deref; (x;"j";0)]} each all_;
{refused["columns ",.Q.s1 x; .ffi.columns; (x;"j";1)]} each all_;
{refused["own ",.Q.s1 x; .ffi.own; (x;`free)]} each all_;
{refused["free ",.Q.s1 x; .ffi.free; enlist x]} each all_;
// As arguments: domain, and 0 is NULL.
same:.ffi.fn[(L;`same);"r";"j"]
listed:.ffi.bind[(L;`same);"r";"j"]
qsort:.ffi.fn[`qsort;"Fllk";" "]
v:3 1 2f
{fails["r of fn ",.Q.s1 x; same; enlist x]} each nowhere;
{fails["r of bind ",.Q.s1 x; listed; enlist x]} each nowhere;
{fails["r in a list ",.Q.s1 x; listed; enlist (x;::)]} each nowhere;
{fails["k ",.Q.s1 x; qsort; (v;3;8;x)]} each nowhere;
.t.is["0 is NULL"; (same 0;same (::);listed 0;same 0i); 0 0 0 0]
.t.is["1 and -1 pass"; (same 1;same -1;listed -1); 1 -1 -1]
{refused["an address in a pair ",.Q.s1 x; .ffi.peek; ((x;8);"x";1)]} each 0Ni 0Wi -0Wi 0i;

// k takes functions, callbacks and addresses.
memory:.ffi.malloc 64
freed:.ffi.malloc 64; .ffi.free freed
{[name;x] .t.is["k takes ",name; `$word[qsort;(v;3;8;x)]; `type]}'[("memory";"freed memory";"floats";"bytes";"a table";"a date");
  (memory;freed;1 2f;0x0102;([]a:1 2);2000.01.01)];
.t.is["the vector is as it was"; v; 3 1 2f]

// Data is no function, however it is asked for.
data:(`environ;`optind;`stdout;(L;`written_data);(L;`zero_data);(L;`constant_data))
address:.ffi.callFunction[("j";`malloc)] (8;::)
sym:{[name;f;args] .t.is[name; `$word[f;args]; `sym]}
{sym["fn of data ",.Q.s1 x; .ffi.fn; (x;"";"r")]} each data;
{sym["bind of data ",.Q.s1 x; .ffi.bind; (x;"";"r")]} each data;
{sym["atomic of data ",.Q.s1 x; .ffi.atomic; (x;"j";"j")]} each data;
{sym["callFunction of data ",.Q.s1 x; .ffi.callFunction; (x;enlist(::))]} each data;
{sym["asQFunc of data ",.Q.s1 x; .ffi.asQFunc; (x;1)]} each data;
{sym["own by data ",.Q.s1 x; .ffi.own; (address;x)]} each data;
.t.is["data is read as such"; .ffi.cvar("i";(L;`written_data)); 1i]
.t.done[]
