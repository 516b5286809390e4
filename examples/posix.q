// Files, the environment, time and errno through the functions of POSIX.
//   cargo run --release -- examples/posix.q
\l q/ffi.q
\l examples/lib/check.q

// C reports failure by -1 and errno; read errno right after the call, before anything else changes it.
strerror:.ffi.bind[`strerror; "i"; "C"]
orFail:{[what;result]
  if[result<0; '"os: ",what,": ",strerror .ffi.setErrno[]];
  result
 }

.posix.i.open:.ffi.bind[`open; "Ci...i"; "i"]
.posix.i.read:.ffi.bind[`read; "iXl"; "j"]
.posix.i.write:.ffi.bind[`write; "iXl"; "j"]
.posix.i.close:.ffi.bind[`close; "i"; "i"]
.posix.i.unlink:.ffi.bind[`unlink; "C"; "i"]
.posix.i.mkstemp:.ffi.bind[`mkstemp; "C"; "i"]
.posix.i.lseek:.ffi.bind[`lseek; "iji"; "j"]

// fcntl.h of Linux
.posix.RDONLY:0i

// @desc Opens a file for reading.
// @param path {string}
// @return {int} file descriptor
// @throws os
.posix.open:{[path] orFail[path; .posix.i.open[path;.posix.RDONLY;0i]]}

// @desc Creates a file of a name that nothing has yet.
// @return {list} file descriptor and path
// @throws os
.posix.temporary:{[]
  path:"/tmp/ffijit-XXXXXX\000";
  fd:orFail["mkstemp"; .posix.i.mkstemp path];
  (fd; -1_path)
 }

// @desc Reads up to n bytes.
// @throws os
.posix.read:{[fd;n]
  buffer:n#0x00;
  orFail["read"; .posix.i.read[fd;buffer;n]]#buffer
 }

// @desc Writes bytes and returns how many were written.
// @throws os
.posix.write:{[fd;bytes] orFail["write"; .posix.i.write[fd;bytes;count bytes]]}
.posix.close:{[fd] orFail["close"; .posix.i.close fd];}
.posix.remove:{[path] orFail[path; .posix.i.unlink path];}

-1"A file: mkstemp, write, lseek, read, close, unlink";
file:.posix.temporary[]
.check.is[{.posix.write[file 0; "x"$"first line\nsecond line\n"]}; 23]
.check.is[{.posix.i.lseek[file 0; 6; 0i]}; 6]
.check.is[{"c"$.posix.read[file 0; 4]}; "line"]
.check.is[{"c"$.posix.read[file 0; 100]}; "\nsecond line\n"]
.check.is[{.posix.close file 0}; (::)]
// q sees the same file.
.check.is[{read0 hsym `$file 1}; ("first line";"second line")]
.check.is[{.posix.remove file 1}; (::)]

-1"\nErrors: errno becomes a q error";
.check.is[{@[.posix.open; file 1; ::]}; "os: ",file[1],": No such file or directory"]
.check.is[{@[.posix.close; -1i; ::]}; "os: close: Bad file descriptor"]

-1"\nThe environment";
getenv_:.ffi.bind[`getenv; "C"; "C"]
setenv_:.ffi.bind[`setenv; "CCi"; "i"]
.check.is[{setenv_["FFIJIT_EXAMPLE";"42";1i]}; 0i]
.check.is[{getenv_ "FFIJIT_EXAMPLE"}; "42"]
.check.is[{getenv`FFIJIT_EXAMPLE}; "42"]
.check.is[{getenv_ "FFIJIT_NO_SUCH_VARIABLE"}; ""]

-1"\nProcess and time";
.check.is[{.ffi.bind[`getpid;"";"i"][]~.z.i}; 1b]
time:.ffi.bind[`time; "J"; "j"]
// Seconds from 1970 to q's epoch are 10957 days.
.check.is[{0D00:00:05>abs .z.p-2000.01.01D+1000000000*time[::]-86400*10957}; 1b]
clock:{[id] ts:2#0; orFail["clock_gettime"; .ffi.bind[`clock_gettime;"iJ";"i"][id;ts]]; sum ts*1000000000 1}
.check.is[{before:clock 1i; clock[1i]>=before}; 1b]
.check.is[{.ffi.cvar[("r";`environ)]>0}; 1b]

.check.end[]
