// Out-parameters, and what C gives away.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

// frexp is 0.75 and 3 of 6.
frexp:.ffi.fn[`libm`frexp;"f&i";"f"]
.t.is["result and out"; frexp 6f; (0.75;3i)]
.t.is["converted"; frexp 6; (0.75;3i)]
.t.is["projected"; .ffi.fn[`libm`frexp;"f&i";"f"] each 6 7f; ((0.75;3i);(0.875;3i))]
b:.ffi.bind[`libm`frexp;"f&i";"f"]
.t.is["bind"; (b 6f;b[6f];b (6f;::);b . enlist 6f); 4#enlist (0.75;3i)]
.t.is["of one type they are a vector"; .ffi.fn[`libm`modf;"f&f";"f"] 3.25; 0.25 3]
.t.is["void, two outs"; .ffi.fn[`libm`sincos;"f&f&f";" "] 0f; 0 1f]
.t.is["void, one out"; type .ffi.fn[`time;"&j";" "][]; -7h]
.t.is["nothing given, a result too"; {(=/)x}.ffi.fn[`time;"&j";"j"][]; 1b]
.t.is["a handle"; type each .ffi.fn[`posix_memalign;"&rjj";"i"][64;128]; -6 -7h]
.t.is["a text"; .ffi.fn[`strtol;"C&Ci";"j"]["42abc";10i]; (42;"abc")]
.t.is["a text in place"; .ffi.fn[`strtol;"C&Ci";"j"]["42abc\000";10i]; (42;"abc")]
.t.is["a symbol"; .ffi.fn[`strtol;"C&si";"j"]["42abc";10i]; (42;`abc)]
.t.is["a struct"; type each .ffi.fn[`gettimeofday;"&{jj}r";"i"] 0; -6 7h]
.t.is["variable arguments"; .ffi.bind[`sscanf;"CC...&i&f";"i"]["12 3.5";"%d %lf"]; (2i;12i;3.5)]
.t.is["variable arguments of fn"; .ffi.fn[`sscanf;"CC...&h&y";"i"]["-2 65535";"%hd %hu"]; (2i;-2h;65535i)]
.t.is["a text, types from the data"; .ffi.bind[`asprintf;"&CC...";"i"]["%d %s";42i;enlist"a"]; (4i;"42 a")]

// Eight given, and outs beside them.
.t.signals["too many"; .ffi.fn; (`sscanf;"CC...rrrrrrr&i";"i"); "limit: sscanf: fn takes 8 parameters at most, 9 given; use bind"]
.t.signals["a rank"; {.ffi.bind[`libm`frexp;"f&i";"f"][x;y]}; (6f;0i); "rank: frexp: 1 parameter, 2 given"]
.t.signals["a type"; frexp; enlist`a; "type: frexp[0]: f wants float, got symbol"]
.t.signals["a type after an out"; .ffi.fn[`posix_memalign;"&rjj";"i"]; (64;`a); "type: posix_memalign[1]: j wants long, got symbol"]

// For each element of vectors.
a:.ffi.atomic[`libm`frexp;"f&i";"f"]
.t.is["atoms"; a 6f; (0.75;3i)]
.t.is["vectors"; a 6 7 8f; (0.75 0.875 0.5;3 3 4i)]
.t.is["converted vectors"; a 6 7 8; (0.75 0.875 0.5;3 3 4i)]
.t.is["an empty one"; a 0#0f; (0#0f;0#0i)]
.t.is["nested"; a (6 7f;8f); ((0.75 0.875;0.5);(3 3i;4i))]
.t.is["a dictionary"; {(x 0;x 1)} a `a`b!6 7f; (`a`b!0.75 0.875;`a`b!3 3i)]
.t.is["a table"; a ([] x:6 7f); (([] x:0.75 0.875);([] x:3 3i))]
.t.is["texts"; .ffi.atomic[`strtol;"s&Ci";"j"][`12a`34bc;10i]; (12 34;(enlist"a";"bc"))]
.t.is["void"; .ffi.atomic[`libm`sincos;"f&f&f";" "] 0 0f; (0 0f;1 1f)]
.t.is["void, one"; .ffi.atomic[`libm`modf;"f&f";" "] 1.5 2.5; 1 2f]
.t.is["over threads"; .ffi.atomicPar[`libm`frexp;"f&i";"f"] x; a x:100000#6 7 8f]
.t.signals["a length"; .ffi.atomic[`libm`remquo;"ff&i";"f"]; (1 2f;1 2 3f); "length: remquo: 2 and 3 items"]

// What & is not.
.t.signals["of a pointer"; .ffi.fn; (`abs;"&F";"i"); "sig: \"&F\": & wants a value, C or a struct at 0"]
.t.signals["alone"; .ffi.fn; (`abs;"i&";"i"); "sig: \"i&\": & wants a value, C or a struct at 1"]
.t.signals["a result"; .ffi.fn; (`abs;"i";"&i"); "sig: \"&i\": unknown type character & at 0"]
.t.signals["in a struct"; .ffi.sizeof; enlist "i&i"; "sig: \"i&i\": unknown type character & at 1"]
.t.signals["in a callback"; .ffi.callback; ({x};"&i";" "); "nyi: & among the types of a callback: take the address, r, and poke"]

// Texts that C gives away are copied and freed, handles destroyed with their last reference: once.
note:.ffi.callback[{freed,::x};"r";" "]
// The result of a call, and what it has freed.
gives:{[f;args] freed::(); r:f . args; (r;freed)}
text:.ffi.own[.ffi.fn[`strdup;"C";"r"]"xy";`free]
at:.ffi.fn[`strchr;"ri";"r"][text;120i]
same:.ffi.fn[`strchr;"ri";("C";note)]
.t.is["text"; gives[same;(text;120i)]; ("xy";enlist at)]
.t.is["NULL is not destroyed"; gives[same;(text;113i)]; ("";())]
.t.is["symbol"; gives[.ffi.fn[`strchr;"ri";("s";note)];(text;121i)]; (`y;enlist at+1)]
.t.is["bind"; gives[.ffi.bind[`strchr;"ri";("C";note)];(text;121i)]; (enlist"y";enlist at+1)]
.t.is["converted"; gives[same;(text;120)]; ("xy";enlist at)]
.t.is["callFunction"; gives[.ffi.callFunction;((("C";note);`strchr);(text;120i;::))]; ("xy";enlist at)]
.t.is["by name"; (.ffi.callFunction[(("C";`free);`strdup)]("abc";::);.ffi.fn[`strdup;"C";("C";`libc`free)]"abc"); ("abc";"abc")]
.t.is["a pointer to numbers"; gives[.ffi.fn[`strchr;"ri";("X";note)];(text;121i)]; (0x79;enlist at+1)]
// strtok_r gives a part of its text and fills where it goes on.
part:.ffi.own[.ffi.fn[`strdup;"C";"r"]"ab cd";`free]
.t.is["with outs"; gives[.ffi.bind[`strtok_r;"rC&C";("C";note)];(part;" ")] 0; ("ab";"cd")]
handles:.ffi.stats[]`ownedHandles
h:.ffi.fn[`strchr;"ri";("r";note)][text;121i]
.t.is["a handle"; (type h;.ffi.stats[][`ownedHandles]-handles); (112h;1)]
.t.signals["with an owner"; .ffi.fn[`strchr;"ri";("r";note)]; (text;121i); "domain: own: ",string[at+1]," has an owner"]
.t.is["it is an address"; .ffi.fn[`strlen;"r";"j"] h; 1]
freed:()
h:0
.t.is["destroyed with its last reference"; freed; enlist at+1]
.t.is["and no longer owned"; .ffi.stats[][`ownedHandles]-handles; 0]
.t.is["no handle of NULL"; gives[.ffi.fn[`strchr;"ri";("r";note)];(text;113i)]; (0;())]
// The result is destroyed whatever the destroyer signals.
bad:.ffi.callback[{freed,::x;'`bad};"r";" "]
.t.signals["an error of the destroyer"; .ffi.fn[`strchr;"ri";("C";bad)]; (text;120i); "bad"]
.t.is["which ran"; last freed; at]
.t.signals["no pointer"; .ffi.fn; (`abs;"i";("i";`free)); "sig: \"i\": no pointer that C gives away at 0"]
.t.signals["void"; .ffi.fn; (`abs;"i";(" ";`free)); "sig: \" \": no pointer that C gives away at 0"]
.t.signals["no such destroyer"; .ffi.fn; (`abs;"i";("C";`nope)); "sym: nope not found in this process"]
.t.signals["none"; .ffi.fn; (`abs;"i";("C";0)); "domain: fn: ret is NULL"]
.t.signals["three"; .ffi.fn; (`abs;"i";("C";`free;`free)); "type: fn: ret wants string or char, got list"]
strdup:.ffi.fn[`strdup;"C";("C";`free)]
left:{[n] before:.Q.w[]`used; do[n; strdup "text"]; (.Q.w[]`used)-before}
.t.is["nothing is left"; left 1000; left 1]
.t.done[]
