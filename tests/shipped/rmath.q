// R's distributions, against Python's statistics and exact sums.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/rmath.q

close:{all 1e-12>abs -1+x%y}
python:{value each system"python3 -c \"from statistics import NormalDist as N; from math import *; [print(repr(x)) for x in (",x,")]\""}
own:(.rmath.pnorm[1.5;1;2;1;0];.rmath.qnorm[0.975;0;1;1;0];.rmath.dnorm[0.5;0;1;0];.rmath.dbinom[3;10;0.25;0];.rmath.ppois[2;1.5;1;0];
  .rmath.pexp[2;3;1;0];.rmath.choose[50;7])
theirs:python "N(1,2).cdf(1.5),N().inv_cdf(0.975),N().pdf(0.5),comb(10,3)*.25**3*.75**7,exp(-1.5)*(1+1.5+1.5**2/2),1-exp(-2/3),comb(50,7)"
.t.is["distributions"; close[own;theirs]; 1b]
// Student's t with one degree of freedom is Cauchy's, and with two has a formula; the table of chi squared, 10 degrees, 0.95.
.t.is["quantiles"; close[(.rmath.pt[1;1;1;0];.rmath.pt[2;2;1;0]);(0.75;0.5+2%2*sqrt 6)]; 1b]
.t.is["chi squared"; 0.0005>abs .rmath.qchisq[0.95;10;1;0]-18.307; 1b]
.t.is["both tails"; 1f=sum .rmath.pnorm_both[1.5;0f;2;0]; 1b]
.rmath.set_seed[1;2];
first_ones:.rmath.norm_rand each til 5
.rmath.set_seed[1;2];
.t.is["random numbers"; .rmath.norm_rand each til 5; first_ones]
.rmath.set_seed[123;456];
.t.is["a seed"; .rmath.get_seed[]; 123 456]
.t.is["a vector"; close[.ffi.atomic[.rmath`pnorm;::;::][-1 0 1f;0;1;1;0];python"N().cdf(-1),N().cdf(0),N().cdf(1)"]; 1b]
.t.done[]
