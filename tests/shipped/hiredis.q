// hiredis: commands and replies over a pair of sockets, whose other end is not Redis but this script. What goes over
// them is the protocol as its specification has it.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/hiredis.q

ends:0 0i
.ffi.fn[`socketpair;"iiiI";"i"][1i;1i;0i;ends];
c:.hiredis.redisConnectFd ends 0
write:.ffi.fn[`write;"iCj";"j"]
reply:{[text] write[ends 1;text;count text]; .ffi.deref[r;.hiredis.redisReply;0]}
said:{[] buffer:256#" "; n:.ffi.fn[`read;"iCj";"j"][ends 1;buffer;256]; n#buffer}
answers:{[text;command] write[ends 1;text;count text]; .hiredis.redisCommand . enlist[c],command}

.t.is["no error"; .ffi.deref[c;.hiredis.redisContext;0]`err; 0i]
r:answers["+OK\r\n";("SET %s %b";"key";"a value";7)]
.t.is["the command"; said[]; "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$7\r\na value\r\n"]
.t.is["its reply"; .ffi.deref[r;.hiredis.redisReply;0]`type; "i"$.hiredis.REDIS_REPLY_STATUS]
r:answers["$7\r\na value\r\n";enlist"GET key"]
d:.ffi.deref[r;.hiredis.redisReply;0]
.t.is["a text"; (said[];d`type;d`len;.ffi.string d`str); ("*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n";"i"$.hiredis.REDIS_REPLY_STRING;7;"a value")]
r:answers[":42\r\n";("INCRBY %s %d";"no";2i)]
.t.is["a number"; (said[];.ffi.deref[r;.hiredis.redisReply;0]`integer); ("*3\r\n$6\r\nINCRBY\r\n$2\r\nno\r\n$1\r\n2\r\n";42)]
r:answers["*2\r\n$1\r\na\r\n$2\r\nbc\r\n";("LRANGE list 0 -1";::)]
d:.ffi.deref[r;.hiredis.redisReply;0]
items:.ffi.peek[d`element;"r";d`elements]
.t.is["a list"; {.ffi.string .ffi.deref[x;.hiredis.redisReply;0]`str} each items; (enlist"a";"bc")]
.t.is["formatted"; .hiredis.redisFormatCommand["ECHO %s";"xy"]; (22i;"*2\r\n$4\r\nECHO\r\n$2\r\nxy\r\n")]

reader:.hiredis.redisReaderCreate[]
.t.is["fed"; .hiredis.redisReaderFeed[reader;"-ERR no\r\n";9]; 0i]
r:.hiredis.redisReaderGetReply reader
d:.ffi.deref[r 1;.hiredis.redisReply;0]
.t.is["an error"; (r 0;d`type;.ffi.string d`str); (0i;"i"$.hiredis.REDIS_REPLY_ERROR;"ERR no")]
.t.is["nobody there"; .ffi.deref[.hiredis.redisConnectUnix"/no/such/socket";.hiredis.redisContext;0][`errstr] like "No such file*"; 1b]
.t.done[]
