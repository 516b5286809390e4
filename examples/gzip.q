// zlib's streams: a struct that C keeps between calls, output in pieces.
//   cargo run --release -- examples/gzip.q
\l q/ffi.q
\l examples/lib/check.q

// struct z_stream: next_in avail_in total_in next_out avail_out total_out msg state zalloc zfree opaque data_type
// adler reserved; and where some of them are.
.gzip.types:"rijrijrrrrrijj"
.gzip.at:`next_out`avail_out`msg!24 32 48
// All input is there at once, so deflate is to finish; inflate finds the end by itself.
.gzip.flush:`deflate`inflate!4 0i
.gzip.STREAM_END:1i
// 15 bits of window, and 16 for the header of gzip.
.gzip.WINDOW:31i

// @desc Binds what is needed of zlib.
// @throws lib
.gzip.load:{[lib]
  version:.ffi.bind[(lib;`zlibVersion);"";"C"];
  deflateInit:.ffi.bind[(lib;`deflateInit2_);"riiiiiCi";"i"];
  inflateInit:.ffi.bind[(lib;`inflateInit2_);"riCi";"i"];
  size:.ffi.sizeof .gzip.types;
  // Level 6, the only method, 8 of 9 for memory, no special strategy.
  .gzip.begin:`deflate`inflate!(
    {[f;v;n;s] f[s;6i;8i;.gzip.WINDOW;8i;0i;v;n]}[deflateInit;version[];size];
    {[f;v;n;s] f[s;.gzip.WINDOW;v;n]}[inflateInit;version[];size]);
  .gzip.step:`deflate`inflate!{[lib;f] .ffi.bind[(lib;f);"ri";"i"]}[lib] each `deflate`inflate;
  .gzip.end:`deflate`inflate!{[lib;f] .ffi.bind[(lib;f);"r";"i"]}[lib] each `deflateEnd`inflateEnd;
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
  stream:.ffi.malloc .ffi.sizeof .gzip.types;
  .ffi.poke[stream;.ffi.pack[.gzip.types;(input;"i"$count bytes),12#0]];
  .gzip.check[stream;.gzip.begin[way] stream];
  out:@[.gzip.pieces[way;stream]; piece; {[end;stream;e] end stream; 'e}[.gzip.end way;stream]];
  .gzip.end[way] stream;
  out
 }

.gzip.check:{[stream;status]
  text:first .ffi.peek[(stream;.gzip.at`msg);"s";1];
  if[status<0; '"zlib: ",string $[null text; status; text]];
  status
 }

.gzip.pieces:{[way;stream;piece]
  buffer:.ffi.malloc piece;
  out:0#0x00;
  status:0i;
  while[not status=.gzip.STREAM_END;
    .ffi.poke[(stream;.gzip.at`next_out);.ffi.pack["r";enlist buffer]];
    .ffi.poke[(stream;.gzip.at`avail_out);"i"$piece];
    status:.gzip.check[stream; .gzip.step[way][stream;.gzip.flush way]];
    out,:.ffi.peek[buffer;"x";piece-first .ffi.peek[(stream;.gzip.at`avail_out);"i";1]]];
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
