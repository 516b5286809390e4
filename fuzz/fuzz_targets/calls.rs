//! Stubs judged by libffi: what C sees and what q gets.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ffijit_fuzz::targets::calls::run(data));
