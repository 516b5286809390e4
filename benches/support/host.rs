//! The process that the benchmarks set up: a K runtime, the extension loaded into it as kdb+ would, and the C glue.
//!
//! The runtime is the project's own, which this executable contains. With `FFIJIT_BENCH_LIBE=path` it is KX's, the
//! libe.so of the PyPI package pykx (`pykx/lib/l64/libe.so` in version 4.2.0); `dl`, which that library does not have,
//! remains our own.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_void};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kapi::{K, K0};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::rows::Value;
use super::timing::Way;

pub use ffijit::k::tag;

/// A C function of unknown type.
pub type Function = *const c_void;

/// The functions of the K API that make what is passed, and give back what is returned.
#[derive(Clone, Copy)]
pub struct Api {
    ka: unsafe extern "C" fn(i32) -> K,
    ktn: unsafe extern "C" fn(i32, i64) -> K,
    ss: unsafe extern "C" fn(*const c_char) -> *const c_char,
    /// Gives up a reference.
    pub r0: unsafe extern "C" fn(K),
}

/// The set-up process. Nothing that it makes is ever freed, results of calls apart.
pub struct Host {
    /// The K API in use.
    pub k: Api,
    /// Whether KX's runtime is in use.
    pub is_libe: bool,
    glue: Library,
    natives: HashMap<String, Function>,
    callees: String,
}

impl Host {
    /// A way to do a piece of work whose result is given up.
    pub fn way(&self, name: &'static str, work: impl Fn() -> K + 'static) -> Way {
        let r0 = self.k.r0;
        Way::new(name, move |n| {
            let start = Instant::now();
            for _ in 0..n {
                // SAFETY: the result is ours to give up.
                unsafe { r0(work()) };
            }
            start.elapsed()
        })
    }

    /// Compiles the C glue and loads it together with the extension.
    pub fn new() -> Self {
        prepare();
        Self::prepared()
    }

    /// The same with glue that [`prepare`] has compiled.
    pub fn prepared() -> Self {
        qhost::install();
        let is_libe = libe().is_some();
        let flags = RTLD_NOW | RTLD_LOCAL | if is_libe { libc::RTLD_DEEPBIND } else { 0 };
        // SAFETY: the libraries are ours and KX's, whose initialisers do nothing else.
        let glue = unsafe { Library::open(Some(&output("glue")), flags) }.unwrap_or_else(|e| panic!("{e}"));
        let k = if is_libe { Api::of(&glue) } else { Api::of(&Library::this()) };
        if is_libe {
            // SAFETY: khp sets KX's runtime up; without a port it opens no connection.
            unsafe {
                function::<unsafe extern "C" fn(*const c_char, i32) -> i32>(&glue, "khp")(c"".as_ptr(), -1)
            };
        }
        let natives = natives(&glue);
        Self { k, is_libe, glue, natives, callees: output("callees").to_string_lossy().into_owned() }
    }

    /// A function of the glue.
    pub fn symbol(&self, name: &str) -> Function {
        // SAFETY: a function pointer is taken for an address.
        unsafe { function(&self.glue, name) }
    }

    /// The path of the library with the functions to call.
    pub fn callees(&self) -> &str {
        &self.callees
    }

    /// What `.ffi.fn`, `.ffi.atomic` or the native behind `.ffi.bind` makes of a function of callees.c.
    pub fn bound(&self, native: &str, name: &str, args: &str, ret: &str) -> K {
        self.bound_of(native, &self.callees, name, args, ret)
    }

    /// The same of a function of another library.
    fn bound_of(&self, native: &str, library: &str, name: &str, args: &str, ret: &str) -> K {
        let spec = self.k.vector(tag::SYMBOL, &[self.k.intern(library), self.k.intern(name)]);
        self.native(native, [spec, self.k.chars(args), self.k.chars(ret)])
    }

    /// The code of such a q function of a C function that is given by its address.
    pub fn stub_at(&self, native: &str, address: *const u8, args: &str, ret: &str) -> Function {
        let address = self.k.atom(-tag::LONG, address as i64);
        Api::code(self.native(native, [address, self.k.chars(args), self.k.chars(ret)]))
    }

    /// The code of such a q function.
    pub fn stub(&self, native: &str, name: &str, args: &str, ret: &str) -> Function {
        Api::code(self.bound(native, name, args, ret))
    }

    /// The same of a function of another library.
    pub fn stub_of(&self, native: &str, library: &str, name: &str, args: &str, ret: &str) -> Function {
        Api::code(self.bound_of(native, library, name, args, ret))
    }

    /// The function pointer of a `.ffi.callback`.
    pub fn callback(&self, q_function: K, args: &str, ret: &str) -> Function {
        let foreign = self.native("callback", [q_function, self.k.chars(args), self.k.chars(ret)]);
        Api::data::<[Function; 2]>(foreign)[1]
    }

    /// The code of one of the extension's natives.
    pub fn code(&self, native: &str) -> Function {
        self.natives[native]
    }

    /// A q function of a C function.
    pub fn q_function(&self, name: &str, rank: usize) -> K {
        // SAFETY: the caller names a function of that many K.
        unsafe { ffijit::k::dl(self.symbol(name), rank as i64).cast() }
    }

    /// Applies one of the extension's natives of three parameters.
    fn native(&self, name: &str, args: [K; 3]) -> K {
        let function = self.natives[name];
        // SAFETY: those that the benchmarks name take three K.
        unsafe {
            let native: unsafe extern "C" fn(K, K, K) -> K = std::mem::transmute(function);
            let result = native(args[0], args[1], args[2]);
            assert!(!result.is_null(), "{name} signals an error");
            result
        }
    }
}

/// The extension's natives, found as ffi.q finds them: in a dictionary of names and functions.
fn natives(glue: &Library) -> HashMap<String, Function> {
    // SAFETY: kexport ignores its argument; a dictionary is a pair, of symbols and of a list as long.
    unsafe {
        let export: unsafe extern "C" fn(K) -> K = function(glue, "kexport");
        let [names, functions]: [K; 2] = Api::data(export(std::ptr::null_mut()));
        let (names, functions) = (Api::slice::<*const c_char>(names), Api::slice::<K>(functions));
        let name = |&text| CStr::from_ptr(text).to_string_lossy().into_owned();
        names.iter().map(name).zip(functions.iter().map(|&f| Api::code(f))).collect()
    }
}

impl Api {
    fn of(library: &Library) -> Self {
        // SAFETY: these are the types that k.h gives these functions.
        unsafe {
            Self {
                ka: function(library, "ka"),
                ktn: function(library, "ktn"),
                ss: function(library, "ss"),
                r0: function(library, "r0"),
            }
        }
    }

    /// An atom; `::` for the tag of unary primitives and payload 0.
    pub fn atom<T: Copy>(&self, t: i8, payload: T) -> K {
        const { assert!(size_of::<T>() <= 8) };
        // SAFETY: a fresh object has 8 bytes of payload.
        unsafe {
            let x = (self.ka)(t.into());
            x.cast::<u8>().add(8).cast::<T>().write(payload);
            x
        }
    }

    /// A vector of elements as wide as its tag says.
    pub fn vector<T: Copy>(&self, t: i8, elements: &[T]) -> K {
        // SAFETY: a fresh vector has room for as many elements.
        unsafe {
            let x = (self.ktn)(t.into(), elements.len() as i64);
            Self::address(x).cast::<T>().copy_from_nonoverlapping(elements.as_ptr(), elements.len());
            x
        }
    }

    /// A general list, which takes over its items.
    pub fn list(&self, items: &[K]) -> K {
        self.vector(tag::LIST, items)
    }

    /// A char vector.
    pub fn chars(&self, text: &str) -> K {
        self.vector(tag::CHAR, text.as_bytes())
    }

    /// The interned text of a symbol.
    pub fn intern(&self, text: &str) -> *const c_char {
        let text = CString::new(text).expect("no NUL in a name");
        // SAFETY: ss copies the text.
        unsafe { (self.ss)(text.as_ptr()) }
    }

    /// `(a;b;::)` in a list of its own, as `.ffi.bind` sees it through `enlist`.
    pub fn wrapped(&self, values: &[Value]) -> K {
        self.list(&[self.ended(values)])
    }

    /// `(a;b;::)`.
    pub fn ended(&self, values: &[Value]) -> K {
        let mut items = self.objects(values);
        items.push(self.atom(tag::UNARY, 0_i64));
        self.list(&items)
    }

    /// Objects of these values.
    pub fn objects(&self, values: &[Value]) -> Vec<K> {
        values.iter().map(|v| v.object(self)).collect()
    }

    /// The type tag.
    pub fn tag(x: K) -> i8 {
        // SAFETY: every object begins with its header.
        unsafe { *x.cast::<i8>().add(2) }
    }

    /// The payload of an atom, or a vector's length.
    pub fn payload<T: Copy>(x: K) -> T {
        const { assert!(size_of::<T>() <= 8) };
        // SAFETY: every object has 8 bytes of payload; the caller names their type.
        unsafe { x.cast::<u8>().add(8).cast::<T>().read() }
    }

    /// The beginning of a list's data.
    pub fn data<T: Copy>(x: K) -> T {
        // SAFETY: the caller knows the list to hold this.
        unsafe { Self::address(x).cast::<T>().read() }
    }

    /// The elements of a vector.
    ///
    /// # Safety
    /// It is a vector of `T` that lives for as long as they are used.
    pub unsafe fn slice<'a, T>(x: K) -> &'a [T] {
        // SAFETY: passed on to the caller.
        unsafe { std::slice::from_raw_parts(Self::address(x).cast(), Self::payload(x)) }
    }

    /// The places of a general list's items.
    ///
    /// # Safety
    /// It is a general list that lives for as long as they are used, and nobody else uses it meanwhile.
    pub unsafe fn items<'a>(x: K) -> &'a mut [K] {
        // SAFETY: passed on to the caller.
        unsafe { std::slice::from_raw_parts_mut(Self::address(x).cast(), Self::payload(x)) }
    }

    /// The C function of a q function that our `dl` has made.
    fn code(x: K) -> Function {
        Self::data(x)
    }

    fn address(x: K) -> *mut u8 {
        x.cast::<u8>().wrapping_add(size_of::<K0>())
    }
}

/// # Safety
/// `T` is a pointer type, and that of the symbol.
unsafe fn function<T: Copy>(library: &Library, name: &str) -> T {
    // SAFETY: passed on to the caller.
    unsafe { *library.get::<T>(name).unwrap_or_else(|e| panic!("{name}: {e}")) }
}

/// Compiles the C glue, and one library that needs it, the extension, and KX's library where that is asked for: opened
/// with a preference for its own symbols, KX's come before those of this executable.
pub fn prepare() {
    let callees = compile("callees", &[]);
    let libffi = format!("-I{}", libffi_headers().display());
    let mut parts = vec![
        compile("wrappers", &[&callees]),
        compile("direct", &[&callees]),
        compile("atomics", &[&callees]),
        compile_with("simd", if cfg!(target_arch = "x86_64") { &["-lmvec"] } else { &[] }),
        compile("callbacks", &[]),
        compile_with("ffikdb", &[&libffi]),
        beside_us("libffijit.so"),
        callees,
    ];
    if let Some(library) = libe() {
        // Before the library, whose function of this name wants a connection.
        parts.extend([compile("no_remote", &[]), library]);
    }
    let status = Command::new("gcc")
        .args(["-shared", "-Wl,--no-as-needed", "-x", "c", "/dev/null", "-x", "none", "-o"])
        .arg(output("glue"))
        .args(parts)
        .status();
    assert!(status.expect("gcc is installed").success(), "glue");
}

fn libe() -> Option<PathBuf> {
    std::env::var_os("FFIJIT_BENCH_LIBE").map(PathBuf::from)
}

fn compile(name: &str, with: &[&Path]) -> PathBuf {
    let with: Vec<&str> = with.iter().map(|p| p.to_str().expect("UTF-8 path")).collect();
    compile_with(name, &with)
}

/// Compiles benches/c/NAME.c to a library.
fn compile_with(name: &str, options: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/c/{name}.c"));
    let library = output(name);
    let status = Command::new("gcc")
        .args(["-O2", "-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(source)
        .args(options)
        .status();
    assert!(status.expect("gcc is installed").success(), "{name}");
    library
}

fn output(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("libbench_{name}.so"))
}

/// A file that cargo has built into the directory of this executable.
fn beside_us(name: &str) -> PathBuf {
    let us = std::env::current_exe().expect("Linux tells the path");
    us.with_file_name(name)
}

/// ffi.h of the libffi that the crate libffi-sys has built, and this executable contains.
fn libffi_headers() -> PathBuf {
    let build = beside_us("../build");
    let builds = std::fs::read_dir(&build).expect("cargo's build directory").flatten();
    let headers = builds.map(|b| b.path().join("out/libffi-root/include"));
    headers.into_iter().find(|h| h.join("ffi.h").exists()).expect("libffi's headers beside its build")
}
