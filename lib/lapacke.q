// lapacke 3.11.0, made by tools/modules.q.
// lapacke.h of liblapacke, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.lapacke;"liblapacke";`LP64;::;"
 int dgbsv(int matrix_layout, int n, int kl, int ku, int nrhs, double *ab, int ldab, int *ipiv, double *b, int ldb) __asm__(\"LAPACKE_dgbsv\");
 int dgees(int matrix_layout, char jobvs, char sort, int (*select)(const double *, const double *), int n, double *a, int lda, int *sdim, double *wr, double *wi, double *vs, int ldvs) __asm__(\"LAPACKE_dgees\");
 int dgeev(int matrix_layout, char jobvl, char jobvr, int n, double *a, int lda, double *wr, double *wi, double *vl, int ldvl, double *vr, int ldvr) __asm__(\"LAPACKE_dgeev\");
 int dgels(int matrix_layout, char trans, int m, int n, int nrhs, double *a, int lda, double *b, int ldb) __asm__(\"LAPACKE_dgels\");
 int dgelsd(int matrix_layout, int m, int n, int nrhs, double *a, int lda, double *b, int ldb, double *s, double rcond, int *rank) __asm__(\"LAPACKE_dgelsd\");
 int dgelss(int matrix_layout, int m, int n, int nrhs, double *a, int lda, double *b, int ldb, double *s, double rcond, int *rank) __asm__(\"LAPACKE_dgelss\");
 int dgeqrf(int matrix_layout, int m, int n, double *a, int lda, double *tau) __asm__(\"LAPACKE_dgeqrf\");
 int dgesdd(int matrix_layout, char jobz, int m, int n, double *a, int lda, double *s, double *u, int ldu, double *vt, int ldvt) __asm__(\"LAPACKE_dgesdd\");
 int dgesv(int matrix_layout, int n, int nrhs, double *a, int lda, int *ipiv, double *b, int ldb) __asm__(\"LAPACKE_dgesv\");
 int dgesvd(int matrix_layout, char jobu, char jobvt, int m, int n, double *a, int lda, double *s, double *u, int ldu, double *vt, int ldvt, double *superb) __asm__(\"LAPACKE_dgesvd\");
 int dgetrf(int matrix_layout, int m, int n, double *a, int lda, int *ipiv) __asm__(\"LAPACKE_dgetrf\");
 int dgetri(int matrix_layout, int n, double *a, int lda, const int *ipiv) __asm__(\"LAPACKE_dgetri\");
 int dgetrs(int matrix_layout, char trans, int n, int nrhs, const double *a, int lda, const int *ipiv, double *b, int ldb) __asm__(\"LAPACKE_dgetrs\");
 int dggev(int matrix_layout, char jobvl, char jobvr, int n, double *a, int lda, double *b, int ldb, double *alphar, double *alphai, double *beta, double *vl, int ldvl, double *vr, int ldvr) __asm__(\"LAPACKE_dggev\");
 int dgtsv(int matrix_layout, int n, int nrhs, double *dl, double *d, double *du, double *b, int ldb) __asm__(\"LAPACKE_dgtsv\");
 double dlange(int matrix_layout, char norm, int m, int n, const double *a, int lda) __asm__(\"LAPACKE_dlange\");
 double dlansy(int matrix_layout, char norm, char uplo, int n, const double *a, int lda) __asm__(\"LAPACKE_dlansy\");
 int dorgqr(int matrix_layout, int m, int n, int k, double *a, int lda, const double *tau) __asm__(\"LAPACKE_dorgqr\");
 int dpbsv(int matrix_layout, char uplo, int n, int kd, int nrhs, double *ab, int ldab, double *b, int ldb) __asm__(\"LAPACKE_dpbsv\");
 int dposv(int matrix_layout, char uplo, int n, int nrhs, double *a, int lda, double *b, int ldb) __asm__(\"LAPACKE_dposv\");
 int dpotrf(int matrix_layout, char uplo, int n, double *a, int lda) __asm__(\"LAPACKE_dpotrf\");
 int dpotri(int matrix_layout, char uplo, int n, double *a, int lda) __asm__(\"LAPACKE_dpotri\");
 int dpotrs(int matrix_layout, char uplo, int n, int nrhs, const double *a, int lda, double *b, int ldb) __asm__(\"LAPACKE_dpotrs\");
 int dptsv(int matrix_layout, int n, int nrhs, double *d, double *e, double *b, int ldb) __asm__(\"LAPACKE_dptsv\");
 int dsyev(int matrix_layout, char jobz, char uplo, int n, double *a, int lda, double *w) __asm__(\"LAPACKE_dsyev\");
 int dsyevd(int matrix_layout, char jobz, char uplo, int n, double *a, int lda, double *w) __asm__(\"LAPACKE_dsyevd\");
 int dsygv(int matrix_layout, int itype, char jobz, char uplo, int n, double *a, int lda, double *b, int ldb, double *w) __asm__(\"LAPACKE_dsygv\");
 int dsysv(int matrix_layout, char uplo, int n, int nrhs, double *a, int lda, int *ipiv, double *b, int ldb) __asm__(\"LAPACKE_dsysv\");
 #define LAPACK_ROW_MAJOR 101
 #define LAPACK_COL_MAJOR 102
 "]
