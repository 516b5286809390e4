// libc 2.36, made by tools/modules.q.
// tools/modules/libc.h of libc, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.libc;"libc";`LP64;{[d] if[not "l"=.ffi.os[]; '"nyi: .libc: written for Linux"]; d};"
 int isalnum(int);
 int isalpha(int);
 int isdigit(int);
 int islower(int);
 int isprint(int);
 int ispunct(int);
 int isspace(int);
 int isupper(int);
 int isxdigit(int);
 int tolower(int __c);
 int toupper(int __c);
 int fnmatch(const char *__pattern, const char *__name, int __flags);
 int remove(const char *__filename);
 int rename(const char *__old, const char *__new);
 struct _IO_FILE;
 int fflush(struct _IO_FILE *__stream);
 struct _IO_marker;
 struct _IO_codecvt;
 struct _IO_wide_data;
 struct _IO_FILE { int _flags; char *_IO_read_ptr; char *_IO_read_end; char *_IO_read_base; char *_IO_write_base; char *_IO_write_ptr; char *_IO_write_end; char *_IO_buf_base; char *_IO_buf_end; char *_IO_save_base; char *_IO_backup_base; char *_IO_save_end; struct _IO_marker *_markers; struct _IO_FILE *_chain; int _fileno; int _flags2; long _old_offset; unsigned short _cur_column; signed char _vtable_offset; char _shortbuf[1]; void *_lock; long _offset; struct _IO_codecvt *_codecvt; struct _IO_wide_data *_wide_data; struct _IO_FILE *_freeres_list; void *_freeres_buf; unsigned long __pad5; int _mode; char _unused2[20]; };
 int snprintf(char *__s, unsigned long __maxlen, const char *__format, ...);
 int sscanf(const char *__s, const char *__format, ...) __asm__(\"__isoc99_sscanf\");
 int puts(const char *__s);
 double atof(const char *__nptr) __attribute__((nonnull(1)));
 int atoi(const char *__nptr) __attribute__((nonnull(1)));
 long atol(const char *__nptr) __attribute__((nonnull(1)));
 double strtod(const char *__nptr, _Out_ char **__endptr) __attribute__((nonnull(1)));
 long strtol(const char *__nptr, _Out_ char **__endptr, int __base) __attribute__((nonnull(1)));
 unsigned long strtoul(const char *__nptr, _Out_ char **__endptr, int __base) __attribute__((nonnull(1)));
 long random(void);
 void srandom(unsigned int __seed);
 int rand(void);
 void srand(unsigned int __seed);
 double drand48(void);
 void srand48(long __seedval);
 char *getenv(const char *__name) __attribute__((nonnull(1)));
 int setenv(const char *__name, const char *__value, int __replace) __attribute__((nonnull(2)));
 int unsetenv(const char *__name) __attribute__((nonnull(1)));
 _Free_(free) char *realpath(const char *__name, char *__resolved);
 void *bsearch(const void *__key, const void *__base, unsigned long __nmemb, unsigned long __size, int (*__compar)(const void *, const void *)) __attribute__((nonnull(1,2,5)));
 void qsort(void *__base, unsigned long __nmemb, unsigned long __size, int (*__compar)(const void *, const void *)) __attribute__((nonnull(1,4)));
 int abs(int __x);
 long labs(long __x);
 typedef struct { int quot; int rem; } div_t;
 div_t div(int __numer, int __denom);
 typedef struct { long quot; long rem; } ldiv_t;
 ldiv_t ldiv(long __numer, long __denom);
 int getloadavg(_Out_ double __loadavg[3], int __nelem) __attribute__((nonnull(1)));
 void *memcpy(void *__dest, const void *__src, unsigned long __n) __attribute__((nonnull(1,2)));
 void *memmove(void *__dest, const void *__src, unsigned long __n) __attribute__((nonnull(1,2)));
 void *memset(void *__s, int __c, unsigned long __n) __attribute__((nonnull(1)));
 int memcmp(const void *__s1, const void *__s2, unsigned long __n) __attribute__((nonnull(1,2)));
 void *memchr(const void *__s, int __c, unsigned long __n) __attribute__((nonnull(1)));
 int strcmp(const char *__s1, const char *__s2) __attribute__((nonnull(1,2)));
 int strncmp(const char *__s1, const char *__s2, unsigned long __n) __attribute__((nonnull(1,2)));
 int strcoll(const char *__s1, const char *__s2) __attribute__((nonnull(1,2)));
 char *strchr(const char *__s, int __c) __attribute__((nonnull(1)));
 char *strrchr(const char *__s, int __c) __attribute__((nonnull(1)));
 unsigned long strcspn(const char *__s, const char *__reject) __attribute__((nonnull(1,2)));
 unsigned long strspn(const char *__s, const char *__accept) __attribute__((nonnull(1,2)));
 char *strpbrk(const char *__s, const char *__accept) __attribute__((nonnull(1,2)));
 char *strstr(const char *__haystack, const char *__needle) __attribute__((nonnull(1,2)));
 char *strcasestr(const char *__haystack, const char *__needle) __attribute__((nonnull(1,2)));
 void *memmem(const void *__haystack, unsigned long __haystacklen, const void *__needle, unsigned long __needlelen) __attribute__((nonnull(1,3)));
 unsigned long strlen(const char *__s) __attribute__((nonnull(1)));
 char *strerror(int __errnum);
 int strcasecmp(const char *__s1, const char *__s2) __attribute__((nonnull(1,2)));
 int strncasecmp(const char *__s1, const char *__s2, unsigned long __n) __attribute__((nonnull(1,2)));
 char *strsignal(int __sig);
 int strverscmp(const char *__s1, const char *__s2) __attribute__((nonnull(1,2)));
 struct utsname;
 int uname(_Out_ struct utsname *__name);
 struct utsname { char sysname[65]; char nodename[65]; char release[65]; char version[65]; char machine[65]; char domainname[65]; };
 long clock(void);
 long time(long *__timer);
 double difftime(long __time1, long __time0);
 struct tm;
 long mktime(_Inout_ struct tm *__tp);
 struct tm { int tm_sec; int tm_min; int tm_hour; int tm_mday; int tm_mon; int tm_year; int tm_wday; int tm_yday; int tm_isdst; long tm_gmtoff; const char *tm_zone; };
 unsigned long strftime(char *__s, unsigned long __maxsize, const char *__format, const struct tm *__tp);
 char *strptime(const char *__s, const char *__fmt, _Out_ struct tm *__tp);
 void gmtime_r(const long *time, _Out_ struct tm *tm);
 void localtime_r(const long *time, _Out_ struct tm *tm);
 void tzset(void);
 long timegm(_Inout_ struct tm *__tp);
 struct timespec;
 int clock_getres(int __clock_id, _Out_ struct timespec *__res);
 struct timespec { long tv_sec; long tv_nsec; };
 int clock_gettime(int __clock_id, _Out_ struct timespec *__tp) __attribute__((nonnull(2)));
 int access(const char *__name, int __type) __attribute__((nonnull(1)));
 char *getcwd(char *__buf, unsigned long __size);
 long sysconf(int __name);
 int getpid(void);
 int getppid(void);
 unsigned int getuid(void);
 unsigned int geteuid(void);
 unsigned int getgid(void);
 unsigned int getegid(void);
 int isatty(int __fd);
 int link(const char *__from, const char *__to) __attribute__((nonnull(1,2)));
 int symlink(const char *__from, const char *__to) __attribute__((nonnull(1,2)));
 long readlink(const char *__path, char *__buf, unsigned long __len) __attribute__((nonnull(1,2)));
 int unlink(const char *__name) __attribute__((nonnull(1)));
 int rmdir(const char *__path) __attribute__((nonnull(1)));
 int gethostname(char *__name, unsigned long __len) __attribute__((nonnull(1)));
 int getpagesize(void);
 #define FNM_PATHNAME 1
 #define FNM_NOESCAPE 2
 #define FNM_PERIOD 4
 #define FNM_FILE_NAME 1
 #define FNM_LEADING_DIR 8
 #define FNM_CASEFOLD 16
 #define FNM_EXTMATCH 32
 #define FNM_NOMATCH 1
 #define FNM_NOSYS (-1)
 #define CLOCK_REALTIME 0
 #define CLOCK_MONOTONIC 1
 #define CLOCK_PROCESS_CPUTIME_ID 2
 #define CLOCK_THREAD_CPUTIME_ID 3
 #define CLOCK_MONOTONIC_RAW 4
 #define CLOCK_REALTIME_COARSE 5
 #define CLOCK_MONOTONIC_COARSE 6
 #define CLOCK_BOOTTIME 7
 #define CLOCK_REALTIME_ALARM 8
 #define CLOCK_BOOTTIME_ALARM 9
 #define CLOCK_TAI 11
 "]
