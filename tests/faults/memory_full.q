// args: -w 20
// not on libe: it has no limit to be set by -w
// With memory full every function signals 'wsfull, as q's own do, and the process goes on: arguments that convert,
// results of every form, what callbacks are given and give.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
full:{[name;f;x] .t.is[name; 6#@[{y x;"no error"}[;f];x;{x}]; "wsfull"]}
w:1200000#0f
full["q's own"; neg; w]
full["atomic"; .ffi.atomic[`libm`fabs;"f";"f"]; w]
full["atomicPar"; .ffi.atomicPar[`libm`fabs;"f";"f"]; w]
full["atomic, nested"; .ffi.atomic[`libm`fabs;"f";"f"]; (w;1f)]
full["scan"; {.ffi.scan[`libm`fdim;"ff";"f"][1f;x]}; w]
full["scan without a seed"; .ffi.scan[`libm`fdim;"ff";"f"]; w]
full["scan, step by step"; {.ffi.scan[`libm`fdim;"ff";"e"][1f;x]}; w]
full["prior"; .ffi.prior[`libm`fdim;"ff";"f"]; w]
w:0
full["so many times"; .ffi.scan[`libm`fabs;"f";"f"][;1f]; 4000000]
full["times without end"; .ffi.scan[`libm`fabs;"f";"f"][;1f]; 0W]
v:2400000#0x01
full["over, converted"; {.ffi.over[`libm`fdim;"ff";"f"][1f;x]}; v]
full["atomic, converted"; .ffi.atomic[`libm`fabs;"f";"f"]; v]
full["atomicPar, converted"; .ffi.atomicPar[`libm`fabs;"f";"f"]; v]
full["peek, converted"; {.ffi.peek[x;"j";3000000]}; .ffi.malloc 24000000]
v:0
s:12000000#"a"
full["text result"; .ffi.fn[`strdup;"C";"C"]; s]
full["text result, bind"; .ffi.bind[`strdup;"C";"C"]; s]
full["text result, callFunction"; {.ffi.callFunction[("C";`strdup)] (x;::)}; s]
full["text result, of an address"; .ffi.fn[`strdup;"r";"C"]; .ffi.fn[`strdup;"C";"r"] s]
full[".ffi.string"; .ffi.string; s]
s:0
big:24000000
m:.ffi.malloc big
full["peek of bytes"; {.ffi.peek[m;"x";x]}; big]
full["peek of floats"; {.ffi.peek[m;"f";x]}; big div 8]
full["peek of arrays"; {.ffi.peek[m;"4i";x]}; big div 16]
full["peek of structs"; {.ffi.peek[m;"{ij}";x]}; big div 16]
full["columns"; {.ffi.columns[m;"jj";x]}; big div 16]
full["deref of many"; {.ffi.deref[m;"ij";til x]}; 400000]
full["arrays in structs"; {.ffi.deref[m;"200000x";til x]}; 110]
full["pack of arrays"; .ffi.pack["200000x"]; ([] a:110#enlist 200000#0x00)]
full["list of pairs"; {.ffi.peek[m;"{2x}";x]}; 1000000]
m:0
long:.ffi.fn[(L;`call_long);"kj";"j"]
give:.ffi.fn[(L;`give_text);"kj";"j"]
full["a text for a callback"; give[({count x};"C";"j")]; 24000000]
full["in a callback"; long[({count neg x#0f};"j";"j")]; 4000000]
full["a text for a callback's C"; {.ffi.fn[(L;`call_text);"kj";"C"][({x#"a"};"j";"C");x]}; 12000000]
full["a text result of C"; .ffi.fn[(L;`long_text);"j";"C"]; 24000000]
// Memory of C's, whose size the caller chooses.
never:{[name;f;x] .t.is[name; (`$first ":" vs @[{y x;"no error"}[;f];x;{x}]) in `wsfull`limit`length`domain`range`sig`type; 1b]}
never["malloc of what there is not"; .ffi.malloc; 1000000000000000]
never["malloc of infinity"; .ffi.malloc; 0W]
never["peek of infinity"; {.ffi.peek[.ffi.malloc 8;"x";x]}; 0W]
never["columns of infinity"; {.ffi.columns[1 2 3;"j";x]}; 0W]
never["pack of what there is not"; {.ffi.pack[x;enlist 1]}; "1000000000000j"]
never["sizeof beyond all"; .ffi.sizeof; "9223372036854775807j"]
never["sizeof nested beyond all"; .ffi.sizeof; "4000000000{4000000000{4000000000j}}"]
.t.is["calls go on"; (.ffi.fn[`labs;"j";"j"] -5;long[({2*x};"j";"j");5];.ffi.fn[`strdup;"C";"C"]"text"); (5;10;"text")]
.t.done[]
