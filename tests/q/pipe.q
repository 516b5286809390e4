// A pipe read by a callback of q's event loop, in the manner of KxSystems/ffi's tests.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

received:""
readSome:{[fd]
  buffer:20#"\000";
  n:.ffi.callFunction[("j";`read)] (fd; buffer; 20; ::);
  received,:n#buffer;
 }
ends:0 0i
.t.is["pipe"; .ffi.callFunction[("i";`pipe)] (ends; ::); 0i]
.t.is["descriptors, in place"; all ends>2; 1b]
.ffi.callFunction[`sd1] (ends 0; (readSome;enlist"i"); ::)
put:{[text] .ffi.callFunction[("j";`write)] (ends 1; text; count text; ::)}
.t.is["write"; put "piping data"; 11]
.t.is["nothing arrives before the event loop runs"; received; ""]

// What the timer runs, one a tick, once what came before it has arrived.
later:(
  ({received~"piping data"}; {put "more"});
  ({received~"piping datamore"}; {put enlist "!"});
  ({received~"piping datamore!"}; {.ffi.callFunction[`sd0] (ends 0; ::)}))
ticks:0
.z.ts:{
  ticks+:1;
  if[count later; if[later[0;0][]; later[0;1][]; later::1_later]];
  if[(0=count later) or ticks>2000;
    .t.is["everything came"; received; "piping datamore!"];
    .t.is["in its steps"; count later; 0];
    .t.done[]];
 }
\t 1
