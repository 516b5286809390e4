// Windows walks through stubs and thunks, as exceptions and debuggers want it: to q's own frames, and on to the stack's end.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

lib:getenv[`SCRATCH],"/windows.dll"
found:4#0
// What a walk's call gives, the frames that it has seen of code that is made, whether the program's are above them, and how
// many it knew nothing of.
walked:{[call] found::4#0; result:call[]; (result; found 1; found[2]>0; found 3)}
through:{[n] (0;n;1b;0)}

walk:.ffi.fn[(lib;"walk");"J";"j"]
.t.is["fn"; walked[{walk found}]; through 1]
.t.is["bind"; walked[{.ffi.bind[(lib;"walk");"J";"j"] (found; ::)}]; through 1]
// No code is made for a single call.
.t.is["libffi"; .ffi.callFunction[("f";(lib;"walk_float"))] (1f; ::); 1f]
after:.ffi.fn[(lib;"walk_after");"fjfjfjJ";"j"]
.t.is["arguments on the stack"; walked[{after[1f;2;3f;4;5f;6;found]}]; through 1]
.t.is["a conversion: a stub and an invoker"; walked[{after[1f;2i;3f;4;5f;6;found]}]; through 2]
// The loop keeps registers, floats too.
.t.is["a loop"; .ffi.atomic[(lib;"walk_float");"f";"f"] 1 2f; 1101 1102f]
declared:.ffi.cdef[`$lib;"long long walk(long long *found);"]
.t.is["what is bound at its first call"; walked[{declared[`walk] found}]; through 2]
.t.is["and at its second"; walked[{declared[`walk] found}]; through 1]
call:.ffi.fn[(lib;"call");"kj";"j"]
.t.is["a callback, whose caller has an invoker"; walked[{41-call[({walk found; x};"j";"j"); 40]}]; through 4]
.t.done[]
