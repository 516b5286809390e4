// Errors as a q user sees and traps them; the process goes on.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

pow:.ffi.bind[`libm`pow; "ff"; "f"]
.t.signals["type"; pow; (1f;`a); "type: pow[1]: f wants float, got symbol"]
.t.signals["type in a list"; pow; enlist (`a;1f;::); "type: pow[0]: f wants float, got symbol"]
.t.signals["rank"; pow; 1 2 3f; "rank: pow: 2 parameters, 3 given"]
.t.signals["rank in a list"; pow; enlist (1f;::); "rank: pow: 2 parameters, 1 given"]
.t.signals["range"; .ffi.bind[`abs;"i";"i"]; enlist 5000000000; "range: abs[0]: 5000000000 does not fit i"]
.t.signals["no function"; .ffi.bind; (`libm`nope;"f";"f"); "sym: nope not found in libm"]
.t.signals["no type"; .ffi.bind; (`pow;"fq";"f"); "sig: \"fq\": unknown type character q at 1"]
.t.signals["no result type"; .ffi.fn; (`pow;"ff";""); "sig: \"\": no result type at 0"]
.t.signals["no name"; .ffi.fn; (1f;"ff";"f"); "type: fn: func wants `f, `lib`f, (lib;f) or an address, got float"]
.t.signals["no library"; .ffi.loadlib; enlist `libnope;
  "lib: libnope",$["w"=first string .z.o; ".dll: Module not found. (os error 126)"; ".so: libnope.so: cannot open shared object file: No such file or directory"]]
.t.signals["no C type"; .ffi.callFunction; (`abs;({x};::)); "type: abs[0]: C wants an atom or a vector, got function"]
.t.signals["no rank"; .ffi.asQFunc; (`abs;9); "limit: asQFunc: n is 1 to 8"]
.t.signals["no errno"; .ffi.setErrno; enlist `a; "type: setErrno: n wants int or long, got symbol"]
.t.is["the first word traps"; @[{.ffi.bind[`nope;"";"i"]}; ::; {`$first ":" vs x}]; `sym]

// Nothing stays behind: what q uses is what it was.
used:{.Q.w[]`used}
fails:{@[pow;(1f;`a;::);{}]; @[pow;1f;{}]; .[.ffi.bind;(`nope;"f";"f");{}]; @[.ffi.loadlib;`libnope;{}]; x}
before:0
after:0
do[10; fails 0]
before:used[]
do[1000; fails 0]
after:used[]
.t.is["bytes in use after 4000 errors"; after; before]
.t.is["and calls go on"; pow[2f;3f]; 8f]
.t.done[]
