// not on libe: it ends the process where the system refuses memory
// C's memory, which Rust takes what it converts from, is limited by the system: converting is 'wsfull too, and does not
// end the process.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
RLIMIT_AS:9i
PAGE:4096
full:{[name;f;x] .t.is[name; 6#@[{y x;"no error"}[;f];x;{x}]; "wsfull"]}
strlen:.ffi.fn[`strlen;"C";"j"]
count_:.ffi.fn[(L;`count_texts);"S";"j"]
fabs:.ffi.atomic[`libm`fabs;"f";"f"]
labs:.ffi.fn[`labs;"j";"j"]
pointer:.ffi.fn[(L;`same);"r";"j"]
give:.ffi.fn[(L;`give_text);"kj";"j"]
strlen "warm"; count_ `a`b; fabs 1 2; give[({count x};"C";"j");10]; pointer 1 2 3;
text:30000000#"a"
symbols:4000000#`a`b
bytes:20000000#0x01
// No more than this process has, and a little.
used:PAGE*"J"$first " " vs first read0 `:/proc/self/statm
limit:.ffi.fn[`setrlimit;"iJ";"i"]
if[0i<>limit[RLIMIT_AS;2#used+12000000]; '"no limit"]
full["a copy of a text"; strlen; text]
full["a copy of a symbol vector"; count_; symbols]
full["a vector that converts"; fabs; bytes]
full["bytes of structs"; .ffi.pack["1000000x"]; ([] a:200#enlist 1000000#0x00)]
.t.is["malloc"; (`$first ":" vs @[.ffi.malloc;200000000;{x}]) in `wsfull`limit; 1b]
.t.is["calls go on"; (labs -5;strlen"text"); 5 4]
.t.done[]
