// What is Windows' own, and what the q tests that assume Linux check there: tests/q/calls.q, address.q and errors.q.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

.t.is["os"; (.z.o;.ffi.os[];.ffi.extension[];.ffi.ptrsize[]); (`w64;"w";`dll;8i)]

// A name is the C runtime's before it is ntdll's, whose sprintf knows no %f.
buffer:80#"\000"
n:.ffi.callFunction[("i";`sprintf)] (buffer; "%s %.3f %hd %d\000"; "text\000"; 2.5; -3h; 7i; ::)
.t.is["sprintf"; n#buffer; "text 2.500 -3 7"]
.t.is["of the runtime"; .ffi.address`sprintf; .ffi.address`msvcrt.dll`sprintf]
.t.is["by any name"; count distinct .ffi.address each (`strlen;"strlen";`libc`strlen;`libm`strlen;("libc";"strlen")); 1]

// Either of the runtimes may have a function: hypot is the newer one's.
.t.is["libm"; .ffi.fn[`libm`hypot;"ff";"f"][3f;4f]; 5f]
.t.is["libm too"; .ffi.fn[`libm`pow;"ff";"f"][2f;10f]; 1024f]

// errno is the C runtime's, and the system's last error something else.
close:.ffi.fn[`$"_close";"i";"i"]
set_last:.ffi.fn[`kernel32`SetLastError;"i";" "]
.ffi.setErrno 0i
set_last 5i
.t.is["last error"; .ffi.lastError[]; 5]
set_last 6i
1+1;
.t.is["it stays until the next call"; .ffi.lastError[]; 6]
set_last 7
.t.is["after a conversion"; .ffi.lastError[]; 7]
.ffi.bind[`kernel32`SetLastError;"i";" "] (8i; ::)
.t.is["bind"; .ffi.lastError[]; 8]
.ffi.callFunction[(" ";`kernel32`SetLastError)] (9i; ::)
.t.is["libffi"; .ffi.lastError[]; 9]
.ffi.atomic[`kernel32`SetLastError;"i";"i"] 10 11i;
.t.is["atomic"; .ffi.lastError[]; 11]
set_last 5i
.t.is["no errno"; .ffi.setErrno[]; 0i]
.t.is["close of nothing"; close -1i; -1i]
.t.is["errno is the call's"; .ffi.setErrno[]; 9i]
.t.is["setErrno gives the old one"; .ffi.setErrno 3i; 9i]
.t.is["and sets"; .ffi.errno[]; 3i]
.ffi.bind[`$"_close";"i";"i"] (-1; ::)
.t.is["errno after a conversion"; .ffi.setErrno[]; 9i]

// A library by its path: with either separator, with a drive, with and without the extension, beyond ASCII.
scratch:getenv`SCRATCH
stem:"Z:",ssr[scratch;"/";"\\"],"\\threads"
names:(scratch,"/threads.dll"; scratch,"/threads"; stem; stem,".dll"; ":",stem)
.t.is["paths"; {@[{.ffi.address(x;"still_running"); 1b}; x; 0b]} each names; count[names]#1b]
odd:scratch,"/threads \303\251\344\270\255.dll"
(hsym`$odd)1:read1 hsym`$scratch,"/threads.dll"
.t.is["a name beyond ASCII"; @[{.ffi.address(x;"still_running"); 1b}; odd; ::]; 1b]
.t.signals["no library"; .ffi.fn; (`nope`f;"i";"i"); "lib: nope.dll: Module not found. (os error 126)"]
.t.signals["no function"; .ffi.fn; (`nope;"i";"i"); "sym: nope not found in this process"]
.t.signals["a variable is none"; .ffi.fn; (`$"_environ";"i";"i"); "sym: _environ is data in this process, no function"]

// C's long has 32 bits.
.t.is["long"; .ffi.cdef[`libc;"long labs(long x);"][`labs] -3i; 3i]

.t.done[]
