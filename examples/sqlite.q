// SQLite: a query with a q function for each row, and prepared statements.
//   cargo run --release -- examples/sqlite.q
\l q/ffi.q
\l examples/lib/check.q

.sqlite.i.lib:`libsqlite3
.sqlite.i.ROW:100i
.sqlite.i.DONE:101i
// SQLite copies a text that is bound with this in the place of a destructor.
.sqlite.i.TRANSIENT:-1

// name, argument types, result type
.sqlite.i.functions:(
  (`open; "CR"; "i");
  (`errmsg; "r"; "C");
  (`exec; "rCkrR"; "i");
  (`prepare_v2; "rCiRR"; "i");
  (`bind_int64; "rij"; "i");
  (`bind_double; "rif"; "i");
  (`bind_text; "riCir"; "i");
  (`step; "r"; "i");
  (`reset; "r"; "i");
  (`finalize; "r"; "i");
  (`column_count; "r"; "i");
  (`column_type; "ri"; "i");
  (`column_name; "ri"; "C");
  (`column_int64; "ri"; "j");
  (`column_double; "ri"; "f");
  (`column_text; "ri"; "C"))

.sqlite.i.bind:{[name;args;ret] .sqlite.c[name]:.ffi.bind[(.sqlite.i.lib;`$"sqlite3_",string name);args;ret];}

// @desc Binds the functions of the library.
// @throws lib when it is not installed
.sqlite.load:{[] .sqlite.i.bind .' .sqlite.i.functions;}
.sqlite.c:(`$())!()

.sqlite.i.check:{[db;status]
  if[not status in 0i,.sqlite.i.ROW,.sqlite.i.DONE; '"sqlite: ",.sqlite.c.errmsg db];
  status
 }

// @desc Opens a database.
// @param path {string} file, or ":memory:"
// @return {foreign} the database, which is closed when the last reference goes
// @throws sqlite
.sqlite.open:{[path]
  handle:enlist 0;
  status:.sqlite.c.open[path;handle];
  // There is a handle even of a database that did not open: it knows the error, and must be closed too.
  db:.ffi.own[first handle;(.sqlite.i.lib;`sqlite3_close_v2)];
  .sqlite.i.check[db;status];
  db
 }

// @desc Runs statements without results.
// @throws sqlite
.sqlite.run:{[db;sql] .sqlite.i.check[db; .sqlite.c.exec[db;sql;::;::;::]];}

// @desc Runs a statement and calls a q function with each row as it comes.
// @param f {function} of a dictionary from column names to texts, as symbols; its result is ignored
// @throws sqlite, and what f signals
.sqlite.each:{[db;f;sql]
  row:{[f;context;n;values;names] f (!). .ffi.peek[;"s";n] each (names;values); 0i}[f];
  .sqlite.i.check[db; .sqlite.c.exec[db;sql;(row;"rirr";"i");::;::]];
 }

// How a value is bound, by its q type.
.sqlite.i.binders:(-7 -9 10h)!(
  {[s;i;v] .sqlite.c.bind_int64[s;i;v]};
  {[s;i;v] .sqlite.c.bind_double[s;i;v]};
  {[s;i;v] .sqlite.c.bind_text[s;i;v;"i"$count v;.sqlite.i.TRANSIENT]})

// How a column is read, by SQLite's type: integer, float, text, and anything else as text.
.sqlite.i.readers:(1 2 3i)!`column_int64`column_double`column_text
.sqlite.i.read:{[s;i] .sqlite.c[`column_text^.sqlite.i.readers .sqlite.c.column_type[s;i]][s;i]}
.sqlite.i.row:{[s] .sqlite.i.read[s] each til .sqlite.c.column_count s}

// @desc Runs one statement with parameters.
// @param db {foreign} database
// @param sql {string} with a ? for each parameter
// @param params {list} longs, floats and strings
// @return {list} rows
// @throws sqlite
.sqlite.query:{[db;sql;params]
  s:.sqlite.prepare[db;sql];
  rows:@[.sqlite.i.fetch[db;s]; params; {[s;e] .sqlite.c.finalize s; 'e}[s]];
  .sqlite.c.finalize s;
  rows
 }
.sqlite.prepare:{[db;sql]
  s:enlist 0;
  .sqlite.i.check[db; .sqlite.c.prepare_v2[db;sql;-1i;s;::]];
  first s
 }
.sqlite.i.fetch:{[db;s;params]
  bound:{[s;i;v] .sqlite.i.binders[type v][s;i;v]}[s]'["i"$1+til count params;params];
  .sqlite.i.check[db] each bound;
  rows:();
  while[.sqlite.i.ROW=.sqlite.i.check[db; .sqlite.c.step s]; rows,:enlist .sqlite.i.row s];
  rows
 }

rows:()
trades:((`kx;101.5;300);(`ibm;88.25;150);(`kx;102f;50))
total:"select sum(size) from trades where sym=?"
large:"select sym,price from trades where size>?"
insert_:"insert into trades values (?,?,?)"

demo:{[]
  db::.sqlite.open ":memory:";
  .sqlite.run[db; "create table trades (sym text, price real, size integer)"];
  {.sqlite.query[db;insert_;@[x;0;string]]} each trades;
  .check.is[{.sqlite.query[db;total;enlist "kx"]}; enlist enlist 350];
  .check.is[{.sqlite.query[db;large;enlist 100]}; (("kx";101.5);("ibm";88.25))];
  .sqlite.each[db;{rows,:enlist x};"select sym,size from trades order by size"];
  .check.is[{rows}; ([] sym:`kx`ibm`kx; size:`50`150`300)];
  .check.is[{.[.sqlite.each; (db;{'string x`sym};"select sym from trades"); ::]}; "kx"];
  .check.is[{@[.sqlite.run[db]; "select absent"; ::]}; "sqlite: no such column: absent"];
  .check.is[{@[.sqlite.open; "/nowhere/file"; ::]}; "sqlite: unable to open database file"];
 }

-1"SQLite";
$[10h=type problem:@[.sqlite.load; (::); ::]; -1"  skipped, there is no SQLite here: ",problem; demo[]];

.check.end[]
