//! The layout of structs, judged by libffi.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ffijit_fuzz::targets::layout::run(data));
