// Every way to apply what .ffi.bind, .ffi.fn and .ffi.atomic give.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

pow:.ffi.bind[`libm.so.6`pow; "ff"; "f"]
.t.is["list that ends in ::"; pow (2f;10f;::); 1024f]
.t.is["brackets"; pow[2f;10f]; 1024f]
.t.is["dot"; pow . (2f;10f); 1024f]
.t.is["dot of a vector"; pow . 2 10f; 1024f]
.t.is["dot of one list"; pow . enlist (2f;10f;::); 1024f]
.t.is["conversions"; pow[2;10i]; 1024f]
.t.is["conversions in a list"; pow (2i;10;::); 1024f]
.t.is["each both"; pow'[1 2 3f; 2f]; 1 4 9f]
.t.is["each of lists"; pow each ((2f;3f;::);(3f;2f;::)); 8 9f]
.t.is["each left of a projection"; (pow .) each (2 3f;3 2f); 8 9f]
.t.is["projection of a wrapper"; {pow[x;y]}[2f] 3f; 8f]
.t.is["composition"; ('[neg;pow])[2f;3f]; -8f]
.t.is["over"; {pow[x;2f]}/[3;2f]; 256f]
.t.is["protected"; .[pow;(2f;`a);{x}]; "type: pow[1]: f wants float, got symbol"]

sqrtf:.ffi.bind[`sqrt; "f"; "f"]
.t.is["juxtaposition"; sqrtf 16f; 4f]
.t.is["one in a list"; sqrtf (16f;::); 4f]
.t.is["brackets of one"; sqrtf[16]; 4f]
.t.is["each"; sqrtf each 1 4 9f; 1 2 3f]
.t.is["apply at"; sqrtf@16f; 4f]

hypot:.ffi.fn[`libm.so.6`hypot; "ff"; "f"]
.t.is["fn in brackets"; hypot[3f;4f]; 5f]
.t.is["fn by dot"; hypot . 3 4f; 5f]
.t.is["fn each both"; hypot'[3 6f;4 8f]; 5 10f]
.t.is["fn projected"; hypot[3f] each 4 4f; 5 5f]
.t.is["fn over"; hypot/[3 4 12f]; 13f]
.t.is["fn projected on the right"; hypot[;4f] 3f; 5f]
.t.is["fn has its rank"; .[hypot;1 2 3f;{x}]; "rank"]

atomic:.ffi.atomic[`libm.so.6`pow; "ff"; "f"]
.t.is["atomic of atoms"; atomic[2f;3f]; 8f]
.t.is["atomic of vectors"; atomic[1 2 3f;2 3 4f]; 1 8 81f]
.t.is["atomic extends"; atomic[2f;1 2 3f]; 2 4 8f]
.t.is["atomic of long vectors"; atomic[1+til 4;2]; 1 4 9 16f]
.t.is["atomic length"; .[atomic;(1 2f;1 2 3f);{6#x}]; "length"]

add:.ffi.bind[`snprintf; "Cj", "s..."; "i"]
text:30#"\000"
.t.is["types of variable arguments from the data"; add[text;30;"%d %s %.1f";5i;`sym;2.5]; 9i]
.t.is["what they wrote"; 9#text; "5 sym 2.5"]

.t.is["bindings are listed"; `pow`sqrt`hypot in exec name from .ffi.bindings[]; 111b]
.t.is["stubs are listed"; 0<count .ffi.stubs[]; 1b]
.t.is["machine code as text"; 10h; type .ffi.disasm["ff";"f"]]
.t.done[]
