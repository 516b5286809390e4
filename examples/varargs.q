// C functions with variable arguments: formatted output and input, and system calls with optional arguments.
//   cargo run --release -- examples/varargs.q
\l q/ffi.q
\l examples/lib/check.q

-1"Types from the data of each call";
snprintf:.ffi.bind[`snprintf; "ClC..."; "i"]

// @desc A text as C formats it.
// @param format {string} for printf
// @param values {list} what it shows, each of the type that the format asks for
// @return {string}
format:{[format;values]
  n:snprintf . (::;0;format),values;
  text:(1+n)#"\000";
  snprintf . (text;1+n;format),values;
  n#text
 }
.check.is[{format["%d of %ld"; (3i;4)]}; "3 of 4"]
// C promotes a float to double and what is narrower than an int to int, so these are printed as such. A char says
// itself whether it is a character for %c, which C takes as an int, or a text for %s.
.check.is[{format["%.2f %.2f %hd %d %c"; (1.5;2.25e;7h;1b;"i"$"x")]}; "1.50 2.25 7 1 x"]
.check.is[{format["%s"; enlist enlist "x"]}; enlist "x"]
.check.is[{@[format["%c"]; enlist "x"; {4#x}]}; "type"]
.check.is[{format["%s and %s"; (`symbol;"string")]}; "symbol and string"]
.check.is[{format["%08.3f|%-6s|%+d|%x"; (3.14159;`left;5i;255i)]}; "0003.142|left  |+5|ff"]
.check.is[{format["%g %g %g %g %g %g %g %g %g %g"; "f"$til 10]}; "0 1 2 3 4 5 6 7 8 9"]

-1"\nTypes fixed when the function is bound: what fits them converts";
hex:{[n] text:17#"\000"; .ffi.bind[`snprintf;"ClC...j";"i"][text;17;"%016lx";n]; 16#text}
.check.is[{hex 255}; "00000000000000ff"]
.check.is[{hex 255h}; "00000000000000ff"]
.check.is[{@[hex; 2.5; ::]}; "type: snprintf[3]: j wants long, got float"]

-1"\nOut-parameters: vectors that C writes into";
sscanf:.ffi.bind[`sscanf; "CC..."; "i"]
date:{[text]
  // Three vectors: 3#enlist enlist 0i would be one, three times.
  parts:(enlist 0i;enlist 0i;enlist 0i);
  if[3<>sscanf . (text;"%d-%d-%d"),parts; '"no date: ",text];
  first each parts
 }
.check.is[{date "2024-02-29"}; 2024 2 29i]
.check.is[{@[date; "tomorrow"; ::]}; "no date: tomorrow"]
word:{[text] s:32#"\000"; n:enlist 0n; sscanf[text;"%31s %lf";s;n]; (.ffi.string s;first n)}
.check.is[{word "price 101.5"}; ("price";101.5)]

-1"\nSystem calls with optional arguments";
open:.ffi.bind[`open; "Ci...i"; "i"]
fcntl:.ffi.bind[`fcntl; "ii..."; "i"]
close:.ffi.bind[`close; "i"; "i"]
fd:open["/dev/null";0i;0i]
// F_GETFD, F_SETFD with FD_CLOEXEC
.check.is[{fcntl[fd;1i]}; 0i]
.check.is[{fcntl[fd;2i;1i]}; 0i]
.check.is[{fcntl[fd;1i]}; 1i]
close fd;
// A list that ends in NULL is written as such.
execl:.ffi.bind[`execl; "CC..."; "i"]
.check.is[{execl["/no/such/program";"program";"argument";::]}; -1i]

.check.end[]
