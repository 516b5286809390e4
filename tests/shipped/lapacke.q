// LAPACKE: systems of equations and eigenvalues whose answers are known.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/lapacke.q

rows:.lapacke.LAPACK_ROW_MAJOR
close:{all 1e-9>abs x-y}
// The inverse of Hilbert's matrix has whole numbers: its first column, by what C computes, and by Python's fractions.
hilbert:raze {1%x+1+til 4} each til 4
b:1 0 0 0f
.t.is["solved"; .lapacke.dgesv[rows;4;1;hilbert+0;4;4#0i;b;1]; 0i]
python:"from fractions import Fraction as F; n=4; m=[[F(1,i+j+1) for j in range(n)]+[F(i==0)] for i in range(n)]\n",
  "for i in range(n):\n m[i]=[x/m[i][i] for x in m[i]]\n",
  " for k in range(n):\n  m[k]=m[k] if k==i else [x-m[k][i]*y for x,y in zip(m[k],m[i])]\n",
  "print(*[r[n] for r in m])"
(`$":",file:getenv[`SCRATCH],"/hilbert.py") 0: enlist python
.t.is["exactly what it is"; close[b;"F"$" " vs first system"python3 ",file]; 1b]
w:3#0f
.t.is["eigenvalues"; .lapacke.dsyev[rows;"N";"U";3;2 -1 0 -1 2 -1 0 -1 2f;3;w]; 0i]
.t.is["of the second difference"; close[w;2-2*cos acos[-1]*(1 2 3)%4]; 1b]
s:2#0f
.t.is["singular values"; .lapacke.dgesdd[rows;"N";2;2;3 0 4 5f;2;s;4#0f;2;4#0f;2]; 0i]
.t.is["of a matrix"; close[s;sqrt 45 5f]; 1b]
.t.is["a singular one"; .lapacke.dgesv[rows;2;1;1 2 2 4f;2;2#0i;1 1f;1]; 2i]
.t.done[]
