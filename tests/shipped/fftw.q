// FFTW, against the sum that defines the transform, as Python computes it.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/fftw.q

n:8
re:"f"$3 1 4 1 5 9 2 6
data:raze re,'0f
out:(2*n)#0f
plan:.fftw.plan_dft_1d[n;data;out;.fftw.FFTW_FORWARD;.fftw.FFTW_ESTIMATE]
.fftw.execute_dft[plan;data;out];
python:"from cmath import exp, pi; x=[3,1,4,1,5,9,2,6]; n=8; ",
  "y=[sum(x[j]*exp(-2j*pi*j*k/n) for j in range(n)) for k in range(n)]; [print(z.real, z.imag) for z in y]"
wanted:raze "F"$" " vs/: system"python3 -c \"",python,"\""
.t.is["a transform"; all 1e-12>abs out-wanted; 1b]
back:(2*n)#0f
inverse:.fftw.plan_dft_1d[n;out;back;.fftw.FFTW_BACKWARD;.fftw.FFTW_ESTIMATE]
.fftw.execute_dft[inverse;out;back];
.t.is["and back"; all 1e-12>abs data-back%n; 1b]
half:10#0f
p:.fftw.plan_dft_r2c_1d[n;re;half;.fftw.FFTW_ESTIMATE]
.fftw.execute_dft_r2c[p;re;half];
.t.is["of real numbers"; all 1e-12>abs half-10#wanted; 1b]
.t.is["its work"; all 0<=.fftw.flops plan; 1b]
.t.is["a plan"; .fftw.sprint_plan[plan] like "(dft*"; 1b]
.t.done[]
