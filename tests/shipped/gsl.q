// GSL: special functions, integrals and roots, against values from the literature.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/gsl.q

close:{all 1e-12>abs -1+x%y}
// Abramowitz and Stegun, and the first zeros and constants as OEIS has them.
own:(.gsl.sf_bessel_J0 1;.gsl.sf_bessel_Jn[2;3];.gsl.sf_zeta 3;.gsl.sf_gamma 0.5;.gsl.sf_dilog 1;.gsl.sf_expint_E1 1;
  .gsl.sf_airy_Ai[0;.gsl.GSL_PREC_DOUBLE];.gsl.sf_lambert_W0 1;.gsl.sf_bessel_zero_J0 1;.gsl.sf_legendre_Pl[3;0.5])
theirs:(0.7651976865579666;0.4860912605858911;1.2020569031595942;sqrt acos -1;(acos[-1]xexp 2)%6;0.21938393439552029;
  0.3550280538878172;0.5671432904097838;2.404825557695773;-0.4375)
.t.is["special functions"; close[own;theirs]; 1b]
.t.is["out of its domain"; .gsl.sf_log -1; 0n]
.t.is["each float of a vector"; close[.ffi.atomic[.gsl`sf_gamma;::;::] 1 2 3 4 5f;1 1 2 6 24f]; 1b]

w:.gsl.integration_workspace_alloc 1000
f:`function`params!({[x;p] log[x]%sqrt x};0)
r:.gsl.integration_qags[f;0;1;0;1e-10;1000;w]
.t.is["an integral"; (r 0;close[r 1;-4];r[2]<1e-9); (0i;1b;1b)]
r:.gsl.integration_qagi[`function`params!({[x;p] exp neg x*x};0);0;1e-10;1000;w]
.t.is["over all numbers"; close[r 1;sqrt acos -1]; 1b]
.t.is["an error in q"; @[{.gsl.integration_qags[`function`params!({[x;p] 'mine};0);0;1;0;1e-7;1000;w]};0;{x}]; "mine"]
.t.is["what GSL says is wrong"; .gsl.strerror first .gsl.integration_qags[f;0;1;0;1e-20;1000;w]; "specified tolerance is invalid or theoretically unattainable"]

// A solver keeps its function's address.
m:.ffi.malloc .ffi.sizeof .gsl.gsl_function
.ffi.poke[m;.ffi.pack[.gsl.gsl_function;`function`params!({[x;p] -5+x*x};0)]];
s:.gsl.root_fsolver_alloc .gsl.root_fsolver_brent[]
.t.is["a dictionary would not stay"; .[.gsl.root_fsolver_set;(s;f;0;5);{x}] like "type: *"; 1b]
.t.is["set"; .gsl.root_fsolver_set[s;m;0;5]; 0i]
n:0
while[.gsl.GSL_CONTINUE=.gsl.root_test_interval[.gsl.root_fsolver_x_lower s;.gsl.root_fsolver_x_upper s;0;1e-14];
  .gsl.root_fsolver_iterate s; n+:1]
.t.is["a root"; (close[.gsl.root_fsolver_root s;sqrt 5];n<20); 11b]
.t.done[]
