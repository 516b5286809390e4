// Faults of C as errors on Windows: each kind, in each form of call. What ends the process is in ends.txt.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

lib:getenv[`SCRATCH],"/windows.dll"
f:{[name;args;ret] .ffi.fn[(lib;string name);args;ret]}
.ffi.guard 1b;
// What f . args signals, with the offset as N.
said:{[f;args] text:.[f;args;{x}]; $[10h=type text; $[count at:text ss "dll+0x"; (4+first at)#text; text]; text]}
.t.says:{[name;f;args;text] .t.is[name; said[f;args]; text]}

read_at:f[`read_at;"r";"j"]
.t.says["read"; read_at; enlist 8; "segv: read_at: read of 0x8 in windows.dll+"]
.t.says["write"; f[`write_at;"r";" "]; enlist 8; "segv: write_at: write of 0x8 in windows.dll+"]
.t.says["no function"; f[`jump_to;"r";"j"]; enlist 8; "segv: jump_to: execution of 0x8, called from windows.dll+"]
.t.says["a null function"; f[`jump_to;"r";"j"]; enlist 0; "segv: jump_to: execution of 0x0, called from windows.dll+"]
.t.says["no pointer"; read_at; enlist 1234567890123456789; "segv: read_at: use of a non-canonical address in windows.dll+"]
.t.says["division"; f[`divide;"i";"i"]; enlist 1i; "fpe: divide: integer division by zero or overflow in windows.dll+"]
.t.says["instruction"; f[`illegal;"";" "]; enlist(::); "ill: illegal: illegal instruction in windows.dll+"]
do[3;.t.says["stack"; f[`deep;"j";"j"]; enlist 1; "segv: deep: stack overflow in windows.dll+"]]
.t.says["the C runtime"; .ffi.fn[`strlen;"r";"l"]; enlist 8; "segv: strlen: read of 0x8 in msvcrt.dll+"]

was:"segv: read_at: read of 0x8 in windows.dll+"
.t.says["bind"; .ffi.bind[(lib;"read_at");"r";"j"]; enlist 8; was]
.t.says["callFunction"; {.ffi.callFunction[("j";(lib;"read_at"));enlist x]}; enlist 8; was]
.t.says["cold path"; read_at; enlist 8i; was]
.t.is["by address"; said[.ffi.fn[.ffi.address(lib;"read_at");"r";"j"]; enlist 8] like "segv: 0x*: read of 0x8 in windows.dll+"; 1b]
.t.says["declared"; .ffi.cdef[`$lib;"void illegal(void);"]`illegal; enlist(::); "ill: illegal: illegal instruction in windows.dll+"]
.t.says["variadic"; .ffi.bind[(lib;"sum");"i...";"j"]; (8i;1;2f); "segv: sum: read of 0x8 in windows.dll+"]
fraction:.ffi.atomic[(lib;"fraction");"f";"f"]
.t.says["atomic"; fraction; enlist 1 2 -3 4f; "segv: fraction: read of 0x8 in windows.dll+"]
.t.is["atomic is well"; fraction 1 2 3f; .5 1 1.5]
.t.says["atomic on threads"; .ffi.atomicPar[(lib;"fraction");"f";"f"]; enlist -1 2f; "segv: fraction: read of 0x8 in windows.dll+"]
.t.says["over"; .ffi.over[(lib;"fraction");"f";"f"]; (3;-8f); "segv: fraction: read of 0x8 in windows.dll+"]
swapped:f[`swapped;"{ff}";"{ff}"]
.t.says["structs"; swapped; enlist -1 2f; "segv: swapped: read of 0x8 in windows.dll+"]
.t.is["structs are well"; swapped 1 2f; 2 1f]

.t.says["kept registers"; f[`changes_kept;"r";"j"]; enlist 8; "segv: changes_kept: read of 0x8 in windows.dll+"]
.t.says["a frame of any size"; f[`variable_frame;"jr";"j"]; (5000;8); "segv: variable_frame: read of 0x8 in windows.dll+"]
.t.says["environment"; f[`environment;"r";"i"]; enlist 8; "segv: environment: read of 0x8 in windows.dll+"]
.t.is["rounding is q's"; (f[`rounding;"";"i"][]; .1+.2); (0i;.3)]
// In each form, whose registers hold other things: what C keeps in the meantime is there afterwards.
zeroes:f[`changes_kept;"r";"j"]
keeps:f[`keeps;"k";"j"]
.t.is["C's registers"; keeps({@[zeroes;8;{1}]; x};"j";"j"); 1]
.t.is["C's registers, cold"; keeps({@[zeroes;8i;{1}]; x};"j";"j"); 1]

call:f[`call;"kj";"j"]
.t.says["in a callback"; call; (({read_at x};"j";"j");8); was]
.t.is["caught in a callback"; call[({@[read_at;x;{41}]};"j";"j");8]; 42]
.t.says["while an error is parked"; f[`call_then_read;"kr";"j"]; (({'`mine};"j";"j");8); "segv: call_then_read: read of 0x8 in windows.dll+"]
.t.says["another error is itself"; call; (({'`mine};"j";"j");8); "mine"]
.t.says["in the background"; {.ffi.await .ffi.async[(lib;"read_at");"r";"j"][enlist x;::]}; enlist 8; was]
x:.ffi.own[1000000;(lib;"destroy")]
.t.says["a destructor"; .ffi.free; enlist x; "segv: destroy: read of 0x10 in windows.dll+"]
.t.says["a pointer that leads nowhere"; f[`same;"r";"J"]; enlist 8; "segv: same: read of 0x8 through its pointer"]
.t.says["a text that leads nowhere"; f[`same;"r";"s"]; enlist 8; "segv: read of 0x8 through a pointer"]
.t.is["C's own handler is not asked"; said[f[`handled;"r";"j"]; enlist 65528] like "segv: handled: read of 0xfff8 in *"; 1b]

// Many in a row: nothing is left behind, neither objects nor code.
many:{[n] do[n; @[read_at;8;{x}]; @[read_at;8i;{x}]; .[call;(({read_at x};"j";"j");8);{x}]; @[fraction;-1 2f;{x}]]}
growth:{[n] used:.Q.w[]`used; many n; .Q.w[][`used]-used}
many 10
before:.ffi.stats[]
.t.is["objects are where they were"; growth 499; growth 1]
after:.ffi.stats[]
.t.is["faults are counted"; after[`faults]-before`faults; 2000]
.t.is["code is where it was"; after k; before k:key[before]except`faults]
.ffi.guard 2;
.t.says["overruns"; f[`write_at;"J";" "]; enlist `long$(); "segv: write_at: write beyond argument 0, at byte 0 of 0, in windows.dll+"]
.t.done[]
