// What the examples share: shows an expression with its result, and makes the process fail if a result is wrong.

.check.wrong:0

// @desc Evaluates an expression, prints it with its result, and compares the result.
// @param expr {function} the expression in braces
// @param want {any} what it should give
.check.is:{[expr;want]
  got:expr[];
  .check.wrong+:not got~want;
  text:-1_1_string expr;
  -1 "  ",((58|count text)$text),"  ",.Q.s1[got],$[got~want; ""; "   WRONG: expected ",.Q.s1 want];
 }

// @desc Ends the process: with 0 if every result was right.
.check.end:{[] exit 1&.check.wrong}
