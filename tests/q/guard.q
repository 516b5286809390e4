// Faults of C as errors, on every processor that they are caught on.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

was:@[.ffi.guard; 1b; {x}]
if[10h=type was; .t.is["only where faults are caught"; was like "nyi: guard: *"; 1b]; .t.done[]]
// @desc Whether f . args signals an error that begins like this.
.t.faults:{[name;f;args;text] .t.is[name; .[{[f;args] f . args; ""}; (f;args); {x}] like text,"*"; 1b]}

.t.faults["before anything is bound"; .ffi.unpack; ("J";.ffi.pack["r";enlist 1000]); "segv: unpack: read of 0x3e8"]
length:.ffi.fn[`strlen;"r";"l"]
.t.faults["a stub"; length; enlist 8; "segv: strlen: "]
.t.faults["the cold path"; length; enlist 8i; "segv: strlen: "]
.t.faults["the list form"; .ffi.bind[`strlen;"r";"l"]; enlist 8; "segv: strlen: "]
.t.faults["types from data"; {.ffi.callFunction[("j";`strlen);enlist x]}; enlist 8; "segv: strlen: "]
.t.faults["atomic"; .ffi.atomic[`strlen;"r";"l"]; enlist 8 16; "segv: strlen: "]
.t.is["all is well"; length"abc\000"; 3]
sort:.ffi.fn[`qsort;"Jllk";" "]
x:3 1 2
.t.faults["in a callback"; sort; (x;3;8;({length 8;x-y};"JJ";"i")); "segv: strlen: "]
sort[x;3;8;({"i"$x-y};"JJ";"i")];
.t.is["callbacks look at what they are given"; x; 1 2 3]
same:.ffi.fn[`memcpy;"rrl";"J"]
.t.faults["a pointer that leads nowhere"; same; 8 8 0; "segv: memcpy: * of 0x8 through its pointer"]
.t.faults["what is no object"; .ffi.fn[`memcpy;"rrl";"K"]; 8 8 0; "segv: memcpy: read of 0x8 through its pointer"]
.t.faults["for q"; .ffi.fn[`memcpy;"rrl";"s"]; 8 8 0; "segv: read of 0x8 through a pointer"]
.t.faults["read by q"; .ffi.peek; (32768;"j";1); "segv: peek: read of 0x8000"]
.t.faults["written by q"; .ffi.poke; (32768;1); "segv: poke: write of 0x8000"]

.ffi.guard 2
fill:.ffi.fn[`memset;"Xil";"r"]
b:4#0x00
fill[b;1i;4];
.t.is["as far as it goes"; b; 4#0x01]
.t.faults["a byte too many"; fill; (b;2i;5); "segv: memset: "]
.t.is["nothing is kept of it"; b; 4#0x01]
.t.faults["a text without an end"; length; enlist 0x010203; "segv: strlen: "]
.t.is["with one"; length 0x010200; 2]
.t.is["asked"; .ffi.guard[]; 2]
.ffi.guard was;
.t.done[]
