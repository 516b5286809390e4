// A first tour: functions of libm, libc and zlib, called from q.
//   cargo run --release -- examples/quickstart.q
\l q/ffi.q
\l examples/lib/check.q

-1"Numbers: libm";
pow:.ffi.bind[`libm`pow; "ff"; "f"]
.check.is[{pow[2f;10f]}; 1024f]
.check.is[{pow (2f;10f;::)}; 1024f]
.check.is[{pow[2;0.5e]}; sqrt 2f]
.check.is[{pow'[1 2 3f;2f]}; 1 4 9f]
.check.is[{pow[0n;2f]}; 0n]

// At C's own rank: the fastest form.
hypot:.ffi.fn[`libm`hypot; "ff"; "f"]
.check.is[{hypot[3f;4f]}; 5f]
.check.is[{3 hypot\ 4 12 84f}; 5 13 85f]

// A pointer to a double: C writes into a vector of one.
frexp:.ffi.bind[`libm`frexp; "fI"; "f"]
.check.is[{exponent:enlist 0i; frexp[48f;exponent],exponent}; (0.75;6i)]

-1"\nText: libc";
strlen:.ffi.bind[`strlen; "C"; "l"]
.check.is[{strlen "ffijit"}; 6]
.check.is[{strlen each `a`bc`def}; 1 2 3]
strstr:.ffi.bind[`strstr; "CC"; "C"]
.check.is[{strstr["needle in a haystack";"hay"]}; "haystack"]
.check.is[{strstr["needle in a haystack";"straw"]}; ""]

-1"\nTypes taken from the data: callFunction";
.check.is[{.ffi.callFunction[`abs; (-3i;::)]}; 3i]
.check.is[{.ffi.callFunction[("f";`libm`cbrt); (27f;::)]}; 3f]
report:{[name;price;size]
  text:100#"\000";
  n:.ffi.callFunction[`sprintf; (text;"%s: %.2f x %ld";name;price;size;::)];
  n#text
 }
.check.is[{report[`kx;101.256;300]}; "kx: 101.26 x 300"]

-1"\nq functions for C to call: qsort";
qsort:.ffi.bind[`qsort; "Fllk"; " "]
byDistance:{[x;y] signum abs[x]-abs y}
// C sorts in place, so it is given a vector of its own.
sortBy:{[compare;v] v:0f+v; qsort[v;count v;8;(compare;"FF";"i")]; v}
.check.is[{sortBy[byDistance; 3 -1 4 -1.5 9 -2.6]}; -1 -1.5 -2.6 3 4 9]

-1"\nErrors are q's: C is not called";
.check.is[{.[pow; (`two;10f); ::]}; "type: pow[0]: f wants float, got symbol"]
.check.is[{@[pow; 2f; ::]}; "rank: pow: 2 parameters, 1 given"]
.check.is[{@[.ffi.bind[`abs;"i";"i"]; 5000000000; ::]}; "range: abs[0]: 5000000000 does not fit i"]
.check.is[{.[.ffi.bind; (`libm`nope;"f";"f"); ::]}; "sym: nope not found in libm"]
.check.is[{.[.ffi.bind; (`libm`pow;"fq";"f"); ::]}; "sig: \"fq\": unknown type character q at 1"]

-1"\nReal data: zlib";
zlib:{[lib]
  crc32::.ffi.bind[(lib;`crc32); "lXi"; "l"];
  compressBound::.ffi.bind[(lib;`compressBound); "l"; "l"];
  compress::.ffi.bind[(lib;`compress); "XJXl"; "i"];
  uncompress::.ffi.bind[(lib;`uncompress); "XJXl"; "i"];
 }

// Lengths go in and out through a vector of one; a status other than 0 is an error.
through:{[f;room;bytes]
  out:room#0x00;
  size:enlist room;
  if[status:f[out;size;bytes;count bytes]; '"zlib: ",string status];
  first[size]#out
 }
deflate:{[bytes] through[compress;compressBound count bytes;bytes]}
inflate:{[bytes;size] through[uncompress;size;bytes]}

roundTrip:{[]
  .check.is[{crc32[0;"123456789";9]}; 3421780262];
  text::read1`:LICENSE;
  packed::deflate text;
  .check.is[{count text}; hcount`:LICENSE];
  .check.is[{count[packed]<0.5*count text}; 1b];
  .check.is[{text~inflate[packed;count text]}; 1b];
  .check.is[{.[inflate; (4_packed;count text); ::]}; "zlib: -3"];
 }

$[10h=type problem:@[zlib; `libz; ::]; -1"  skipped, there is no zlib here: ",problem; roundTrip[]];

.check.end[]
