// Addresses within vectors and memory, arrays of addresses, and arrays that end in NULL.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

memcpy:.ffi.fn[`memcpy;"rrj";"r"]
at:{[x] .ffi.fn[`strchr;"ri";"r"][x;0i]}
v:1 2 3 4
w:4#0
memcpy[(w;8);(v;16);16];
.t.is["pairs of vector and offset"; w; 0 3 4 0]
m:.ffi.malloc 24
memcpy[(m;8);(v;0);8];
.t.is["memory and offset"; .ffi.peek[m;"j";3]; 0 1 0]
b:.ffi.bind[`memcpy;"rrj";"r"]
b[(w;0);(m;8);8];
.t.is["bind"; w; 1 3 4 0]
.t.is["an int offset"; .ffi.fn[`strlen;"r";"j"]("abcdef\000";2i); 4]
.t.is["just behind the end"; type .ffi.fn[`memcpy;"rrj";"r"][(w;32);(v;32);0]; -7h]
handle:.ffi.own[.ffi.fn[.t.posix`strdup;"C";"r"]"xyz";`free]
.t.is["a handle's bytes are not known"; .ffi.fn[`strlen;"r";"j"](handle;1); 2]
one:.ffi.fn[`strlen;"r";"j"]
.t.signals["behind the end"; one; enlist("abc";4); "length: strlen[0]: r wants an offset within 3 bytes, got 4"]
.t.signals["before the beginning"; one; enlist("abc";-1); "length: strlen[0]: r wants an offset within 3 bytes, got -1"]
.t.signals["behind memory"; one; enlist(m;25); "length: strlen[0]: r wants an offset within 24 bytes, got 25"]
.t.signals["a null offset"; one; enlist("abc";0N); "domain: strlen[0]: r wants an offset, got a null or infinite one"]
.t.signals["of a handle"; one; enlist(handle;0W); "domain: strlen[0]: r wants an offset, got a null or infinite one"]
.t.signals["no offset"; one; enlist("abc";1f); "type: strlen[0]: r wants an address, got list"]
.t.signals["no memory"; one; enlist(1.5;1); "type: strlen[0]: r wants an address, got list"]
.t.signals["three"; one; enlist("abc";1;2); "type: strlen[0]: r wants an address, got list"]

// writev takes pairs of address and length; printf's like take arrays of texts.
rows:(1 2f;3 4f;5 6f)
L:`$getenv`FAULTS_SO
total:.ffi.fn[(L;`sum_rows);"Rjj";"f"]
.t.is["rows in place"; total[rows;3;2]; 21f]
fill:.ffi.fn[(L;`fill_rows);"Rjjf";" "]
fill[rows;3;2;7f];
.t.is["which C may write to"; rows; (7 7f;7 7f;7 7f)]
lengths:.ffi.fn[(L;`text_lengths);"R";"j"]
.t.is["texts, NULL behind"; lengths("abc";`de;"f\000"); 6]
.t.is["none"; lengths(); 0]
.t.is["memory, NULL, a pair"; lengths(handle;("abcd\000";2)); 5]
.t.is["ends at NULL"; lengths("abc";::;"de"); 3]
.t.is["longs are addresses, in place"; lengths .ffi.address[`environ],0; lengths .ffi.address[`environ],0]
text:"abc"
.ffi.fn[(L;`shout_texts);"R";" "] (text;"d\000");
.t.is["what C writes to a text comes back"; text; "ABC"]
.t.signals["an item that is none"; lengths; enlist("abc";1.5); "type: text_lengths[0;1]: r wants an address, got float"]
.t.signals["a null"; lengths; enlist("abc";0N); "domain: text_lengths[0;1]: r wants an address, got a null or infinite long"]

// To a NULL or a zero.
environ:.ffi.cvar("r";`environ)
.t.is["texts up to NULL"; (count env)~count env:.ffi.peek[environ;"C";0N]; 1b]
.t.is["which are the environment"; `CHECK_Q in `$first each "=" vs/:env; 1b]
.t.is["numbers up to zero"; .ffi.peek[1 2 3 0 4;"j";0N]; 1 2 3]
.t.is["up to the end of the memory"; .ffi.peek[1 2 3;"j";0N]; 1 2 3]
.t.is["none"; .ffi.peek[0 1;"j";0N]; 0#0]
.t.is["a null int"; .ffi.peek[1 0;"j";0Ni]; enlist 1]
.t.is["structs"; .ffi.peek[.ffi.pack["4i";enlist 1 2 0 0i];"{ii}";0N]; enlist 1 2i]
.t.is["from an offset"; .ffi.peek[(1 2 3 0;8);"j";0N]; 2 3]
.t.signals["a negative number"; .ffi.peek; (1 2;"j";-1); "domain: peek: n is -1"]

// q functions as destructors: from the event loop, by .ffi.free at once.
ended:()
end:{ended,::x}
thing:.ffi.own[1000000;end]
.t.is["a handle"; (type thing;.ffi.fn[(`$getenv`FAULTS_SO;`same);"r";"j"] thing); (112h;1000000)]
.ffi.free thing;
.t.is["by .ffi.free at once"; ended; enlist 1000000]
.t.signals["once"; .ffi.free; enlist thing; "domain: free: ptr has been freed"]
thing:0
thing:.ffi.own[2000000;end]
thing:0
.t.is["not within q"; ended; enlist 1000000]
bad:.ffi.own[3000000;{'`bad}]
.t.signals["its error, by .ffi.free"; .ffi.free; enlist bad; "bad"]
bad:0
twice:.ffi.own[4000000;end]
.t.signals["with an owner"; .ffi.own; (4000000;end); "domain: own: 4000000 has an owner"]
.t.is["nothing grows"; {before:.ffi.stats[]`inlineCallbacks; do[100; .ffi.free .ffi.own[5000000;end]]; (.ffi.stats[]`inlineCallbacks)-before}[]; 0]
twice:0
// Memory, and a place within, where a pointer to values is wanted; a handle of a C type, and a callback, are none.
exponent:.ffi.malloc 16
frexp:.ffi.fn[`libm`frexp;"fI";"f"]
.t.is["memory"; frexp[8f;exponent]; 0.5]
.t.is["within memory"; frexp[16f;(exponent;12)]; 0.5]
.t.is["both written"; .ffi.peek[exponent;"i";4]; 4 0 0 5i]
.t.signals["behind memory"; frexp[8f]; enlist (exponent;17); "length: frexp[1]: I wants an offset within 16 bytes, got 17"]
.t.signals["a callback"; frexp[8f]; enlist .ffi.callback[{x};"i";"i"]; "type: frexp[1]: I wants int vector, got foreign"]
.ffi.free exponent
.t.signals["freed memory"; frexp[8f]; enlist exponent; "type: frexp[1]: I wants an address, got freed memory"]

// A handle that is ended by the function that would have ended it has ended.
c:.ffi.cdef[`libc;"_Own_(free) struct cell *malloc(size_t); void free(struct cell*);"]
h:c.malloc 10
c.free h
.t.signals["ended"; c.free; enlist h; "type: free[0]: r wants an address, got freed memory"]
h:0
m:.ffi.malloc 10
.ffi.fn[`free;"r";" "] m
.t.signals["freed by C"; .ffi.peek; (m;"x";1); "domain: peek: ptr has been freed"]
m:0
// A handle to what ends with the call is NULL.
c:.ffi.cdef[`libc;"struct P {long x, y;}; struct P *memcpy(_Out_ struct P *to, const struct P *from, size_t n); struct P *memmove(struct P *to, const struct P *from, size_t n);"]
n:.ffi.sizeof c.P
.t.is["to what C has filled"; c.memcpy[`x`y!1 2;n]; (::;`x`y!(1;2))]
.t.is["to a copy"; c.memmove[`x`y!3 4;`x`y!1 2;n]; ::]
kept:.ffi.malloc n
.t.is["to memory"; .ffi.deref[c.memmove[kept;`x`y!1 2;n];c.P;0]; `x`y!(1;2)]

// A list that ends in NULL is the only argument where that may be a list, and one argument too many elsewhere.
.t.is["NULL behind two texts"; 0<.ffi.bind[`labs;"R";"j"] ("one";"two";::); 1b]
.t.is["of strlen's, two"; @[.ffi.bind[`strlen;"C";"j"];("one";"two";::);{x}]; "rank: strlen: 1 parameter, 2 given"]
// By now the event loop has not run.
.t.is["which end only there"; 2000000 4000000 in ended; 00b]
.z.ts:{if[4000000 in ended; .t.is["from the event loop"; ended except 5000000; 1000000 2000000 4000000]; .t.done[]]}
\t 1
