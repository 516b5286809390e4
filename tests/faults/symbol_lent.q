// C writes to the text that it was given for a symbol: the symbol is not changed, and what q compares with it is equal.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
x:`$"red,green"
is_unchanged:{[name] .t.is[name; (x;string x;x=`$"red,green"); (`$"red,green";"red,green";1b)]}
.ffi.fn[`strtok;"CC";"r"][x;","];
is_unchanged "fn"
.ffi.bind[`strtok;"CC";"r"][x;","];
is_unchanged "bind"
.ffi.bind[`strtok;"CC";"r"] (x;enlist",";::);
is_unchanged "a list"
.ffi.callFunction[("j";`strtok)] (x;enlist",";::);
is_unchanged "callFunction"
scribble:.ffi.fn[(L;`scribble);"Sj";" "]
v:`$("red,green";"blue")
scribble[v;2];
is_unchanged "in a vector"
.t.is["the other one"; string `blue; "blue"]
w:(x;`blue)
.ffi.bind[(L;`scribble);"Sj";" "] (w;2;::);
is_unchanged "in a vector, by bind"
scribble[x;1];
is_unchanged "a symbol by its pointer"
{[x] .ffi.fn[`strtok;"CC";"r"][x;","]} each 3#x;
is_unchanged "each"
.t.is["of an empty symbol"; .ffi.fn[`strlen;"C";"j"] `; 0]
.t.is["long symbols"; .ffi.fn[`strlen;"C";"j"] `$10000#"a"; 10000]
.t.is["s lends the symbol itself"; .ffi.fn[(L;`same);"s";"s"] x; x]
.t.done[]
