// OpenBLAS, against q's own arithmetic, of integers that floats hold exactly.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/openblas.q

x:"f"$2 3 5 7 11 13
y:"f"$1 -1 2 -2 3 -3
.t.is["a dot product"; .openblas.ddot[6;x;1;y;1]; sum x*y]
.t.is["norms"; (.openblas.dnrm2[2;3 4f;1];.openblas.dasum[6;y;1];.openblas.idamax[6;x;1]); (5f;12f;5)]
z:y+0
.openblas.daxpy[6;2;x;1;z;1];
.t.is["a sum in place"; z; y+2*x]
a:"f"$2 3#1+til 6
b:"f"$3 2#7+til 6
c:4#0f
.openblas.dgemm[`CblasRowMajor;`CblasNoTrans;`CblasNoTrans;2;2;3;1f;raze a;3;raze b;2;0f;c;2];
.t.is["a product"; 2 2#c; a mmu b]
.openblas.dgemv[`CblasRowMajor;`CblasTrans;2;3;1f;raze a;3;1 -1f;1;0f;r:3#0f;1];
.t.is["by a vector"; r; (1 -1f) mmu a]
.t.signals["an enum has its names"; .openblas.dgemv; (`RowMajor;`CblasTrans;2;3;1f;raze a;3;1 -1f;1;0f;r;1);
  .[.openblas.dgemv;(`RowMajor;`CblasTrans;2;3;1f;raze a;3;1 -1f;1;0f;r;1);{x}]]
.t.is["its build"; .openblas.openblas_get_config[] like "OpenBLAS*"; 1b]
.t.done[]
