// A loop that writes the same function out again makes nothing grow: projections and compositions of natives included.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
L:`$getenv`FAULTS_SO
qsort:.ffi.fn[`qsort;"Jllk";" "]
labs:.ffi.fn[`labs;"j";"j"]
hypot:.ffi.fn[`libm`hypot;"ff";"f"]
kinds:`projection`composition`lambda`native_projection`over`each_`nested`of_vectors!(
  {{[d;x;y] (d*x>y)-d*x<y}[1]};
  {('[labs;-])};
  {{x-y}};
  {{[f;x;y] "j"$f["f"$x;"f"$y]}[hypot]};
  {{[f;x;y] f/[x;enlist y]}[+]};
  {{[f;x;y] first f'[enlist x;enlist y]}[-]};
  {('[neg;'[labs;-]])};
  {{[v;x;y] v[0]+x-y}[1 2 3]})
call:{[make] v:3 1 2; do[1000; qsort[v;3;8;(make[];"JJ";"i")]]}
inline:{.ffi.stats[]`inlineCallbacks}
grows:{[f;x] f x; before:inline[]; f x; inline[]-before}
{.t.is[string[x],": callbacks more after a thousand calls"; grows[call;kinds x]<10; 1b]} each key kinds;
.t.done[]
