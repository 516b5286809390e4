// An error in a callback of the event loop is printed and dropped: the loop goes on, and no later call gets it.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

ends:0 0i
.ffi.callFunction[("i";`pipe)] (ends; ::)
handled:0
handler:{[fd]
  .ffi.callFunction[("j";`read)] (fd; 1#"\000"; 1; ::);
  handled+:1;
  'dropped}
.ffi.callFunction[`sd1] (ends 0; (handler;enlist"i"); ::)
put:{.ffi.callFunction[("j";`write)] (ends 1; enlist"x"; 1; ::)}
put[]
seen:0
.z.ts:{
  if[handled>seen;
    seen::handled;
    .t.is["a call after the error"; .ffi.callFunction[`getpid] enlist (::); .z.i];
    if[handled<3; put[]]];
  if[handled=3; .t.done[]];
 }
\t 1
