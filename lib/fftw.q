// fftw 3.3.10, made by tools/modules.q.
// fftw3.h of libfftw3, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.fftw;"libfftw3";`LP64;::;"
 enum fftw_r2r_kind_do_not_use_me { FFTW_R2HC = 0, FFTW_HC2R = 1, FFTW_DHT = 2, FFTW_REDFT00 = 3, FFTW_REDFT01 = 4, FFTW_REDFT10 = 5, FFTW_REDFT11 = 6, FFTW_RODFT00 = 7, FFTW_RODFT01 = 8, FFTW_RODFT10 = 9, FFTW_RODFT11 = 10 };
 typedef enum fftw_r2r_kind_do_not_use_me fftw_r2r_kind;
 typedef enum fftw_r2r_kind_do_not_use_me fftwf_r2r_kind;
 typedef enum fftw_r2r_kind_do_not_use_me fftwl_r2r_kind;
 typedef enum fftw_r2r_kind_do_not_use_me fftwq_r2r_kind;
 struct fftw_iodim_do_not_use_me { int n; int is; int os; };
 typedef struct fftw_iodim_do_not_use_me fftw_iodim;
 typedef struct fftw_iodim_do_not_use_me fftwf_iodim;
 typedef struct fftw_iodim_do_not_use_me fftwl_iodim;
 typedef struct fftw_iodim_do_not_use_me fftwq_iodim;
 struct fftw_iodim64_do_not_use_me { long n; long is; long os; };
 typedef struct fftw_iodim64_do_not_use_me fftw_iodim64;
 typedef struct fftw_iodim64_do_not_use_me fftwf_iodim64;
 typedef struct fftw_iodim64_do_not_use_me fftwl_iodim64;
 typedef struct fftw_iodim64_do_not_use_me fftwq_iodim64;
 struct fftw_plan_s;
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft(int rank, const int *n, double *in, double *out, int sign, unsigned int flags) __asm__(\"fftw_plan_dft\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_1d(int n, double *in, double *out, int sign, unsigned int flags) __asm__(\"fftw_plan_dft_1d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_2d(int n0, int n1, double *in, double *out, int sign, unsigned int flags) __asm__(\"fftw_plan_dft_2d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_3d(int n0, int n1, int n2, double *in, double *out, int sign, unsigned int flags) __asm__(\"fftw_plan_dft_3d\");
 void execute_dft(struct fftw_plan_s *plan, double *in, double *out) __asm__(\"fftw_execute_dft\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_r2c(int rank, const int *n, double *in, double *out, unsigned int flags) __asm__(\"fftw_plan_dft_r2c\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_r2c_1d(int n, double *in, double *out, unsigned int flags) __asm__(\"fftw_plan_dft_r2c_1d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_r2c_2d(int n0, int n1, double *in, double *out, unsigned int flags) __asm__(\"fftw_plan_dft_r2c_2d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_r2c_3d(int n0, int n1, int n2, double *in, double *out, unsigned int flags) __asm__(\"fftw_plan_dft_r2c_3d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_c2r(int rank, const int *n, double *in, double *out, unsigned int flags) __asm__(\"fftw_plan_dft_c2r\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_c2r_1d(int n, double *in, double *out, unsigned int flags) __asm__(\"fftw_plan_dft_c2r_1d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_c2r_2d(int n0, int n1, double *in, double *out, unsigned int flags) __asm__(\"fftw_plan_dft_c2r_2d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_dft_c2r_3d(int n0, int n1, int n2, double *in, double *out, unsigned int flags) __asm__(\"fftw_plan_dft_c2r_3d\");
 void execute_dft_r2c(struct fftw_plan_s *plan, double *in, double *out) __asm__(\"fftw_execute_dft_r2c\");
 void execute_dft_c2r(struct fftw_plan_s *plan, double *in, double *out) __asm__(\"fftw_execute_dft_c2r\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_r2r(int rank, const int *n, double *in, double *out, const enum fftw_r2r_kind_do_not_use_me *kind, unsigned int flags) __asm__(\"fftw_plan_r2r\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_r2r_1d(int n, double *in, double *out, enum fftw_r2r_kind_do_not_use_me kind, unsigned int flags) __asm__(\"fftw_plan_r2r_1d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_r2r_2d(int n0, int n1, double *in, double *out, enum fftw_r2r_kind_do_not_use_me kind0, enum fftw_r2r_kind_do_not_use_me kind1, unsigned int flags) __asm__(\"fftw_plan_r2r_2d\");
 _Own_(fftw_destroy_plan) struct fftw_plan_s *plan_r2r_3d(int n0, int n1, int n2, double *in, double *out, enum fftw_r2r_kind_do_not_use_me kind0, enum fftw_r2r_kind_do_not_use_me kind1, enum fftw_r2r_kind_do_not_use_me kind2, unsigned int flags) __asm__(\"fftw_plan_r2r_3d\");
 void execute_r2r(struct fftw_plan_s *p, double *in, double *out) __asm__(\"fftw_execute_r2r\");
 void forget_wisdom(void) __asm__(\"fftw_forget_wisdom\");
 void cleanup(void) __asm__(\"fftw_cleanup\");
 void set_timelimit(double t) __asm__(\"fftw_set_timelimit\");
 _Free_(free) char *export_wisdom_to_string(void) __asm__(\"fftw_export_wisdom_to_string\");
 void export_wisdom(void (*write_char)(char, void *), void *data) __asm__(\"fftw_export_wisdom\");
 int import_system_wisdom(void) __asm__(\"fftw_import_system_wisdom\");
 int import_wisdom_from_string(const char *input_string) __asm__(\"fftw_import_wisdom_from_string\");
 int import_wisdom(int (*read_char)(void *), void *data) __asm__(\"fftw_import_wisdom\");
 _Free_(free) char *sprint_plan(struct fftw_plan_s *p) __asm__(\"fftw_sprint_plan\");
 void *malloc(unsigned long n) __asm__(\"fftw_malloc\");
 double *alloc_real(unsigned long n) __asm__(\"fftw_alloc_real\");
 double (*alloc_complex(unsigned long n))[2] __asm__(\"fftw_alloc_complex\");
 void free(void *p) __asm__(\"fftw_free\");
 void flops(struct fftw_plan_s *p, _Out_ double *add, _Out_ double *mul, _Out_ double *fmas) __asm__(\"fftw_flops\");
 double estimate_cost(struct fftw_plan_s *p) __asm__(\"fftw_estimate_cost\");
 double cost(struct fftw_plan_s *p) __asm__(\"fftw_cost\");
 int alignment_of(double *p) __asm__(\"fftw_alignment_of\");
 #define FFTW_FORWARD (-1)
 #define FFTW_BACKWARD 1
 #define FFTW_NO_TIMELIMIT -1.0
 #define FFTW_MEASURE 0
 #define FFTW_DESTROY_INPUT 1
 #define FFTW_UNALIGNED 2
 #define FFTW_CONSERVE_MEMORY 4
 #define FFTW_EXHAUSTIVE 8
 #define FFTW_PRESERVE_INPUT 16
 #define FFTW_PATIENT 32
 #define FFTW_ESTIMATE 64
 #define FFTW_WISDOM_ONLY 2097152
 #define FFTW_ESTIMATE_PATIENT 128
 #define FFTW_BELIEVE_PCOST 256
 #define FFTW_NO_DFT_R2HC 512
 #define FFTW_NO_NONTHREADED 1024
 #define FFTW_NO_BUFFERING 2048
 #define FFTW_NO_INDIRECT_OP 4096
 #define FFTW_ALLOW_LARGE_GENERIC 8192
 #define FFTW_NO_RANK_SPLITS 16384
 #define FFTW_NO_VRANK_SPLITS 32768
 #define FFTW_NO_VRECURSE 65536
 #define FFTW_NO_SIMD 131072
 #define FFTW_NO_SLOW 262144
 #define FFTW_NO_FIXED_RADIX_LARGE_N 524288
 #define FFTW_ALLOW_PRUNING 1048576
 "]
