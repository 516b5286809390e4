// libm, against Python's math.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/libm.q

python:{value each system"python3 -c \"from math import *; [print(repr(x)) for x in (",x,")]\""}
x:2.5
own:(.libm.erf x;.libm.tgamma x;.libm.lgamma x;.libm.expm1 1e-10;.libm.atan2[1;x];.libm.hypot[3;4];.libm.cbrt 27;.libm.fmod[7.5;2])
theirs:python "erf(2.5),gamma(2.5),lgamma(2.5),expm1(1e-10),atan2(1,2.5),hypot(3,4),27**(1/3),fmod(7.5,2)"
.t.is["the same"; all 1e-14>abs -1+own%theirs; 1b]
.t.is["out-parameters"; (.libm.frexp 6;.libm.modf 2.75;.libm.remquo[7;2];.libm.sincos 0); ((0.75;3i);0.75 2;(-1f;4i);0 1f)]
.t.is["constants"; .libm`M_PI`M_E; (acos -1;exp 1)]
.t.is["whole vectors"; .ffi.atomic[.libm`pow;::;::][1 2 3f;2]; 1 4 9f]
// Values of Abramowitz and Stegun, tables 9.1 and 9.2.
.t.is["Bessel functions"; 1e-15>abs (.libm.j0 1;.libm.y1 2)-0.7651976865579666 -0.1070324315409375; 11b]
.t.done[]
