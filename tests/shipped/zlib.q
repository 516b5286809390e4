// zlib: a text compressed and read again, by Python's zlib and by gzip too.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/zlib.q

text:"c"$read1 `:README.md
size:.zlib.compressBound count text
packed:size#0x00
made:.zlib.compress2[packed;size;text;count text;9]
packed:made[1]#packed
.t.is["compressed"; (first made; made[1]<count[text] div 2); (0i;1b)]
again:count[text]#" "
.t.is["and back"; .zlib.uncompress[again;count again;packed;count packed]; (0i;count text)]
.t.is["it is the same"; again; text]
.t.is["room for less"; first .zlib.uncompress[10#0x00;10;packed;count packed]; "i"$.zlib.Z_BUF_ERROR]

file:getenv[`SCRATCH],"/zlib.z"
(`$":",file) 1: packed
python:{first system"python3 -c \"import zlib; t=open('README.md','rb').read(); z=open('",file,"','rb').read(); print(",x,")\""}
.t.is["Python reads it"; python"zlib.decompress(z)==t"; "True"]
.t.is["crc32"; string .zlib.crc32[0;text;count text]; python"zlib.crc32(t)"]
.t.is["adler32"; string .zlib.adler32[1;text;count text]; python"zlib.adler32(t)"]

gz:.zlib.gzopen[file:getenv[`SCRATCH],"/zlib.gz";"wb9"]
.t.is["written"; .zlib.gzwrite[gz;text;count text]; "i"$count text]
.t.is["no error"; .zlib.gzerror gz; ("";0i)]
.t.is["closed"; .zlib.gzclose gz; 0i]
.t.is["gzip reads it"; system"gzip -dc ",file; read0 `:README.md]
.t.is["the version"; .zlib.zlibVersion[]; .zlib.ZLIB_VERSION]
.t.done[]
