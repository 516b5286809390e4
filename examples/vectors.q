// Whole vectors: C reads and writes q's data where it lies, one call for all elements.
//   cargo run --release -- examples/vectors.q
\l q/ffi.q
\l examples/lib/check.q
\l examples/lib/numeric.q

-1"A C function of one's own: void moving_average(const double*, double*, int64_t, int64_t)";
.check.is[{.numeric.movingAverage[2; 1 3 5 9f]}; 1 2 4 7f]
prices:100+sums 10000?-.5 .5
close:{all 1e-9>abs x-y}
.check.is[{close[.numeric.movingAverage[20;prices]; 20 mavg prices]}; 1b]

-1"\nIn place: C writes into the vector itself, so whatever else holds it sees the change";
v:1 -4 2f
same:v
own:0f+v
.check.is[{.numeric.scale[v;count v;10f]}; 40f]
.check.is[{v}; 10 -40 20f]
.check.is[{same}; 10 -40 20f]
.check.is[{own}; 1 -4 2f]

-1"\nA vector of another type is an error, not a conversion: C would write to a copy";
.check.is[{@[.numeric.scale; (1 2 3;3;2f;::); ::]}; "type: scale[0]: F wants float vector, got long vector"]

-1"\nResults through pointers: a vector of one for each";
sincos:.ffi.bind[`libm`sincos; "fFF"; " "]
sinAndCos:{[x] s:enlist 0n; c:enlist 0n; sincos[x;s;c]; first each (s;c)}
.check.is[{sinAndCos 1f}; (sin;cos)@\:1f]
lgamma:.ffi.bind[`libm`lgamma_r; "fI"; "f"]
.check.is[{sign:enlist 0i; lgamma[-.5;sign],sign}; (log 2*sqrt acos -1;-1i)]

-1"\nA function of numbers over vectors: atomic loops in machine code, and conforms as + does";
atan2:.ffi.atomic[`libm`atan2; "ff"; "f"]
.check.is[{atan2[0 1 0f;1 1 -1f]}; 0 0.25 1*acos -1]
.check.is[{atan2[0f;1 0n -1f]}; 0 0n,acos -1]
.check.is[{atan2[1;(0 1;`a`b!1 -1)]}; (0.5 0.25*acos -1;`a`b!0.25 0.75*acos -1)]
.check.is[{@[atan2[1 2f]; 1 2 3f; ::]}; "length: atan2: 2 and 3 items"]

-1"\nAny vector's bytes: r takes the address of a vector of whatever type";
memcpy:.ffi.bind[`memcpy; "rrl"; "r"]
bits:{[floats] out:count[floats]#0; memcpy[out;floats;8*count floats]; out}
.check.is[{0x0 vs first bits enlist 1f}; 0x3ff0000000000000]
.check.is[{u:til 6; memcpy[u;3 4 5;24]; u}; 3 4 5 3 4 5]

-1"\nBLAS, where there is one";
blas:{[lib] ddot::.ffi.bind[(lib;`cblas_ddot); "iFiFi"; "f"]; `}
found:{[libs] $[not count libs; 0b; `~@[blas; first libs; ::]; 1b; .z.s 1_libs]} `libcblas`libopenblas`libblas
$[found; .check.is[{ddot[3;1 2 3f;1;4 5 6f;1]}; 32f]; -1"  skipped: no cblas_ddot in libcblas, libopenblas or libblas"];

.check.end[]
