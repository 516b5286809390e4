// args: -s 4
// Callbacks of every result type under peach give what they give under each, made in the call or before on the main
// thread.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
N:3000
guids:10?0Ng
// Name, C function, its result, the callback's result, the q function.
kinds:(
  (`long;`call_long;"j";"j";{3*x});
  (`int_for_long;`call_long;"j";"j";{"i"$x});
  (`void;`call_void;"j";" ";{`ignored});
  (`float;`call_float;"f";"f";{x%8});
  (`text;`call_text;"C";"C";{string[x],"a text that has no NUL"});
  (`empty_text;`call_text;"C";"C";{""});
  (`symbol;`call_text;"s";"s";{`$"symbol",string x mod 50});
  (`guid;`call_guid;"G";"G";{guids x mod 10});
  (`guid_vector;`call_guid;"G";"G";{guids 2#x mod 10});
  (`pair;`call_pair;"{jf}";"{jf}";{(x;x%4)});
  (`object;`call_object;"K";"K";{(x;`a;enlist "text")});
  (`pointer;`call_pointer;"J";"J";{x+1 2 3});
  (`length;`length_of;"j";"l";{2*x}))
try:{[kind]
  f:.ffi.fn[(L;kind 1);"kj";kind 2];
  inline:{[f;q;ret;x] f[(q;"j";ret);x]}[f;kind 4;kind 3];
  made:.ffi.callback[kind 4;"j";kind 3];
  object:{[f;cb;x] f[cb;x]}[f;made];
  want:inline each til N;
  .t.is[string[kind 0],", inline"; inline peach til N; want];
  .t.is[string[kind 0],", an object of the main thread"; object peach til N; want];
  .t.is[string[kind 0],", afterwards"; inline each til N; want];
 }
try each kinds;
.t.done[]
