// libm 2.36, made by tools/modules.q.
// math.h of libm, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.libm;"libm";`LP64;::;"
 double acos(double __x);
 double asin(double __x);
 double atan(double __x);
 double atan2(double __y, double __x);
 double cos(double __x);
 double sin(double __x);
 double tan(double __x);
 double cosh(double __x);
 double sinh(double __x);
 double tanh(double __x);
 void sincos(double __x, _Out_ double *__sinx, _Out_ double *__cosx);
 double acosh(double __x);
 double asinh(double __x);
 double atanh(double __x);
 double exp(double __x);
 double frexp(double __x, _Out_ int *__exponent);
 double ldexp(double __x, int __exponent);
 double log(double __x);
 double log10(double __x);
 double modf(double __x, _Out_ double *__iptr);
 double expm1(double __x);
 double log1p(double __x);
 double logb(double __x);
 double exp2(double __x);
 double log2(double __x);
 double pow(double __x, double __y);
 double sqrt(double __x);
 double hypot(double __x, double __y);
 double cbrt(double __x);
 double ceil(double __x);
 double fabs(double __x);
 double floor(double __x);
 double fmod(double __x, double __y);
 double copysign(double __x, double __y);
 double nan(const char *__tagb);
 double j0(double);
 double j1(double);
 double jn(int, double);
 double y0(double);
 double y1(double);
 double yn(int, double);
 double erf(double);
 double erfc(double);
 double lgamma(double);
 double tgamma(double);
 double lgamma_r(double x, _Out_ int *__signgamp);
 double rint(double __x);
 double nextafter(double __x, double __y);
 double remainder(double __x, double __y);
 double scalbn(double __x, int __n);
 int ilogb(double __x);
 double scalbln(double __x, long __n);
 double nearbyint(double __x);
 double round(double __x);
 double trunc(double __x);
 double remquo(double __x, double __y, _Out_ int *__quo);
 long lrint(double __x);
 long long llrint(double __x);
 long lround(double __x);
 long long llround(double __x);
 double fdim(double __x, double __y);
 double fmax(double __x, double __y);
 double fmin(double __x, double __y);
 double fma(double __x, double __y, double __z);
 #define M_E 2.718281828459045
 #define M_LOG2E 1.4426950408889634
 #define M_LOG10E 0.4342944819032518
 #define M_LN2 0.6931471805599453
 #define M_LN10 2.302585092994046
 #define M_PI 3.141592653589793
 #define M_PI_2 1.5707963267948966
 #define M_PI_4 0.7853981633974483
 #define M_1_PI 0.3183098861837907
 #define M_2_PI 0.6366197723675814
 #define M_2_SQRTPI 1.1283791670955126
 #define M_SQRT2 1.4142135623730951
 #define M_SQRT1_2 0.7071067811865476
 #define M_Ef 2.7182817459106445
 #define M_LOG2Ef 1.4426950216293335
 #define M_LOG10Ef 0.4342944920063019
 #define M_LN2f 0.6931471824645996
 #define M_LN10f 2.3025851249694824
 #define M_PIf 3.1415927410125732
 #define M_PI_2f 1.5707963705062866
 #define M_PI_4f 0.7853981852531433
 #define M_1_PIf 0.31830987334251404
 #define M_2_PIf 0.6366197466850281
 #define M_2_SQRTPIf 1.128379225730896
 #define M_SQRT2f 1.4142135381698608
 #define M_SQRT1_2f 0.7071067690849304
 #define M_El 2.718281828459045
 #define M_LOG2El 1.4426950408889634
 #define M_LOG10El 0.4342944819032518
 #define M_LN2l 0.6931471805599453
 #define M_LN10l 2.302585092994046
 #define M_PIl 3.141592653589793
 #define M_PI_2l 1.5707963267948966
 #define M_PI_4l 0.7853981633974483
 #define M_1_PIl 0.3183098861837907
 #define M_2_PIl 0.6366197723675814
 #define M_2_SQRTPIl 1.1283791670955126
 #define M_SQRT2l 1.4142135623730951
 #define M_SQRT1_2l 0.7071067811865476
 #define M_Ef32 2.7182817459106445
 #define M_LOG2Ef32 1.4426950216293335
 #define M_LOG10Ef32 0.4342944920063019
 #define M_LN2f32 0.6931471824645996
 #define M_LN10f32 2.3025851249694824
 #define M_PIf32 3.1415927410125732
 #define M_PI_2f32 1.5707963705062866
 #define M_PI_4f32 0.7853981852531433
 #define M_1_PIf32 0.31830987334251404
 #define M_2_PIf32 0.6366197466850281
 #define M_2_SQRTPIf32 1.128379225730896
 #define M_SQRT2f32 1.4142135381698608
 #define M_SQRT1_2f32 0.7071067690849304
 #define M_Ef64 2.718281828459045
 #define M_LOG2Ef64 1.4426950408889634
 #define M_LOG10Ef64 0.4342944819032518
 #define M_LN2f64 0.6931471805599453
 #define M_LN10f64 2.302585092994046
 #define M_PIf64 3.141592653589793
 #define M_PI_2f64 1.5707963267948966
 #define M_PI_4f64 0.7853981633974483
 #define M_1_PIf64 0.3183098861837907
 #define M_2_PIf64 0.6366197723675814
 #define M_2_SQRTPIf64 1.1283791670955126
 #define M_SQRT2f64 1.4142135623730951
 #define M_SQRT1_2f64 0.7071067811865476
 #define M_Ef128 2.718281828459045
 #define M_LOG2Ef128 1.4426950408889634
 #define M_LOG10Ef128 0.4342944819032518
 #define M_LN2f128 0.6931471805599453
 #define M_LN10f128 2.302585092994046
 #define M_PIf128 3.141592653589793
 #define M_PI_2f128 1.5707963267948966
 #define M_PI_4f128 0.7853981633974483
 #define M_1_PIf128 0.3183098861837907
 #define M_2_PIf128 0.6366197723675814
 #define M_2_SQRTPIf128 1.1283791670955126
 #define M_SQRT2f128 1.4142135623730951
 #define M_SQRT1_2f128 0.7071067811865476
 #define M_Ef32x 2.718281828459045
 #define M_LOG2Ef32x 1.4426950408889634
 #define M_LOG10Ef32x 0.4342944819032518
 #define M_LN2f32x 0.6931471805599453
 #define M_LN10f32x 2.302585092994046
 #define M_PIf32x 3.141592653589793
 #define M_PI_2f32x 1.5707963267948966
 #define M_PI_4f32x 0.7853981633974483
 #define M_1_PIf32x 0.3183098861837907
 #define M_2_PIf32x 0.6366197723675814
 #define M_2_SQRTPIf32x 1.1283791670955126
 #define M_SQRT2f32x 1.4142135623730951
 #define M_SQRT1_2f32x 0.7071067811865476
 #define M_Ef64x 2.718281828459045
 #define M_LOG2Ef64x 1.4426950408889634
 #define M_LOG10Ef64x 0.4342944819032518
 #define M_LN2f64x 0.6931471805599453
 #define M_LN10f64x 2.302585092994046
 #define M_PIf64x 3.141592653589793
 #define M_PI_2f64x 1.5707963267948966
 #define M_PI_4f64x 0.7853981633974483
 #define M_1_PIf64x 0.3183098861837907
 #define M_2_PIf64x 0.6366197723675814
 #define M_2_SQRTPIf64x 1.1283791670955126
 #define M_SQRT2f64x 1.4142135623730951
 #define M_SQRT1_2f64x 0.7071067811865476
 "]
