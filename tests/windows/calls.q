// What tests/q/{calls,address,outs,cdef}.q and the examples show of POSIX's functions, by those that Windows has.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

// Variable arguments: types from the signature and from the data.
buffer:8#"\000"
.t.is["_snprintf"; .ffi.callFunction[("i";`$"_snprintf")] (buffer; 8; "%d\000"; 1234567i; ::); 7i]
.t.is["what it has written"; buffer; "1234567\000"]
.t.is["sscanf"; .ffi.bind[`sscanf;"CC...&i&f";"i"]["12 3.5";"%d %lf"]; (2i;12i;3.5)]
.t.is["of fn"; .ffi.fn[`sscanf;"CC...&h&y";"i"]["-2 65535";"%hd %hu"]; (2i;-2h;65535i)]

// Out-parameters.
.t.is["result and out"; .ffi.fn[`libm`frexp;"f&i";"f"] each 6 7f; ((0.75;3i);(0.875;3i))]
.t.is["of one type they are a vector"; .ffi.fn[`libm`modf;"f&f";"f"] 3.25; 0.25 3]
.t.is["a text"; .ffi.fn[`strtol;"C&Ci";"i"]["42abc";10i]; (42i;"abc")]
.t.is["nothing given"; 0<.ffi.fn[`kernel32`QueryPerformanceCounter;"&j";"i"][]; 11b]
times:.ffi.fn[`kernel32`GetSystemTimeAsFileTime;"&j";" "]
.t.is["a time, in tenths of microseconds from 1601"; 0D00:10>abs .z.p-"p"$100*times[]-125911584000000000; 1b]
.t.is["a struct"; {(first[x] within 2026 2100h; count x)}first .ffi.fn[`kernel32`GetSystemTime;"&{8h}";" "][]; (1b;8)]

// Structs, by value and by address.
.t.is["div"; .ffi.bind[`div;"ii";"{ii}"][-17i;5i]; -3 -2i]
.t.is["ldiv: long has 32 bits"; .ffi.fn[`ldiv;"ii";"{ii}"][-17i;5i]; -3 -2i]
.t.is["what C's own memory holds"; .ffi.peek[.ffi.fn[`$"_gmtime64";"J";"r"] enlist 86400; "i"; 6]; 0 0 0 2 0 70i]

// Declarations.
k:.ffi.cdef[`kernel32;"typedef struct { unsigned short year, month, dayOfWeek, day, hour, minute, second, ms; } time; int SystemTimeToFileTime(const time *t, unsigned long long *to); unsigned long GetCurrentProcessId(void); int MulDiv(int a, int b, int c); enum { TWO = 1 << 1 };"]
.t.is["a process"; k[`GetCurrentProcessId][]; "j"$.z.i]
.t.is["numbers"; k[`MulDiv][6i;7i;2i]; 21i]
.t.is["a constant"; k`TWO; 2]
moment:`year`month`dayOfWeek`day`hour`minute`second`ms!2000 1 0 1 0 0 0 0
to:1#0
.t.is["a dictionary by address"; (k[`SystemTimeToFileTime][moment;to]; to); (1i; enlist 125911584000000000)]

// Loops.
.t.is["atomic"; .ffi.atomic[`libm`pow;"ff";"f"][2f;1 2 3f]; 2 4 8f]
.t.is["over"; .ffi.over[`libm`hypot;"ff";"f"] 3 4 12f; 13f]
.t.is["scan"; .ffi.scan[`libm`pow;"ff";"f"] 2 3 2f; 2 8 64f]
.t.is["prior"; .ffi.prior[`libm`pow;"ff";"f"][1f;2 3f]; 2 9f]
.t.is["on threads"; .ffi.atomicPar[`libm`sqrt;"f";"f"] xexp[;2] "f"$til 100; "f"$til 100]

// By address: a function, and what C keeps.
.t.is["a function"; .ffi.fn[.ffi.address`strlen;"C";"l"] "four"; 4]
.t.is["by its library too"; .ffi.fn[.ffi.address(`kernel32;"MulDiv");"iii";"i"][6i;7i;2i]; 21i]
environment:.ffi.fn[`kernel32`GetEnvironmentVariableA;"CXi";"i"]
name:100#0x00
.t.is["what C writes"; "c"$name til environment["CHECK_Q";name;100i]; getenv`CHECK_Q]
.t.done[]
