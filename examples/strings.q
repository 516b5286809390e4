// Text between q and C: symbols, strings, buffers that C writes to, pointers into text.
//   cargo run --release -- examples/strings.q
\l q/ffi.q
\l examples/lib/check.q

-1"Text that C reads: s takes symbols, C takes strings, each takes the other too";
atof:.ffi.bind[`atof; "s"; "f"]
.check.is[{atof `$"2.75"}; 2.75]
.check.is[{atof "2.75 kg"}; 2.75]
strcmp:.ffi.bind[`strcmp; "CC"; "i"]
.check.is[{signum strcmp["apple";"banana"]}; -1i]
.check.is[{strcmp[`same;"same"]}; 0i]
// A NUL ends the text for C, as everywhere in C.
strlen:.ffi.bind[`strlen; "C"; "l"]
.check.is[{strlen "ab\000cd"}; 2]

-1"\nText that C returns: C gives a string, s a symbol";
.check.is[{.ffi.bind[`strrchr;"Ci";"C"]["/usr/lib/libm.so";"i"$"/"]}; "/libm.so"]
.check.is[{.ffi.bind[`strrchr;"Ci";"s"]["/usr/lib/libm.so";"i"$"/"]}; `$"/libm.so"]
.check.is[{.ffi.bind[`strrchr;"Ci";"C"]["libm.so";"i"$"/"]}; ""]

-1"\nText that C writes: a string ending in NUL is written in place";
snprintf:.ffi.bind[`snprintf; "ClC..."; "i"]
// @desc Formats as C does.
// @param format {string} for printf
// @param values {list} one for each conversion of the format
// @return {string}
format:{[format;values]
  n:snprintf . (::;0;format),values;
  text:(1+n)#"\000";
  snprintf . (text;1+n;format),values;
  n#text
 }
.check.is[{format["%s|%5d|%-5ld|%+.3e"; (`sym;7i;8;12345.678)]}; "sym|    7|8    |+1.235e+04"]
.check.is[{format["%08x"; enlist 48879i]}; "0000beef"]

// Without a NUL at its end, C gets a copy that has one, and what C has written there comes back.
strncpy:.ffi.bind[`strncpy; "CCl"; " "]
.check.is[{text:10#"-"; strncpy[text;"done";4]; text}; "done------"]

-1"\nA pointer that C leaves behind: strtol's end of the number";
strtol:.ffi.bind[`strtol; "rJi"; "j"]
// @desc Reads a number at the start of a text.
// @param base {int} 2 to 36
// @param text {string}
// @return {list} the number and the text behind it
number:{[base;text]
  text,:"\000"; // so that C uses this text itself, which the end points into
  end:enlist 0;
  n:strtol[text;end;base];
  (n; .ffi.string first end)
 }
.check.is[{number[10i; "42 apples"]}; (42;" apples")]
.check.is[{number[16i; "ffijit"]}; (255;"ijit")]

-1"\nEach of many: a C function applies to atoms, each to lists";
toupper:.ffi.fn[`toupper; "i"; "i"]
.check.is[{"c"$toupper each "i"$"shout"}; "SHOUT"]

.check.end[]
