// ffijit: call C from q through native stubs. `\l ffi.q` defines everything under .ffi; see docs/reference.md for the types.

// Where the library may be, without its extension: FFIJIT_LIB alone if it is set; otherwise beside this file, in <os>
// there, by the name alone, which 2: looks for in $QHOME/<os>, and where cargo builds it in this checkout.
.ffi.i.paths:{[dir]
  if[count lib:getenv`FFIJIT_LIB; :enlist .ffi.i.stem lib];
  name:"libffijit";
  beside:":",/:dir,/:(name;string[.z.o],"/",name);
  built:":",/:dir,/:"../target/",/:("release/";"debug/"),\:$["w"=first string .z.o; "ffijit"; name];
  beside,enlist[name],built
 }

// A path without the extension that 2: appends.
.ffi.i.stem:{[path]
  ext:$["w"=o:first string .z.o; ".dll"; "m"=o; ".dylib"; ".so"];
  ":",$[path like "*",ext; neg[count ext]_path; path]
 }

// The directory of the file that a function was defined in, with the slash at its end.
.ffi.i.dir:{[f]
  file:first -3#value f;
  $[count at:where file in "/\\"; (1+last at)#file; "./"]
 }

// Loads the first library that there is.
.ffi.i.load:{[paths;tried]
  if[not count paths; '"lib: ffijit: build it with cargo build --release or set FFIJIT_LIB; tried ","; "sv tried];
  .[2:; (`$first paths; (`kexport;1)); {[paths;tried;e] .ffi.i.load[1_paths; tried,enlist e]}[paths;tried]]
 }

if[not `native in key `.ffi.i; .ffi.i.native:.ffi.i.load[.ffi.i.paths .ffi.i.dir {}; ()][]];

// @desc Binds a C function: the general callable, `f (a;b;::)`, `f[a;b]`, `f a`, `f[]`.
// @param func {symbol|symbol[]|string[]|long|foreign} `f for a function already loaded, `lib`f, (lib;f), or its address
// @param args {string|char} type characters of the parameters, "" for none; & before those that C fills
// @param ret {char|string|list} type character of the result, " " for void, or (type;destroyer)
// @return {function} a function of as many arguments, or of the list of them with :: at its end
// @throws lib sym sig limit type
.ffi.bind:{[func;args;ret] '[.ffi.i.native[`bind][func;args;ret]; enlist]}

// @desc Binds a C function of up to 8 parameters at its own rank: the fastest callable.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind
// @param args {string|char} type characters of the parameters, "" for none; & before those that C fills
// @param ret {char|string|list} type character of the result, " " for void, or (type;destroyer)
// @return {function} a function of C's rank; of rank 1, ignoring its argument, for a C function of none
// @throws lib sym sig limit type
.ffi.fn:.ffi.i.native`fn

// @desc Binds a C function as an atomic function: each argument an atom or a vector, the loop in machine code.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind
// @param args {string|char} type characters of 1 to 8 values; & before what C fills
// @param ret {char} type character of the result, a value
// @return {function} a function of C's rank that conforms as q's own: atoms extend, lists match in length
// @throws lib sym sig limit nyi type
.ffi.atomic:.ffi.i.native`atomic

// @desc As .ffi.atomic, for a C function that is safe to call from several threads at once: large vectors are split
//   over q's secondary threads (-s), as many as there are at the time of binding.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind
// @param args {string|char} type characters of 1 to 8 values; & before what C fills
// @param ret {char} type character of the result, a value
// @return {function} a function of C's rank that conforms as q's own
// @throws lib sym sig limit nyi type
.ffi.atomicPar:{[func;args;ret] .ffi.i.native[`atomicPar][func;args;ret;system"s"]}

// @desc As .ffi.atomic, by the C function's vector variant: of libmvec for what is in libm, or of the library itself.
// @param func {symbol|symbol[]|string[]} as for .ffi.bind, but no address
// @param args {string|char} "f", "ff", "e" or "ee"
// @param ret {char} "f" or "e", as the parameters
// @return {function} a function of C's rank that conforms as q's own; results may differ from C's in the last digits
// @throws lib sym sig nyi type
.ffi.simd:.ffi.i.native`simd

// @desc q's over with a C function, the loop in machine code: f[x0;v;w;...], f[v], and for one of one parameter f[n;x]
//   (that many times) and f[x] (until it repeats). The first state becomes the first parameter's type.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind
// @param args {string|char} type characters of the parameters, the state first
// @param ret {char|string} type character of the result, which is the next state: a number, or a struct
// @return {function} a function of as many arguments, that gives the last state
// @throws lib sym sig limit nyi rank type
.ffi.over:{[func;args;ret] '[.ffi.i.native[`over][func;args;ret]; enlist]}

// @desc q's scan with a C function: as .ffi.over, with all states on the way.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind
// @param args {string|char} type characters of the parameters, the state first
// @param ret {char|string} type character of the result, which is the next state: a number, or a struct
// @return {function} a function of as many arguments, that gives a list of states
// @throws lib sym sig limit nyi rank type
.ffi.scan:{[func;args;ret] '[.ffi.i.native[`scan][func;args;ret]; enlist]}

// @desc q's each prior with a C function of two parameters: f[v] and f[before;v], of each item and the one before it.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind
// @param args {string|char} type characters of the two parameters: the item, and the one before
// @param ret {char|string} type character of the result
// @return {function} a function of one or two arguments, that gives a list of results
// @throws lib sym sig limit nyi rank type
.ffi.prior:{[func;args;ret] '[.ffi.i.native[`prior][func;args;ret]; enlist]}

// @desc Binds a C function whose calls do not block q: another thread makes them, one after the other unless .ffi.workers
//   says otherwise, and the result comes by q's event loop.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind, or a function of .ffi.cdef, with args and ret ::
// @param args {string|char} type characters of the parameters, "" for none; & before those that C fills
// @param ret {char|string|list} type character of the result, " " for void, or (type;destroyer)
// @return {function} f[args;callback]: args a list as . takes it, callback a function of the result, or of result and args;
//   a pair (on result;on error); or :: for .ffi.await to ask. It gives the id of the call at once
// @throws lib sym sig limit nyi type
.ffi.async:.ffi.i.native`async

// @desc Waits for calls of .ffi.async functions, while nothing but C's callbacks runs.
// @param ids {long|long[]} the id of a call, or ids
// @param ms {long|int} optional: the time limit in milliseconds
// @return {any} its result, or the list of results
// @throws timeout, and the calls go on; domain for a call that is not under way or waits for q; what a result signals
.ffi.await:'[.ffi.i.native`await; enlist]

// @desc Takes a call of an .ffi.async function back, whose callback is not called then.
// @param id {long} the id of the call
// @return {boolean} whether it had not begun; otherwise it goes on
// @throws type; access when it is another client's
.ffi.cancel:.ffi.i.native`cancel

// @desc The calls of .ffi.async functions whose results have not been given; to a client those that it has submitted.
// @return {table} id, name of the C function, state (waiting, running, done), since (when it was submitted, in UTC)
.ffi.pending:.ffi.i.native`pending

// @desc How many threads make the calls of .ffi.async functions: 1 by default, for libraries that several must not enter.
// @param n {long|int|null} 1 to 64; `::` asks only
// @return {long} what it was
// @throws access when a remote handle is served; limit type
.ffi.workers:.ffi.i.native`workers

// @desc The address of a C function or variable, as C takes it where the type is r or k.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind
// @return {long} the address
// @throws lib sym type domain
.ffi.address:.ffi.i.native`address

// @desc Calls a C function once, taking the types of the arguments from the data; a char is a character, C's int.
// @param spec {symbol|symbol[]|(char;symbol|symbol[])} the function, or its result type ("i" by default) and the function
// @param args {list} the arguments and a :: at the end
// @return {any} the result
// @throws lib sym sig type
.ffi.callFunction:.ffi.i.native`callFunction

// @desc Makes a C function pointer that calls q, to be passed where the type is k or r. It ends with the last reference.
// @param f {function} any q function
// @param args {string|char} type characters of what C passes, "" for nothing
// @param ret {char} type character of what C is given, " " for void
// @return {foreign} the function pointer
// @throws type sig
.ffi.callback:.ffi.i.native`callback

// @desc Counters: callbacks alive and released, calls of them by threads that are not q's.
// @return {dictionary} name -> long
.ffi.stats:.ffi.i.native`stats

// @desc Reads C declarations: functions under their names, bound at their first call, with constants and enums.
// @param lib {symbol|string|dictionary} a library, ` for what is loaded already, or an earlier result, which goes on
// @param text {string|string[]} C declarations as headers have them, and #define of constants; also by lines
// @return {dictionary} name -> function, long, float or string; an enum is a dictionary of its names
// @throws cdef lib type
.ffi.cdef:{[lib;text] .ffi.i.declared .ffi.i.native[`cdef][lib; $[(0h=type text) and all 10h=type each text; "\n" sv text; text]]}

// @desc Reads a whole header by the C compiler's preprocessor (the environment's CC, else cc, clang, gcc): functions, constants,
//   enums and macros. What could not be read or bound is the table at the end of the item of the name `.
// @param lib {symbol|string|dictionary} as for .ffi.cdef
// @param file {symbol|string|(symbol|string;dictionary)} the header's path, or its name for the compiler to find; with
//   options `include and `define: lists of strings, as -I and -D
// @return {dictionary} as .ffi.cdef's
// @throws header lib type
.ffi.header:{[lib;file] .ffi.i.declared .ffi.i.native[`header][lib;file]}

// @desc Writes a q file of a header's declarations, which needs neither header nor compiler when it is loaded: \l it for the
//   namespace, or use it as a KDB-X module. The same input gives the same file.
// @param file {symbol|string} the file to write
// @param lib {symbol|string} the library, as for .ffi.cdef
// @param header {symbol|string} as for .ffi.header
// @param options {dictionary} ()!() or some of `only (patterns of names, as for like, in place of what the header itself
//   declares), `except (of names not to take), `strip (a prefix of names), `declare (C text that replaces the header's),
//   `include, `define (as for .ffi.header), `name (of the namespace; by default the file's), `finish (the text of a q
//   function, which is given the dictionary when the file is loaded and gives what users get)
// @return {table} what could not be read or written of what is wanted: name, file, line, reason
// @throws header cdef lib type
.ffi.module:{[file;lib;header;options]
  if[not 99h=type options; '"type: module: options wants dictionary"];
  if[not type[header] in -11 10h; '"type: module: header wants symbol or string"];
  known:`only`except`strip`declare`include`define`name`finish;
  if[count wrong:(key options) except known; '"type: module: options: ",(", " sv string known)," wanted, got ",string first wrong];
  if[not type[file] in -11 10h; '"type: module: file wants symbol or string"];
  path:1_string hsym $[10h=type file; `$file; file];
  with:(header; (key[options] inter `include`define)#options);
  d:.ffi.header[lib; with];
  if[`declare in key options; d:.ffi.cdef[d; options`declare]];
  options:(`except`strip`finish`name!(();"";"::";`$".",first "." vs last "/" vs path)),options;
  names:$[`only in key options; .ffi.i.matching[1_key d; options`only]; ::];
  text:.ffi.i.native[`module][d; (names; .ffi.i.matching[1_key d; options`except]); options`strip; with];
  (hsym `$path) 0: .ffi.i.file[options`name; lib; header; text 0; options`finish; text 1];
  left:text 2;
  wanted:$[`only in key options; .ffi.i.matching[left`name; options`only]; left`name];
  wanted:wanted except .ffi.i.matching[left`name; options`except];
  select from left where name in wanted
 }

// The names that match one of some patterns.
.ffi.i.matching:{[names;patterns]
  if[10h=type patterns; patterns:enlist patterns];
  if[not count patterns; :`$()];
  names where any (string names) like/: patterns
 }

// The lines of a module's file.
.ffi.i.file:{[name;lib;header;model;finish;lines]
  text:{$[-11h=type x; string x; x]};
  escaped:{ssr[;"\"";"\\\""] ssr[x;"\\";"\\\\"]};
  ("// ",text[header]," of ",text[lib],", written by .ffi.module; it needs neither header nor C compiler. Data model: ",string[model],".";
   "if[not `cdef in key `.ffi; @[system;\"l ffi.q\";{use`ffijit}]];";
   ".ffi.i.module[`",text[name],";\"",escaped[text lib],"\";`",string[model],";",finish,";\"")
  , (" ",/:escaped each lines), enlist " \"]"
 }

// Declares what a module's file says: in its namespace, or in a KDB-X module as what that exports.
.ffi.i.module:{[name;lib;model;finish;text]
  here:$["w"=.ffi.os[]; `LLP64; `LP64];
  if[not model=here; '"nyi: ",string[name],": written for ",string[model],", and this platform is ",string here];
  d:finish .ffi.cdef[`$lib; text];
  $[`.~namespace:system"d"; name set d; (` sv namespace,`export) set d];
 }

// What was read, as the dictionary that users get: functions of many arguments and of variables are made here.
.ffi.i.declared:{[read]
  names:read 0;
  if[count read 1; names[read 1]:{'[x; enlist]} each names read 1];
  if[count read 2; names[read 2]:{.ffi.i.variable x} each names read 2];
  names
 }

// The value of a variable now; applied to one argument less it is a function that gives it.
.ffi.i.variable:{[spec;ignored] .ffi.cvar spec}

// @desc Reads a global variable.
// @param spec {symbol|symbol[]|(char;symbol|symbol[])} the variable, or its type ("i" by default) and the variable
// @return {any} its value
// @throws lib sym sig
.ffi.cvar:.ffi.i.native`cvar

// @desc Makes a q function of a C function that takes and returns K itself.
// @param func {symbol|symbol[]|string[]|long|foreign} as for .ffi.bind
// @param n {int|long} its rank, 1 to 8
// @return {function} the q function
// @throws lib sym limit
.ffi.asQFunc:.ffi.i.native`asQFunc

// @desc Opens a library with global visibility, so that its functions are found by their names alone.
// @param lib {symbol|string} the library
// @return {null}
// @throws lib
.ffi.loadlib:.ffi.i.native`loadlib

// @desc Sets errno, or reads it when called without an argument.
// @param n {int|long|null} the new value
// @return {int} the old value; right after a call that call's
// @throws type domain
.ffi.setErrno:.ffi.i.native`setErrno

// @desc What Windows had as the last error of this thread (GetLastError) when the last C function returned.
// @return {long} that call's
// @throws nyi on other systems
.ffi.lastError:.ffi.i.native`lastError

// @desc The extension of the platform's libraries.
// @return {symbol} so, dylib or dll
.ffi.extension:.ffi.i.native`extension

// @desc The platform.
// @return {char} l, m or w
.ffi.os:.ffi.i.native`os

// @desc Bytes of a pointer.
// @return {int}
.ffi.ptrsize:.ffi.i.native`ptrsize

// @desc Bytes of a C struct with C's padding, or of the memory of a foreign object.
// @param types {string|char|foreign} types of the fields, with a count before an array and {} around a struct in it
// @return {long}
// @throws sig type domain
.ffi.sizeof:.ffi.i.native`sizeof

// @desc Where a field lies in its struct, as C's offsetof tells.
// @param types {string|char|dictionary} types of the fields
// @param field {symbol|long|list} its name, or its number from 0 on; a list leads on to a field of that, or to an element of
//   an array by its number
// @return {long} bytes from the start of the struct
// @throws sig type domain
.ffi.offsetof:.ffi.i.native`offsetof

// @desc The bytes of a C struct.
// @param types {string|char} types of the fields
// @param v {list|dictionary|table} its fields; a table gives the bytes of a struct for each row
// @return {byte[]} with C's padding, which is zeros; its pointers are to q's own data and live as long as that
// @throws sig type length range
.ffi.pack:.ffi.i.native`pack

// @desc The fields of a C struct from its bytes.
// @param types {string|char} types of the fields
// @param bytes {byte[]|string} as many as the struct has
// @return {list} the fields, a simple vector where they have one type; an array of char is a string of its full count
// @throws sig type length
.ffi.unpack:.ffi.i.native`unpack

// @desc Reads a C struct from memory.
// @param ptr {long|foreign|vector|list} an address, memory, a vector's data, or a pair (memory or vector; offset)
// @param types {string|char} types of the fields
// @param idx {long|int|long[]|int[]} which of the structs that lie at ptr side by side
// @return {list} its fields; for a vector of numbers a list of structs
// @throws sig type length domain
.ffi.deref:.ffi.i.native`deref

// @desc Reads an array of C structs from memory, by columns.
// @param ptr {long|foreign|vector|list} as for .ffi.deref
// @param types {string|char} types of the fields
// @param n {long|int} number of structs
// @return {list} a column for each field, ready for flip names!columns
// @throws sig type length domain
.ffi.columns:.ffi.i.native`columns

// @desc Reads values of one type from memory.
// @param ptr {long|foreign|vector|list} as for .ffi.deref
// @param type {char|string} the type
// @param n {long|int} number of values
// @return {vector|list} a vector of them; a list of structs or arrays
// @throws sig type length domain
.ffi.peek:.ffi.i.native`peek

// @desc Writes the bytes of a q value to memory.
// @param ptr {long|foreign|list} an address, memory, or a pair (memory; offset)
// @param v {atom|vector} the value; a struct as .ffi.pack makes it
// @return {long} number of bytes written
// @throws type length domain
.ffi.poke:.ffi.i.native`poke

// @desc Reads a text from memory.
// @param ptr {long|foreign|vector|list} as for .ffi.deref
// @return {string} up to its NUL, or to the end of memory of known size
// @throws type domain
.ffi.string:.ffi.i.native`string

// @desc Allocates C memory, which is freed when the last reference to the result goes.
// @param n {long|int} bytes, which are zeros
// @return {foreign} the memory: pass it where the type is r, or use it as ptr here, where its bounds are checked
// @throws type domain limit
.ffi.malloc:.ffi.i.native`malloc

// @desc Frees memory now, or destroys what a foreign object of .ffi.own holds.
// @param ptr {foreign|long} such an object, or the address of memory that C has allocated with malloc
// @return {null}
// @throws type domain
.ffi.free:.ffi.i.native`free

// @desc Makes a foreign object of a C pointer, which is destroyed when the last reference to the object goes.
// @param ptr {long} the pointer, as a C function of result r returns it
// @param destructor {symbol|symbol[]|string[]|long} the C function that destroys it, as for .ffi.bind, or its address
// @return {foreign} pass it where the type is r
// @throws type domain lib sym
.ffi.own:.ffi.i.native`own

// @desc All bindings of this process.
// @return {table} name, library, args, ret, form, route (jit or libffi), address
.ffi.bindings:.ffi.i.native`bindings

// @desc All stubs compiled in this process.
// @return {table} args, ret, form, bytes, perBinding (bytes of memory), compile (time it took), uses
.ffi.stubs:.ffi.i.native`stubs

// @desc The stub of a signature: Cranelift's intermediate representation and the machine code.
// @param args {string|char} type characters of the parameters
// @param ret {char|string} type character of the result
// @return {string}
// @throws sig
.ffi.disasm:.ffi.i.native`disasm

// @desc Whether a fault of a C function is an error in q from now on, of functions bound before too: `segv`, `bus`, `fpe`
//   or `ill`, the function, and what it did where. What the library was doing is left as it is: save, and restart.
//   With 2 besides, what arguments point to are copies that C cannot go beyond without such an error: slow, for development.
// @param on {boolean|long|null} 0b, 1b or 2; `::` asks only
// @return {boolean|long} what it was
// @throws type; access when a remote handle is served; nyi where faults are not caught
.ffi.guard:.ffi.i.native`guard

// @desc Closes what makes new ways into C, for the rest of the process: binding, one-off calls, variables, libraries and
//   raw memory. What is bound goes on working.
// @return {null}
// @throws access when a remote handle is served
.ffi.seal:.ffi.i.native`seal

// @desc Lets remote callers do what makes new ways into C, which is refused to them otherwise.
// @return {null}
// @throws access when a remote handle is served; in a sealed process
.ffi.allowRemote:.ffi.i.native`allowRemote

// @desc What this library is.
// @return {dictionary} version, target, and commit if the build knew it: symbols
.ffi.version:.ffi.i.native`version

// Names that KxSystems/ffi deprecates.
.ffi.cf:.ffi.callFunction
.ffi.kfn:.ffi.asQFunc
.ffi.errno:.ffi.setErrno
.ffi.ext:{[lib] ` sv lib,.ffi.extension[]}
