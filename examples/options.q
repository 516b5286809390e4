// Option prices and greeks by Black and Scholes, a million or as many as the command line says: the same in q alone, by a C
// function called for each, by one loop of machine code, on all of q's threads, and by libm's functions and their vector variants.
//   cargo run --release -- examples/options.q 1000000 -s 2
\l q/ffi.q
\l examples/lib/check.q

n:$[count .z.x; "J"$first .z.x; 20000]

// What one would write in C. The greeks are out-parameters.
source:"\n" sv(
  "#include <math.h>";
  "double option(double spot, double strike, double years, double rate, double sigma,";
  "              double *delta, double *gamma, double *vega) {";
  "  double root = sigma * sqrt(years), discounted = strike * exp(-rate * years);";
  "  double d = log(spot / discounted) / root + root / 2;";
  "  double density = exp(-d * d / 2) / 2.5066282746310002;";
  "  *delta = erfc(-d / 1.4142135623730951) / 2;";
  "  *gamma = density / (spot * root);";
  "  *vega = spot * density * sqrt(years);";
  "  return spot * *delta - discounted * erfc((root - d) / 1.4142135623730951) / 2;";
  "}")

// @desc A library of C source, made in a directory of its own.
compiled:{[source]
  dir:first system"mktemp -d";
  (hsym`$dir,"/option.c") 0: enlist source;
  system"gcc -O2 -shared -fPIC -o ",dir,"/liboption.so ",dir,"/option.c -lm";
  dir,"/liboption.so"
 }
library:compiled source
types:"fffff&f&f&f"
loop:.ffi.atomic[(library;`option); types; "f"]
par:.ffi.atomicPar[(library;`option); types; "f"]
one:.ffi.fn[(library;`option); types; "f"]

// @desc Prices and greeks in q, by functions that take vectors: the exponential, the logarithm, and erfc.
formula:{[exp_;log_;erfc;spot;strike;years;rate;sigma]
  root:sigma*sqrt years;
  discounted:strike*exp_ neg rate*years;
  d:(root%2)+(log_ spot%discounted)%root;
  density:(exp_ d*d%-2)%2.5066282746310002;
  delta:0.5*erfc d%-1.4142135623730951;
  other:0.5*erfc(root-d)%1.4142135623730951;
  ((spot*delta)-discounted*other; delta; density%spot*root; spot*density*sqrt years)
 }

// q has no erfc: that of Abramowitz and Stegun, 7.1.26, is right to 7 digits.
erfc0:{[x]
  t:1%1+0.3275911*abs x;
  y:(exp neg x*x)*t*0.254829592+t*-0.284496736+t*1.421413741+t*-1.453152027+t*1.061405429;
  ?[x<0; 2-y; y]
 }

// @desc A libm function over vectors: by its vector variant, or where there is none, one element at a time.
variant:{[name] @[{.ffi.simd[`libm,x;"f";"f"]}; name; {[name;e] .ffi.atomic[`libm,name;"f";"f"]}[name]]}
each_of:{[name] .ffi.atomic[`libm,name;"f";"f"]}

ways:()!()
ways[`$"q alone"]:formula[exp;log;erfc0]
ways[`$"libm, atomic"]:formula . each_of each `exp`log`erfc
ways[`$"libm, simd"]:formula . variant each `exp`log`erfc
ways[`$"C, each"]:{[spot;strike;years;rate;sigma] flip one'[spot;strike;years;rate;sigma]}
ways[`$"C, atomic"]:loop
ways[`$"C, atomicPar"]:par

\S 7
spot:50+n?100f
strike:50+n?100f
years:0.05+n?2f

// @desc What a way gives, and the microseconds that it takes, the best of three.
run:{[f]
  taken:{[f;i] s:.z.p; f[spot;strike;years;0.03;0.25]; 1e-3*`long$.z.p-s}[f] each til 3;
  (f[spot;strike;years;0.03;0.25]; min taken)
 }
outcomes:run each ways
results:first each outcomes
wanted:results`$"C, atomic"

// @desc The largest difference of all prices and greeks.
off:{[way] max{max abs x-y}'[results way;wanted]}
.check.is[{1e-4>off`$"q alone"}; 1b]
.check.is[{1e-10>off`$"libm, atomic"}; 1b]
.check.is[{1e-10>off`$"libm, simd"}; 1b]
.check.is[{off`$"C, each"}; 0f]
.check.is[{off`$"C, atomicPar"}; 0f]
// A call is worth no less than with the strike discounted, and no more than the spot.
.check.is[{all(wanted[0]<spot)&wanted[0]>-1e-9+spot-strike*exp -0.03*years}; 1b]

cpu:@[{last ": " vs first x where (x:read0 `:/proc/cpuinfo) like "model name*"}; ::; {"this machine"}]
-1"\n",string[n]," options on ",cpu,", ",string[system"s"]," secondary threads";
microseconds:last each value outcomes
show `us xasc ([] way:key ways; us:microseconds; nsEach:1000*microseconds%n)
.check.end[]
