// The module ffijit of KDB-X: what ffi.q defines under .ffi, and .ffi itself for scripts that are written with it.
if[not `native in key `.ffi.i; .ffi.i.native:use`.libffijit];
\l ::ffi.q
export:``i _ .ffi
