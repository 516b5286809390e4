// sqlite3 3.40.1, made by tools/modules.q.
// sqlite3.h of libsqlite3, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.sqlite3;"libsqlite3";`LP64;::;"
 const char *libversion(void) __asm__(\"sqlite3_libversion\");
 const char *sourceid(void) __asm__(\"sqlite3_sourceid\");
 int libversion_number(void) __asm__(\"sqlite3_libversion_number\");
 int compileoption_used(const char *zOptName) __asm__(\"sqlite3_compileoption_used\");
 const char *compileoption_get(int N) __asm__(\"sqlite3_compileoption_get\");
 int threadsafe(void) __asm__(\"sqlite3_threadsafe\");
 struct sqlite3;
 typedef struct sqlite3 sqlite3;
 int exec(struct sqlite3 *db, const char *sql, int (*callback)(void *, int, char **, char **), void *data, _Out_ _Free_(sqlite3_free) char **errmsg) __asm__(\"sqlite3_exec\");
 struct sqlite3_io_methods;
 typedef struct sqlite3_io_methods sqlite3_io_methods;
 struct sqlite3_file { const struct sqlite3_io_methods *pMethods; };
 typedef struct sqlite3_file sqlite3_file;
 struct sqlite3_io_methods { int iVersion; int (*xClose)(struct sqlite3_file *); int (*xRead)(struct sqlite3_file *, void *, int, long long); int (*xWrite)(struct sqlite3_file *, const void *, int, long long); int (*xTruncate)(struct sqlite3_file *, long long); int (*xSync)(struct sqlite3_file *, int); int (*xFileSize)(struct sqlite3_file *, long long *); int (*xLock)(struct sqlite3_file *, int); int (*xUnlock)(struct sqlite3_file *, int); int (*xCheckReservedLock)(struct sqlite3_file *, int *); int (*xFileControl)(struct sqlite3_file *, int, void *); int (*xSectorSize)(struct sqlite3_file *); int (*xDeviceCharacteristics)(struct sqlite3_file *); int (*xShmMap)(struct sqlite3_file *, int, int, int, void **); int (*xShmLock)(struct sqlite3_file *, int, int, int); void (*xShmBarrier)(struct sqlite3_file *); int (*xShmUnmap)(struct sqlite3_file *, int); int (*xFetch)(struct sqlite3_file *, long long, int, void **); int (*xUnfetch)(struct sqlite3_file *, long long, void *); };
 struct sqlite3_mutex;
 typedef struct sqlite3_mutex sqlite3_mutex;
 struct sqlite3_api_routines;
 typedef struct sqlite3_api_routines sqlite3_api_routines;
 struct sqlite3_vfs { int iVersion; int szOsFile; int mxPathname; struct sqlite3_vfs *pNext; const char *zName; void *pAppData; int (*xOpen)(struct sqlite3_vfs *, const char *, struct sqlite3_file *, int, int *); int (*xDelete)(struct sqlite3_vfs *, const char *, int); int (*xAccess)(struct sqlite3_vfs *, const char *, int, int *); int (*xFullPathname)(struct sqlite3_vfs *, const char *, int, char *); void *(*xDlOpen)(struct sqlite3_vfs *, const char *); void (*xDlError)(struct sqlite3_vfs *, int, char *); void (*(*xDlSym)(struct sqlite3_vfs *, void *, const char *))(void); void (*xDlClose)(struct sqlite3_vfs *, void *); int (*xRandomness)(struct sqlite3_vfs *, int, char *); int (*xSleep)(struct sqlite3_vfs *, int); int (*xCurrentTime)(struct sqlite3_vfs *, double *); int (*xGetLastError)(struct sqlite3_vfs *, int, char *); int (*xCurrentTimeInt64)(struct sqlite3_vfs *, long long *); int (*xSetSystemCall)(struct sqlite3_vfs *, const char *, void (*)(void)); void (*(*xGetSystemCall)(struct sqlite3_vfs *, const char *))(void); const char *(*xNextSystemCall)(struct sqlite3_vfs *, const char *); };
 typedef struct sqlite3_vfs sqlite3_vfs;
 int initialize(void) __asm__(\"sqlite3_initialize\");
 int shutdown(void) __asm__(\"sqlite3_shutdown\");
 int os_init(void) __asm__(\"sqlite3_os_init\");
 int os_end(void) __asm__(\"sqlite3_os_end\");
 int config(int, ...) __asm__(\"sqlite3_config\");
 int db_config(struct sqlite3 *, int op, ...) __asm__(\"sqlite3_db_config\");
 struct sqlite3_mem_methods { void *(*xMalloc)(int); void (*xFree)(void *); void *(*xRealloc)(void *, int); int (*xSize)(void *); int (*xRoundup)(int); int (*xInit)(void *); void (*xShutdown)(void *); void *pAppData; };
 typedef struct sqlite3_mem_methods sqlite3_mem_methods;
 int extended_result_codes(struct sqlite3 *, int onoff) __asm__(\"sqlite3_extended_result_codes\");
 long long last_insert_rowid(struct sqlite3 *) __asm__(\"sqlite3_last_insert_rowid\");
 void set_last_insert_rowid(struct sqlite3 *, long long) __asm__(\"sqlite3_set_last_insert_rowid\");
 int changes(struct sqlite3 *) __asm__(\"sqlite3_changes\");
 long long changes64(struct sqlite3 *) __asm__(\"sqlite3_changes64\");
 int total_changes(struct sqlite3 *) __asm__(\"sqlite3_total_changes\");
 long long total_changes64(struct sqlite3 *) __asm__(\"sqlite3_total_changes64\");
 void interrupt(struct sqlite3 *) __asm__(\"sqlite3_interrupt\");
 int complete(const char *sql) __asm__(\"sqlite3_complete\");
 int busy_handler(struct sqlite3 *, int (*)(void *, int), void *) __asm__(\"sqlite3_busy_handler\");
 int busy_timeout(struct sqlite3 *, int ms) __asm__(\"sqlite3_busy_timeout\");
 int get_table(struct sqlite3 *db, const char *zSql, _Out_ _Own_(sqlite3_free_table) char ***pazResult, _Out_ int *pnRow, _Out_ int *pnColumn, _Out_ _Free_(sqlite3_free) char **pzErrmsg) __asm__(\"sqlite3_get_table\");
 _Free_(sqlite3_free) char *mprintf(const char *format, ...) __asm__(\"sqlite3_mprintf\");
 char *snprintf(int, char *, const char *, ...) __asm__(\"sqlite3_snprintf\");
 void *malloc(int) __asm__(\"sqlite3_malloc\");
 void *malloc64(unsigned long long) __asm__(\"sqlite3_malloc64\");
 void *realloc(void *, int) __asm__(\"sqlite3_realloc\");
 void *realloc64(void *, unsigned long long) __asm__(\"sqlite3_realloc64\");
 void free(void *) __asm__(\"sqlite3_free\");
 unsigned long long msize(void *) __asm__(\"sqlite3_msize\");
 long long memory_used(void) __asm__(\"sqlite3_memory_used\");
 long long memory_highwater(int resetFlag) __asm__(\"sqlite3_memory_highwater\");
 void randomness(int N, void *P) __asm__(\"sqlite3_randomness\");
 int set_authorizer(struct sqlite3 *, int (*xAuth)(void *, int, const char *, const char *, const char *, const char *), void *pUserData) __asm__(\"sqlite3_set_authorizer\");
 void *trace(struct sqlite3 *, void (*xTrace)(void *, const char *), void *) __asm__(\"sqlite3_trace\");
 void *profile(struct sqlite3 *, void (*xProfile)(void *, const char *, unsigned long long), void *) __asm__(\"sqlite3_profile\");
 int trace_v2(struct sqlite3 *, unsigned int uMask, int (*xCallback)(unsigned int, void *, void *, void *), void *pCtx) __asm__(\"sqlite3_trace_v2\");
 void progress_handler(struct sqlite3 *, int, int (*)(void *), void *) __asm__(\"sqlite3_progress_handler\");
 int open(const char *filename, _Out_ _Own_(sqlite3_close_v2) struct sqlite3 **ppDb) __asm__(\"sqlite3_open\");
 int open_v2(const char *filename, _Out_ _Own_(sqlite3_close_v2) struct sqlite3 **ppDb, int flags, const char *zVfs) __asm__(\"sqlite3_open_v2\");
 const char *uri_parameter(const char *z, const char *zParam) __asm__(\"sqlite3_uri_parameter\");
 int uri_boolean(const char *z, const char *zParam, int bDefault) __asm__(\"sqlite3_uri_boolean\");
 long long uri_int64(const char *, const char *, long long) __asm__(\"sqlite3_uri_int64\");
 const char *uri_key(const char *z, int N) __asm__(\"sqlite3_uri_key\");
 const char *filename_database(const char *) __asm__(\"sqlite3_filename_database\");
 const char *filename_journal(const char *) __asm__(\"sqlite3_filename_journal\");
 const char *filename_wal(const char *) __asm__(\"sqlite3_filename_wal\");
 struct sqlite3_file *database_file_object(const char *) __asm__(\"sqlite3_database_file_object\");
 const char *create_filename(const char *zDatabase, const char *zJournal, const char *zWal, int nParam, const char **azParam) __asm__(\"sqlite3_create_filename\");
 void free_filename(const char *) __asm__(\"sqlite3_free_filename\");
 int errcode(struct sqlite3 *db) __asm__(\"sqlite3_errcode\");
 int extended_errcode(struct sqlite3 *db) __asm__(\"sqlite3_extended_errcode\");
 const char *errmsg(struct sqlite3 *) __asm__(\"sqlite3_errmsg\");
 const char *errstr(int) __asm__(\"sqlite3_errstr\");
 int error_offset(struct sqlite3 *db) __asm__(\"sqlite3_error_offset\");
 struct sqlite3_stmt;
 typedef struct sqlite3_stmt sqlite3_stmt;
 int limit(struct sqlite3 *, int id, int newVal) __asm__(\"sqlite3_limit\");
 int prepare_v2(struct sqlite3 *db, const char *zSql, int nByte, _Out_ _Own_(sqlite3_finalize) struct sqlite3_stmt **ppStmt, _Out_ const char **pzTail) __asm__(\"sqlite3_prepare_v2\");
 int prepare_v3(struct sqlite3 *db, const char *zSql, int nByte, unsigned int prepFlags, _Out_ _Own_(sqlite3_finalize) struct sqlite3_stmt **ppStmt, _Out_ const char **pzTail) __asm__(\"sqlite3_prepare_v3\");
 const char *sql(struct sqlite3_stmt *pStmt) __asm__(\"sqlite3_sql\");
 _Free_(sqlite3_free) char *expanded_sql(struct sqlite3_stmt *pStmt) __asm__(\"sqlite3_expanded_sql\");
 int stmt_readonly(struct sqlite3_stmt *pStmt) __asm__(\"sqlite3_stmt_readonly\");
 int stmt_isexplain(struct sqlite3_stmt *pStmt) __asm__(\"sqlite3_stmt_isexplain\");
 int stmt_busy(struct sqlite3_stmt *) __asm__(\"sqlite3_stmt_busy\");
 struct sqlite3_value;
 typedef struct sqlite3_value sqlite3_value;
 struct sqlite3_context;
 typedef struct sqlite3_context sqlite3_context;
 int bind_blob(struct sqlite3_stmt *, int, const void *, int n, void (*)(void *)) __asm__(\"sqlite3_bind_blob\");
 int bind_blob64(struct sqlite3_stmt *, int, const void *, unsigned long long, void (*)(void *)) __asm__(\"sqlite3_bind_blob64\");
 int bind_double(struct sqlite3_stmt *, int, double) __asm__(\"sqlite3_bind_double\");
 int bind_int(struct sqlite3_stmt *, int, int) __asm__(\"sqlite3_bind_int\");
 int bind_int64(struct sqlite3_stmt *, int, long long) __asm__(\"sqlite3_bind_int64\");
 int bind_null(struct sqlite3_stmt *, int) __asm__(\"sqlite3_bind_null\");
 int bind_text(struct sqlite3_stmt *, int, const char *, int, void (*)(void *)) __asm__(\"sqlite3_bind_text\");
 int bind_text64(struct sqlite3_stmt *, int, const char *, unsigned long long, void (*)(void *), unsigned char encoding) __asm__(\"sqlite3_bind_text64\");
 int bind_value(struct sqlite3_stmt *, int, const struct sqlite3_value *) __asm__(\"sqlite3_bind_value\");
 int bind_pointer(struct sqlite3_stmt *, int, void *, const char *, void (*)(void *)) __asm__(\"sqlite3_bind_pointer\");
 int bind_zeroblob(struct sqlite3_stmt *, int, int n) __asm__(\"sqlite3_bind_zeroblob\");
 int bind_zeroblob64(struct sqlite3_stmt *, int, unsigned long long) __asm__(\"sqlite3_bind_zeroblob64\");
 int bind_parameter_count(struct sqlite3_stmt *) __asm__(\"sqlite3_bind_parameter_count\");
 const char *bind_parameter_name(struct sqlite3_stmt *, int) __asm__(\"sqlite3_bind_parameter_name\");
 int bind_parameter_index(struct sqlite3_stmt *, const char *zName) __asm__(\"sqlite3_bind_parameter_index\");
 int clear_bindings(struct sqlite3_stmt *) __asm__(\"sqlite3_clear_bindings\");
 int column_count(struct sqlite3_stmt *pStmt) __asm__(\"sqlite3_column_count\");
 const char *column_name(struct sqlite3_stmt *, int N) __asm__(\"sqlite3_column_name\");
 const char *column_database_name(struct sqlite3_stmt *, int) __asm__(\"sqlite3_column_database_name\");
 const char *column_table_name(struct sqlite3_stmt *, int) __asm__(\"sqlite3_column_table_name\");
 const char *column_origin_name(struct sqlite3_stmt *, int) __asm__(\"sqlite3_column_origin_name\");
 const char *column_decltype(struct sqlite3_stmt *, int) __asm__(\"sqlite3_column_decltype\");
 int step(struct sqlite3_stmt *) __asm__(\"sqlite3_step\");
 int data_count(struct sqlite3_stmt *pStmt) __asm__(\"sqlite3_data_count\");
 const void *column_blob(struct sqlite3_stmt *, int iCol) __asm__(\"sqlite3_column_blob\");
 double column_double(struct sqlite3_stmt *, int iCol) __asm__(\"sqlite3_column_double\");
 int column_int(struct sqlite3_stmt *, int iCol) __asm__(\"sqlite3_column_int\");
 long long column_int64(struct sqlite3_stmt *, int iCol) __asm__(\"sqlite3_column_int64\");
 const char *column_text(struct sqlite3_stmt *statement, int column) __asm__(\"sqlite3_column_text\");
 struct sqlite3_value *column_value(struct sqlite3_stmt *, int iCol) __asm__(\"sqlite3_column_value\");
 int column_bytes(struct sqlite3_stmt *, int iCol) __asm__(\"sqlite3_column_bytes\");
 int column_type(struct sqlite3_stmt *, int iCol) __asm__(\"sqlite3_column_type\");
 int reset(struct sqlite3_stmt *pStmt) __asm__(\"sqlite3_reset\");
 int create_function(struct sqlite3 *db, const char *zFunctionName, int nArg, int eTextRep, void *pApp, void (*xFunc)(struct sqlite3_context *, int, struct sqlite3_value **), void (*xStep)(struct sqlite3_context *, int, struct sqlite3_value **), void (*xFinal)(struct sqlite3_context *)) __asm__(\"sqlite3_create_function\");
 int create_function_v2(struct sqlite3 *db, const char *zFunctionName, int nArg, int eTextRep, void *pApp, void (*xFunc)(struct sqlite3_context *, int, struct sqlite3_value **), void (*xStep)(struct sqlite3_context *, int, struct sqlite3_value **), void (*xFinal)(struct sqlite3_context *), void (*xDestroy)(void *)) __asm__(\"sqlite3_create_function_v2\");
 int create_window_function(struct sqlite3 *db, const char *zFunctionName, int nArg, int eTextRep, void *pApp, void (*xStep)(struct sqlite3_context *, int, struct sqlite3_value **), void (*xFinal)(struct sqlite3_context *), void (*xValue)(struct sqlite3_context *), void (*xInverse)(struct sqlite3_context *, int, struct sqlite3_value **), void (*xDestroy)(void *)) __asm__(\"sqlite3_create_window_function\");
 int aggregate_count(struct sqlite3_context *) __asm__(\"sqlite3_aggregate_count\");
 int expired(struct sqlite3_stmt *) __asm__(\"sqlite3_expired\");
 int transfer_bindings(struct sqlite3_stmt *, struct sqlite3_stmt *) __asm__(\"sqlite3_transfer_bindings\");
 int global_recover(void) __asm__(\"sqlite3_global_recover\");
 void thread_cleanup(void) __asm__(\"sqlite3_thread_cleanup\");
 int memory_alarm(void (*)(void *, long long, int), void *, long long) __asm__(\"sqlite3_memory_alarm\");
 const void *value_blob(struct sqlite3_value *) __asm__(\"sqlite3_value_blob\");
 double value_double(struct sqlite3_value *) __asm__(\"sqlite3_value_double\");
 int value_int(struct sqlite3_value *) __asm__(\"sqlite3_value_int\");
 long long value_int64(struct sqlite3_value *) __asm__(\"sqlite3_value_int64\");
 void *value_pointer(struct sqlite3_value *, const char *) __asm__(\"sqlite3_value_pointer\");
 const char *value_text(struct sqlite3_value *value) __asm__(\"sqlite3_value_text\");
 int value_bytes(struct sqlite3_value *) __asm__(\"sqlite3_value_bytes\");
 int value_type(struct sqlite3_value *) __asm__(\"sqlite3_value_type\");
 int value_numeric_type(struct sqlite3_value *) __asm__(\"sqlite3_value_numeric_type\");
 int value_nochange(struct sqlite3_value *) __asm__(\"sqlite3_value_nochange\");
 int value_frombind(struct sqlite3_value *) __asm__(\"sqlite3_value_frombind\");
 int value_encoding(struct sqlite3_value *) __asm__(\"sqlite3_value_encoding\");
 unsigned int value_subtype(struct sqlite3_value *) __asm__(\"sqlite3_value_subtype\");
 struct sqlite3_value *value_dup(const struct sqlite3_value *) __asm__(\"sqlite3_value_dup\");
 void value_free(struct sqlite3_value *) __asm__(\"sqlite3_value_free\");
 void *aggregate_context(struct sqlite3_context *, int nBytes) __asm__(\"sqlite3_aggregate_context\");
 void *user_data(struct sqlite3_context *) __asm__(\"sqlite3_user_data\");
 struct sqlite3 *context_db_handle(struct sqlite3_context *) __asm__(\"sqlite3_context_db_handle\");
 void *get_auxdata(struct sqlite3_context *, int N) __asm__(\"sqlite3_get_auxdata\");
 void set_auxdata(struct sqlite3_context *, int N, void *, void (*)(void *)) __asm__(\"sqlite3_set_auxdata\");
 void result_blob(struct sqlite3_context *, const void *, int, void (*)(void *)) __asm__(\"sqlite3_result_blob\");
 void result_blob64(struct sqlite3_context *, const void *, unsigned long long, void (*)(void *)) __asm__(\"sqlite3_result_blob64\");
 void result_double(struct sqlite3_context *, double) __asm__(\"sqlite3_result_double\");
 void result_error(struct sqlite3_context *, const char *, int) __asm__(\"sqlite3_result_error\");
 void result_error_toobig(struct sqlite3_context *) __asm__(\"sqlite3_result_error_toobig\");
 void result_error_nomem(struct sqlite3_context *) __asm__(\"sqlite3_result_error_nomem\");
 void result_error_code(struct sqlite3_context *, int) __asm__(\"sqlite3_result_error_code\");
 void result_int(struct sqlite3_context *, int) __asm__(\"sqlite3_result_int\");
 void result_int64(struct sqlite3_context *, long long) __asm__(\"sqlite3_result_int64\");
 void result_null(struct sqlite3_context *) __asm__(\"sqlite3_result_null\");
 void result_text(struct sqlite3_context *, const char *, int, void (*)(void *)) __asm__(\"sqlite3_result_text\");
 void result_text64(struct sqlite3_context *, const char *, unsigned long long, void (*)(void *), unsigned char encoding) __asm__(\"sqlite3_result_text64\");
 void result_value(struct sqlite3_context *, struct sqlite3_value *) __asm__(\"sqlite3_result_value\");
 void result_pointer(struct sqlite3_context *, void *, const char *, void (*)(void *)) __asm__(\"sqlite3_result_pointer\");
 void result_zeroblob(struct sqlite3_context *, int n) __asm__(\"sqlite3_result_zeroblob\");
 int result_zeroblob64(struct sqlite3_context *, unsigned long long n) __asm__(\"sqlite3_result_zeroblob64\");
 void result_subtype(struct sqlite3_context *, unsigned int) __asm__(\"sqlite3_result_subtype\");
 int create_collation(struct sqlite3 *, const char *zName, int eTextRep, void *pArg, int (*xCompare)(void *, int, const void *, int, const void *)) __asm__(\"sqlite3_create_collation\");
 int create_collation_v2(struct sqlite3 *, const char *zName, int eTextRep, void *pArg, int (*xCompare)(void *, int, const void *, int, const void *), void (*xDestroy)(void *)) __asm__(\"sqlite3_create_collation_v2\");
 int collation_needed(struct sqlite3 *, void *, void (*)(void *, struct sqlite3 *, int, const char *)) __asm__(\"sqlite3_collation_needed\");
 int sleep(int) __asm__(\"sqlite3_sleep\");
 extern char *temp_directory __asm__(\"sqlite3_temp_directory\");
 extern char *data_directory __asm__(\"sqlite3_data_directory\");
 int get_autocommit(struct sqlite3 *) __asm__(\"sqlite3_get_autocommit\");
 struct sqlite3 *db_handle(struct sqlite3_stmt *) __asm__(\"sqlite3_db_handle\");
 const char *db_name(struct sqlite3 *db, int N) __asm__(\"sqlite3_db_name\");
 const char *db_filename(struct sqlite3 *db, const char *zDbName) __asm__(\"sqlite3_db_filename\");
 int db_readonly(struct sqlite3 *db, const char *zDbName) __asm__(\"sqlite3_db_readonly\");
 int txn_state(struct sqlite3 *, const char *zSchema) __asm__(\"sqlite3_txn_state\");
 struct sqlite3_stmt *next_stmt(struct sqlite3 *pDb, struct sqlite3_stmt *pStmt) __asm__(\"sqlite3_next_stmt\");
 void *commit_hook(struct sqlite3 *, int (*)(void *), void *) __asm__(\"sqlite3_commit_hook\");
 void *rollback_hook(struct sqlite3 *, void (*)(void *), void *) __asm__(\"sqlite3_rollback_hook\");
 int autovacuum_pages(struct sqlite3 *db, unsigned int (*)(void *, const char *, unsigned int, unsigned int, unsigned int), void *, void (*)(void *)) __asm__(\"sqlite3_autovacuum_pages\");
 void *update_hook(struct sqlite3 *, void (*)(void *, int, const char *, const char *, long long), void *) __asm__(\"sqlite3_update_hook\");
 int enable_shared_cache(int) __asm__(\"sqlite3_enable_shared_cache\");
 int release_memory(int) __asm__(\"sqlite3_release_memory\");
 int db_release_memory(struct sqlite3 *) __asm__(\"sqlite3_db_release_memory\");
 long long soft_heap_limit64(long long N) __asm__(\"sqlite3_soft_heap_limit64\");
 long long hard_heap_limit64(long long N) __asm__(\"sqlite3_hard_heap_limit64\");
 void soft_heap_limit(int N) __asm__(\"sqlite3_soft_heap_limit\");
 int table_column_metadata(struct sqlite3 *db, const char *zDbName, const char *zTableName, const char *zColumnName, _Out_ const char **pzDataType, _Out_ const char **pzCollSeq, _Out_ int *pNotNull, _Out_ int *pPrimaryKey, _Out_ int *pAutoinc) __asm__(\"sqlite3_table_column_metadata\");
 int load_extension(struct sqlite3 *db, const char *zFile, const char *zProc, char **pzErrMsg) __asm__(\"sqlite3_load_extension\");
 int enable_load_extension(struct sqlite3 *db, int onoff) __asm__(\"sqlite3_enable_load_extension\");
 int auto_extension(void (*xEntryPoint)(void)) __asm__(\"sqlite3_auto_extension\");
 int cancel_auto_extension(void (*xEntryPoint)(void)) __asm__(\"sqlite3_cancel_auto_extension\");
 void reset_auto_extension(void) __asm__(\"sqlite3_reset_auto_extension\");
 struct sqlite3_index_constraint;
 struct sqlite3_index_orderby;
 struct sqlite3_index_constraint_usage;
 struct sqlite3_index_info { int nConstraint; struct sqlite3_index_constraint *aConstraint; int nOrderBy; struct sqlite3_index_orderby *aOrderBy; struct sqlite3_index_constraint_usage *aConstraintUsage; int idxNum; char *idxStr; int needToFreeIdxStr; int orderByConsumed; double estimatedCost; long long estimatedRows; int idxFlags; unsigned long long colUsed; };
 typedef struct sqlite3_index_info sqlite3_index_info;
 struct sqlite3_index_constraint_usage { int argvIndex; unsigned char omit; };
 struct sqlite3_index_orderby { int iColumn; unsigned char desc; };
 struct sqlite3_index_constraint { int iColumn; unsigned char op; unsigned char usable; int iTermOffset; };
 struct sqlite3_vtab;
 typedef struct sqlite3_vtab sqlite3_vtab;
 struct sqlite3_vtab_cursor;
 typedef struct sqlite3_vtab_cursor sqlite3_vtab_cursor;
 struct sqlite3_module { int iVersion; int (*xCreate)(struct sqlite3 *, void *, int, const char *const *, struct sqlite3_vtab **, char **); int (*xConnect)(struct sqlite3 *, void *, int, const char *const *, struct sqlite3_vtab **, char **); int (*xBestIndex)(struct sqlite3_vtab *, struct sqlite3_index_info *); int (*xDisconnect)(struct sqlite3_vtab *); int (*xDestroy)(struct sqlite3_vtab *); int (*xOpen)(struct sqlite3_vtab *, struct sqlite3_vtab_cursor **); int (*xClose)(struct sqlite3_vtab_cursor *); int (*xFilter)(struct sqlite3_vtab_cursor *, int, const char *, int, struct sqlite3_value **); int (*xNext)(struct sqlite3_vtab_cursor *); int (*xEof)(struct sqlite3_vtab_cursor *); int (*xColumn)(struct sqlite3_vtab_cursor *, struct sqlite3_context *, int); int (*xRowid)(struct sqlite3_vtab_cursor *, long long *); int (*xUpdate)(struct sqlite3_vtab *, int, struct sqlite3_value **, long long *); int (*xBegin)(struct sqlite3_vtab *); int (*xSync)(struct sqlite3_vtab *); int (*xCommit)(struct sqlite3_vtab *); int (*xRollback)(struct sqlite3_vtab *); int (*xFindFunction)(struct sqlite3_vtab *, int, const char *, void (**)(struct sqlite3_context *, int, struct sqlite3_value **), void **); int (*xRename)(struct sqlite3_vtab *, const char *); int (*xSavepoint)(struct sqlite3_vtab *, int); int (*xRelease)(struct sqlite3_vtab *, int); int (*xRollbackTo)(struct sqlite3_vtab *, int); int (*xShadowName)(const char *); };
 typedef struct sqlite3_module sqlite3_module;
 struct sqlite3_vtab { const struct sqlite3_module *pModule; int nRef; char *zErrMsg; };
 struct sqlite3_vtab_cursor { struct sqlite3_vtab *pVtab; };
 int create_module(struct sqlite3 *db, const char *zName, const struct sqlite3_module *p, void *pClientData) __asm__(\"sqlite3_create_module\");
 int create_module_v2(struct sqlite3 *db, const char *zName, const struct sqlite3_module *p, void *pClientData, void (*xDestroy)(void *)) __asm__(\"sqlite3_create_module_v2\");
 int drop_modules(struct sqlite3 *db, const char **azKeep) __asm__(\"sqlite3_drop_modules\");
 int declare_vtab(struct sqlite3 *, const char *zSQL) __asm__(\"sqlite3_declare_vtab\");
 int overload_function(struct sqlite3 *, const char *zFuncName, int nArg) __asm__(\"sqlite3_overload_function\");
 struct sqlite3_blob;
 typedef struct sqlite3_blob sqlite3_blob;
 int blob_open(struct sqlite3 *db, const char *zDb, const char *zTable, const char *zColumn, long long iRow, int flags, _Out_ _Own_(sqlite3_blob_close) struct sqlite3_blob **ppBlob) __asm__(\"sqlite3_blob_open\");
 int blob_reopen(struct sqlite3_blob *, long long) __asm__(\"sqlite3_blob_reopen\");
 int blob_bytes(struct sqlite3_blob *) __asm__(\"sqlite3_blob_bytes\");
 int blob_read(struct sqlite3_blob *, void *Z, int N, int iOffset) __asm__(\"sqlite3_blob_read\");
 int blob_write(struct sqlite3_blob *, const void *z, int n, int iOffset) __asm__(\"sqlite3_blob_write\");
 struct sqlite3_vfs *vfs_find(const char *zVfsName) __asm__(\"sqlite3_vfs_find\");
 int vfs_register(struct sqlite3_vfs *, int makeDflt) __asm__(\"sqlite3_vfs_register\");
 int vfs_unregister(struct sqlite3_vfs *) __asm__(\"sqlite3_vfs_unregister\");
 struct sqlite3_mutex *db_mutex(struct sqlite3 *) __asm__(\"sqlite3_db_mutex\");
 int file_control(struct sqlite3 *, const char *zDbName, int op, void *) __asm__(\"sqlite3_file_control\");
 int test_control(int op, ...) __asm__(\"sqlite3_test_control\");
 int keyword_count(void) __asm__(\"sqlite3_keyword_count\");
 int keyword_name(int i, _Out_ _Handle_ const char **name, _Out_ int *bytes) __asm__(\"sqlite3_keyword_name\");
 int keyword_check(const char *, int) __asm__(\"sqlite3_keyword_check\");
 struct sqlite3_str;
 typedef struct sqlite3_str sqlite3_str;
 struct sqlite3_str *str_new(struct sqlite3 *) __asm__(\"sqlite3_str_new\");
 _Free_(sqlite3_free) char *str_finish(struct sqlite3_str *text) __asm__(\"sqlite3_str_finish\");
 void str_appendf(struct sqlite3_str *, const char *zFormat, ...) __asm__(\"sqlite3_str_appendf\");
 void str_append(struct sqlite3_str *, const char *zIn, int N) __asm__(\"sqlite3_str_append\");
 void str_appendall(struct sqlite3_str *, const char *zIn) __asm__(\"sqlite3_str_appendall\");
 void str_appendchar(struct sqlite3_str *, int N, char C) __asm__(\"sqlite3_str_appendchar\");
 void str_reset(struct sqlite3_str *) __asm__(\"sqlite3_str_reset\");
 int str_errcode(struct sqlite3_str *) __asm__(\"sqlite3_str_errcode\");
 int str_length(struct sqlite3_str *) __asm__(\"sqlite3_str_length\");
 char *str_value(struct sqlite3_str *) __asm__(\"sqlite3_str_value\");
 int status(int op, _Out_ int *pCurrent, _Out_ int *pHighwater, int resetFlag) __asm__(\"sqlite3_status\");
 int status64(int op, _Out_ long long *pCurrent, _Out_ long long *pHighwater, int resetFlag) __asm__(\"sqlite3_status64\");
 int db_status(struct sqlite3 *db, int op, _Out_ int *pCur, _Out_ int *pHiwtr, int resetFlg) __asm__(\"sqlite3_db_status\");
 int stmt_status(struct sqlite3_stmt *, int op, int resetFlg) __asm__(\"sqlite3_stmt_status\");
 struct sqlite3_pcache;
 typedef struct sqlite3_pcache sqlite3_pcache;
 struct sqlite3_pcache_page { void *pBuf; void *pExtra; };
 typedef struct sqlite3_pcache_page sqlite3_pcache_page;
 struct sqlite3_pcache_methods2 { int iVersion; void *pArg; int (*xInit)(void *); void (*xShutdown)(void *); struct sqlite3_pcache *(*xCreate)(int, int, int); void (*xCachesize)(struct sqlite3_pcache *, int); int (*xPagecount)(struct sqlite3_pcache *); struct sqlite3_pcache_page *(*xFetch)(struct sqlite3_pcache *, unsigned int, int); void (*xUnpin)(struct sqlite3_pcache *, struct sqlite3_pcache_page *, int); void (*xRekey)(struct sqlite3_pcache *, struct sqlite3_pcache_page *, unsigned int, unsigned int); void (*xTruncate)(struct sqlite3_pcache *, unsigned int); void (*xDestroy)(struct sqlite3_pcache *); void (*xShrink)(struct sqlite3_pcache *); };
 typedef struct sqlite3_pcache_methods2 sqlite3_pcache_methods2;
 struct sqlite3_pcache_methods { void *pArg; int (*xInit)(void *); void (*xShutdown)(void *); struct sqlite3_pcache *(*xCreate)(int, int); void (*xCachesize)(struct sqlite3_pcache *, int); int (*xPagecount)(struct sqlite3_pcache *); void *(*xFetch)(struct sqlite3_pcache *, unsigned int, int); void (*xUnpin)(struct sqlite3_pcache *, void *, int); void (*xRekey)(struct sqlite3_pcache *, void *, unsigned int, unsigned int); void (*xTruncate)(struct sqlite3_pcache *, unsigned int); void (*xDestroy)(struct sqlite3_pcache *); };
 typedef struct sqlite3_pcache_methods sqlite3_pcache_methods;
 struct sqlite3_backup;
 typedef struct sqlite3_backup sqlite3_backup;
 _Own_(sqlite3_backup_finish) struct sqlite3_backup *backup_init(struct sqlite3 *pDest, const char *zDestName, struct sqlite3 *pSource, const char *zSourceName) __asm__(\"sqlite3_backup_init\");
 int backup_step(struct sqlite3_backup *p, int nPage) __asm__(\"sqlite3_backup_step\");
 int backup_remaining(struct sqlite3_backup *p) __asm__(\"sqlite3_backup_remaining\");
 int backup_pagecount(struct sqlite3_backup *p) __asm__(\"sqlite3_backup_pagecount\");
 int stricmp(const char *, const char *) __asm__(\"sqlite3_stricmp\");
 int strnicmp(const char *, const char *, int) __asm__(\"sqlite3_strnicmp\");
 int strglob(const char *zGlob, const char *zStr) __asm__(\"sqlite3_strglob\");
 int strlike(const char *zGlob, const char *zStr, unsigned int cEsc) __asm__(\"sqlite3_strlike\");
 void log(int iErrCode, const char *zFormat, ...) __asm__(\"sqlite3_log\");
 void *wal_hook(struct sqlite3 *, int (*)(void *, struct sqlite3 *, const char *, int), void *) __asm__(\"sqlite3_wal_hook\");
 int wal_autocheckpoint(struct sqlite3 *db, int N) __asm__(\"sqlite3_wal_autocheckpoint\");
 int wal_checkpoint(struct sqlite3 *db, const char *zDb) __asm__(\"sqlite3_wal_checkpoint\");
 int wal_checkpoint_v2(struct sqlite3 *db, const char *zDb, int eMode, _Out_ int *pnLog, _Out_ int *pnCkpt) __asm__(\"sqlite3_wal_checkpoint_v2\");
 int db_cacheflush(struct sqlite3 *) __asm__(\"sqlite3_db_cacheflush\");
 int system_errno(struct sqlite3 *) __asm__(\"sqlite3_system_errno\");
 _Own_(sqlite3_free) unsigned char *serialize(struct sqlite3 *db, const char *zSchema, _Out_ long long *piSize, unsigned int mFlags) __asm__(\"sqlite3_serialize\");
 int deserialize(struct sqlite3 *db, const char *zSchema, unsigned char *pData, long long szDb, long long szBuf, unsigned int mFlags) __asm__(\"sqlite3_deserialize\");
 struct sqlite3_rtree_geometry { void *pContext; int nParam; double *aParam; void *pUser; void (*xDelUser)(void *); };
 typedef struct sqlite3_rtree_geometry sqlite3_rtree_geometry;
 struct sqlite3_rtree_query_info { void *pContext; int nParam; double *aParam; void *pUser; void (*xDelUser)(void *); double *aCoord; unsigned int *anQueue; int nCoord; int iLevel; int mxLevel; long long iRowid; double rParentScore; int eParentWithin; int eWithin; double rScore; struct sqlite3_value **apSqlParam; };
 typedef struct sqlite3_rtree_query_info sqlite3_rtree_query_info;
 int rtree_geometry_callback(struct sqlite3 *db, const char *zGeom, int (*xGeom)(struct sqlite3_rtree_geometry *, int, double *, int *), void *pContext) __asm__(\"sqlite3_rtree_geometry_callback\");
 int rtree_query_callback(struct sqlite3 *db, const char *zQueryFunc, int (*xQueryFunc)(struct sqlite3_rtree_query_info *), void *pContext, void (*xDestructor)(void *)) __asm__(\"sqlite3_rtree_query_callback\");
 struct Fts5Context;
 typedef struct Fts5Context Fts5Context;
 struct Fts5PhraseIter;
 typedef struct Fts5PhraseIter Fts5PhraseIter;
 struct Fts5ExtensionApi { int iVersion; void *(*xUserData)(struct Fts5Context *); int (*xColumnCount)(struct Fts5Context *); int (*xRowCount)(struct Fts5Context *, long long *); int (*xColumnTotalSize)(struct Fts5Context *, int, long long *); int (*xTokenize)(struct Fts5Context *, const char *, int, void *, int (*)(void *, int, const char *, int, int, int)); int (*xPhraseCount)(struct Fts5Context *); int (*xPhraseSize)(struct Fts5Context *, int); int (*xInstCount)(struct Fts5Context *, int *); int (*xInst)(struct Fts5Context *, int, int *, int *, int *); long long (*xRowid)(struct Fts5Context *); int (*xColumnText)(struct Fts5Context *, int, const char **, int *); int (*xColumnSize)(struct Fts5Context *, int, int *); int (*xQueryPhrase)(struct Fts5Context *, int, void *, int (*)(const struct Fts5ExtensionApi *, struct Fts5Context *, void *)); int (*xSetAuxdata)(struct Fts5Context *, void *, void (*)(void *)); void *(*xGetAuxdata)(struct Fts5Context *, int); int (*xPhraseFirst)(struct Fts5Context *, int, struct Fts5PhraseIter *, int *, int *); void (*xPhraseNext)(struct Fts5Context *, struct Fts5PhraseIter *, int *, int *); int (*xPhraseFirstColumn)(struct Fts5Context *, int, struct Fts5PhraseIter *, int *); void (*xPhraseNextColumn)(struct Fts5Context *, struct Fts5PhraseIter *, int *); };
 typedef struct Fts5ExtensionApi Fts5ExtensionApi;
 struct Fts5PhraseIter { const unsigned char *a; const unsigned char *b; };
 struct Fts5Tokenizer;
 typedef struct Fts5Tokenizer Fts5Tokenizer;
 struct fts5_tokenizer { int (*xCreate)(void *, const char **, int, struct Fts5Tokenizer **); void (*xDelete)(struct Fts5Tokenizer *); int (*xTokenize)(struct Fts5Tokenizer *, void *, int, const char *, int, int (*)(void *, int, const char *, int, int, int)); };
 typedef struct fts5_tokenizer fts5_tokenizer;
 struct fts5_api { int iVersion; int (*xCreateTokenizer)(struct fts5_api *, const char *, void *, struct fts5_tokenizer *, void (*)(void *)); int (*xFindTokenizer)(struct fts5_api *, const char *, void **, struct fts5_tokenizer *); int (*xCreateFunction)(struct fts5_api *, const char *, void *, void (*)(const struct Fts5ExtensionApi *, struct Fts5Context *, struct sqlite3_context *, int, struct sqlite3_value **), void (*)(void *)); };
 typedef struct fts5_api fts5_api;
 #define SQLITE_VERSION \"3.40.1\"
 #define SQLITE_VERSION_NUMBER 3040001
 #define SQLITE_SOURCE_ID \"2022-12-28 14:03:47 df5c253c0b3dd24916e4ec7cf77d3db5294cc9fd45ae7b9c5e82ad8197f3alt1\"
 #define SQLITE_OK 0
 #define SQLITE_ERROR 1
 #define SQLITE_INTERNAL 2
 #define SQLITE_PERM 3
 #define SQLITE_ABORT 4
 #define SQLITE_BUSY 5
 #define SQLITE_LOCKED 6
 #define SQLITE_NOMEM 7
 #define SQLITE_READONLY 8
 #define SQLITE_INTERRUPT 9
 #define SQLITE_IOERR 10
 #define SQLITE_CORRUPT 11
 #define SQLITE_NOTFOUND 12
 #define SQLITE_FULL 13
 #define SQLITE_CANTOPEN 14
 #define SQLITE_PROTOCOL 15
 #define SQLITE_EMPTY 16
 #define SQLITE_SCHEMA 17
 #define SQLITE_TOOBIG 18
 #define SQLITE_CONSTRAINT 19
 #define SQLITE_MISMATCH 20
 #define SQLITE_MISUSE 21
 #define SQLITE_NOLFS 22
 #define SQLITE_AUTH 23
 #define SQLITE_FORMAT 24
 #define SQLITE_RANGE 25
 #define SQLITE_NOTADB 26
 #define SQLITE_NOTICE 27
 #define SQLITE_WARNING 28
 #define SQLITE_ROW 100
 #define SQLITE_DONE 101
 #define SQLITE_ERROR_MISSING_COLLSEQ 257
 #define SQLITE_ERROR_RETRY 513
 #define SQLITE_ERROR_SNAPSHOT 769
 #define SQLITE_IOERR_READ 266
 #define SQLITE_IOERR_SHORT_READ 522
 #define SQLITE_IOERR_WRITE 778
 #define SQLITE_IOERR_FSYNC 1034
 #define SQLITE_IOERR_DIR_FSYNC 1290
 #define SQLITE_IOERR_TRUNCATE 1546
 #define SQLITE_IOERR_FSTAT 1802
 #define SQLITE_IOERR_UNLOCK 2058
 #define SQLITE_IOERR_RDLOCK 2314
 #define SQLITE_IOERR_DELETE 2570
 #define SQLITE_IOERR_BLOCKED 2826
 #define SQLITE_IOERR_NOMEM 3082
 #define SQLITE_IOERR_ACCESS 3338
 #define SQLITE_IOERR_CHECKRESERVEDLOCK 3594
 #define SQLITE_IOERR_LOCK 3850
 #define SQLITE_IOERR_CLOSE 4106
 #define SQLITE_IOERR_DIR_CLOSE 4362
 #define SQLITE_IOERR_SHMOPEN 4618
 #define SQLITE_IOERR_SHMSIZE 4874
 #define SQLITE_IOERR_SHMLOCK 5130
 #define SQLITE_IOERR_SHMMAP 5386
 #define SQLITE_IOERR_SEEK 5642
 #define SQLITE_IOERR_DELETE_NOENT 5898
 #define SQLITE_IOERR_MMAP 6154
 #define SQLITE_IOERR_GETTEMPPATH 6410
 #define SQLITE_IOERR_CONVPATH 6666
 #define SQLITE_IOERR_VNODE 6922
 #define SQLITE_IOERR_AUTH 7178
 #define SQLITE_IOERR_BEGIN_ATOMIC 7434
 #define SQLITE_IOERR_COMMIT_ATOMIC 7690
 #define SQLITE_IOERR_ROLLBACK_ATOMIC 7946
 #define SQLITE_IOERR_DATA 8202
 #define SQLITE_IOERR_CORRUPTFS 8458
 #define SQLITE_LOCKED_SHAREDCACHE 262
 #define SQLITE_LOCKED_VTAB 518
 #define SQLITE_BUSY_RECOVERY 261
 #define SQLITE_BUSY_SNAPSHOT 517
 #define SQLITE_BUSY_TIMEOUT 773
 #define SQLITE_CANTOPEN_NOTEMPDIR 270
 #define SQLITE_CANTOPEN_ISDIR 526
 #define SQLITE_CANTOPEN_FULLPATH 782
 #define SQLITE_CANTOPEN_CONVPATH 1038
 #define SQLITE_CANTOPEN_DIRTYWAL 1294
 #define SQLITE_CANTOPEN_SYMLINK 1550
 #define SQLITE_CORRUPT_VTAB 267
 #define SQLITE_CORRUPT_SEQUENCE 523
 #define SQLITE_CORRUPT_INDEX 779
 #define SQLITE_READONLY_RECOVERY 264
 #define SQLITE_READONLY_CANTLOCK 520
 #define SQLITE_READONLY_ROLLBACK 776
 #define SQLITE_READONLY_DBMOVED 1032
 #define SQLITE_READONLY_CANTINIT 1288
 #define SQLITE_READONLY_DIRECTORY 1544
 #define SQLITE_ABORT_ROLLBACK 516
 #define SQLITE_CONSTRAINT_CHECK 275
 #define SQLITE_CONSTRAINT_COMMITHOOK 531
 #define SQLITE_CONSTRAINT_FOREIGNKEY 787
 #define SQLITE_CONSTRAINT_FUNCTION 1043
 #define SQLITE_CONSTRAINT_NOTNULL 1299
 #define SQLITE_CONSTRAINT_PRIMARYKEY 1555
 #define SQLITE_CONSTRAINT_TRIGGER 1811
 #define SQLITE_CONSTRAINT_UNIQUE 2067
 #define SQLITE_CONSTRAINT_VTAB 2323
 #define SQLITE_CONSTRAINT_ROWID 2579
 #define SQLITE_CONSTRAINT_PINNED 2835
 #define SQLITE_CONSTRAINT_DATATYPE 3091
 #define SQLITE_NOTICE_RECOVER_WAL 283
 #define SQLITE_NOTICE_RECOVER_ROLLBACK 539
 #define SQLITE_WARNING_AUTOINDEX 284
 #define SQLITE_AUTH_USER 279
 #define SQLITE_OK_LOAD_PERMANENTLY 256
 #define SQLITE_OK_SYMLINK 512
 #define SQLITE_OPEN_READONLY 1
 #define SQLITE_OPEN_READWRITE 2
 #define SQLITE_OPEN_CREATE 4
 #define SQLITE_OPEN_DELETEONCLOSE 8
 #define SQLITE_OPEN_EXCLUSIVE 16
 #define SQLITE_OPEN_AUTOPROXY 32
 #define SQLITE_OPEN_URI 64
 #define SQLITE_OPEN_MEMORY 128
 #define SQLITE_OPEN_MAIN_DB 256
 #define SQLITE_OPEN_TEMP_DB 512
 #define SQLITE_OPEN_TRANSIENT_DB 1024
 #define SQLITE_OPEN_MAIN_JOURNAL 2048
 #define SQLITE_OPEN_TEMP_JOURNAL 4096
 #define SQLITE_OPEN_SUBJOURNAL 8192
 #define SQLITE_OPEN_SUPER_JOURNAL 16384
 #define SQLITE_OPEN_NOMUTEX 32768
 #define SQLITE_OPEN_FULLMUTEX 65536
 #define SQLITE_OPEN_SHAREDCACHE 131072
 #define SQLITE_OPEN_PRIVATECACHE 262144
 #define SQLITE_OPEN_WAL 524288
 #define SQLITE_OPEN_NOFOLLOW 16777216
 #define SQLITE_OPEN_EXRESCODE 33554432
 #define SQLITE_OPEN_MASTER_JOURNAL 16384
 #define SQLITE_IOCAP_ATOMIC 1
 #define SQLITE_IOCAP_ATOMIC512 2
 #define SQLITE_IOCAP_ATOMIC1K 4
 #define SQLITE_IOCAP_ATOMIC2K 8
 #define SQLITE_IOCAP_ATOMIC4K 16
 #define SQLITE_IOCAP_ATOMIC8K 32
 #define SQLITE_IOCAP_ATOMIC32K 128
 #define SQLITE_IOCAP_ATOMIC64K 256
 #define SQLITE_IOCAP_SAFE_APPEND 512
 #define SQLITE_IOCAP_SEQUENTIAL 1024
 #define SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN 2048
 #define SQLITE_IOCAP_POWERSAFE_OVERWRITE 4096
 #define SQLITE_IOCAP_IMMUTABLE 8192
 #define SQLITE_IOCAP_BATCH_ATOMIC 16384
 #define SQLITE_LOCK_NONE 0
 #define SQLITE_LOCK_SHARED 1
 #define SQLITE_LOCK_RESERVED 2
 #define SQLITE_LOCK_PENDING 3
 #define SQLITE_LOCK_EXCLUSIVE 4
 #define SQLITE_SYNC_NORMAL 2
 #define SQLITE_SYNC_FULL 3
 #define SQLITE_SYNC_DATAONLY 16
 #define SQLITE_FCNTL_LOCKSTATE 1
 #define SQLITE_FCNTL_GET_LOCKPROXYFILE 2
 #define SQLITE_FCNTL_SET_LOCKPROXYFILE 3
 #define SQLITE_FCNTL_LAST_ERRNO 4
 #define SQLITE_FCNTL_SIZE_HINT 5
 #define SQLITE_FCNTL_CHUNK_SIZE 6
 #define SQLITE_FCNTL_FILE_POINTER 7
 #define SQLITE_FCNTL_SYNC_OMITTED 8
 #define SQLITE_FCNTL_WIN32_AV_RETRY 9
 #define SQLITE_FCNTL_PERSIST_WAL 10
 #define SQLITE_FCNTL_OVERWRITE 11
 #define SQLITE_FCNTL_VFSNAME 12
 #define SQLITE_FCNTL_POWERSAFE_OVERWRITE 13
 #define SQLITE_FCNTL_PRAGMA 14
 #define SQLITE_FCNTL_BUSYHANDLER 15
 #define SQLITE_FCNTL_TEMPFILENAME 16
 #define SQLITE_FCNTL_MMAP_SIZE 18
 #define SQLITE_FCNTL_TRACE 19
 #define SQLITE_FCNTL_HAS_MOVED 20
 #define SQLITE_FCNTL_SYNC 21
 #define SQLITE_FCNTL_COMMIT_PHASETWO 22
 #define SQLITE_FCNTL_WIN32_SET_HANDLE 23
 #define SQLITE_FCNTL_WAL_BLOCK 24
 #define SQLITE_FCNTL_ZIPVFS 25
 #define SQLITE_FCNTL_RBU 26
 #define SQLITE_FCNTL_VFS_POINTER 27
 #define SQLITE_FCNTL_JOURNAL_POINTER 28
 #define SQLITE_FCNTL_WIN32_GET_HANDLE 29
 #define SQLITE_FCNTL_PDB 30
 #define SQLITE_FCNTL_BEGIN_ATOMIC_WRITE 31
 #define SQLITE_FCNTL_COMMIT_ATOMIC_WRITE 32
 #define SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE 33
 #define SQLITE_FCNTL_LOCK_TIMEOUT 34
 #define SQLITE_FCNTL_DATA_VERSION 35
 #define SQLITE_FCNTL_SIZE_LIMIT 36
 #define SQLITE_FCNTL_CKPT_DONE 37
 #define SQLITE_FCNTL_RESERVE_BYTES 38
 #define SQLITE_FCNTL_CKPT_START 39
 #define SQLITE_FCNTL_EXTERNAL_READER 40
 #define SQLITE_FCNTL_CKSM_FILE 41
 #define SQLITE_FCNTL_RESET_CACHE 42
 #define SQLITE_GET_LOCKPROXYFILE 2
 #define SQLITE_SET_LOCKPROXYFILE 3
 #define SQLITE_LAST_ERRNO 4
 #define SQLITE_ACCESS_EXISTS 0
 #define SQLITE_ACCESS_READWRITE 1
 #define SQLITE_ACCESS_READ 2
 #define SQLITE_SHM_UNLOCK 1
 #define SQLITE_SHM_LOCK 2
 #define SQLITE_SHM_SHARED 4
 #define SQLITE_SHM_EXCLUSIVE 8
 #define SQLITE_SHM_NLOCK 8
 #define SQLITE_CONFIG_SINGLETHREAD 1
 #define SQLITE_CONFIG_MULTITHREAD 2
 #define SQLITE_CONFIG_SERIALIZED 3
 #define SQLITE_CONFIG_MALLOC 4
 #define SQLITE_CONFIG_GETMALLOC 5
 #define SQLITE_CONFIG_SCRATCH 6
 #define SQLITE_CONFIG_PAGECACHE 7
 #define SQLITE_CONFIG_HEAP 8
 #define SQLITE_CONFIG_MEMSTATUS 9
 #define SQLITE_CONFIG_MUTEX 10
 #define SQLITE_CONFIG_GETMUTEX 11
 #define SQLITE_CONFIG_LOOKASIDE 13
 #define SQLITE_CONFIG_PCACHE 14
 #define SQLITE_CONFIG_GETPCACHE 15
 #define SQLITE_CONFIG_LOG 16
 #define SQLITE_CONFIG_URI 17
 #define SQLITE_CONFIG_PCACHE2 18
 #define SQLITE_CONFIG_GETPCACHE2 19
 #define SQLITE_CONFIG_COVERING_INDEX_SCAN 20
 #define SQLITE_CONFIG_SQLLOG 21
 #define SQLITE_CONFIG_MMAP_SIZE 22
 #define SQLITE_CONFIG_WIN32_HEAPSIZE 23
 #define SQLITE_CONFIG_PCACHE_HDRSZ 24
 #define SQLITE_CONFIG_PMASZ 25
 #define SQLITE_CONFIG_STMTJRNL_SPILL 26
 #define SQLITE_CONFIG_SMALL_MALLOC 27
 #define SQLITE_CONFIG_SORTERREF_SIZE 28
 #define SQLITE_CONFIG_MEMDB_MAXSIZE 29
 #define SQLITE_DBCONFIG_MAINDBNAME 1000
 #define SQLITE_DBCONFIG_LOOKASIDE 1001
 #define SQLITE_DBCONFIG_ENABLE_FKEY 1002
 #define SQLITE_DBCONFIG_ENABLE_TRIGGER 1003
 #define SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER 1004
 #define SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION 1005
 #define SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE 1006
 #define SQLITE_DBCONFIG_ENABLE_QPSG 1007
 #define SQLITE_DBCONFIG_TRIGGER_EQP 1008
 #define SQLITE_DBCONFIG_RESET_DATABASE 1009
 #define SQLITE_DBCONFIG_DEFENSIVE 1010
 #define SQLITE_DBCONFIG_WRITABLE_SCHEMA 1011
 #define SQLITE_DBCONFIG_LEGACY_ALTER_TABLE 1012
 #define SQLITE_DBCONFIG_DQS_DML 1013
 #define SQLITE_DBCONFIG_DQS_DDL 1014
 #define SQLITE_DBCONFIG_ENABLE_VIEW 1015
 #define SQLITE_DBCONFIG_LEGACY_FILE_FORMAT 1016
 #define SQLITE_DBCONFIG_TRUSTED_SCHEMA 1017
 #define SQLITE_DBCONFIG_MAX 1017
 #define SQLITE_DENY 1
 #define SQLITE_IGNORE 2
 #define SQLITE_CREATE_INDEX 1
 #define SQLITE_CREATE_TABLE 2
 #define SQLITE_CREATE_TEMP_INDEX 3
 #define SQLITE_CREATE_TEMP_TABLE 4
 #define SQLITE_CREATE_TEMP_TRIGGER 5
 #define SQLITE_CREATE_TEMP_VIEW 6
 #define SQLITE_CREATE_TRIGGER 7
 #define SQLITE_CREATE_VIEW 8
 #define SQLITE_DELETE 9
 #define SQLITE_DROP_INDEX 10
 #define SQLITE_DROP_TABLE 11
 #define SQLITE_DROP_TEMP_INDEX 12
 #define SQLITE_DROP_TEMP_TABLE 13
 #define SQLITE_DROP_TEMP_TRIGGER 14
 #define SQLITE_DROP_TEMP_VIEW 15
 #define SQLITE_DROP_TRIGGER 16
 #define SQLITE_DROP_VIEW 17
 #define SQLITE_INSERT 18
 #define SQLITE_PRAGMA 19
 #define SQLITE_READ 20
 #define SQLITE_SELECT 21
 #define SQLITE_TRANSACTION 22
 #define SQLITE_UPDATE 23
 #define SQLITE_ATTACH 24
 #define SQLITE_DETACH 25
 #define SQLITE_ALTER_TABLE 26
 #define SQLITE_REINDEX 27
 #define SQLITE_ANALYZE 28
 #define SQLITE_CREATE_VTABLE 29
 #define SQLITE_DROP_VTABLE 30
 #define SQLITE_FUNCTION 31
 #define SQLITE_SAVEPOINT 32
 #define SQLITE_COPY 0
 #define SQLITE_RECURSIVE 33
 #define SQLITE_TRACE_STMT 1
 #define SQLITE_TRACE_PROFILE 2
 #define SQLITE_TRACE_ROW 4
 #define SQLITE_TRACE_CLOSE 8
 #define SQLITE_LIMIT_LENGTH 0
 #define SQLITE_LIMIT_SQL_LENGTH 1
 #define SQLITE_LIMIT_COLUMN 2
 #define SQLITE_LIMIT_EXPR_DEPTH 3
 #define SQLITE_LIMIT_COMPOUND_SELECT 4
 #define SQLITE_LIMIT_VDBE_OP 5
 #define SQLITE_LIMIT_FUNCTION_ARG 6
 #define SQLITE_LIMIT_ATTACHED 7
 #define SQLITE_LIMIT_LIKE_PATTERN_LENGTH 8
 #define SQLITE_LIMIT_VARIABLE_NUMBER 9
 #define SQLITE_LIMIT_TRIGGER_DEPTH 10
 #define SQLITE_LIMIT_WORKER_THREADS 11
 #define SQLITE_PREPARE_PERSISTENT 1
 #define SQLITE_PREPARE_NORMALIZE 2
 #define SQLITE_PREPARE_NO_VTAB 4
 #define SQLITE_INTEGER 1
 #define SQLITE_FLOAT 2
 #define SQLITE_BLOB 4
 #define SQLITE_NULL 5
 #define SQLITE_TEXT 3
 #define SQLITE3_TEXT 3
 #define SQLITE_UTF8 1
 #define SQLITE_ANY 5
 #define SQLITE_DETERMINISTIC 2048
 #define SQLITE_DIRECTONLY 524288
 #define SQLITE_SUBTYPE 1048576
 #define SQLITE_INNOCUOUS 2097152
 #define SQLITE_STATIC 0
 #define SQLITE_TRANSIENT (-1)
 #define SQLITE_WIN32_DATA_DIRECTORY_TYPE 1
 #define SQLITE_WIN32_TEMP_DIRECTORY_TYPE 2
 #define SQLITE_TXN_NONE 0
 #define SQLITE_TXN_READ 1
 #define SQLITE_TXN_WRITE 2
 #define SQLITE_INDEX_SCAN_UNIQUE 1
 #define SQLITE_INDEX_CONSTRAINT_EQ 2
 #define SQLITE_INDEX_CONSTRAINT_GT 4
 #define SQLITE_INDEX_CONSTRAINT_LE 8
 #define SQLITE_INDEX_CONSTRAINT_LT 16
 #define SQLITE_INDEX_CONSTRAINT_GE 32
 #define SQLITE_INDEX_CONSTRAINT_MATCH 64
 #define SQLITE_INDEX_CONSTRAINT_LIKE 65
 #define SQLITE_INDEX_CONSTRAINT_GLOB 66
 #define SQLITE_INDEX_CONSTRAINT_REGEXP 67
 #define SQLITE_INDEX_CONSTRAINT_NE 68
 #define SQLITE_INDEX_CONSTRAINT_ISNOT 69
 #define SQLITE_INDEX_CONSTRAINT_ISNOTNULL 70
 #define SQLITE_INDEX_CONSTRAINT_ISNULL 71
 #define SQLITE_INDEX_CONSTRAINT_IS 72
 #define SQLITE_INDEX_CONSTRAINT_LIMIT 73
 #define SQLITE_INDEX_CONSTRAINT_OFFSET 74
 #define SQLITE_INDEX_CONSTRAINT_FUNCTION 150
 #define SQLITE_MUTEX_FAST 0
 #define SQLITE_MUTEX_RECURSIVE 1
 #define SQLITE_MUTEX_STATIC_MAIN 2
 #define SQLITE_MUTEX_STATIC_MEM 3
 #define SQLITE_MUTEX_STATIC_MEM2 4
 #define SQLITE_MUTEX_STATIC_OPEN 4
 #define SQLITE_MUTEX_STATIC_PRNG 5
 #define SQLITE_MUTEX_STATIC_LRU 6
 #define SQLITE_MUTEX_STATIC_LRU2 7
 #define SQLITE_MUTEX_STATIC_PMEM 7
 #define SQLITE_MUTEX_STATIC_APP1 8
 #define SQLITE_MUTEX_STATIC_APP2 9
 #define SQLITE_MUTEX_STATIC_APP3 10
 #define SQLITE_MUTEX_STATIC_VFS1 11
 #define SQLITE_MUTEX_STATIC_VFS2 12
 #define SQLITE_MUTEX_STATIC_VFS3 13
 #define SQLITE_MUTEX_STATIC_MASTER 2
 #define SQLITE_TESTCTRL_FIRST 5
 #define SQLITE_TESTCTRL_PRNG_SAVE 5
 #define SQLITE_TESTCTRL_PRNG_RESTORE 6
 #define SQLITE_TESTCTRL_PRNG_RESET 7
 #define SQLITE_TESTCTRL_BITVEC_TEST 8
 #define SQLITE_TESTCTRL_FAULT_INSTALL 9
 #define SQLITE_TESTCTRL_BENIGN_MALLOC_HOOKS 10
 #define SQLITE_TESTCTRL_PENDING_BYTE 11
 #define SQLITE_TESTCTRL_ASSERT 12
 #define SQLITE_TESTCTRL_ALWAYS 13
 #define SQLITE_TESTCTRL_RESERVE 14
 #define SQLITE_TESTCTRL_OPTIMIZATIONS 15
 #define SQLITE_TESTCTRL_ISKEYWORD 16
 #define SQLITE_TESTCTRL_SCRATCHMALLOC 17
 #define SQLITE_TESTCTRL_INTERNAL_FUNCTIONS 17
 #define SQLITE_TESTCTRL_LOCALTIME_FAULT 18
 #define SQLITE_TESTCTRL_EXPLAIN_STMT 19
 #define SQLITE_TESTCTRL_ONCE_RESET_THRESHOLD 19
 #define SQLITE_TESTCTRL_NEVER_CORRUPT 20
 #define SQLITE_TESTCTRL_VDBE_COVERAGE 21
 #define SQLITE_TESTCTRL_BYTEORDER 22
 #define SQLITE_TESTCTRL_ISINIT 23
 #define SQLITE_TESTCTRL_SORTER_MMAP 24
 #define SQLITE_TESTCTRL_IMPOSTER 25
 #define SQLITE_TESTCTRL_PARSER_COVERAGE 26
 #define SQLITE_TESTCTRL_RESULT_INTREAL 27
 #define SQLITE_TESTCTRL_PRNG_SEED 28
 #define SQLITE_TESTCTRL_EXTRA_SCHEMA_CHECKS 29
 #define SQLITE_TESTCTRL_SEEK_COUNT 30
 #define SQLITE_TESTCTRL_TRACEFLAGS 31
 #define SQLITE_TESTCTRL_TUNE 32
 #define SQLITE_TESTCTRL_LOGEST 33
 #define SQLITE_TESTCTRL_LAST 33
 #define SQLITE_STATUS_MEMORY_USED 0
 #define SQLITE_STATUS_PAGECACHE_USED 1
 #define SQLITE_STATUS_PAGECACHE_OVERFLOW 2
 #define SQLITE_STATUS_SCRATCH_USED 3
 #define SQLITE_STATUS_SCRATCH_OVERFLOW 4
 #define SQLITE_STATUS_MALLOC_SIZE 5
 #define SQLITE_STATUS_PARSER_STACK 6
 #define SQLITE_STATUS_PAGECACHE_SIZE 7
 #define SQLITE_STATUS_SCRATCH_SIZE 8
 #define SQLITE_STATUS_MALLOC_COUNT 9
 #define SQLITE_DBSTATUS_LOOKASIDE_USED 0
 #define SQLITE_DBSTATUS_CACHE_USED 1
 #define SQLITE_DBSTATUS_SCHEMA_USED 2
 #define SQLITE_DBSTATUS_STMT_USED 3
 #define SQLITE_DBSTATUS_LOOKASIDE_HIT 4
 #define SQLITE_DBSTATUS_LOOKASIDE_MISS_SIZE 5
 #define SQLITE_DBSTATUS_LOOKASIDE_MISS_FULL 6
 #define SQLITE_DBSTATUS_CACHE_HIT 7
 #define SQLITE_DBSTATUS_CACHE_MISS 8
 #define SQLITE_DBSTATUS_CACHE_WRITE 9
 #define SQLITE_DBSTATUS_DEFERRED_FKS 10
 #define SQLITE_DBSTATUS_CACHE_USED_SHARED 11
 #define SQLITE_DBSTATUS_CACHE_SPILL 12
 #define SQLITE_DBSTATUS_MAX 12
 #define SQLITE_STMTSTATUS_FULLSCAN_STEP 1
 #define SQLITE_STMTSTATUS_SORT 2
 #define SQLITE_STMTSTATUS_AUTOINDEX 3
 #define SQLITE_STMTSTATUS_VM_STEP 4
 #define SQLITE_STMTSTATUS_REPREPARE 5
 #define SQLITE_STMTSTATUS_RUN 6
 #define SQLITE_STMTSTATUS_FILTER_MISS 7
 #define SQLITE_STMTSTATUS_FILTER_HIT 8
 #define SQLITE_STMTSTATUS_MEMUSED 99
 #define SQLITE_CHECKPOINT_PASSIVE 0
 #define SQLITE_CHECKPOINT_FULL 1
 #define SQLITE_CHECKPOINT_RESTART 2
 #define SQLITE_CHECKPOINT_TRUNCATE 3
 #define SQLITE_VTAB_CONSTRAINT_SUPPORT 1
 #define SQLITE_VTAB_INNOCUOUS 2
 #define SQLITE_VTAB_DIRECTONLY 3
 #define SQLITE_ROLLBACK 1
 #define SQLITE_FAIL 3
 #define SQLITE_REPLACE 5
 #define SQLITE_SCANSTAT_NLOOP 0
 #define SQLITE_SCANSTAT_NVISIT 1
 #define SQLITE_SCANSTAT_EST 2
 #define SQLITE_SCANSTAT_NAME 3
 #define SQLITE_SCANSTAT_EXPLAIN 4
 #define SQLITE_SCANSTAT_SELECTID 5
 #define SQLITE_SERIALIZE_NOCOPY 1
 #define SQLITE_DESERIALIZE_FREEONCLOSE 1
 #define SQLITE_DESERIALIZE_RESIZEABLE 2
 #define SQLITE_DESERIALIZE_READONLY 4
 #define NOT_WITHIN 0
 #define PARTLY_WITHIN 1
 #define FULLY_WITHIN 2
 #define FTS5_TOKENIZE_QUERY 1
 #define FTS5_TOKENIZE_PREFIX 2
 #define FTS5_TOKENIZE_DOCUMENT 4
 #define FTS5_TOKENIZE_AUX 8
 #define FTS5_TOKEN_COLOCATED 1
 "]
