// Calls that do not block: files and URLs fetched side by side by libcurl, and a slow SQLite query while a timer ticks.
//   cargo run --release -- examples/async.q
\l q/ffi.q
\l examples/lib/check.q

// Runs an example unless its library is missing.
.async.unless:{[lib;f] @[{.ffi.loadlib x; y[]}[lib];f;{[lib;e] $[e like "lib:*"; -1"  skipped: ",e; 'e];}[lib]]}

// libcurl: ten transfers at once, each with a handle of its own.
.curl.URL:10002i
.curl.WRITEDATA:10001i
.curl.FAILONERROR:45i
.curl.NOPROXY:10177i
.curl.load:{[]
  .curl.setopt:.ffi.bind[`libcurl`curl_easy_setopt;"ri...r";"i"];
  .curl.setlong:.ffi.bind[`libcurl`curl_easy_setopt;"ri...j";"i"];
  .curl.init:.ffi.fn[`libcurl`curl_easy_init;"";("r";`libcurl`curl_easy_cleanup)];
  .curl.perform:.ffi.async[`libcurl`curl_easy_perform;"r";"i"];
  .curl.tmpfile:.ffi.fn[`tmpfile;"";("r";`fclose)];
  .ffi.callFunction[`libcurl`curl_global_init] (3;::);
 }

// @desc Begins a transfer.
// @param url {string} where from
// @return {list} the id of the call, the handle, the file that it goes to
.curl.begin:{[url]
  handle:.curl.init[];
  file:.curl.tmpfile[];
  .curl.setopt (handle;.curl.URL;url,"\000";::);
  .curl.setopt (handle;.curl.NOPROXY;"*\000";::);
  .curl.setopt (handle;.curl.WRITEDATA;file;::);
  .curl.setlong (handle;.curl.FAILONERROR;1;::);
  (.curl.perform[enlist handle;::];handle;file)
 }

// @desc The text of a file of C's.
.curl.text:{[file]
  size:.ffi.callFunction[("j";`ftell)] (file;::);
  text:size#"\000";
  .ffi.callFunction[`rewind] (file;::);
  .ffi.callFunction[("j";`fread)] (text;1;size;file;::);
  text
 }

.async.transfers:{[]
  .curl.load[];
  before:.ffi.workers 10;
  here:first system"pwd";
  .async.begun:.curl.begin each 10#enlist "file://",here,"/examples/lib/check.q";
  .check.is[{.ffi.await .async.begun[;0]}; 10#0i];
  .async.want:"c"$read1 `:examples/lib/check.q;
  .check.is[{all .async.want~/:.curl.text each .async.begun[;2]}; 1b];
  .async.missing:.curl.begin "file://",here,"/examples/lib/no_such_file";
  .check.is[{0i<.ffi.await .async.missing 0}; 1b];
  .ffi.workers before;
 }
-1"ten files";
.async.unless[`libcurl;.async.transfers]

// The same from a server on this machine, which Python is: it prints its port and answers ten times.
.async.server:"python3 -c \"import functools, http.server as h; s = h.ThreadingHTTPServer(('127.0.0.1', 0), ",
  "functools.partial(h.SimpleHTTPRequestHandler, directory='examples/lib')); s.daemon_threads = False; s.timeout = 20; ",
  "print(s.server_port, flush=True); [s.handle_request() for _ in range(10)]; s.server_close()\" 2>/dev/null"

.async.downloads:{[]
  before:.ffi.workers 10;
  server:.ffi.fn[`popen;"CC";"r"][.async.server;"r"];
  line:32#"\000";
  .ffi.fn[`fgets;"Cir";"r"][line;32;server];
  port:line except "\000\n";
  if[count port;
    .async.begun:.curl.begin each 10#enlist "http://127.0.0.1:",port,"/check.q";
    .check.is[{.ffi.await .async.begun[;0]}; 10#0i];
    .check.is[{all .async.want~/:.curl.text each .async.begun[;2]}; 1b]];
  .ffi.fn[`pclose;"r";"i"] server;
  if[not count port; -1"  skipped: there is no python3"];
  .ffi.workers before;
 }
-1"ten URLs";
.async.unless[`libcurl;.async.downloads]

// SQLite: q's timer goes on while the library computes.
.async.ticks:0
.async.rows:0N
.async.query:{[]
  out:enlist 0;
  .ffi.bind[`libsqlite3`sqlite3_open;"CR";"i"] (":memory:\000";out;::);
  .async.db:.ffi.own[first out;`libsqlite3`sqlite3_close];
  sql:"with recursive n(i) as (select 1 union all select i+1 from n where i<200000) select sum(i) from n\000";
  .ffi.bind[`libsqlite3`sqlite3_prepare_v2;"rCiRR";"i"] (.async.db;sql;-1i;out;::;::);
  .async.statement:.ffi.own[first out;`libsqlite3`sqlite3_finalize];
  .async.column:.ffi.fn[`libsqlite3`sqlite3_column_int64;"ri";"j"];
  .ffi.async[`libsqlite3`sqlite3_step;"r";"i"][enlist .async.statement;
    {[status;args] .async.rows:.async.column[first args;0i]}];
 }
-1"a slow query";
.async.rows:0N
.async.unless[`libsqlite3;.async.query]

.z.ts:{[t]
  .async.ticks+:1;
  if[count .ffi.pending[]; :(::)];
  if[`statement in key `.async;
    -1"  the timer has ticked ",string[.async.ticks]," times meanwhile";
    .check.is[{.async.rows}; 20000100000];
    .ffi.free .async.statement; .ffi.free .async.db];
  .check.end[]
 }
\t 1
