// SQLite: a query with a q function for each row, and prepared statements.
//   cargo run --release -- examples/sqlite.q
\l q/ffi.q
\l examples/lib/check.q

// From sqlite3.h and its manual. What C fills and gives away is said before it.
.sqlite.i.declarations:"
  typedef struct sqlite3 sqlite3;
  typedef struct sqlite3_stmt sqlite3_stmt;
  enum { SQLITE_OK, SQLITE_INTEGER = 1, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_ROW = 100, SQLITE_DONE };
  int sqlite3_open(const char *filename, _Out_ _Own_(sqlite3_close_v2) sqlite3 **db);
  const char *sqlite3_errmsg(sqlite3*);
  int sqlite3_exec(sqlite3*, const char *sql, int (*row)(void*, int, char **values, char **names), void*, char **errmsg);
  int sqlite3_prepare_v2(sqlite3*, const char *sql, int bytes, _Out_ _Own_(sqlite3_finalize) sqlite3_stmt **s, const char **tail);
  int sqlite3_bind_int64(sqlite3_stmt*, int, long long);
  int sqlite3_bind_double(sqlite3_stmt*, int, double);
  int sqlite3_bind_text(sqlite3_stmt*, int, const char*, int bytes, _Handle_ void *destructor);
  int sqlite3_step(sqlite3_stmt*);
  int sqlite3_column_count(sqlite3_stmt*);
  int sqlite3_column_type(sqlite3_stmt*, int column);
  const char *sqlite3_column_name(sqlite3_stmt*, int column);
  long long sqlite3_column_int64(sqlite3_stmt*, int column);
  double sqlite3_column_double(sqlite3_stmt*, int column);
  const char *sqlite3_column_text(sqlite3_stmt*, int column);
 "
// SQLite copies a text that is bound with this in the place of a destructor.
.sqlite.i.TRANSIENT:-1

// @desc Reads the declarations; functions are bound when they are called first.
// @throws lib when it is not installed
.sqlite.load:{[]
  declared:.ffi.cdef[`libsqlite3;.sqlite.i.declarations];
  ours:key[declared] where key[declared] like "sqlite3_*";
  .sqlite.c:(`$8_/:string ours)!declared ours;
  .sqlite.i.fine:"i"$declared`SQLITE_OK`SQLITE_ROW`SQLITE_DONE;
  .sqlite.i.ROW:"i"$declared`SQLITE_ROW;
 }

.sqlite.i.check:{[db;status]
  if[not status in .sqlite.i.fine; '"sqlite: ",.sqlite.c.errmsg db];
  status
 }

// @desc Opens a database.
// @param path {string} file, or ":memory:"
// @return {foreign} the database, which is closed when the last reference goes
// @throws sqlite
.sqlite.open:{[path]
  // There is a handle even of a database that did not open: it knows the error, and is closed too.
  opened:.sqlite.c.open path;
  .sqlite.i.check[opened 1;first opened];
  opened 1
 }

// @desc Runs statements without results.
// @throws sqlite
.sqlite.run:{[db;sql] .sqlite.i.check[db; .sqlite.c.exec[db;sql;::;::;::]];}

// @desc Runs a statement and calls a q function with each row as it comes.
// @param f {function} of a dictionary from column names to texts, as symbols; its result is ignored
// @throws sqlite, and what f signals
.sqlite.each:{[db;f;sql]
  row:{[f;context;n;values;names] f (!). .ffi.peek[;"s";n] each (names;values); 0i}[f];
  .sqlite.i.check[db; .sqlite.c.exec[db;sql;row;::;::]];
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
  .sqlite.i.fetch[db;.sqlite.prepare[db;sql];params]
 }
.sqlite.prepare:{[db;sql]
  prepared:.sqlite.c.prepare_v2[db;sql;-1;::];
  .sqlite.i.check[db;first prepared];
  prepared 1
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
