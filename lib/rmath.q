// rmath 4.2.2, made by tools/modules.q.
// Rmath.h of libRmath, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.rmath;"libRmath";`LP64;::;"
 typedef enum { FALSE = 0, TRUE = 1 } Rboolean;
 double R_pow(double x, double y);
 double R_pow_di(double, int);
 double norm_rand(void);
 double unif_rand(void);
 double R_unif_index(double);
 double exp_rand(void);
 void set_seed(unsigned int, unsigned int);
 void get_seed(_Out_ unsigned int *first, _Out_ unsigned int *second);
 double dnorm4(double, double, double, int);
 double pnorm5(double, double, double, int, int);
 double qnorm5(double, double, double, int, int);
 double rnorm(double, double);
 void pnorm_both(double x, _Inout_ double *lower, _Out_ double *upper, int tail, int is_log);
 double dunif(double, double, double, int);
 double punif(double, double, double, int, int);
 double qunif(double, double, double, int, int);
 double runif(double, double);
 double dgamma(double, double, double, int);
 double pgamma(double, double, double, int, int);
 double qgamma(double, double, double, int, int);
 double rgamma(double, double);
 double log1pmx(double);
 double log1pexp(double);
 double log1mexp(double);
 double lgamma1p(double);
 double logspace_add(double logx, double logy);
 double logspace_sub(double logx, double logy);
 double logspace_sum(const double *, int);
 double dbeta(double, double, double, int);
 double pbeta(double, double, double, int, int);
 double qbeta(double, double, double, int, int);
 double rbeta(double, double);
 double dlnorm(double, double, double, int);
 double plnorm(double, double, double, int, int);
 double qlnorm(double, double, double, int, int);
 double rlnorm(double, double);
 double dchisq(double, double, int);
 double pchisq(double, double, int, int);
 double qchisq(double, double, int, int);
 double rchisq(double);
 double dnchisq(double, double, double, int);
 double pnchisq(double, double, double, int, int);
 double qnchisq(double, double, double, int, int);
 double rnchisq(double, double);
 double df(double, double, double, int);
 double pf(double, double, double, int, int);
 double qf(double, double, double, int, int);
 double rf(double, double);
 double dt(double, double, int);
 double pt(double, double, int, int);
 double qt(double, double, int, int);
 double rt(double);
 double dbinom_raw(double x, double n, double p, double q, int give_log);
 double dbinom(double, double, double, int);
 double pbinom(double, double, double, int, int);
 double qbinom(double, double, double, int, int);
 double rbinom(double, double);
 void rmultinom(int, double *, int, int *);
 double dcauchy(double, double, double, int);
 double pcauchy(double, double, double, int, int);
 double qcauchy(double, double, double, int, int);
 double rcauchy(double, double);
 double dexp(double, double, int);
 double pexp(double, double, int, int);
 double qexp(double, double, int, int);
 double rexp(double);
 double dgeom(double, double, int);
 double pgeom(double, double, int, int);
 double qgeom(double, double, int, int);
 double rgeom(double);
 double dhyper(double, double, double, double, int);
 double phyper(double, double, double, double, int, int);
 double qhyper(double, double, double, double, int, int);
 double rhyper(double, double, double);
 double dnbinom(double, double, double, int);
 double pnbinom(double, double, double, int, int);
 double qnbinom(double, double, double, int, int);
 double rnbinom(double, double);
 double dnbinom_mu(double, double, double, int);
 double pnbinom_mu(double, double, double, int, int);
 double qnbinom_mu(double, double, double, int, int);
 double rnbinom_mu(double, double);
 double dpois_raw(double, double, int);
 double dpois(double, double, int);
 double ppois(double, double, int, int);
 double qpois(double, double, int, int);
 double rpois(double);
 double dweibull(double, double, double, int);
 double pweibull(double, double, double, int, int);
 double qweibull(double, double, double, int, int);
 double rweibull(double, double);
 double dlogis(double, double, double, int);
 double plogis(double, double, double, int, int);
 double qlogis(double, double, double, int, int);
 double rlogis(double, double);
 double dnbeta(double, double, double, double, int);
 double pnbeta(double, double, double, double, int, int);
 double qnbeta(double, double, double, double, int, int);
 double dnf(double, double, double, double, int);
 double pnf(double, double, double, double, int, int);
 double qnf(double, double, double, double, int, int);
 double dnt(double, double, double, int);
 double pnt(double, double, double, int, int);
 double qnt(double, double, double, int, int);
 double ptukey(double, double, double, double, int, int);
 double qtukey(double, double, double, double, int, int);
 double dwilcox(double, double, double, int);
 double pwilcox(double, double, double, int, int);
 double qwilcox(double, double, double, int, int);
 double rwilcox(double, double);
 void wilcox_free(void);
 double dsignrank(double, double, int);
 double psignrank(double, double, int, int);
 double qsignrank(double, double, int, int);
 double rsignrank(double);
 void signrank_free(void);
 double gammafn(double);
 double lgammafn(double);
 double lgammafn_sign(double, int *);
 void dpsifn(double, int, int, int, double *, int *, int *);
 double psigamma(double, double);
 double digamma(double);
 double trigamma(double);
 double tetragamma(double);
 double pentagamma(double);
 double beta(double, double);
 double lbeta(double, double);
 double choose(double, double);
 double lchoose(double, double);
 double bessel_i(double, double, double);
 double bessel_j(double, double);
 double bessel_k(double, double, double);
 double bessel_y(double, double);
 double bessel_i_ex(double, double, double, double *);
 double bessel_j_ex(double, double, double *);
 double bessel_k_ex(double, double, double, double *);
 double bessel_y_ex(double, double, double *);
 int imax2(int, int);
 int imin2(int, int);
 double fmax2(double, double);
 double fmin2(double, double);
 double sign(double);
 double fprec(double, double);
 double fround(double, double);
 double fsign(double, double);
 double ftrunc(double);
 double cospi(double);
 double sinpi(double);
 double tanpi(double);
 double Rtanpi(double);
 int R_finite(double);
 extern int N01_kind;
 #define R_VERSION_STRING \"4.2.2\"
 #define HAVE_EXPM1 1
 #define HAVE_HYPOT 1
 #define HAVE_LOG1P 1
 #define HAVE_WORKING_LOG1P 1
 #define M_2PI 6.283185307179586
 #define M_SQRT_3 1.7320508075688772
 #define M_SQRT_32 5.656854249492381
 #define M_LOG10_2 0.3010299956639812
 #define M_SQRT_PI 1.772453850905516
 #define M_1_SQRT_2PI 0.3989422804014327
 #define M_SQRT_2dPI 0.7978845608028654
 #define M_LN_2PI 1.8378770664093456
 #define M_LN_SQRT_PI 0.5723649429247001
 #define M_LN_SQRT_2PI 0.9189385332046728
 #define M_LN_SQRT_PId2 0.22579135264472744
 double dnorm(double, double, double, int) __asm__(\"dnorm4\");
 double pnorm(double, double, double, int, int) __asm__(\"pnorm5\");
 double qnorm(double, double, double, int, int) __asm__(\"qnorm5\");
 "]
