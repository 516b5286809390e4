// What C writes to a symbol vector becomes symbols of q: interned, NULL the empty one. A list of texts says what it got.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
strtol:.ffi.fn[`strtol;"CSi";"j"]
.t.is["strtol"; {e:1#`; strtol[x;e;10]; first e} each ("1-alpha";"2-beta"); `$("-alpha";"-beta")]
.t.is["as q makes symbols, without the blanks around"; {e:1#`; strtol[x;e;10]; first e} "1 alpha"; `$" alpha"]
sep:.ffi.fn[`strsep;"SC";"s"]
e:enlist `$"a,b"
r:sep[e;","]
.t.is["strsep"; (r;e); (`a;enlist `b)]
r:sep[e;","]
.t.is["strsep to its end"; (r;e); (`b;enlist `)]
.t.is["the symbol as it was"; string `$"a,b"; "a,b"]

write:.ffi.fn[(L;`write_texts);"Sj";" "]
written:`written``written`
v:`a`b`c`d
write[v;4]
.t.is["written"; (v;v=`written); (written;1010b)]
.t.is["interned"; (v?`written;distinct v); (0;`written`)]
.t.is["with NULL for the empty one"; v=`; 0101b]
w:4#`z
.ffi.bind[(L;`write_texts);"Sj";" "] (w;4;::);
.t.is["by bind"; w; written]
w:4#`z
.ffi.callFunction[(" ";(L;`write_texts))] (w;4;::);
.t.is["by callFunction"; w; written]
w:4#`z
.ffi.fn[(L;`write_texts);"Sj";"j"][w;4];
.t.is["with a result"; w; written]
w:4#`z
.ffi.fn[(L;`write_texts);"Si";" "][w;4];
.t.is["with an argument that converts"; w; written]
w:`a`b`c
.ffi.fn[(L;`rotate);"Sj";" "][w;3]
.t.is["what was there, in another order"; w; `b`c`a]
w:10000#`a`b
write[w;10000]
.t.is["long vectors"; w; 10000#written]
w:0#`
write[w;0]
.t.is["none"; w; 0#`]

// Written on the way to an error, or under peach.
fails:.ffi.fn[(L;`call_long);"kj";"j"]
w:4#`z
.t.is["in a callback"; (fails[({write[w;4];x};"j";"j");1];w); (1;written)]

// Lists of texts come back, or are refused.
refused:{$[-11h=type x; x in `type`nyi; 0b]}
texts:("a";"bc";enlist "d";"e")
r:.[write;(texts;4);{`$first ":" vs x}]
.t.is["a list of texts"; $[refused r; 1b; texts~("written";"";"written";"")]; 1b]
texts:("abc";"def")
r:.[.ffi.fn[(L;`scribble);"Sj";" "];(texts;2);{`$first ":" vs x}]
.t.is["written in place"; $[refused r; 1b; texts~("Xbc";"Xef")]; 1b]
.t.is["read alone, it passes"; .ffi.fn[(L;`count_texts);"S";"j"] ("a";"bc"); 2]
.t.done[]
