//! Who may call what: every native function, with a call of it, for the tests that knock at servers.

/// Calls of the native functions that make new ways into C, each by the name it is known by.
pub const GUARDED: &[(&str, &str)] = &[
    ("bind", ".ffi.bind[`abs;\"i\";\"i\"]"),
    ("fn", ".ffi.fn[`abs;\"i\";\"i\"]"),
    ("atomic", ".ffi.atomic[`abs;\"i\";\"i\"]"),
    ("atomicPar", ".ffi.atomicPar[`abs;\"i\";\"i\"]"),
    ("async", ".ffi.async[`abs;\"i\";\"i\"]"),
    ("simd", ".ffi.simd[`libm`exp;\"f\";\"f\"]"),
    ("over", ".ffi.over[`hypot;\"ff\";\"f\"]"),
    ("scan", ".ffi.scan[`hypot;\"ff\";\"f\"]"),
    ("prior", ".ffi.prior[`hypot;\"ff\";\"f\"]"),
    ("callFunction", ".ffi.callFunction[`getpid;enlist(::)]"),
    ("address", ".ffi.address`abs"),
    ("cdef", ".ffi.cdef[`;\"int abs(int);\"]"),
    ("header", ".ffi.header[`;`stddef.h]"),
    ("module", ".ffi.i.native[`module][`;`$();`;`]"),
    ("cvar", ".ffi.cvar(\"i\";`optind)"),
    ("asQFunc", ".ffi.asQFunc[`getpid;1]"),
    ("loadlib", ".ffi.loadlib`libm"),
    ("callback", ".ffi.callback[{x};\"i\";\"i\"]"),
    ("deref", ".ffi.deref[1 2 3;\"j\";0]"),
    ("columns", ".ffi.columns[1 2 3;\"j\";3]"),
    ("peek", ".ffi.peek[1 2 3;\"j\";3]"),
    ("poke", ".ffi.poke[memory;1]"),
    ("string", ".ffi.string \"text\""),
    ("free", ".ffi.free memory"),
    ("own", ".ffi.own[address;`free]"),
];

/// Calls of those that compute or tell.
pub const OPEN: &[(&str, &str)] = &[
    ("stats", ".ffi.stats[]"),
    ("await", "@[.ffi.await;0;{x}]"),
    ("cancel", ".ffi.cancel 0"),
    ("pending", ".ffi.pending[]"),
    ("setErrno", ".ffi.setErrno 0"),
    ("lastError", ".ffi.lastError[]"),
    ("bindings", ".ffi.bindings[]"),
    ("stubs", ".ffi.stubs[]"),
    ("disasm", "count .ffi.disasm[\"f\";\"f\"]"),
    ("os", ".ffi.os[]"),
    ("extension", ".ffi.extension[]"),
    ("ptrsize", ".ffi.ptrsize[]"),
    ("pack", ".ffi.pack[\"ij\";(1i;2)]"),
    ("unpack", ".ffi.unpack[\"ij\";0x01000000000000000200000000000000]"),
    ("sizeof", ".ffi.sizeof\"ij\""),
    ("offsetof", ".ffi.offsetof[\"ij\";1]"),
    ("malloc", "type .ffi.malloc 8"),
    ("version", ".ffi.version[]"),
];

/// What changes that.
pub const LOCAL: &[(&str, &str)] = &[
    ("seal", ".ffi.seal[]"),
    ("allowRemote", ".ffi.allowRemote[]"),
    ("guard", ".ffi.guard[]"),
    ("workers", ".ffi.workers[]"),
];

/// What servers have before anybody calls.
pub const START: &str = "\\l q/ffi.q\nmemory:.ffi.malloc 16\naddress:.ffi.callFunction[(\"j\";`malloc);(8;::)]\n\
    absolute:.ffi.fn[`abs;\"i\";\"i\"]\n";
