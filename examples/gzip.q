// zlib's streams: a struct that C keeps between calls, output in pieces.
//   cargo run --release -- examples/gzip.q
\l q/ffi.q
\l examples/lib/check.q

// From zlib.h.
.gzip.declarations:"
  typedef struct z_stream_s {
    const unsigned char *next_in; unsigned avail_in; unsigned long total_in;
    unsigned char *next_out; unsigned avail_out; unsigned long total_out;
    const char *msg; void *state;
    void *(*zalloc)(void*, unsigned, unsigned); void (*zfree)(void*, void*); void *opaque;
    int data_type; unsigned long adler, reserved;
  } z_stream;
  enum { Z_NO_FLUSH = 0, Z_STREAM_END = 1, Z_FINISH = 4, Z_DEFLATED = 8 };
  const char *zlibVersion(void);
  int deflateInit2_(z_stream*, int level, int method, int window, int memory, int strategy, const char *version, int size);
  int inflateInit2_(z_stream*, int window, const char *version, int size);
  int deflate(z_stream*, int flush);
  int inflate(z_stream*, int flush);
  int deflateEnd(z_stream*);
  int inflateEnd(z_stream*);
 "
// 15 bits of window, and 16 for the header of gzip.
.gzip.WINDOW:31

// @desc Reads the declarations.
// @throws lib
.gzip.load:{[lib]
  .gzip.c:.ffi.cdef[lib;.gzip.declarations];
  .gzip.size:.ffi.sizeof .gzip.c`z_stream;
  // Level 6, the only method, 8 of 9 for memory, no special strategy.
  .gzip.begin:`deflate`inflate!(
    {.gzip.c.deflateInit2_[x;6;.gzip.c`Z_DEFLATED;.gzip.WINDOW;8;0;.gzip.c.zlibVersion[];.gzip.size]};
    {.gzip.c.inflateInit2_[x;.gzip.WINDOW;.gzip.c.zlibVersion[];.gzip.size]});
  .gzip.step:`deflate`inflate!.gzip.c`deflate`inflate;
  .gzip.end:`deflate`inflate!.gzip.c`deflateEnd`inflateEnd;
  // All input is there at once, so deflate is to finish; inflate finds the end by itself.
  .gzip.flush:`deflate`inflate!.gzip.c`Z_FINISH`Z_NO_FLUSH;
 }

// @desc Runs bytes through zlib.
// @param way {symbol} deflate or inflate
// @param piece {long} bytes of output at a time
// @param bytes {byte[]}
// @return {byte[]}
// @throws zlib
.gzip.run:{[way;piece;bytes]
  input:.ffi.malloc count bytes;
  .ffi.poke[input;bytes];
  // zlib keeps the address of its stream, which therefore lies in memory.
  stream:.ffi.malloc .gzip.size;
  .gzip.put[stream;@[.gzip.get stream;`next_in`avail_in;:;(input;count bytes)]];
  .gzip.check[stream;.gzip.begin[way] stream];
  out:@[.gzip.pieces[way;stream]; piece; {[end;stream;e] end stream; 'e}[.gzip.end way;stream]];
  .gzip.end[way] stream;
  out
 }

// The stream as a dictionary of its fields; msg, which points to zlib's own text, stays where it is.
.gzip.get:{[stream] .ffi.deref[stream;.gzip.c`z_stream;0]}
.gzip.put:{[stream;fields] .ffi.poke[stream;.ffi.pack[.gzip.c`z_stream;@[fields;`msg;:;::]]]}

.gzip.check:{[stream;status]
  text:.gzip.get[stream]`msg;
  if[status<0; '"zlib: ",$[count text; text; string status]];
  status
 }

.gzip.pieces:{[way;stream;piece]
  buffer:.ffi.malloc piece;
  out:0#0x00;
  status:0i;
  while[not status=.gzip.c`Z_STREAM_END;
    .gzip.put[stream;@[.gzip.get stream;`next_out`avail_out;:;(buffer;piece)]];
    status:.gzip.check[stream; .gzip.step[way][stream;.gzip.flush way]];
    out,:.ffi.peek[buffer;"x";piece-.gzip.get[stream]`avail_out]];
  out
 }

.gzip.pack:.gzip.run[`deflate;1024]
.gzip.unpack:.gzip.run[`inflate;4096]

demo:{[]
  text::read1`:LICENSE;
  packed::.gzip.pack text;
  .check.is[{3#packed}; 0x1f8b08];
  .check.is[{count[packed]<0.5*count text}; 1b];
  .check.is[{text~.gzip.unpack packed}; 1b];
  // gzip's trailer has the length of the text.
  .check.is[{0x0 sv reverse -4#packed}; "i"$count text];
  .check.is[{@[.gzip.unpack; -20_packed; ::]}; "zlib: -5"];
  .check.is[{@[.gzip.unpack; 0x00,packed; ::]}; "zlib: incorrect header check"];
 }

-1"A file through deflate and inflate";
$[10h=type problem:@[.gzip.load; `libz; ::]; -1"  skipped, there is no zlib here: ",problem; demo[]];

.check.end[]
