// args: -s 2
// Callbacks made and called under peach: texts, globals, comparators. Each thread has its own, and shares none
// unsynchronised.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
N:20000
text:.ffi.fn[(L;`call_text);"kj";"C"]
long:.ffi.fn[(L;`call_long);"kj";"j"]
qsort:.ffi.fn[`qsort;"Jllk";" "]
text[({"text ",string x};"j";"C");5];
.t.is["texts"; {text[({"text ",string x};"j";"C");x]} peach til N; "text ",/:string til N]
offset:10
plus:{offset+x}
.t.is["a function that reads a global"; {long[(plus;"j";"j");x]} peach til N; offset+til N]
sorted:{[n] v:n?1000; qsort[v;n;8;({(x>y)-x<y};"JJ";"i")]; v~asc v}
.t.is["comparators"; all sorted peach 1000#50; 1b]
.t.is["the same on the main thread afterwards"; sorted 50; 1b]
.t.is["and its texts"; text[({"text ",string x};"j";"C");5]; "text 5"]
.t.done[]
