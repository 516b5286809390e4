// Random operations on everything that lives: binding, calls, callbacks, releases, peach, threads of C, forks, errors,
// destructors. Every operation checks its result, and each round ends with all given back: what is left is counted.
//   SOAK_SEED        the random numbers' seed, by default the clock's; it is printed
//   SOAK_OPERATIONS  how many operations, by default 20000
// Run it as tests/soak/main.rs does, or by hand: CONTRIBUTING, "Fuzzing and sanitizers".
\l q/ffi.q
L:`$getenv`FAULTS_SO
number:{[name;default] $[count x:getenv name; "J"$x; default]}
SEED:number[`SOAK_SEED; 1+("j"$.z.p) mod 1000000000]
OPERATIONS:number[`SOAK_OPERATIONS; 20000]
ROUND:2000
-1 "soak: seed ",string[SEED],", ",string[OPERATIONS]," operations";
system"S ",string SEED

// What went wrong, and how often each operation was made.
wrong:()
done_:(`$())!`long$()
check:{[name;got;want] if[got~want; :1b]; wrong,:enlist name; -2 "WRONG ",name,": got ",(200 sublist .Q.s1 got),", want ",200 sublist .Q.s1 want; 0b}
pick:{x rand count x}
trap:{[f;args] .[f;args;{x}]}

// Calls without side effects: name, the function made anew, arguments, the result by q. They may be made under peach.
texts:("";enlist "a";"some text";"x",500#"long ")
pure:()
def:{[name;make;args;want] pure,:enlist (name;make;args;want);}
def["fn labs"; {.ffi.fn[`labs;"j";"j"]}; {enlist neg rand 1000000}; {neg x 0}]
def["bind labs"; {.ffi.bind[`labs;"j";"j"]}; {enlist neg rand 1000000}; {neg x 0}]
def["labs converts"; {.ffi.fn[`labs;"j";"j"]}; {enlist neg rand 1000i}; {"j"$neg x 0}]
def["hypot"; {.ffi.fn[`libm`hypot;"ff";"f"]}; {(3f*n;4f*n:rand 1000)}; {5f*x[0]%3}]
def["bind hypot converts"; {.ffi.bind[`libm`hypot;"ff";"f"]}; {(3i*n;4*n:rand 1000i)}; {5f*x[0]%3}]
def["atomic"; {.ffi.atomic[`labs;"j";"j"]}; {enlist neg rand[100]?1000}; {neg x 0}]
def["atomic, nested"; {.ffi.atomic[`libm`fabs;"f";"f"]}; {enlist (neg rand 9f;neg 3?9f;enlist neg 2?9)}; {"f"$neg x 0}]
def["strlen"; {.ffi.fn[`strlen;"C";"j"]}; {enlist pick texts}; {count x 0}]
def["strlen of a symbol"; {.ffi.fn[`strlen;"s";"j"]}; {enlist `$pick texts}; {count string x 0}]
def["strdup"; {.ffi.fn[`strdup;"C";enlist "C"]}; {enlist pick texts}; {x 0}]
def["ldiv"; {.ffi.fn[`ldiv;"jj";"{jj}"]}; {(rand 1000;1+rand 50)}; {(x[0] div x 1;x[0] mod x 1)}]
def["snprintf"; {{[f;x;y] t:60#" "; n:f[t;60;"%ld|%s|%.2f";x;y;x%4]; n#t}[.ffi.bind[`snprintf;"ClC...jCf";"i"]]}; {(rand 1000;string rand 1000)}; {string[x 0],"|",x[1],"|",.Q.f[2;x[0]%4]}]
def["variable arguments"; {{[f;x;y] t:60#" "; n:f[t;60;"%ld|%s";x;y]; n#t}[.ffi.bind[`snprintf;"ClC...";"i"]]}; {(rand 1000;string 1000+rand 1000)}; {string[x 0],"|",x 1}]
def["callFunction"; {{.ffi.callFunction[("j";`labs)] (x;::)}}; {enlist neg rand 1000}; {neg x 0}]
def["texts counted"; {.ffi.fn[(L;`count_texts);"S";"j"]}; {enlist rand[9]?`a`bc`def}; {count x 0}]
def["a callback"; {{[f;x] f[({x+1};"j";"j");x]}[.ffi.fn[(L;`call_long);"kj";"j"]]}; {enlist rand 1000}; {1+x 0}]
def["a callback's text"; {{[f;x] f[({"text ",string x};"j";"C");x]}[.ffi.fn[(L;`call_text);"kj";"C"]]}; {enlist rand 1000}; {"text ",string x 0}]
def["a callback's struct"; {{[f;x] f[({(x;x%2)};"j";"{jf}");x]}[.ffi.fn[(L;`call_pair);"kj";"{jf}"]]}; {enlist rand 1000}; {(x 0;x[0]%2)}]
def["a callback's object"; {{[f;x] f[({(x;`a;"t")};"j";"K");x]}[.ffi.fn[(L;`call_object);"kj";"K"]]}; {enlist rand 1000}; {(x 0;`a;"t")}]
def["a callback's pointer"; {{[f;x] f[({x+1 2};"j";"J");x]}[.ffi.fn[(L;`call_pointer);"kj";"J"]]}; {enlist rand 1000}; {1+x 0}]
outer:.ffi.fn[(L;`call_long);"kj";"j"]
def["nested callbacks"; {{outer[({[f;x] f[({2*x};"j";"j");x]}[outer];"j";"j");x]}}; {enlist rand 1000}; {2*x 0}]
def["qsort"; {{[f;x] v:0+x; f[v;count v;8;({(x>y)-x<y};"JJ";"i")]; v}[.ffi.fn[`qsort;"Jllk";" "]]}; {enlist (1+rand 20)?100}; {asc[x 0]+0}]
def["an error in a callback"; {{[f;x] @[f[({'string x};"j";"j")];x;{x}]}[.ffi.fn[(L;`call_long);"kj";"j"]]}; {enlist rand 1000}; {string x 0}]
def["an error in a comparison"; {{[f;x] v:0+x; .[f;(v;count v;8;({[x;y] 'stop};"JJ";"i"));{x}]}[.ffi.fn[`qsort;"Jllk";" "]]}; {enlist 2+5?100}; {"stop"}]
def["a wrong type"; {{[f;x] @[f;x;{x}]}[.ffi.fn[`labs;"j";"j"]]}; {enlist `a}; {"type: labs[0]: j wants long, got symbol"}]
def["no such function"; {{@[{.ffi.fn[x;"j";"j"]};x;{first ":" vs x}]}}; {enlist `$"nope",string rand 1000}; {"sym"}]
def["structs"; {{.ffi.unpack["jf4hi"] .ffi.pack["jf4hi";x]}}; {enlist (rand 1000;rand 1f;4?100h;rand 100i)}; {x 0}]
def["memory"; {{m:.ffi.malloc 8*count x; .ffi.poke[m;x]; r:.ffi.peek[m;"j";count x]; if[1=x[0] mod 2; .ffi.free m]; r}}; {enlist (1+rand 50)?1000}; {x 0}]
def["an object of its own"; {{[f;x] c:.ffi.callback[{x+3};"j";"j"]; f[c;x]}[.ffi.fn[(L;`call_long);"kj";"j"]]}; {enlist rand 1000}; {3+x 0}]
def["errno"; {{.ffi.fn[`close;"i";"i"] -1i; .ffi.setErrno[]}}; {enlist 0}; {9i}]
try:{[which;args] f:pure[which] 1; r:trap[f[];args]; r}

one:{which:rand count pure; p:pure which; args:p[2][]; check[p 0; try[which;args]; p[3] args]}
onPeach:{
  which:(n:4+rand 12)?count pure;
  args:{pure[x;2][]} each which;
  got:{try . x} peach flip (which;args);
  {[i;got;args] check["peach, ",pure[i;0]; got; pure[i;3] args]}'[which;got;args];
 }

// Things that live for a while, in pools of some hundred.
callbacks:()
address:.ffi.fn[(L;`same);"r";"j"]
callAt:.ffi.fn[(L;`call_long);"rj";"j"]
newCallback:{callbacks,:enlist (.ffi.callback[{[n;x] x+n}[n];"j";"j"];n:rand 1000); if[300<count callbacks; releaseCallback[]]}
releaseCallback:{if[count callbacks; callbacks::callbacks _ rand count callbacks]}
useCallback:{if[count callbacks; c:pick callbacks; n:rand 1000; check["a callback object"; callAt[address c 0;n]; n+c 1]]}
releaseMany:{do[200; .ffi.callback[{x};"j";"j"]]}
self:0
releaseItself:{n:rand 1000; self::.ffi.callback[{self::0; if[0=x mod 3; releaseMany[]]; x+1};"j";"j"]; check["released while it runs"; callAt[address self;n]; n+1]}
afterRelease:{c:.ffi.callback[{x+1};"j";"j"]; at:address c; c:0; check["called after its release"; callAt[at;1] in 0 0N; 1b]}

handles:()
destroyed:0
tellingOpen:.ffi.fn[(L;`telling_open);"kj";"r"]
askingOpen:.ffi.fn[(L;`asking_open);"k";"r"]
calm:.ffi.callback[{destroyed+:1};"j";" "]
bad:.ffi.callback[{destroyed+:1; '"destroyed"};"j";" "]
asked:.ffi.callback[{x+1};"j";"j"]
newHandle:{handles,:enlist .ffi.own[tellingOpen[calm;rand 1000];(L;`telling_close)]; if[100<count handles; dropHandle[]]}
dropHandle:{if[count handles; handles::handles _ rand count handles]}
freeHandle:{
  h:.ffi.own[tellingOpen[$[isBad:rand 0b;bad;calm];1];(L;`telling_close)];
  check[".ffi.free"; @[{.ffi.free x;`freed};h;{`$x}]; $[isBad;`destroyed;`freed]];
 }
joinHandle:{h:.ffi.own[askingOpen asked;(L;`asking_close)]; $[rand 0b; .ffi.free h; [h:0]];}
nestedHandle:{n:rand 1000; check["a handle in a callback"; .ffi.fn[(L;`call_long);"kj";"j"][({.ffi.free .ffi.own[tellingOpen[calm;x];(L;`telling_close)]; x+1};"j";"j");n]; n+1]}

// Threads of C: void calls wait for the event loop, and come in order.
came:0
called:0
onThread:.ffi.fn[(L;`calls_on_thread);"kj";" "]
noted:.ffi.callback[{came+:1};"j";" "]
askThread:.ffi.fn[(L;`ask_on_thread);"rjjj";"j"]
fromThread:{n:1+rand 50; onThread[noted;n]; called+:n}
fromThreadReleased:{n:1+rand 5; c:.ffi.callback[{came+:1};"j";" "]; onThread[c;n]; c:0; called+:n}
fromThreadText:{onThread[.ffi.callback[{came+:1; 'loop};"j";" "];1]; called+:1}
askFromThread:{check["a thread asks while q is in C"; askThread[address asked;1;3;0]; 0]}

// A child goes on by itself: some operations, and a call of its own thread.
fork:.ffi.fn[`fork;"";"i"]
wait:.ffi.fn[`waitpid;"iIi";"i"]
leave:.ffi.fn[`$"_exit";"i";" "]
inChild:{
  pid:fork[];
  if[pid=0; wrong::(); do[5; one[]]; releaseItself[]; fromThread[]; freeHandle[]; leave "i"$0<count wrong];
  status:enlist 0i;
  wait[pid;status;0i];
  check["a forked child"; first status; 0i];
 }

// How often each, of a hundred or so.
operations:([]f:`one`onPeach`newCallback`releaseCallback`useCallback`releaseMany`releaseItself`afterRelease`newHandle`dropHandle`freeHandle`joinHandle`nestedHandle`fromThread`fromThreadReleased`fromThreadText`askFromThread`inChild;
  weight:60 8 8 6 10 1 3 2 4 3 3 1 3 2 1 1 1 0)
lots:raze operations[`weight]#'til count operations
step:{
  i:$[0=x mod 500; operations[`f]?`inChild; pick lots];
  name:operations[`f] i;
  done_[name]:1+0^done_ name;
  @[value name;::;{[name;e] wrong,:enlist string name; -2 "WRONG ",string[name],": '",e}[name]];
 }

// The end of a round: everything is given back, and what is left is as it was after the first two.
left:()
opened:.ffi.fn[(L;`handles_opened);"";"j"]
closed:.ffi.fn[(L;`handles_closed);"";"j"]
endRound:{
  callbacks::handles::();
  check["handles that were closed"; closed[]; opened[]];
  check["calls of threads that came"; came+0^.ffi.stats[]`threadCallsDropped; called];
  check["callbacks that live"; .ffi.stats[]`liveCallbacks; live];
  left,:.Q.w[]`objects;
 }
live:.ffi.stats[]`liveCallbacks
ended:{
  if[4<count left; check["objects in the last rounds"; 1; count distinct -2#left]];
  -1 "soak: ",", " sv {string[x]," ",string y}'[key done_;value done_];
  -1 "soak: objects after each round ",-3!left;
  -1 "soak: threads' calls ",string[called],", ",string[came]," came; ",string[opened[]]," handles";
  -1 $[count wrong; "soak: ",string[count wrong]," wrong"; "soak: all right"];
  exit "i"$0<count wrong;
 }
made:0
// A tick makes a few operations; between ticks the event loop runs what threads have called.
.z.ts:{
  if[0<.ffi.stats[]`threadCallsWaiting; :(::)];
  if[(made>0) and 0=made mod ROUND; if[(count left)<made div ROUND; endRound[]]];
  if[made>=OPERATIONS; ended[]];
  do[20; made+:1; step made];
 }
\t 1
