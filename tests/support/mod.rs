//! What the integration tests share: the native functions as q sees them, and C callees compiled on the spot.

#![allow(dead_code, reason = "each test binary uses its part")]

pub mod access;
pub mod bound;
#[cfg_attr(windows, path = "compilers_elsewhere.rs")]
mod compilers;
pub mod contract;
pub mod counting;
pub mod host;
pub mod maps;
pub mod modules;
pub mod names;
pub mod peach;
pub mod random;
pub mod ranks;
pub mod script;
pub mod signatures;
pub mod structs;
pub mod thread;
pub mod transcript;
pub mod values;
#[cfg_attr(not(target_os = "linux"), path = "no_wx.rs")]
pub mod wx;

use std::env::consts::DLL_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use kapi::{Obj, dynload, heap, hook};

/// The native function of this public name, out of the exported dictionary. Those that bind ask q whom it serves.
pub fn native(name: &str) -> Obj {
    qhost::install();
    // SAFETY: kexport ignores its argument and gives away a reference.
    let exported = unsafe { Obj::from_raw(ffijit::kexport(std::ptr::null_mut()).cast()) };
    let (names, functions) = exported.dict_parts();
    let at = names.slice::<kapi::Symbol>().iter().position(|s| s.as_str() == name);
    functions.items()[at.unwrap_or_else(|| panic!("no native {name}"))].clone()
}

/// Applies a function made by `dl`; the error is the text that q would show.
pub fn call(f: &Obj, args: &[Obj]) -> Result<Obj, String> {
    let result = dynload::apply(f, args).map_err(|e| e.text.clone());
    transcript::note(&result);
    result
}

/// The value of q source text, by the interpreter.
pub fn q(source: &str) -> Obj {
    qhost::install();
    hook::eval(source).unwrap_or_else(|e| panic!("{source}: '{}", e.text))
}

/// The items of a list, which may have collapsed to a vector.
pub fn items(list: &Obj) -> Vec<Obj> {
    (0..list.len()).map(|i| list.index(i)).collect()
}

/// A symbol vector `lib`f`.
pub fn spec(library: &str, function: &str) -> Obj {
    Obj::symbols([library, function])
}

/// A function of a library that a test has compiled.
pub fn callee(library: &Path, function: &str) -> Obj {
    spec(library.to_str().expect("the target directory has a UTF-8 name"), function)
}

/// `.ffi.fn`.
pub fn fixed(spec: Obj, args: &str, ret: &str) -> Result<Obj, String> {
    call(&native("fn"), &[spec, Obj::string(args.as_bytes()), Obj::string(ret.as_bytes())])
}

/// The list-form function of `.ffi.bind`, without `enlist`.
pub fn list_form(spec: Obj, args: &str, ret: &str) -> Result<Obj, String> {
    call(&native("bind"), &[spec, Obj::string(args.as_bytes()), Obj::string(ret.as_bytes())])
}

/// Runs a test body twice and demands that the second run leaves as many live objects and bytes as it found: the
/// first one fills the caches that live as long as the process.
pub fn leaves_nothing(mut body: impl FnMut()) {
    body();
    let before = heap::live_here();
    body();
    assert_eq!(heap::live_here(), before, "live objects and bytes");
}

/// Tests that run all others of a binary again.
#[allow(unused_macros, reason = "each test binary uses its part")]
macro_rules! all_again {
    ($($how:ident),+) => {
        $($crate::support::all_again!(@ $how);)+
    };
    (@ without_thread_word) => {
        #[test]
        fn all_is_the_same_without_a_thread_local_word() {
            $crate::support::again_without_thread_word();
        }
    };
    (@ with_guard) => {
        #[test]
        fn all_is_the_same_with_the_guard_on() {
            $crate::support::again_with_guard();
        }
    };
}
#[allow(unused_imports, reason = "each test binary uses its part")]
pub(crate) use all_again;

/// Runs this binary's tests but those that run it again in a process whose stubs find no thread-local word, and ask for the
/// record of their thread.
pub fn again_without_thread_word() {
    again("FFIJIT_THREAD_WORD", "0");
    assert!(ffijit::os::ThreadWord::get().is_some() || !cfg!(target_os = "linux"), "no word here either");
}

/// The same with faults caught, and with copies behind which nothing can be read; not where transcripts are compared, which
/// are made without.
pub fn again_with_guard() {
    if ffijit::os::CATCHES_FAULTS && std::env::var_os(transcript::VARIABLE).is_none() {
        again("FFIJIT_GUARD", "1");
        again("FFIJIT_GUARD", "2");
    }
}

/// Whether all calls take their cold paths, which copy what arguments point to (`.ffi.guard 2`).
pub fn copies_arguments() -> bool {
    std::env::var("FFIJIT_GUARD").is_ok_and(|guard| guard == "2")
}

fn again(variable: &str, value: &str) {
    let mut again = Command::new(std::env::current_exe().expect("it runs"));
    let output =
        again.args(["--skip", "all_is_the_same_"]).env(variable, value).output().expect("it runs again");
    let (out, err) = script::written(&output);
    assert!(output.status.success(), "{variable}={value}: {}\n{out}{err}", output.status);
}

/// A string of q's.
pub fn string(text: &str) -> Obj {
    Obj::string(text.as_bytes())
}

/// Compiles C into a shared library that the test can bind, and returns its path.
pub fn compile(compiler: &str, name: &str, source: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // Tests of one process may ask for the same library at once.
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let own = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let file = format!("lib{name}{DLL_SUFFIX}");
    let (c, library) = (directory.join(format!("{name}.{own}.c")), directory.join(file));
    // Under another name first: another run of the tests may have the library mapped, or be making it.
    let fresh = library.with_extension(&own);
    std::fs::write(&c, source).expect("the target directory is writable");
    let [fresh_name, c_name] = [&fresh, &c].map(|path| path.display().to_string());
    let options = ["-O2", "-shared", "-fPIC", "-w", "-o", &fresh_name, &c_name].map(String::from);
    if let Err(said) = compilers::run(compiler, options.into_iter().chain(c_libraries())) {
        panic!("{compiler}: {said}");
    }
    replace(&fresh, &library);
    std::fs::rename(&c, directory.join(format!("{name}.c"))).expect("the target directory is writable");
    library
}

/// Renames a library. Windows replaces none that is loaded: a run that has it has made it of the same source, so the other
/// one is as good.
fn replace(fresh: &Path, library: &Path) {
    match std::fs::rename(fresh, library) {
        Err(_) if cfg!(windows) && library.is_file() => drop(std::fs::remove_file(fresh)),
        renamed => renamed.expect("the target directory is writable"),
    }
}

/// What libraries are linked with, and options. On Windows one says which program has k.h's functions: the test itself.
fn c_libraries() -> Vec<String> {
    if !cfg!(windows) {
        return vec!["-lm".into()];
    }
    static IMPORTS: OnceLock<PathBuf> = OnceLock::new();
    let imports = IMPORTS.get_or_init(|| {
        let program = std::env::current_exe().expect("this test");
        let name = program.file_name().expect("a file").to_string_lossy().into_owned();
        let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
        let (list, library) = (own.with_extension("def"), own.with_extension("a"));
        let names = include_str!("../../qhost/runtime/k.def").replace("q.exe", &name);
        std::fs::write(&list, names).expect("the target directory is writable");
        let arguments = ["-d".into(), list.display().to_string(), "-l".into(), library.display().to_string()];
        compilers::run("dlltool", arguments).expect("an import library");
        library
    });
    // A long double is what Microsoft's compilers take it for.
    let others = ["-lm", "-static-libgcc", "-mlong-double-64"].map(String::from);
    [imports.display().to_string()].into_iter().chain(others).collect()
}

/// The C compilers that are installed: gcc always, clang where it is.
pub fn compilers() -> &'static [&'static str] {
    static FOUND: OnceLock<Vec<&'static str>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let installed = |c: &str| compilers::run(c, ["--version".into()]).is_ok();
        let found: Vec<_> = ["gcc", "clang"].into_iter().filter(|c| installed(c)).collect();
        assert!(found.contains(&"gcc"), "the tests need gcc");
        if found.len() < 2 {
            eprintln!("skipped for clang, which is not installed");
        }
        found
    })
}

/// Runs a test with the C of one compiler, and says so where that is not installed.
pub fn with_compiler(compiler: &str, test: fn(&str)) {
    match compilers().contains(&compiler) {
        true => test(compiler),
        false => eprintln!("skipped: {compiler} is not installed"),
    }
}

/// A test for each of these names, and a list of them.
#[allow(unused_macros, reason = "each test binary uses its part")]
macro_rules! test_each {
    ($run:path, $all:ident: $($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                $run(stringify!($name));
            }
        )+
        const $all: &[&str] = &[$(stringify!($name)),+];
    };
}
#[allow(unused_imports, reason = "each test binary uses its part")]
pub(crate) use test_each;

/// A test for each compiler, whose callees are to agree.
#[allow(unused_macros, reason = "each test binary uses its part")]
macro_rules! each_compiler {
    ($test:expr) => {
        #[test]
        fn callees_of_gcc_agree() {
            ($test)("gcc");
        }

        #[test]
        fn callees_of_clang_agree() {
            ($test)("clang");
        }
    };
}
#[allow(unused_imports, reason = "each test binary uses its part")]
pub(crate) use each_compiler;

/// One C source compiled by every compiler, once in a process.
pub struct Callees {
    name: &'static str,
    source: &'static str,
    libraries: OnceLock<Vec<PathBuf>>,
}

impl Callees {
    /// The libraries will be called after `name`, which no other test uses, and the compiler.
    pub const fn new(name: &'static str, source: &'static str) -> Self {
        Self { name, source, libraries: OnceLock::new() }
    }

    /// One library a compiler.
    pub fn libraries(&self) -> &[PathBuf] {
        self.libraries.get_or_init(|| {
            let compile = |&c: &&str| compile(c, &format!("{}_{c}", self.name), self.source);
            compilers().iter().map(compile).collect()
        })
    }
}
