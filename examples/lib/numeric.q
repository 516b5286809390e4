// Compiles examples/lib/numeric.c and binds what is in it, under .numeric.

// @desc Compiles a C file to a shared library.
// @param source {string} path of the file
// @param library {string} path of the library
// @return {string} the library's path
// @throws os when the compiler fails
.numeric.i.compile:{[source;library]
  system "mkdir -p target";
  system "cc -O2 -shared -fPIC -o ",library," ",source," -lm";
  library
 }

.numeric.i.library:.numeric.i.compile["examples/lib/numeric.c"; "target/libnumeric",".",string .ffi.extension[]]

.numeric.i.movingAverage:.ffi.bind[(.numeric.i.library;`moving_average); "FFjj"; " "]
// @desc The mean of each `window` neighbours, in one call of C for the whole vector.
// @param window {long}
// @param x {float[]}
// @return {float[]}
.numeric.movingAverage:{[window;x]
  y:count[x]#0n;
  .numeric.i.movingAverage[x;y;count x;window];
  y
 }

// @desc Multiplies a vector in place, and gives its largest magnitude.
.numeric.scale:.ffi.bind[(.numeric.i.library;`scale); "Fjf"; "f"]

// @desc A root between lo and hi of a function of a number.
.numeric.i.bisect:.ffi.bind[(.numeric.i.library;`bisect); "kfff"; "f"]
.numeric.root:{[f;lo;hi] .numeric.i.bisect[(f;"f";"f");lo;hi;1e-12]}

// @desc The integral of a function of a number.
.numeric.i.integrate:.ffi.bind[(.numeric.i.library;`integrate); "kffj"; "f"]
.numeric.integral:{[f;from;to] .numeric.i.integrate[(f;"f";"f");from;to;100]}
