// Beyond tests/q/check.q: each check is made on all of q's secondary threads at once. What assigns a global is made
// on the main thread, which alone may.
system"l tests/q/check.q";
.t.onMain:0

// Counts a check that was made.
.t.count:{[is;check] is . check}[.t.is]

// A check is its name, what there is and what there should be: a secondary thread counts nothing.
.t.is:{[name;got;want] (name;got;want)}
.t.signals:{[name;f;args;text] (name; .[{[f;args] f . args; "no error"}; (f;args); {x}]; text)}

// What a thread makes of a check's text: one that is not allowed there comes back as the error, so that others end.
.t.made:{[text] @[value;text;{(`$x;x)}]}

// @desc Makes a check, given as its text, on every secondary thread.
.t.everywhere:{[text]
  made:.t.made peach 4#enlist text;
  if[not any {any x[1] like/:("noupdate*";"threadview*")} each made where 2=count each made; :.t.count each made];
  .t.onMain+:1;
  .t.count value text;
 }

// @desc Ends the script, which fails if a check did, or if few were made by secondary threads.
.t.done:{[]
  if[.t.onMain>.t.checks div 8; -2 string[.t.onMain]," checks made on the main thread"; .t.failed+:1];
  -1 string[.t.checks]," checks";
  exit "i"$.t.failed>0
 }
