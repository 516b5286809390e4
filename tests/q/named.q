// Types by name: structs, enums, callbacks, handles, and what is read and written.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

lib:getenv`NAMED_SO
d:.ffi.cdef[lib;"\n" sv read0 hsym`$getenv`NAMED_H]
P:d`P
line:d`line

.t.is["a struct is a dictionary of types"; P; `x`y!"ff"]
.t.is["fields of all kinds"; key line; `a`b`name`c`f`5`ar`ps]
.t.is["nested, an enum, an anonymous struct"; (line`a;line`c;key line`5;line`ps); (P;d`color;`q`1;(2;P))]
// Windows gives bit-fields of another size a unit of their own.
.t.is["sizes as C's"; .ffi.sizeof each d`P`line`bits`flex`U`node; @[16 112 16 8 8 16;2;:;16 24 "w"=first string .z.o]]
.t.is["no second name for a typedef's own tag"; (`$"struct line") in key d; 0b]

.t.is["by value, by name"; d[`norm] `x`y!3 4f; 25f]
.t.is["in any order, converted"; d[`norm] `y`x!(4;3i); 25f]
.t.is["a list in C's order"; (d[`norm] 3 4f;d[`norm] (3;4f)); 25 25f]
.t.is["a result is a dictionary"; d[`mid][`x`y!1 2f;5 6f]; `x`y!3 4f]
.t.is["a variable"; d[`origin][]; `x`y!0.5 0.25]
.t.is["through each"; d[`norm] each ([] x:3 6f; y:4 8f); 25 100f]

t:([] y:1 2f; x:3 4)
.t.is["a table by pointer"; d[`sum][t;2]; 37f]
.t.is["a dictionary, a list, bytes by pointer"; (d[`sum][`x`y!1 2;1];d[`sum][1 2f;1];d[`sum][.ffi.pack[P;1 2f];1]); 21 21 21f]
m:.ffi.malloc 32
.ffi.poke[m;1 2 3 4f];
.t.is["memory by pointer"; d[`sum][m;2]; 64f]
.t.is["memory and an offset"; d[`sum][(m;16);1]; 43f]
.t.is["NULL"; d[`sum][::;0]; 0f]
.t.is["q's own is not written to"; {x:`x`y!1 2f; d[`sum][x;1]; x}[]; `x`y!1 2f]
m:0

.t.is["in and out"; d[`scale][`x`y!1 2f;3f]; `x`y!3 6f]
.t.is["several"; d[`both][`y`x!(2;1);21]; (7i;`x`y!2 2f;42i)]
.t.is["out"; d[`corner][]; `x`y!3 4f]
.t.is["an array in and out"; d[`three] 1 2 3; 11 12 13i]
.t.signals["in and out has no NULL"; d`scale; (::;1f); "type: scale[0]: {ff} wants a list of its fields, got ::"]

.t.is["an enum by name"; (d[`paint]`GREEN;d[`paint] 5;d[`paint] `RED); 5 5 0i]
.t.signals["of another name"; d`paint; enlist`BLUE; "domain: paint[0]: no value BLUE in the enum; there are RED, GREEN"]

.t.is["a callback of declared types"; d[`app][{x+`int$sum y};10]; 13i]
.t.is["a projection, a primitive"; (d[`app][{z}[;;4i];10];d[`app][{[a;b] "i"$b`y};10]); (4i;2i)]
.t.is["types of one's own"; d[`app][({x+`int$sum y};"i{ff}";"i");10]; 13i]
.t.is["NULL for a callback"; d[`app][::;1]; -1i]
.t.is["structs to and fro"; d[`papp]{`y`x!x`x`y}; `x`y!2 1f]
.t.is["a text, an enum by name back"; d[`capp]{[s;c] $[(s~"abc")&c=5i; `RED; `GREEN]}; 0i]
.t.signals["an error in it"; d`papp; enlist {'"mine"}; "mine"]
.t.signals["what it gives is looked at"; d`papp; enlist {`x`z!1 2f}; "domain: callback: field y is missing"]
before:.ffi.stats[]
do[10; d[`app][{x+`int$sum y};10]]
.t.is["again and again is one"; .ffi.stats[]; before]

l:d[`newline][]
v:.ffi.deref[l;line;0]
.t.is["a handle of a struct is followed"; (type l;v`a;v`ar;v`c;v`i); (112h;`x`y!1 0f;0 4 0i;5i;7i)]
.t.is["an array of structs is a table"; v`ps; ([] x:0 0f; y:0 3f)]
.t.is["by pointer, the handle"; d[`useline] l; -1i]
w:`single _ v
.t.is["by value, what was read"; d[`bytes] w; 7i]
.t.is["a function in a struct"; d[`useline] @[w;`f;:;{[i;p] i+3i}]; 10i]
.t.is["a text in a field"; d[`bytes] @[w;`name;:;"ab"]; 7i]
.t.is["an enum in a field"; .ffi.deref[.ffi.pack[line] @[w;`c;:;`RED];line;0]`c; 0i]
.t.is["fields from a table"; d[`bytes] @[w;`ps;:;([] y:1 2f; x:1 2f)]; 7i]
.t.signals["a wrong field has a name"; {d[`bytes] y}; (0;@[w;`a;:;`x`y!(`a;1)]); "type: bytes[0;`a;`x]: f wants float, got symbol"]
.t.signals["of an array a number too"; {d[`bytes] y}; (0;@[w;`ps;:;(1 2f;(1f;`b))]); "type: bytes[0;`ps;1;`y]: f wants float, got symbol"]
.t.signals["one of a union"; {d[`bytes] y}; (0;v); "domain: bytes[0]: a union takes one of i, single, got several"]
.ffi.free l;
.t.signals["freed"; .ffi.deref; (l;line;0); "domain: deref: ptr has been freed"]

b:`a`b`c`d`e!(5;-3i;1000000000000;1b;7i)
.t.is["bit-fields"; .ffi.unpack[d`bits] .ffi.pack[d`bits] b; b]
.t.is["bit-fields as C has them"; d[`fbits] @[b;`c;:;100]; 110i]
.t.signals["which are short"; .ffi.pack; (d`bits;@[b;`a;:;8]); "domain: pack: v[`a]: no number of 3 bits"]
.t.is["a union by name"; .ffi.unpack[d`U;.ffi.pack[d`U;enlist[`i]!enlist 5]]`i; 5i]
.t.is["a list of structs that point"; {[n] c:.ffi.pack[d`node;`value`next!(2;0)]; d[`depth] `value`next!(1;c)}[]; 2i]

.t.is["const numbers are converted"; (d[`dsum][1 2 3;3];d[`dsum][1 2 3e;3];d[`dsum][1 2 3f;3];d[`isum][1 2 3;3]); (6f;6f;6f;6i)]
.t.signals["if they fit"; d`isum; (1 100000;2); "range: isum[0;1]: 100000 does not fit h"]
.t.signals["other vectors do not"; d`dsum; ("abc";3); "type: dsum[0;0]: f wants float, got char"]

o:d[`op] 1
.t.is["a handle"; (type o;d[`useop] o;d[`useop] (::)); (112h;1i;0i)]
.t.is["NULL is ::"; d[`op] 0; ::]
.t.signals["of another type"; d`useother; enlist o; "type: useother[0]: r wants a struct other, got a struct opaque"]
.t.is["an address is taken"; d[`useop] d[`rawop][]; 1i]
.t.is["_Handle_ is an address"; type d[`rawop][]; -7h]
p:.ffi.own[o;d`closeop]
.t.is["owned, it is a handle of that type"; (d[`useop] p;@[d`useother;p;{x}]); (1i;"type: useother[0]: r wants a struct other, got a struct opaque")]
o:0
.t.is["one that owned nothing ends nothing"; (d[`closed][];d[`useop] p); (0i;1i)]
p:0
.t.is["the owner does"; d[`closed][]; 1i]
r:d[`openop][]
.t.is["out and owned"; (first r;d[`useop] r 1); 0 1i]
r:0
.t.is["ended"; d[`closed][]; 2i]
.t.is["out and lent"; {d[`useop] x 1} d[`getop][]; 1i]
r:d[`newop][]; .ffi.free r;
.t.is["free ends it at once"; d[`closed][]; 3i]
.t.signals["freed handles"; d`useop; enlist r; "type: useop[0]: r wants an address, got freed memory"]
.t.signals["nonnull"; d`nn; enlist(::); "type: nn[0]: C wants no NULL, got ::"]
.t.signals["nonnull of structs"; d`nonnull_struct; enlist(::); "type: nonnull_struct[0]: r wants no NULL, got ::"]
.t.is["nothing is owned"; .ffi.stats[]`ownedHandles; 0]

// Written by hand.
B:`a`b`!("c";"i";`packed)
.t.is["packed"; (.ffi.sizeof B;.ffi.unpack[B;.ffi.pack[B;`b`a!(7;"x")]]); (5;`a`b!("x";7i))]
N:`n`p!("4c";`x`y!"ff")
bytes:raze .ffi.pack[N] each (`n`p!("ab";`x`y!1 3f);`p`n!(`y`x!4 2;"cdef"))
.t.is["structs side by side"; count bytes; 48]
c:.ffi.columns[bytes;N;2]
.t.is["columns"; (type c;cols c;c`n;c[`p]@\:`y); (98h;`n`p;("ab\000\000";"cdef");3 4f)]
.t.is["a table in"; .ffi.pack[N;c]; bytes]
.t.is["peek, deref of several"; (.ffi.peek[bytes;N;2];.ffi.deref[bytes;N;0 1]); (c;c)]
.t.is["deref of one"; .ffi.deref[bytes;N;1]; `n`p!("cdef";`x`y!2 4f)]
f:.ffi.fn[(lib;`norm);enlist `x`y!"ff";"f"]
.t.is["for fn"; f `y`x!3 4; 25f]
f:.ffi.bind[(lib;`mid);(`x`y!"ff";`u`v!"ff");`a`b!"ff"]
.t.is["for bind, a result too"; f[`y`x!3 4;`u`v!5 6]; `a`b!4.5 4.5]
f:.ffi.bind[(lib;`app);((enlist"k";("i";`x`y!"ff");"i");"i");"i"]
.t.is["a callback's"; f[{y`x`y; x};3]; 3i]
f:.ffi.fn[(lib;`paint);enlist `ON`OFF!1 0;"i"]
.t.is["an enum's"; f`ON; 1i]
f:.ffi.fn[(lib;`corner);enlist ("&";`x`y!"ff");" "]
.t.is["out"; f[]; `x`y!3 4f]
f:.ffi.fn[(lib;`scale);(("&=";`x`y!"ff");"f");" "]
.t.is["in and out"; f[`x`y!1 2;2f]; `x`y!2 4f]
.t.is["what C fills, in letters"; .ffi.fn[(lib;`three);"&={iii}";" "] 1 2 3; 11 12 13i]
.t.done[]
