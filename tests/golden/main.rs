//! What is emitted for representative signatures, as CLIF and machine code, beside this file: a directory a target. The
//! machine code is a template's: on x86-64 its bytes decoded, with what a copy has filled in; on AArch64 Cranelift's text,
//! and the words that take the place of its own.
//!
//! `FFIJIT_BLESS=1 cargo test --test golden` writes the files anew; the diff then shows what a change of the emitter
//! does under each convention. The code uses nothing that only some processors of a kind have, so it is the same on
//! every host.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod linker;
#[path = "../support/mod.rs"]
mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use ffijit::abi::Target;
use ffijit::jit::{self, Compiler, Fill, Form, Template};
use ffijit::plan::Plans;
use ffijit::signature::Signature;
use iced_x86::{Decoder, DecoderOptions, Formatter, GasFormatter};
use kapi as _;

/// What is emitted: its file's name, the form, argument types and result type.
const CASES: [(&str, Form, &str, &str); 19] = [
    ("doubles", Form::Fixed, "ff", "f"),
    ("mixed", Form::Fixed, "ifjehfxj", "f"),
    ("narrow", Form::Fixed, "bxch", "c"),
    ("unsigned", Form::Fixed, "ayw", "w"),
    ("outs", Form::Fixed, "f&i&f", "i"),
    ("pointers", Form::Fixed, "sFg", "s"),
    ("object", Form::Fixed, "K", "K"),
    ("none", Form::Fixed, "", " "),
    ("list", Form::List, "j", "j"),
    ("variable", Form::Fixed, "s...fi", "i"),
    ("past_registers", Form::Invoker, "hhhhhhhhhhhheeeeeeeeee", "h"),
    ("loop", Form::Atomic, "h", "h"),
    ("over", Form::Steps, "ff", "f"),
    ("scan_struct", Form::KeptSteps, "{ff}h", "{ff}"),
    ("callback", Form::Callback, "F", "i"),
    ("callback_struct", Form::Callback, "{ff}i", "{ee}"),
    ("invoker_small", Form::Invoker, "{ff}{ic}{3h}", "{jf}"),
    ("invoker_union", Form::Invoker, "{|jf}{!ci}{|e2e}", "{|fe}"),
    ("invoker_large", Form::Invoker, "i{jjj}{5f}", "{jjjj}"),
];

fn file(target: Target, name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(target.name);
    directory.join(name).with_extension("txt")
}

fn emitted(compiler: &Compiler, target: Target, form: Form, args: &str, ret: &str) -> String {
    let signature = Signature::parse(args.as_bytes(), ret.as_bytes()).expect(args);
    let plans = Plans::new(&signature, target.abi);
    let text = jit::disassemble_for(compiler, &plans, form).expect(args);
    let (clif, vcode) = text.split_once("\n}\n").expect("a function");
    let vcode = vcode.split("; as installed").next().unwrap_or_default();
    let template = jit::compile_for(compiler, &plans, form).expect(args);
    let code = match target {
        Target::SYSTEM_V | Target::WINDOWS => decoded(&template),
        _ => vcode.to_string() + &replaced(&template),
    };
    format!("; {} \"{args}\" \"{ret}\" for {}\n{clif}\n}}\n\n{code}", form.name(), target.triple)
}

/// The instructions of a template, from its entry on, and after each what is filled in.
fn decoded(template: &Template) -> String {
    let code = &template.code()[template.entry()..];
    let mut decoder = Decoder::new(64, code, DecoderOptions::NONE);
    let mut formatter = GasFormatter::new();
    let mut text = format!("; {} bytes into a line\n", template.entry());
    while decoder.can_decode() {
        let instruction = decoder.decode();
        let mut line = String::new();
        formatter.format(&instruction, &mut line);
        let bytes = template.entry() + instruction.ip() as usize;
        let bytes = bytes..bytes + instruction.len();
        let filled_in = template.relocations().find(|r| bytes.contains(&r.offset));
        let note = filled_in.map_or(String::new(), |r| format!("  ; {:?} {}", r.fill, r.symbol.name()));
        let _ = writeln!(text, "{:4x}: {line}{note}", instruction.ip());
    }
    text
}

/// The words that load a record, and those where a call has become a jump: that and what it is after and before.
fn replaced(template: &Template) -> String {
    let mut text = String::new();
    for r in template.relocations() {
        let (at, count, what) = match r.fill {
            Fill::ThreadOffsetPair => (r.offset - 4, 4, "in place of the load of"),
            Fill::BranchAway => (r.offset - 4, 3, "after the epilogue, a jump to"),
            _ => continue,
        };
        let words = template.code()[at..].chunks(4).take(count);
        let words: Vec<String> =
            words.map(|w| format!("{:08x}", u32::from_le_bytes(w.try_into().expect("four bytes")))).collect();
        let _ = writeln!(text, "; at {at:x} {what} {}: {}", r.symbol.name(), words.join(" "));
    }
    text
}

/// Compares what is emitted for a target with what has been recorded.
fn is_as_recorded(target: Target) {
    let compiler = Compiler::for_target(target).expect("Cranelift with all targets");
    let bless = std::env::var_os("FFIJIT_BLESS").is_some();
    let mut differing = vec![];
    for (name, form, args, ret) in CASES {
        let (file, code) = (file(target, name), emitted(&compiler, target, form, args, ret));
        if bless {
            std::fs::create_dir_all(file.parent().expect("a directory")).expect("the sources are writable");
            std::fs::write(&file, &code).expect("the sources are writable");
        }
        let recorded = std::fs::read_to_string(&file).unwrap_or_default();
        let line = code.lines().zip(recorded.lines()).position(|(new, old)| new != old);
        if code != recorded {
            differing.push(format!("{} from line {}", file.display(), line.unwrap_or(0) + 1));
        }
    }
    assert!(
        differing.is_empty(),
        "FFIJIT_BLESS=1 records what is emitted now, if it is meant: {differing:#?}"
    );
}

#[test]
fn system_v() {
    is_as_recorded(Target::SYSTEM_V);
}

#[test]
fn windows() {
    is_as_recorded(Target::WINDOWS);
}

#[test]
fn aapcs64() {
    is_as_recorded(Target::AARCH64);
}

#[test]
fn apple() {
    is_as_recorded(Target::APPLE);
}
