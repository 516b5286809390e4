// Enumerations, keyed tables, dictionaries, chars where texts are wanted: right, or refused.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
kenum:.ffi.asQFunc[(`$getenv`FAULTS_K_SO;`kenum);1]
failed:{[f;x] @[{y x;0b}[;f];x;{1b}]}
enums:kenum 0 1
.t.is["an enumerated column"; {(10h=type x) or 32=count x} @[.ffi.pack["ji"];flip `e`i!(enums;1 2i);{x}]; 1b]
.t.is["an enumerated field"; {(10h=type x) or 16=count x} @[.ffi.pack["2j"];enlist enums;{x}]; 1b]
.t.is["an enumeration for I"; failed[.ffi.fn[(`$getenv`FAULTS_SO;`same);"J";"J"];enums]; 1b]
.t.is["an enumeration, atomic"; {(10h=type x) or 2=count x} @[.ffi.atomic[`labs;"j";"j"];enums;{x}]; 1b]

hypot:.ffi.atomic[`libm`hypot;"ff";"f"]
kt:([k:`a`b] x:3 5f)
ku:([k:`a`b] x:4 12f)
.t.is["keyed tables"; @[hypot[kt];ku;{x}]; ([k:`a`b] x:5 13f)]
.t.is["a keyed table and an atom"; @[hypot[kt];4f;{x}]; ([k:`a`b] x:5f,sqrt 41f)]
.t.is["an atom and a keyed table"; @[hypot[4f];kt;{x}]; ([k:`a`b] x:5f,sqrt 41f)]
.t.is["keyed tables of other keys are as q's own"; {(10h=type x) or x~y}[@[hypot[kt];([k:`b`c] x:4 12f);{x}];([k:`a`b`c] x:3f,sqrt[41f],12f)]; 1b]
.t.is["tables"; hypot[([]x:3 5f);([]x:4 12f)]; ([]x:5 13f)]
.t.is["dictionaries"; hypot[`a`b!3 5f;`a`b!4 12f]; `a`b!5 13f]
.t.is["one argument"; .ffi.atomic[`libm`fabs;"f";"f"] ([k:`a`b] x:-3 5f); ([k:`a`b] x:3 5f)]

strlen:.ffi.atomic[`strlen;"s";"l"]
.t.is["texts of a dictionary"; @[strlen;`c`d!("a";"bc");{x}]; `c`d!1 2]
.t.is["texts of a list"; @[strlen;("abc";"de");{x}]; 3 2]
.t.is["a text"; strlen "abc"; 3]
.t.is["symbols"; strlen `abc`de; 3 2]
.t.is["chars of a table's column"; {(10h=type x) or x~([]c:1 1 1)} @[strlen;([]c:"abc");{x}]; 1b]
.t.is["texts of a table's column"; @[strlen;([]c:("abc";"de"));{x}]; ([]c:3 2)]
.t.is["a char"; {(10h=type x) or x~1} @[strlen;"a";{x}]; 1b]
.t.done[]
