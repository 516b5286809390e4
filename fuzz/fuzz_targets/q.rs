//! Any bytes as a q program.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ffijit_fuzz::targets::q::run(data));
