//! The committed corpora and as many random inputs run without cargo-fuzz, sanitizer or nightly toolchain.

use std::path::Path;

use ffijit_fuzz::random::Random;
use ffijit_fuzz::targets::{ALL, Target};

/// Random inputs for each target.
const INPUTS: u64 = 20_000;

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
        let mut random = Random::new(i);
        let n = random.below(120);
        let input: Vec<u8> = (0..n).map(|_| random.bits() as u8).collect();
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
