// Arguments that are certainly wrong: a string alone where a list of arguments is wanted, a char atom where C's varargs
// want text, and others whose C would read beyond them.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
word:{[f;args] .[{x . y};(f;args);{`$first ":" vs x}]}
.t.is["a string alone"; word[.ffi.callFunction[("j";`strlen)];enlist "hello"]; `type]
.t.is["an empty string alone"; word[.ffi.callFunction[("j";`strlen)];enlist ""]; `type]
.t.is["a string in a list"; .ffi.callFunction[("j";`strlen)] ("hello";::); 5]
.t.is["a char is C's int"; .ffi.callFunction[`toupper] ("a";::); 65i]

snprintf:.ffi.bind[`snprintf;"ClC...";"i"]
text:20#"\000"
said:{[args] .[snprintf;args;{x}]}
.t.is["a char for %s"; 10h=type said (text;20;"%s";"h"); 1b]
e:said (text;20;"%s";"h")
.t.is["the error says what to write for a text"; e like "*enlist*"; 1b]
.t.is["and for a character"; e like "*\"i\"$*"; 1b]
.t.is["in a list"; 10h=type @[snprintf;(text;20;"%s";"h";::);{x}]; 1b]
.t.is["after others"; 10h=type said (text;20;"%d %s %s";1i;"text";"h"); 1b]
.t.is["nothing was written"; text; 20#"\000"]
says:{[f;args] text:20#"\000"; n:f . (text;20),args; n#text}
.t.is["enlist is a text"; says[snprintf;("%s";enlist "h")]; enlist "h"]
.t.is["an int is a character"; says[snprintf;("%c";"i"$"z")]; enlist "z"]
.t.is["with its type given"; says[.ffi.bind[`snprintf;"ClC...c";"i"];("%c";"y")]; enlist "y"]

count_:.ffi.fn[(L;`count_texts);"S";"j"]
.t.is["a symbol vector ends in NULL"; count_ each (`a`b`c;0#`;enlist `a;1000#`a`b); 3 0 1 1000]
.t.is["as a list of texts does"; count_ ("a";"bc";enlist "d"); 3]
listed:.ffi.bind[(L;`count_texts);"S";"j"]
.t.is["through bind"; (listed `a`b`c;listed (`a`b;::);.ffi.callFunction[("j";(L;`count_texts))] (`a`b`c`d;::)); 3 2 4]

// A vector is no length, when a callback gives it to C.
length:.ffi.fn[(L;`length_of);"kj";"j"]
.t.is["a length from a callback"; length[({2*x};"j";"l");21]; 42]
.t.is["a vector where C wants a length"; word[length;(({x+til 3};"j";"l");1)]; `type]
.t.is["a text where C wants a length"; word[length;(({"abc"};"j";"l");1)]; `type]

// Names beyond what a system has.
long_:{`$x#"a"}
.t.is["a long library name"; {word[.ffi.fn;((long_ x;`f);"j";"j")]} each 200 300 5000 100000; 4#`lib]
.t.is["a long path"; word[.ffi.fn;((`$":/",100000#"a/";`f);"j";"j")]; `lib]
.t.is["a long library name, loadlib"; word[.ffi.loadlib;enlist 100000#"a"]; `lib]
.t.is["a long function name"; {word[.ffi.fn;(long_ x;"j";"j")]} each 300 100000; 2#`sym]
.t.is["a name with a NUL in it"; word[.ffi.fn;("labs\000x";"j";"j")] in `sym`type; 1b]
.t.is["a library name with a NUL in it"; word[.ffi.fn;(("libm\000x";"fabs");"f";"f")] in `lib`type; 1b]
.t.done[]
