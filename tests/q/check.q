// Checks for the q tests. Each prints what failed; .t.done ends the script, with status 1 if any did.
.t.checks:0
.t.failed:0

// @desc Checks that a value is what it should be, types included.
.t.is:{[name;got;want]
  .t.checks+:1;
  if[got~want; :(::)];
  .t.failed+:1;
  -2 name,": got ",(.Q.s1 got),", want ",.Q.s1 want;
 }

// @desc Checks that f . args signals this text.
.t.signals:{[name;f;args;text]
  .t.is[name; .[{[f;args] f . args; "no error"}; (f;args); {x}]; text]
 }

// @desc What the C runtime calls a function of POSIX: on Windows its name begins with an underscore.
.t.posix:{[f] $["w"=first string .z.o; `$"_",string f; f]}

// @desc Ends the script. The runner looks for the line that this prints.
.t.done:{[]
  -1 string[.t.checks]," checks";
  exit "i"$.t.failed>0
 }
