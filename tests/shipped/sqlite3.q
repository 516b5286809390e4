// SQLite: a table filled by a prepared statement, asked by Python's sqlite3 and from q.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/sqlite3.q

file:getenv[`SCRATCH],"/sqlite3.db"
@[hdel;`$":",file;::];
db:last .sqlite3.open file
exec_:.sqlite3`exec
.t.is["created"; exec_[db;"create table trades(sym text, price real, size int)";::;::]; (0i;"")]
.t.is["what is wrong is told"; exec_[db;"create tabel x(y)";::;::]; (1i;"near \"tabel\": syntax error")]
.t.is["and asked for"; .sqlite3.errmsg db; "near \"tabel\": syntax error"]

exec_[db;"begin";::;::];
insert_:.sqlite3.prepare_v2[db;"insert into trades values(?,?,?) -- rest";-1] 1
row:{[sym;price;size]
  .sqlite3.bind_text[insert_;1i;sym;-1i;.sqlite3.SQLITE_TRANSIENT];
  .sqlite3.bind_double[insert_;2i;price];
  .sqlite3.bind_int64[insert_;3i;size];
  done:.sqlite3.step insert_;
  .sqlite3.reset insert_;
  done
 }
syms:("alpha";"beta";"gamma")
.t.is["inserted"; distinct row'[300#syms;0.25*til 300;til 300]; enlist "i"$.sqlite3.SQLITE_DONE]
exec_[db;"commit";::;::];
.t.is["changes"; .sqlite3.total_changes db; 300i]

asked:"select sym, count(*), sum(price*size) from trades group by sym order by sym"
s:.sqlite3.prepare_v2[db;asked;-1] 1
rows:()
while[.sqlite3.SQLITE_ROW=.sqlite3.step s;
  rows,:enlist (.sqlite3.column_text[s;0];.sqlite3.column_int[s;1];.sqlite3.column_double[s;2])]
.t.is["types"; .sqlite3.column_name[s] each 0 1; ("sym";"count(*)")]
python:system"python3 -c \"import sqlite3; [print(*r) for r in sqlite3.connect('",file,"').execute('",asked,"')]\""
.t.is["Python's answer is the same"; {x[0]," ",string[x 1]," ",.Q.f[1;x 2]} each rows; python]

got:()
.t.is["a q function for each row"; exec_[db;"select sym, size from trades limit 2";
  {[data;n;values;names] got,:enlist .ffi.peek[values;"C";n]; 0i};::]; (0i;"")]
.t.is["its values"; got; (("alpha";enlist"0");("beta";enlist"1"))]

table:.sqlite3.get_table[db;"select sym, size from trades limit 1"]
.t.is["a table at once"; (.ffi.peek[table 1;"C";4];2_table); (("sym";"size";"alpha";enlist"0");(1i;2i;""))]
.t.is["texts of its own"; .sqlite3.expanded_sql s; asked]
.t.is["what cannot be opened"; first .sqlite3.open"/no/such/folder/x.db"; "i"$.sqlite3.SQLITE_CANTOPEN]
handles:.ffi.stats[]`ownedHandles
delete s from `.; delete insert_ from `.; delete table from `.;
.t.is["handles end"; handles-.ffi.stats[]`ownedHandles; 3]
.t.done[]
