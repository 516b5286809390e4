// A wrapper in the manner of KxSystems/ffi's pcre example: each function composed with one that adds the :: at the end.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

\d .re
bind:{[f;a;r] '[.ffi.bind[f;a;r],[;::]::;enlist]}
EXTENDED:1i
ICASE:2i
regcomp0:bind[`regcomp;"Xsi";"i"]
regexec0:bind[`regexec;"XCjIi";"i"]
regerror0:bind[`regerror;"iXCj";"j"]
regfree0:bind[`regfree;"X";" "]
error:{[reg;code] text:100#" "; n:regerror0[code;reg;text;count text]; (n-1)#text}
compile:{[pattern;flags] reg:64#0x00; if[code:regcomp0[reg;`$pattern;flags]; 'error[reg;code]]; reg}
matches:{[reg;text] 0i=regexec0[reg;text;0;0#0i;0i]}
match:{[reg;text] at:4#-1i; $[regexec0[reg;text;2;at;0i]; (); text at[0]+til at[1]-at 0]}
free:{[reg] regfree0 reg}
\d .

reg:.re.compile["^([a-z]+)[0-9]+$"; .re.EXTENDED+.re.ICASE]
.t.is["a compiled pattern"; any reg<>0x00; 1b]
.t.is["match"; .re.matches[reg] each ("abc123";"ABC1";"abc";"123";""); 11000b]
.t.is["a text with its NUL"; .re.matches[reg;"abc1\000"]; 1b]
.t.is["a symbol"; .re.matches[reg;`abc1]; 1b]
.re.free reg
reg:.re.compile["[0-9]+"; .re.EXTENDED]
.t.is["where"; .re.match[reg] each ("ab123cd";enlist"x";enlist"7"); ("123";();enlist"7")]
.re.free reg
.t.signals["an error's text, in a buffer written back"; .re.compile; ("a(";.re.EXTENDED); "Unmatched ( or \\("]
.t.done[]
