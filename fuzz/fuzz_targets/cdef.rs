//! Any bytes as C declarations.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ffijit_fuzz::targets::cdef::run(data));
