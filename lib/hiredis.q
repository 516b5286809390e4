// hiredis 0.14.1, made by tools/modules.q.
// hiredis/hiredis.h of libhiredis.so.0.14, written by .ffi.module; it needs neither header nor C compiler. Data model: LP64.
if[not `cdef in key `.ffi; @[system;"l ffi.q";{use`ffijit}]];
.ffi.i.module[`.hiredis;"libhiredis.so.0.14";`LP64;::;"
 struct redisReader;
 typedef struct redisReader redisReader;
 int redisReaderFeed(struct redisReader *r, const char *buf, unsigned long len);
 struct redisReadTask { int type; int elements; int idx; void *obj; struct redisReadTask *parent; void *privdata; };
 typedef struct redisReadTask redisReadTask;
 struct redisReplyObjectFunctions;
 typedef struct redisReplyObjectFunctions redisReplyObjectFunctions;
 struct redisReader { int err; char errstr[128]; char *buf; unsigned long pos; unsigned long len; unsigned long maxbuf; struct redisReadTask rstack[9]; int ridx; void *reply; struct redisReplyObjectFunctions *fn; void *privdata; };
 struct redisReplyObjectFunctions { void *(*createString)(const struct redisReadTask *, char *, unsigned long); void *(*createArray)(const struct redisReadTask *, int); void *(*createInteger)(const struct redisReadTask *, long long); void *(*createNil)(const struct redisReadTask *); void (*freeObject)(void *); };
 struct redisReply;
 typedef struct redisReply redisReply;
 int redisReaderGetReply(struct redisReader *reader, _Out_ _Own_(freeReplyObject) struct redisReply **reply);
 struct redisReply { int type; long long integer; unsigned long len; char *str; unsigned long elements; struct redisReply **element; };
 _Own_(redisReaderFree) struct redisReader *redisReaderCreate(void);
 int redisFormatCommand(_Out_ _Free_(redisFreeCommand) char **target, const char *format, ...);
 enum redisConnectionType { REDIS_CONN_TCP = 0, REDIS_CONN_UNIX = 1 };
 struct timeval;
 struct _unnamed_record_47 { char *host; char *source_addr; int port; };
 struct _unnamed_record_48 { char *path; };
 struct redisContext { int err; char errstr[128]; int fd; int flags; char *obuf; struct redisReader *reader; enum redisConnectionType connection_type; struct timeval *timeout; struct _unnamed_record_47 tcp; struct _unnamed_record_48 unix_sock; };
 typedef struct redisContext redisContext;
 struct timeval { long tv_sec; long tv_usec; };
 _Own_(redisFree) struct redisContext *redisConnect(const char *ip, int port);
 _Own_(redisFree) struct redisContext *redisConnectWithTimeout(const char *ip, int port, struct timeval tv);
 _Own_(redisFree) struct redisContext *redisConnectUnix(const char *path);
 _Own_(redisFree) struct redisContext *redisConnectUnixWithTimeout(const char *path, struct timeval tv);
 _Own_(redisFree) struct redisContext *redisConnectFd(int fd);
 int redisReconnect(struct redisContext *c);
 int redisSetTimeout(struct redisContext *c, struct timeval tv);
 int redisEnableKeepAlive(struct redisContext *c);
 int redisGetReply(struct redisContext *c, _Out_ _Own_(freeReplyObject) struct redisReply **reply);
 int redisAppendCommand(struct redisContext *c, const char *format, ...);
 int redisAppendCommandArgv(struct redisContext *c, int argc, const char **argv, const unsigned long *argvlen);
 _Own_(freeReplyObject) struct redisReply *redisCommand(struct redisContext *c, const char *format, ...);
 _Own_(freeReplyObject) struct redisReply *redisCommandArgv(struct redisContext *c, int n, const char **words, const unsigned long *lengths);
 #define REDIS_ERR (-1)
 #define REDIS_OK 0
 #define REDIS_ERR_IO 1
 #define REDIS_ERR_EOF 3
 #define REDIS_ERR_PROTOCOL 4
 #define REDIS_ERR_OOM 5
 #define REDIS_ERR_OTHER 2
 #define REDIS_REPLY_STRING 1
 #define REDIS_REPLY_ARRAY 2
 #define REDIS_REPLY_INTEGER 3
 #define REDIS_REPLY_NIL 4
 #define REDIS_REPLY_STATUS 5
 #define REDIS_REPLY_ERROR 6
 #define REDIS_READER_MAX_BUF 16384
 #define REDIS_BLOCK 1
 #define REDIS_CONNECTED 2
 #define REDIS_DISCONNECTING 4
 #define REDIS_FREEING 8
 #define REDIS_IN_CALLBACK 16
 #define REDIS_SUBSCRIBED 32
 #define REDIS_MONITORING 64
 #define REDIS_REUSEADDR 128
 #define REDIS_KEEPALIVE_INTERVAL 15
 #define REDIS_CONNECT_RETRIES 10
 "]
