// Callbacks as KxSystems/ffi's documentation has them: q compares for C's qsort and bsearch.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

compare:{(x>y)-x<y}
sorted:{[vector;width;types]
  .ffi.callFunction[(" ";`qsort)] (vector; `int$count vector; width; (compare;types;"i"); ::);
  vector}
.t.is["ints"; sorted[3 1 2i;4i;"II"]; 1 2 3i]
.t.is["equal ints"; sorted[2 2 -1i;4i;"II"]; -1 2 2i]
.t.is["booleans"; sorted[101b;1i;"BB"]; 011b]
.t.is["symbols"; sorted[`c`a`b;.ffi.ptrsize[];"SS"]; `a`b`c]
.t.is["floats"; sorted[3 1 0n 2;8i;"FF"]; 0n 1 2 3]
compared:0
.ffi.callFunction[(" ";`qsort)] (3 1 2i; 3i; 4i; ({compared+:1; (x>y)-x<y};"II";"i"); ::)
.t.is["q has compared"; compared>1; 1b]

qsort:.ffi.bind[`qsort; "liik"; " "]
seq:9 7 8i
qsort (seq; `int$count seq; 4i; (compare;"II";"i"); ::)
.t.is["bound with l for the vector"; seq; 7 8 9i]
seq:neg 100?1000
qsort[seq;100;8;({[x;y] `int$signum x-y};"JJ";"i")]
.t.is["longs"; seq; asc seq]
names:`pear`apple`fig
qsort (names; 3i; 8i; ({(x>y)-x<y};"SS";"i"); ::)
.t.is["names"; names; `apple`fig`pear]

bsearch:.ffi.fn[`libc`bsearch; "IIjjk"; "I"]
.t.is["found"; bsearch[8i; 7 8 9i; 3; 4; (compare;"II";"i")]; 8i]
.t.is["not found"; bsearch[5i; 7 8 9i; 3; 4; (compare;"II";"i")]; 0Ni]

seq:5 4 3 2 1i
.t.signals["an error of q's"; qsort; (seq;5;4;({[x;y] '`stopped};"II";"i")); "stopped"]
.t.is["leaves all elements"; asc seq; 1 2 3 4 5i]
.t.signals["a function of another rank"; qsort; (seq;5;4;({`a};"II";"i")); "rank"]
.t.signals["a result of another type"; qsort; (seq;5;4;({[x;y] `a};"II";"i")); "type: callback: i wants int, got symbol"]
qsort (seq;5i;4i;(compare;"II";"i");::)
.t.is["and the next call works"; seq; 1 2 3 4 5i]

descending:.ffi.callback[{[x;y] (x<y)-x>y}; "II"; "i"]
qsort[seq;5;4;descending]
.t.is["a callback of its own"; seq; 5 4 3 2 1i]
.t.is["is a foreign object"; type descending; 112h]
.t.is["one function pointer, however often"; {count distinct {.ffi.stats[]`inlineCallbacks} each
  {qsort[2 1i;2;4;(compare;"II";"i")]; x} each til 100}[]; 1]
.t.done[]
