// libc: times, texts and the machine, against Python and commands.
\l q/ffi.q
system"l ",getenv`CHECK_Q;
\l lib/libc.q

`TZ setenv "UTC"
.libc.tzset[];
when:86400*365*30
tm:.libc.gmtime_r when
.t.is["a time in parts"; tm`tm_year`tm_mon`tm_mday`tm_hour`tm_yday; 99 11 25 0 358i]
.t.is["and back"; first .libc.timegm tm; when]
text:40#" "
.t.is["as text"; .libc.strftime[text;40;"%a %d %b %Y, %H:%M";tm]; count wanted:first system"date -u -d @",string[when]," '+%a %d %b %Y, %H:%M'"]
.t.is["the same as date's"; count[wanted]#text; wanted]
.t.is["read"; .libc.strptime["2024-02-29 rest";"%Y-%m-%d"] 1; (.libc.gmtime_r 1709164800),(enlist`tm_zone)!enlist""]
.t.is["numbers in texts"; (.libc.strtol["0x1fz";0];.libc.strtod"2.5e3 km"); ((31;enlist"z");(2500f;" km"))]
word:{(x?"\000")#x}
.t.is["the machine"; word (.libc.uname[] 1)`sysname; first system"uname -s"]
.t.is["its name"; word (.libc.uname[] 1)`nodename; first system"uname -n"]
.t.is["this process"; .libc.getpid[]; .z.i]
.t.is["a path"; .libc.realpath["tests/../README.md";::]; first system"realpath README.md"]
.t.is["patterns"; .libc.fnmatch["*.[ch]";;0] each ("a.c";"a.rs"); (0i;"i"$.libc.FNM_NOMATCH)]
.t.is["versions"; 0>.libc.strverscmp["file9";"file10"]; 1b]
v:3 1 2
.libc.qsort[v;3;8;({signum x-y};"JJ";"i")]
.t.is["sorted by q"; v; 1 2 3]
.t.is["a clock"; (first .libc.clock_gettime .libc.CLOCK_MONOTONIC;type each last .libc.clock_gettime .libc.CLOCK_MONOTONIC); (0i;`tv_sec`tv_nsec!-7 -7h)]
buffer:64#" "
.t.is["formatted"; .libc.snprintf (buffer;64;"%05d|%.3f|%s";42i;2.5;"text";::); 16i]
.t.is["the text"; 18#buffer; "00042|2.500|text\000 "]
.t.is["quotients"; .libc.div[17;5]; `quot`rem!3 2i]
.t.done[]
