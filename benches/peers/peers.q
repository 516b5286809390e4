// ffijit in qhost: the library is the first argument.
\l q/ffi.q
library:first .z.x
bound:{[name;args;ret] .ffi.fn[(library;name); args; ret]}
add2:bound[`add2;"ff";"f"]
eight:bound[`eight;"ifjehfxj";"f"]
first_:bound[`first;"s";"j"]
apply:bound[`apply;"ki";"j"]
callback:.ffi.callback[{x+y};"ii";"i"]
check:{[ok;what] if[not ok; -2 what; exit 1]}
check[5f=add2[2f;3f];"add2"]
check[36f=eight[1i;2f;3;4e;5h;6f;0x07;8];"eight"]
check[104=first_`hello;"first"]
check[10=apply[callback;4i];"apply"]

// @desc The least of seven times of n pieces of work, in nanoseconds a piece.
best:{[name;n;work] -1 name,"\t",string(min{[n;work;i] start:.z.p; work n; "j"$.z.p-start}[n;work]each til 7)%n;}
best["call";1000000;{do[x;add2[2f;3f]]}]
best["eight";1000000;{do[x;eight[1i;2f;3;4e;5h;6f;0x07;8]]}]
best["text";1000000;{do[x;first_`hello]}]
best["callback";100000;{apply[callback;"i"$x]}]
n:1000000
x:"f"$til n
y:n#1f
vectors:.ffi.atomic[(library;`add2);"ff";"f"]
check[n=last vectors[x;y];"elements"]
best["elements";n;{[n] vectors[x;y]}]
exit 0
