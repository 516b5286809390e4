// zlib 1.2.13, made by tools/modules.q.
// zlib.h of libz, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.zlib;"libz";`LP64;::;"
 struct internal_state;
 struct z_stream_s { unsigned char *next_in; unsigned int avail_in; unsigned long total_in; unsigned char *next_out; unsigned int avail_out; unsigned long total_out; char *msg; struct internal_state *state; void *(*zalloc)(void *, unsigned int, unsigned int); void (*zfree)(void *, void *); void *opaque; int data_type; unsigned long adler; unsigned long reserved; };
 typedef struct z_stream_s z_stream;
 struct gz_header_s { int text; unsigned long time; int xflags; int os; unsigned char *extra; unsigned int extra_len; unsigned int extra_max; unsigned char *name; unsigned int name_max; unsigned char *comment; unsigned int comm_max; int hcrc; int done; };
 typedef struct gz_header_s gz_header;
 const char *zlibVersion(void);
 int deflate(struct z_stream_s *strm, int flush);
 int deflateEnd(struct z_stream_s *strm);
 int inflate(struct z_stream_s *strm, int flush);
 int inflateEnd(struct z_stream_s *strm);
 int deflateSetDictionary(struct z_stream_s *strm, const unsigned char *dictionary, unsigned int dictLength);
 int deflateGetDictionary(struct z_stream_s *strm, unsigned char *dictionary, _Out_ unsigned int *dictLength);
 int deflateCopy(struct z_stream_s *dest, struct z_stream_s *source);
 int deflateReset(struct z_stream_s *strm);
 int deflateParams(struct z_stream_s *strm, int level, int strategy);
 int deflateTune(struct z_stream_s *strm, int good_length, int max_lazy, int nice_length, int max_chain);
 unsigned long deflateBound(struct z_stream_s *strm, unsigned long sourceLen);
 int deflatePending(struct z_stream_s *strm, _Out_ unsigned int *pending, _Out_ int *bits);
 int deflatePrime(struct z_stream_s *strm, int bits, int value);
 int deflateSetHeader(struct z_stream_s *strm, struct gz_header_s *head);
 int inflateSetDictionary(struct z_stream_s *strm, const unsigned char *dictionary, unsigned int dictLength);
 int inflateGetDictionary(struct z_stream_s *strm, unsigned char *dictionary, _Out_ unsigned int *dictLength);
 int inflateSync(struct z_stream_s *strm);
 int inflateCopy(struct z_stream_s *dest, struct z_stream_s *source);
 int inflateReset(struct z_stream_s *strm);
 int inflateReset2(struct z_stream_s *strm, int windowBits);
 int inflatePrime(struct z_stream_s *strm, int bits, int value);
 long inflateMark(struct z_stream_s *strm);
 int inflateGetHeader(struct z_stream_s *strm, struct gz_header_s *head);
 int inflateBack(struct z_stream_s *strm, unsigned int (*in)(void *, unsigned char **), void *in_desc, int (*out)(void *, unsigned char *, unsigned int), void *out_desc);
 int inflateBackEnd(struct z_stream_s *strm);
 unsigned long zlibCompileFlags(void);
 int compress(unsigned char *dest, _Inout_ unsigned long *destLen, const unsigned char *source, unsigned long sourceLen);
 int compress2(unsigned char *dest, _Inout_ unsigned long *destLen, const unsigned char *source, unsigned long sourceLen, int level);
 unsigned long compressBound(unsigned long sourceLen);
 int uncompress(unsigned char *dest, _Inout_ unsigned long *destLen, const unsigned char *source, unsigned long sourceLen);
 int uncompress2(unsigned char *dest, _Inout_ unsigned long *destLen, const unsigned char *source, _Inout_ unsigned long *sourceLen);
 struct gzFile_s;
 struct gzFile_s { unsigned int have; unsigned char *next; long pos; };
 struct gzFile_s *gzdopen(int fd, const char *mode);
 int gzbuffer(struct gzFile_s *file, unsigned int size);
 int gzsetparams(struct gzFile_s *file, int level, int strategy);
 int gzread(struct gzFile_s *file, void *buf, unsigned int len);
 unsigned long gzfread(void *buf, unsigned long size, unsigned long nitems, struct gzFile_s *file);
 int gzwrite(struct gzFile_s *file, const void *buf, unsigned int len);
 unsigned long gzfwrite(const void *buf, unsigned long size, unsigned long nitems, struct gzFile_s *file);
 int gzprintf(struct gzFile_s *file, const char *format, ...);
 int gzputs(struct gzFile_s *file, const char *s);
 char *gzgets(struct gzFile_s *file, char *buf, int len);
 int gzputc(struct gzFile_s *file, int c);
 int gzgetc(struct gzFile_s *file);
 int gzungetc(int c, struct gzFile_s *file);
 int gzflush(struct gzFile_s *file, int flush);
 int gzrewind(struct gzFile_s *file);
 int gzeof(struct gzFile_s *file);
 int gzdirect(struct gzFile_s *file);
 int gzclose(struct gzFile_s *file);
 int gzclose_r(struct gzFile_s *file);
 int gzclose_w(struct gzFile_s *file);
 const char *gzerror(struct gzFile_s *file, _Out_ int *errnum);
 void gzclearerr(struct gzFile_s *file);
 unsigned long adler32(unsigned long adler, const unsigned char *buf, unsigned int len);
 unsigned long adler32_z(unsigned long adler, const unsigned char *buf, unsigned long len);
 unsigned long crc32(unsigned long crc, const unsigned char *buf, unsigned int len);
 unsigned long crc32_z(unsigned long crc, const unsigned char *buf, unsigned long len);
 unsigned long crc32_combine_op(unsigned long crc1, unsigned long crc2, unsigned long op);
 int deflateInit_(struct z_stream_s *strm, int level, const char *version, int stream_size);
 int inflateInit_(struct z_stream_s *strm, const char *version, int stream_size);
 int deflateInit2_(struct z_stream_s *strm, int level, int method, int windowBits, int memLevel, int strategy, const char *version, int stream_size);
 int inflateInit2_(struct z_stream_s *strm, int windowBits, const char *version, int stream_size);
 int inflateBackInit_(struct z_stream_s *strm, int windowBits, unsigned char *window, const char *version, int stream_size);
 int gzgetc_(struct gzFile_s *file);
 struct gzFile_s *gzopen(const char *, const char *);
 long gzseek(struct gzFile_s *, long, int);
 long gztell(struct gzFile_s *);
 long gzoffset(struct gzFile_s *);
 unsigned long adler32_combine(unsigned long, unsigned long, long);
 unsigned long crc32_combine(unsigned long, unsigned long, long);
 unsigned long crc32_combine_gen(long);
 const char *zError(int);
 int inflateSyncPoint(struct z_stream_s *);
 const unsigned int *get_crc_table(void);
 int inflateUndermine(struct z_stream_s *, int);
 int inflateValidate(struct z_stream_s *, int);
 unsigned long inflateCodesUsed(struct z_stream_s *);
 int inflateResetKeep(struct z_stream_s *);
 int deflateResetKeep(struct z_stream_s *);
 #define ZLIB_VERSION \"1.2.13\"
 #define ZLIB_VERNUM 4816
 #define ZLIB_VER_MAJOR 1
 #define ZLIB_VER_MINOR 2
 #define ZLIB_VER_REVISION 13
 #define ZLIB_VER_SUBREVISION 0
 #define Z_NO_FLUSH 0
 #define Z_PARTIAL_FLUSH 1
 #define Z_SYNC_FLUSH 2
 #define Z_FULL_FLUSH 3
 #define Z_FINISH 4
 #define Z_BLOCK 5
 #define Z_TREES 6
 #define Z_OK 0
 #define Z_STREAM_END 1
 #define Z_NEED_DICT 2
 #define Z_ERRNO (-1)
 #define Z_STREAM_ERROR (-2)
 #define Z_DATA_ERROR (-3)
 #define Z_MEM_ERROR (-4)
 #define Z_BUF_ERROR (-5)
 #define Z_VERSION_ERROR (-6)
 #define Z_NO_COMPRESSION 0
 #define Z_BEST_SPEED 1
 #define Z_BEST_COMPRESSION 9
 #define Z_DEFAULT_COMPRESSION (-1)
 #define Z_FILTERED 1
 #define Z_HUFFMAN_ONLY 2
 #define Z_RLE 3
 #define Z_FIXED 4
 #define Z_DEFAULT_STRATEGY 0
 #define Z_BINARY 0
 #define Z_TEXT 1
 #define Z_ASCII 1
 #define Z_UNKNOWN 2
 #define Z_DEFLATED 8
 #define Z_NULL 0
 "]
