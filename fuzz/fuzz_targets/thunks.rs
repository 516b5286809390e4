//! Callback thunks judged by libffi: what q sees and what C gets.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ffijit_fuzz::targets::thunks::run(data));
