// args: -s 4
// One-off calls, binding and memory under peach: what all threads share is made once and is right for each.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
N:2000
.t.is["callFunction"; {.ffi.callFunction[("j";`labs)](neg x;::)} peach til N; til N]
.t.is["with a callback"; {.ffi.callFunction[("j";(L;`call_long));(({x+1};"j";"j");x;::)]} peach til N; 1+til N]
print:{text:40#"\000"; n:.ffi.callFunction[("i";`snprintf)](text;40;"%ld %s %.1f";x;`symbol;x%2;::); n#text}
.t.is["variable arguments"; print peach til N; print each til N]
.t.is["binding one function"; {.ffi.fn[`labs;"j";"j"] neg x} peach til N; til N]
letters:"hijefxbcpnz"
.t.is["binding by many signatures"; {.ffi.sizeof ((1+x mod 7)#letters),string[1+x mod 50],"i"} peach til N; {.ffi.sizeof ((1+x mod 7)#letters),string[1+x mod 50],"i"} each til N]
.t.is["new signatures"; {count .ffi.disasm[((x mod 9)#"ij"),(x div 9)#"fe";"j"]} peach til 60; {count .ffi.disasm[((x mod 9)#"ij"),(x div 9)#"fe";"j"]} each til 60]
.t.is["structs"; {.ffi.unpack["jf4hi"] .ffi.pack["jf4hi";(x;x%2;4#"h"$x;"i"$x)]} peach til N; {(x;x%2;4#"h"$x;"i"$x)} each til N]
closes:{.ffi.setErrno 0i; .ffi.fn[`close;"i";"i"] -1i; .ffi.setErrno[]}
.t.is["errno is each thread's"; {$[x mod 2; closes x; [.ffi.setErrno "i"$x; .ffi.setErrno[]]]} peach til N; {$[x mod 2; 9i; "i"$x]} each til N]
.t.is["errors of binding"; {@[.ffi.fn[;"j";"j"];`$"nope",string x;{first ":" vs x}]} peach til 200; 200#enlist "sym"]
.t.done[]
