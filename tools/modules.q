// Makes the modules of lib/ from the headers that are installed, by .ffi.module; run it in the root of the checkout:
//   target/release/qhost tools/modules.q [FOLDER [NAME ...]]
// It needs a C compiler and the development packages. The same headers give the same files: tests/shipped compares.
// What C does not say is in tools/modules: NAME.cdef declares functions otherwise, with annotations; NAME.h includes
// headers where there are several.
\l q/ffi.q

folder:$[count .z.x; first .z.x; "lib"]

// Of each module the library, the header, what tells its version, and options.
recipes:()!()
row:{[name;lib;header;version;options] recipes[name]:(lib;header;version;options);}

glibc:{[ignored] .ffi.cdef[`;"const char *gnu_get_libc_version(void);"][`gnu_get_libc_version][]}
macro:{[header;name;ignored] .ffi.header[`;header] name}
numbers:{[header;names;ignored] "." sv string .ffi.header[`;header] names}

row[`libm; `libm; "math.h"; glibc; `define`only!("_GNU_SOURCE"; "M_*",
  " acos asin atan atan2 cos sin tan sincos acosh asinh atanh cosh sinh tanh exp exp2 expm1 log log10 log1p log2 logb ilogb",
  " pow sqrt cbrt hypot erf erfc tgamma lgamma lgamma_r ceil floor trunc round rint nearbyint lround llround lrint llrint",
  " frexp ldexp scalbn scalbln modf fmod remainder remquo copysign nan nextafter fdim fmax fmin fma fabs",
  " j0 j1 jn y0 y1 yn")]
// Other systems have other structs and numbers under the same names.
row[`libc; `libc; "tools/modules/libc.h"; glibc; `define`finish`only!("_GNU_SOURCE";
  "{[d] if[not \"l\"=.ffi.os[]; '\"nyi: .libc: written for Linux\"]; d}"; "CLOCK_* FNM_*",
  " strlen strcmp strncmp strcasecmp strncasecmp strstr strcasestr strchr strrchr strspn strcspn strpbrk strcoll strverscmp",
  " strerror strsignal memcmp memcpy memmove memset memchr memmem",
  " strtol strtoul strtod atoi atol atof abs labs div ldiv rand srand random srandom drand48 srand48 qsort bsearch",
  " getenv setenv unsetenv realpath getloadavg snprintf sscanf puts fflush rename remove",
  " time mktime timegm gmtime_r localtime_r strftime strptime clock clock_gettime clock_getres difftime tzset",
  " getpid getppid getuid geteuid getgid getegid gethostname getcwd isatty access unlink rmdir link symlink readlink sysconf",
  " getpagesize uname fnmatch toupper tolower isalpha isdigit isalnum isspace ispunct isupper islower isxdigit isprint")]
row[`zlib; `libz; "zlib.h"; macro["zlib.h";`ZLIB_VERSION]; ()!()]
row[`sqlite3; `libsqlite3; "sqlite3.h"; macro["sqlite3.h";`SQLITE_VERSION]; `strip`except!("sqlite3_";
  // Those that handles end with, texts of 16 bits, and what extensions and few builds have.
  "sqlite3_close* sqlite3_finalize sqlite3_blob_close sqlite3_backup_finish sqlite3_free_table *16* sqlite3_prepare",
  " sqlite3_win32* sqlite3_mutex* sqlite3_snapshot* sqlite3_preupdate* sqlite3_vtab* sqlite3_unlock_notify",
  " sqlite3session* sqlite3changeset* sqlite3changegroup* sqlite3rebaser* sqlite3_normalized_sql sqlite3_stmt_scanstatus*")]
row[`openblas; `libopenblas; "cblas.h"; {trim ssr[macro["openblas_config.h";`OPENBLAS_VERSION;x]; "OpenBLAS"; ""]}; `strip`only`except!("cblas_";
  "cblas_* openblas_* Cblas* CBLAS_*"; "*bf16* cblas_sb* openblas_?etaffinity")]
row[`lapacke; `liblapacke; "lapacke.h"; {[ignored] "." sv string .ffi.fn[`liblapack`ilaver_;"&i&i&i";" "]0}; `strip`only`except!("LAPACKE_";
  "LAPACK_*_MAJOR",raze " LAPACKE_d",/:" " vs "gesv gels gelsd gelss gesvd gesdd geev gees ggev syev syevd sygv getrf getri getrs"
    ," potrf potri potrs posv geqrf orgqr gbsv gtsv pbsv ptsv sysv lange lansy"; "")]
row[`gsl; `libgsl; "tools/modules/gsl.h"; macro["gsl/gsl_version.h";`GSL_VERSION]; `strip`only`except`finish!("gsl_";
  "gsl_sf_* gsl_integration_* gsl_root_* gsl_strerror GSL_INTEG_* GSL_SUCCESS GSL_CONTINUE GSL_E* GSL_PREC_*";
  "*_e *_e10 *_free *_array GSL_ENABLE*";
  // GSL's own handler ends the process.
  "{[d] .ffi.fn[`libgsl`gsl_set_error_handler_off;\"\";\"r\"]0; d}")]
row[`rmath; `libRmath; "Rmath.h"; {.ffi.header[`;("Rmath.h";(enlist`define)!enlist"MATHLIB_STANDALONE")]`R_VERSION_STRING}; `define`except!("MATHLIB_STANDALONE";
  "rnbeta")]
row[`curl; `libcurl; "curl/curl.h"; macro["curl/curlver.h";`LIBCURL_VERSION]; `strip`except!("curl_";
  "curl_easy_cleanup curl_url_cleanup curl_m*printf curl_form* curl_global_init_mem curl_escape curl_unescape curl_free")]
row[`pcre2; `$"libpcre2-8"; "pcre2.h"; {"." sv string .ffi.header[`;("pcre2.h";(enlist`define)!enlist"PCRE2_CODE_UNIT_WIDTH=8")]`PCRE2_MAJOR`PCRE2_MINOR}; `define`strip`except!("PCRE2_CODE_UNIT_WIDTH=8"; "pcre2_";
  "*_8 *_16 *_32 pcre2_code_free pcre2_match_data_free pcre2_compile_context_free pcre2_match_context_free pcre2_substring_free")]
// Its structs have grown since, so this is the library of these headers and no other.
row[`hiredis; `$"libhiredis.so.0.14"; "hiredis/hiredis.h"; numbers["hiredis/hiredis.h"]`HIREDIS_MAJOR`HIREDIS_MINOR`HIREDIS_PATCH; (enlist`only)!enlist
  "REDIS_* redisCommand* redisAppendCommand* redisGetReply redisConnect redisConnectUnix redisConnectFd redisConnect*Timeout",
  " redisReconnect redisSetTimeout redisEnableKeepAlive redisFormatCommand redisReply redisContext",
  " redisReaderCreate redisReaderFeed redisReaderGetReply"]
row[`cairo; `libcairo; "tools/modules/cairo.h"; numbers["cairo/cairo-version.h"]`CAIRO_VERSION_MAJOR`CAIRO_VERSION_MINOR`CAIRO_VERSION_MICRO;
  // Pixels and pictures that cairo would go on to use are not q's to give.
  `strip`only`except!("cairo_"; "cairo_* CAIRO_*"; "cairo_image_surface_create_for_data cairo_surface_set_mime_data cairo_*destroy cairo_*_reference cairo_get_reference_count")]
row[`fftw; `libfftw3; "fftw3.h"; {[ignored] ("-" vs .ffi.string .ffi.address`libfftw3`fftw_version) 1}; `strip`only`except!("fftw_"; "fftw_* FFTW_*";
  "*guru* fftw_execute fftw_destroy_plan fftw_fprint_plan fftw_print_plan *_file *_filename fftw_execute_split* fftw_plan_many* *thread*")]

// Texts as .ffi.module takes them.
words:{x where 0<count each x:" " vs x}
read:{[file] $[()~key hsym `$file; ""; "\n" sv read0 hsym `$file]}
options:{[name;given]
  lists:`only`except inter key given;
  if[count lists; given[lists]:words each given lists];
  if[count text:read "tools/modules/",string[name],".cdef"; given[`declare]:text];
  given
 }

// The functions of a dictionary that the library does not have.
absent:{[d]
  functions:where (type each 1_d) in 105 112h;
  functions where {@[{.ffi.address x; 0b}; x; {x like "sym: *"}]} each d functions
 }

// Writes a module, with a line above it that says what it was made of.
make:{[name]
  recipe:recipes name;
  given:options[name;recipe 3];
  path:hsym `$folder,"/",string[name],".q";
  left:.ffi.module[path;recipe 0;recipe 1;given];
  version:recipe[2][];
  lines:enlist["// ",string[name]," ",version,", made by tools/modules.q."],read0 path;
  path 0: lines;
  system"l ",1_string path;
  told:exec (string[name],'": ",/:reason) from left;
  told:$[count told; "; not taken: ","; " sv told; ""];
  lacks:absent get `$".",string name;
  told,:$[count lacks; "; not in the library: "," " sv string lacks; ""];
  -1 string[name]," ",version,": ",string[count lines]," lines",told;
 }

if[count unknown:(`$1_.z.x) except key recipes; '"no such module: ",string first unknown];

// What cannot be made is said, and the others are made.
made:{[name] @[{make x; 1b}; name; {[name;e] -1 string[name],": not made: ",e; 0b}[name]]} each $[1<count .z.x; `$1_.z.x; key recipes]
exit "i"$not all made
