// q functions that C calls: comparators, visitors, integrands.
//   cargo run --release -- examples/callbacks.q
\l q/ffi.q
\l examples/lib/check.q
\l examples/lib/numeric.q

// A function pointer is (function; argument types; result type); an uppercase letter gives the value pointed to.
compare:{[x;y] (x>y)-x<y}

-1"qsort over ints, floats and symbols";
// @desc A copy of a vector, sorted by C.
// @param letter {char} type character of the vector, uppercase
// @param f {function} negative, zero or positive, as its first argument comes before, with or after the other
// @param v {list} a simple vector
sortBy:{[letter;f;v]
  v:v til count v;
  .ffi.bind[`qsort; letter,"llk"; " "][v;count v;width letter;(f;2#letter;"i")];
  v
 }
width:"IFSJ"!4 8 8 8
.check.is[{sortBy["I"; compare; 3 -1 2i]}; -1 2 3i]
.check.is[{sortBy["F"; {[x;y] compare[y;x]}; 2.5 -1 7.25]}; 7.25 2.5 -1]
.check.is[{sortBy["S"; compare; `msft`aapl`ibm]}; `aapl`ibm`msft]
byLength:{[x;y] compare . count each string (x;y)}
.check.is[{sortBy["S"; byLength; `three`a`to]}; `a`to`three]

-1"\nbsearch gives a pointer into the vector, NULL if nothing is equal";
bsearch:.ffi.bind[`bsearch; "JJllk"; "r"]
v:2 3 5 7 11 13
base:bsearch[2;v;6;8;(compare;"JJ";"i")]
find:{[x] $[p:bsearch[x;v;6;8;(compare;"JJ";"i")]; (p-base) div 8; 0N]}
.check.is[{find each 2 7 13 4}; 0 3 5 0N]

-1"\nAn error in q comes back as that error once C has returned; C saw zeros meanwhile";
.check.is[{.[sortBy; ("J";{[x;y] 'boom};3 1 2); ::]}; "boom"]
.check.is[{.[sortBy; ("J";{[x;y] `a};3 1 2); ::]}; "type: callback: i wants int, got symbol"]
.check.is[{sortBy["J"; compare; 3 1 2]}; 1 2 3]

-1"\nA walk over a tree of files: ftw";
visited:()!()
visit:{[path;stat;flag] visited[`$path]:flag=1i; 0i}
ftw:.ffi.bind[`ftw; "Cki"; "i"]
.check.is[{ftw["examples";(visit;"Cri";"i");16i]}; 0i]
.check.is[{`examples in where visited}; 1b]
.check.is[{(`$"examples/callbacks.q") in key visited}; 1b]
// A visitor that returns something else than 0 ends the walk, and ftw returns it.
.check.is[{ftw["examples";({[p;s;f] 7i};"Cri";"i");16i]}; 7i]

-1"\nq functions of a number, for a solver and an integrator in C";
.check.is[{1e-10>abs sqrt[2]-.numeric.root[{-2+x*x};0f;2f]}; 1b]
.check.is[{1e-8>abs 2-.numeric.integral[sin;0f;acos -1]}; 1b]
.check.is[{.numeric.integral[{x xexp 2};0f;3f]}; 9f]
.check.is[{.[.numeric.root; ({x*`a};0f;1f); ::]}; "type"]

.check.end[]
