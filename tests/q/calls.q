// One-off calls and bound functions of libc, in the forms of KxSystems/ffi's documentation.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

buffer:80#"\000"
n:.ffi.callFunction[("i";`sprintf)] (buffer; "%s %.3f %hd %d\000"; "text\000"; 2.5; -3h; 7i; ::)
.t.is["sprintf gives its length"; n; 15i]
.t.is["sprintf writes into the vector"; n#buffer; "text 2.500 -3 7"]
.t.is["and ends in NUL"; buffer n; "\000"]
n:.ffi.callFunction[("i";`sprintf)] (buffer; "%s|%s\000"; `symbol; "no NUL"; ::)
.t.is["symbols and texts without NUL"; n#buffer; "symbol|no NUL"]
n:.ffi.callFunction[("i";`snprintf)] (buffer; 5; "%d\000"; 1234567i; ::)
.t.is["snprintf stops"; (n;4#buffer); (7i;"1234")]

.t.is["strlen of a symbol"; .ffi.callFunction[("i";`strlen)] (`abcdef; ::); 6i]
.t.is["strlen of a text"; .ffi.callFunction[("i";`strlen)] ("abc\000"; ::); 3i]
.t.is["int without a result type"; .ffi.callFunction[`strlen] ("ab"; ::); 2i]
strlen:.ffi.bind[`strlen; "C"; "i"]
.t.is["bound, C, text"; strlen ("123\000"; ::); 3i]
.t.is["bound, C, symbol"; strlen (`abc; ::); 3i]
.t.is["in brackets"; strlen["1234"]; 4i]
strlen:.ffi.bind[`libc`strlen; "s"; "j"]
.t.is["bound, s, from a library"; strlen "12345"; 5]

puts:.ffi.bind[`puts; "s"; "i"]
.t.is["puts of a text"; 0<puts ("by puts\000"; ::); 1b]
.t.is["puts of a symbol"; 0<puts (`again; ::); 1b]

.t.is["getpid, with a NULL it ignores"; .ffi.callFunction[`getpid] (::;::); .z.i]
.t.is["getpid, with nothing"; .ffi.callFunction[`getpid] enlist (::); .z.i]
getpid:.ffi.bind[`getpid; ""; "i"]
.t.is["getpid, bound"; getpid[]; .z.i]
.t.is["getpid, bound, one ::"; getpid (::); .z.i]
.t.is["getpid of its own rank"; .ffi.fn[`getpid; ""; "i"] (::); .z.i]

strerror_r:.ffi.bind[`strerror_r; "iCj"; "s"]
text:256#" "
.t.is["strerror_r"; strerror_r (2i; text; count text; ::); `$"No such file or directory"]
.t.is["strerror_r in brackets"; strerror_r[1; text; count text]; `$"Operation not permitted"]

.ffi.setErrno 0i
.t.is["close of nothing"; .ffi.callFunction[`close] (-1i; ::); -1i]
.t.is["errno is the call's"; .ffi.setErrno[]; 9i]
close:.ffi.fn[`close; "i"; "i"]
.t.is["setErrno gives the old one"; .ffi.setErrno 3i; 9i]
.t.is["and sets"; .ffi.setErrno[]; 3i]
close -1i
.t.is["errno after fn"; .ffi.setErrno[]; 9i]
.ffi.setErrno 0
.ffi.bind[`close; "i"; "i"] (-1; ::)
.t.is["errno after a conversion"; .ffi.setErrno[]; 9i]

name:.ffi.cvar("s";`program_invocation_short_name)
.t.is["a variable that is a text"; name; `qhost]
.t.is["a variable, int by default"; type .ffi.cvar`optind; -6h]
.t.is["a variable of a library"; .ffi.cvar("i";`libc`optind); 1i]

.t.is["extension"; ` sv `libm,.ffi.extension[]; `libm.so]
.t.is["os"; .ffi.os[]; "l"]
.t.is["ptrsize"; .ffi.ptrsize[]; 8i]
.t.is["aliases"; (.ffi.cf;.ffi.kfn;.ffi.errno)~(.ffi.callFunction;.ffi.asQFunc;.ffi.setErrno); 1b]
.t.is["ext"; .ffi.ext `libm; `libm.so]
.ffi.loadlib .ffi.ext `libm
.t.is["a function of a loaded library"; .ffi.cf[("f";`cbrt)] (27f; ::); 3f]
.t.is["loading again"; type system"l ",getenv`FFI_Q; 101h]
.t.is["what was bound goes on"; strlen "12345"; 5]
.t.done[]
