//! The committed corpora and as many random inputs run without cargo-fuzz, sanitizer or nightly toolchain.

use std::path::Path;

use ffijit_fuzz::targets::{ALL, Target};

/// Random inputs for each target.
const INPUTS: u64 = 20_000;

/// SplitMix64, as in ffijit's own tests.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let files = std::fs::read_dir(&directory).unwrap_or_else(|e| panic!("{}: {e}", directory.display()));
    files.map(|file| std::fs::read(file.expect("a file").path()).expect("readable")).collect()
}

fn replay((name, run): Target) {
    let inputs = corpus(name);
    assert!(!inputs.is_empty(), "{name} has no corpus");
    inputs.iter().for_each(|input| run(input));
    for i in 0..INPUTS {
        let mut state = i;
        let n = random(&mut state) % 120;
        let input: Vec<u8> = (0..n).map(|_| random(&mut state) as u8).collect();
        if std::env::var_os("FUZZ_SHOW").is_some() {
            eprintln!("{name} {i}");
        }
        run(&input);
    }
    println!("{name}: {} files and {INPUTS} random inputs", inputs.len());
}

#[test]
fn corpora_and_random_inputs_hold() {
    // One after the other: `q` limits and interrupts the whole process.
    ALL.iter().for_each(|&target| replay(target));
}
