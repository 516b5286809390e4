// Macros that are other names of functions: GMP's, against q's and Python's arithmetic.
\l q/ffi.q
system"l ",getenv`CHECK_Q;

g:.ffi.header[`libgmp;"gmp.h"]
number:{[text] z:.ffi.malloc 16; g[`mpz_init_set_str][z;text;10]; z}
text:{[z] g[`mpz_get_str][80#"\000";10;z]}
a:number 30#"9"
b:number enlist"1"
g[`mpz_add][a;a;b];
.t.is["a sum"; text a; "1",30#"0"]
g[`mpz_pow_ui][a;number"2";200];
.t.is["a power"; text a; first system"python3 -c \"print(2**200)\""]
.t.is["its name in the library"; exec first name from .ffi.bindings[] where prototype like "*mpz_add*"; `__gmpz_add]
.t.done[]
