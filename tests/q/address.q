// C functions by their address, and by name where C wants a function pointer.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

strlen:.ffi.address`strlen
.t.is["a long"; type strlen; -7h]
.t.is["by any name"; distinct .ffi.address each (`strlen;"strlen";`libc`strlen;("libc";"strlen")); enlist strlen]
.t.is["of itself"; .ffi.address strlen; strlen]
.t.is["a variable"; .ffi.peek[.ffi.address`optind;"i";1]; enlist .ffi.cvar("i";`optind)]
f:.ffi.fn[strlen;"C";"j"]
.t.is["fn"; f each ("";"abc";"abcd\000"); 0 3 4]
b:.ffi.bind[strlen;"C";"j"]
.t.is["bind"; (b "abc";b ("abc";::)); 3 3]
.t.is["atomic"; .ffi.atomic[.ffi.address`abs;"i";"i"] (-1 2i;-3i); (1 2i;3i)]
.t.is["atomicPar"; .ffi.atomicPar[.ffi.address`abs;"i";"i"] -1 2i; 1 2i]
.t.is["callFunction"; .ffi.callFunction[("j";strlen)] ("abc";::); 3]
.t.is["its default"; .ffi.callFunction[.ffi.address`abs] (-3i;::); 3i]
.t.is["asQFunc"; 112h=type .ffi.asQFunc[.ffi.address`getpid;1]; 1b]
.t.is["variadic"; .ffi.bind[.ffi.address`snprintf;"ClC...i";"i"][8#"\000";8;"%d";42i]; 2i]

// A table of functions, as C interfaces are: the address is a field.
table:.ffi.pack["rr"; .ffi.address each `toupper`tolower]
.t.is["a field of a table of functions"; {.ffi.fn[x;"i";"i"] 97i} each .ffi.unpack["rr";table]; 65 97i]
dlsym:.ffi.fn[`dlsym;"rC";"r"]
.t.is["what dlsym gives"; .ffi.fn[dlsym[0;"abs"];"i";"i"] -3i; 3i]
.t.is["a destructor"; .ffi.free .ffi.own[.ffi.fn[`malloc;"j";"r"] 8; .ffi.address`free]; ::]

// A callback is kept as long as what calls it by its address.
live:.ffi.stats[]`liveCallbacks
g:.ffi.fn[.ffi.callback[{x+1};"j";"j"];"j";"j"]
.t.is["a callback"; (g 41;.ffi.stats[][`liveCallbacks]-live); 42 1]

hex:{d:"0123456789abcdef" 16 vs x; d}
bound:select from .ffi.bindings[] where address=strlen
.t.is["bindings"; (exec distinct name from bound; exec distinct library from bound); (enlist `$"0x",hex strlen;enlist`)]

// Names where C wants a function.
sort:.ffi.bind[`qsort;"Cllk";" "]
sorted:{[f] v:"hello\000"; sort[v;5;1;f]; v}
.t.is["a symbol"; sorted`strcmp; "ehllo\000"]
.t.is["with its library"; sorted each (`libc`strcmp;("libc";"strcmp");`libc`strcasecmp); 3#enlist "ehllo\000"]
.t.is["an address"; sorted .ffi.address`strcmp; "ehllo\000"]
.t.is["fn too"; {v:"ba\000"; .ffi.fn[`qsort;"Cllk";" "][v;2;1;x]; v}`strcmp; "ab\000"]
.t.is["in a struct"; .ffi.unpack["k";.ffi.pack["k";enlist`strlen]]; enlist strlen]
.t.signals["no such function"; sort; ("ab";2;1;`nope); "sym: nope not found in this process"]
.t.signals["no such library"; sort; ("ab";2;1;`nope`f); "lib: nope.so: nope.so: cannot open shared object file: No such file or directory"]
.t.signals["a variable is none"; sort; ("ab";2;1;`environ); "sym: environ is data in this process, no function"]
.t.signals["three names"; sort; ("ab";2;1;`a`b`c); "type: qsort[3]: k wants (function;args) or (function;args;ret), got symbol vector"]

// What is no address of a function.
none:{[what;x;text] .t.signals[what; .ffi.fn; (x;"i";"i"); text]}
none["zero"; 0; "domain: fn: func is NULL"]
none["a null"; 0N; "domain: fn: func is a null or infinite long"]
none["an infinity"; -0W; "domain: fn: func is a null or infinite long"]
none["a null int"; 0Ni; "domain: fn: func is a null or infinite int"]
none["next to NULL"; 17; "domain: fn: func is 17, next to NULL"]
none["memory"; .ffi.malloc 8; "domain: fn: func is memory or a handle that q owns"]
none["a float"; 1f; "type: fn: func wants `f, `lib`f, (lib;f) or an address, got float"]
none["a vector"; 1 2 3; "type: fn: func wants `f, `lib`f, (lib;f) or an address, got long vector"]
is_none:{[x] e:@[.ffi.fn[;"i";"i"];x;{x}]; e like "domain: 0x* is no address of a function"}
.t.is["data"; is_none .ffi.address`environ; 1b]
.t.is["the heap"; is_none .ffi.fn[`malloc;"j";"r"] 8; 1b]
.t.is["nowhere"; is_none each 140737488289792 4096; 11b]
.t.signals["bind"; .ffi.bind; (0;"i";"i"); "domain: bind: func is NULL"]
.t.signals["atomic"; .ffi.atomic; (0;"i";"i"); "domain: atomic: func is NULL"]
.t.signals["callFunction"; .ffi.callFunction; (("i";0);(1i;::)); "domain: callFunction: func is NULL"]
.t.signals["own"; .ffi.own; (4096*1000;0); "domain: own: destructor is NULL"]
.t.done[]
