//! Tests run by a secondary thread of q's `peach`, while the others call C that calls them.
//!
//! With `FFIJIT_PEACH` set, every test that belongs on q's thread runs so (`thread.rs`); `tests/peach.rs` sets it.

use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use kapi::{K, Obj, dynload, hook};
use parking_lot::Mutex;

use super::{call, callee, compile, fixed, q};

/// Threads of `peach`: one runs the test.
const THREADS: usize = 4;

/// The test under way, and whether it has ended.
static TEST: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(None);
static ENDED: AtomicBool = AtomicBool::new(false);
/// What went wrong first.
static FAILURE: Mutex<Option<String>> = Mutex::new(None);

/// Whether tests are to run under `peach`.
pub fn is_wanted() -> bool {
    std::env::var_os("FFIJIT_PEACH").is_some()
}

/// Runs a test on a secondary thread. What it or another thread fails by is a panic here.
pub fn run(test: Box<dyn FnOnce() + Send>) {
    library();
    *TEST.lock() = Some(test);
    *FAILURE.lock() = None;
    ENDED.store(false, Ordering::Release);
    // SAFETY: `step` takes one K and gives one away.
    let step = unsafe { dynload::function(step as *mut _, 1) }.expect("a rank");
    let peach = q(&format!("{{[f] system\"s {THREADS}\"; {{[f;x] f x}}[f] peach til {THREADS}}}"));
    let outcome = hook::apply(&peach, &[step]).map_err(|error| error.text.clone());
    if let Some(words) = FAILURE.lock().take() {
        panic!("{words}");
    }
    assert_eq!(outcome.map(|done| done.len()), Ok(THREADS));
}

/// What each thread does: the first item is the test, the others are noise until it has ended.
extern "C" fn step(x: K) -> K {
    // SAFETY: q lends its item, an atom of a long.
    let item = unsafe { (*x).body.j };
    let body = || match item {
        0 => TEST.lock().take().expect("a test")(),
        _ => noise(item),
    };
    if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(body)) {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        FAILURE.lock().get_or_insert_with(|| format!("item {item}: {text}"));
    }
    if item == 0 {
        ENDED.store(true, Ordering::Release);
    }
    Obj::long(item).into_raw()
}

fn library() -> &'static Path {
    const SOURCE: &str = "long number(long (*f)(long), long x) { return f(x); }
        const char *text(const char *(*f)(long), long x) { return f(x); }";
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| compile("gcc", "noise", SOURCE))
}

/// Calls whose callbacks give numbers, texts and errors, each of which is this thread's own.
fn noise(item: i64) {
    let bound = |name, ret| fixed(callee(library(), name), "kj", ret).expect(name);
    let (number, text) = (bound("number", "j"), bound("text", "C"));
    let inline = |f: &str, ret: &str| Obj::list(vec![q(f), Obj::string(b"j"), Obj::string(ret.as_bytes())]);
    let (plus, fails) = (inline("{x+1}", "j"), inline("{'string x}", "j"));
    let texts = inline("{\"text \",string x}", "C");
    let mut n = item << 40;
    while !ENDED.load(Ordering::Acquire) {
        n += 1;
        let argument = Obj::long(n);
        assert_eq!(call(&number, &[plus.clone(), argument.clone()]), Ok(Obj::long(n + 1)));
        assert_eq!(call(&number, &[fails.clone(), argument.clone()]), Err(n.to_string()));
        let wanted = Obj::string(format!("text {n}").as_bytes());
        assert_eq!(call(&text, &[texts.clone(), argument]), Ok(wanted));
    }
}
