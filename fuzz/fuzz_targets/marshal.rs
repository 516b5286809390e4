//! Any objects as the arguments of any signature.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ffijit_fuzz::targets::marshal::run(data));
