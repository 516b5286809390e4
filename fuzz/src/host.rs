//! ffijit as q has loaded it.

use std::ffi::{CStr, c_char, c_void};
use std::sync::Once;

use kapi::{Obj, Symbol, dynload, heap};

/// q measures its stack by the addresses of locals, which AddressSanitizer would put elsewhere.
#[unsafe(no_mangle)]
extern "C" fn __asan_default_options() -> *const c_char {
    c"detect_stack_use_after_return=0".as_ptr()
}

/// Prepares the process on its first run: the K runtime, and a limit on its memory.
pub fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        qhost::install();
        heap::set_limit(1 << 28);
    });
}

thread_local! {
    static NATIVES: Obj = {
        start();
        // SAFETY: kexport ignores its argument and gives away a reference.
        unsafe { Obj::from_raw(ffijit::kexport(std::ptr::null_mut()).cast()) }
    };
}

/// The native function of this public name.
pub fn native(name: &str) -> Obj {
    NATIVES.with(|natives| {
        let (names, functions) = natives.dict_parts();
        let at = names.slice::<Symbol>().iter().position(|s| s.as_str() == name);
        functions.items()[at.unwrap_or_else(|| panic!("no native {name}"))].clone()
    })
}

/// Applies a function made by `dl`; the error is the text that q would show, which is never of a caught panic.
pub fn call(f: &Obj, args: &[Obj]) -> Result<Obj, String> {
    let result = dynload::apply(f, args).map_err(|e| e.text.clone());
    if let Err(text) = &result {
        assert!(!text.contains("internal error"), "{text}");
    }
    result
}

/// Runs a body that must leave no object behind. What a first run leaves may be in caches; a second one finds it there.
pub fn leaves_nothing(mut body: impl FnMut()) {
    start();
    let before = heap::live_here();
    body();
    let filled = heap::live_here();
    if filled != before {
        body();
        assert_eq!(heap::live_here(), filled, "live objects and bytes");
    }
}

/// Makes what lives as long as the process and is referred to only from memory that LeakSanitizer does not search: code.
pub fn for_good<T>(make: impl FnOnce() -> T) -> T {
    let switch = |name: &CStr| {
        // SAFETY: looks a symbol up in this program; both functions take and return nothing.
        unsafe {
            let found = libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr());
            if !found.is_null() {
                std::mem::transmute::<*mut c_void, extern "C" fn()>(found)();
            }
        }
    };
    switch(c"__lsan_disable");
    let made = make();
    switch(c"__lsan_enable");
    made
}
