//! Any bytes as a signature.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ffijit_fuzz::targets::signature::run(data));
