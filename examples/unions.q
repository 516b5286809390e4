// Unions and packed structs: a tagged union, and Linux's epoll_event.
//   cargo run --release -- examples/unions.q
\l q/ffi.q
\l examples/lib/check.q

-1"A tagged union: struct { int kind; union { int64_t n; double x; char text[8]; } as; }";
variant:"i{|jf8c}"
.check.is[{.ffi.sizeof variant}; 16]
// @desc The bytes of a variant: a long, a float or a text of up to 8 characters.
.variant.of:{[x] kind:-7 -9 10h?type x; .ffi.pack[variant;(kind;(kind;x))]}
// @desc What a variant is, by its kind.
.variant.value:{[fields] fields[1] fields 0}
.check.is[{.variant.value .ffi.unpack[variant] .variant.of 42}; 42]
.check.is[{.variant.value .ffi.unpack[variant] .variant.of 2.5}; 2.5]
.check.is[{.variant.value .ffi.unpack[variant] .variant.of "abcdefgh"}; "abcdefgh"]
// C sorts them by kind; the comparator sees each one's address.
variants:raze .variant.of each ("b       ";2.5;1;"a       ")
kind:{[p] first .ffi.deref[p;variant;0]}
.ffi.bind[`qsort;"Xllk";" "][variants;4;16;({[x;y] signum kind[x]-kind y};"rr";"i")]
.check.is[{.variant.value each .ffi.deref[variants;variant;til 2]}; (1;2.5)]

-1"\nA union by value: sigqueue(pid, 0, union sigval) asks whether there is such a process";
sigqueue:.ffi.bind[`sigqueue;"ii{|ir}";"i"]
.check.is[{sigqueue[.z.i;0i;(0;7i)]}; 0i]
.check.is[{.[sigqueue; (.z.i;0i;(2;7i)); ::]}; "domain: sigqueue[2;0]: {|ir} has members 0 to 1, got 2"]

-1"\nA packed struct with a union in it: epoll_event";
// uname's fifth text is the machine's name; epoll_event is packed on x86-64 alone.
machine:{[] u:.ffi.malloc 6*65; .ffi.bind[`uname;"r";"i"] u; .ffi.string (u;4*65)}
event:$[machine[] like "x86_64"; "!"; ""],"w{|rij}"
.check.is[{.ffi.sizeof event}; $["!"=first event; 12; 16]]
EPOLLIN:1
EPOLL_CTL_ADD:1i
pipe:.ffi.bind[`pipe;"I";"i"]
write:.ffi.bind[`write;"iCl";"l"]
close:.ffi.bind[`close;"i";"i"]
epoll_ctl:.ffi.bind[`epoll_ctl;"iiir";"i"]
epoll_wait:.ffi.bind[`epoll_wait;"irii";"i"]
ends:0 0i
pipe ends
epoll:.ffi.bind[`epoll_create1;"i";"i"] 0i
.check.is[{epoll_ctl[epoll;EPOLL_CTL_ADD;ends 0;.ffi.pack[event;(EPOLLIN;(2;1234567890123))]]}; 0i]
ready:.ffi.malloc 4*.ffi.sizeof event
.check.is[{epoll_wait[epoll;ready;4i;0i]}; 0i]
write[ends 1;"x";1];
.check.is[{epoll_wait[epoll;ready;4i;0i]}; 1i]
.check.is[{first .ffi.deref[ready;event;0]}; EPOLLIN]
.check.is[{.ffi.deref[ready;event;0] . 1 2}; 1234567890123]
close each ends,epoll;

.check.end[]
