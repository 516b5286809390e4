//! Any objects as the arguments of the functions on structs and raw memory.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ffijit_fuzz::targets::memory::run(data));
