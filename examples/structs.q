// C structs: by value, by pointer, in arrays.
//   cargo run --release -- examples/structs.q
\l q/ffi.q
\l examples/lib/check.q

-1"By value: {types of the fields}, a list in q";
div_:.ffi.bind[`div; "ii"; "{ii}"]
.check.is[{div_[17;5]}; 3 2i]
.check.is[{.ffi.bind[`ldiv;"jj";"{jj}"][-17;5]}; -3 -2]
// struct in_addr has one field, in network byte order.
inet_ntoa:.ffi.bind[`inet_ntoa; "{i}"; "C"]
.check.is[{inet_ntoa enlist 0x0 sv reverse 0xc0a80001}; "192.168.0.1"]
// A complex number is passed as a struct of two doubles.
cpow:.ffi.bind[`libm`cpow; "{ff}{ff}"; "{ff}"]
.check.is[{1e-15>max abs -1 0f-cpow[0 1f;2 0f]}; 1b]
.check.is[{.ffi.bind[`libm`csqrt;"{ff}";"{ff}"][-4 0f]}; 0 2f]

-1"\nBy pointer: struct tm";
// sec min hour mday mon year wday yday isdst, then glibc's tm_gmtoff and tm_zone
.tm.types:"9ijr"
.tm.fields:`sec`min`hour`mday`mon`year`wday`yday`isdst
.tm.of:{[parts] .ffi.pack[.tm.types; ("i"$parts;0;0)]}
.tm.timegm:.ffi.bind[`timegm; "r"; "j"]
.tm.gmtime:.ffi.bind[`gmtime_r; "Jr"; "r"]
.tm.strftime:.ffi.bind[`strftime; "ClCr"; "l"]

// @desc Broken-down UTC time of seconds since 1970.
.tm.parts:{[seconds]
  tm:.ffi.malloc .ffi.sizeof .tm.types;
  .tm.gmtime[enlist seconds;tm];
  .tm.fields!first .ffi.deref[tm;.tm.types;0]
 }
// @desc Text of a broken-down time.
.tm.format:{[format;parts]
  text:100#"\000";
  n:.tm.strftime[text;100;format;.tm.of parts];
  n#text
 }
.check.is[{.ffi.sizeof .tm.types}; 56]
moon:0 56 2 21 6 69 1 201 0
.check.is[{.tm.timegm .tm.of moon}; -14159040]
.check.is[{.tm.parts[-14159040]`year`yday`wday}; 69 201 1i]
.check.is[{.tm.format["%Y-%m-%d %H:%M"; value .tm.parts -14159040]}; "1969-07-21 02:56"]

-1"\nPointers to structs that C owns: getpwuid";
// name passwd uid gid gecos dir shell
user:{[uid]
  p:.ffi.bind[`getpwuid; "i"; "r"] uid;
  if[not p; '"no such user"];
  `name`passwd`uid`gid`gecos`dir`shell!.ffi.deref[p;"ssiisss";0]
 }
.check.is[{user[0i]`name`uid}; (`root;0i)]
.check.is[{@[user; -2i; ::]}; "no such user"]

-1"\nAn out-parameter: gettimeofday";
now:{[] tv:.ffi.malloc 16; .ffi.bind[`gettimeofday;"rr";"i"][tv;::]; .ffi.deref[tv;"jj";0]}
.check.is[{0D00:00:05>abs .z.p-1970.01.01D+sum 1000000000 1000*now[]}; 1b]

-1"\nArrays of structs: a table goes in, columns come out";
// struct { int32_t id; double price; char sym[4]; }
trades:([] id:1 2 3i; price:10.5 9.25 11f; sym:("abc";"de";"fghi"))
.check.is[{.ffi.sizeof "if4c"}; 24]
bytes:.ffi.pack["if4c"; trades]
.check.is[{count bytes}; 72]
columns:.ffi.columns[bytes;"if4c";3]
.check.is[{columns 0 1}; (1 2 3i;10.5 9.25 11)]
// C sorts them by price; the comparator sees each struct's address.
qsort:.ffi.bind[`qsort; "Xllk"; " "]
price:{[p] .ffi.peek[p+8;"f";1] 0}
qsort[bytes;3;24;({[x;y] signum price[x]-price y};"rr";"i")]
.check.is[{.ffi.unpack["if4c"; 24#bytes] 1}; 9.25]
.check.is[{first .ffi.columns[bytes;"if4c";3]}; 2 1 3i]

-1"\nWhat does not fit is an error";
.check.is[{@[.ffi.pack["ii"]; 1 2 3i; ::]}; "length: pack: v: {ii} wants 2 fields, got 3"]
.check.is[{@[.ffi.pack["ii"]; (1i;`a); ::]}; "type: pack: v[1]: i wants int, got symbol"]
.check.is[{@[.ffi.sizeof; "i{f"; ::]}; "sig: \"i{f\": unbalanced { at 1"]

.check.end[]
