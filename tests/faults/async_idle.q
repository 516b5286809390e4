// The input ends while the thread of calls in the background has nothing to do: q ends, although C's callbacks, by which a
// thread could wake it, are alive.
// exit: 0
// prints: called with 3
// not on AArch64: under qemu the system tells what its own threads wait for
\l q/ffi.q
c:.ffi.callback[{x};"j";"j"]
.ffi.async[`abs;"i";"i"][enlist -3i;{[x;args] -2"called with ",string x;}];
