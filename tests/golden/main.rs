//! What is emitted for representative signatures, as CLIF and machine code, beside this file: a directory a target.
//!
//! `FFIJIT_BLESS=1 cargo test --test golden` writes the files anew; the diff then shows what a change of the emitter
//! does under each convention. The code uses nothing that only some processors of a kind have, so it is the same on
//! every host.

use std::path::{Path, PathBuf};

use ffijit::abi::Target;
use ffijit::jit::Compiler;
use ffijit::jit::{self, Form};
use ffijit::plan::Plans;
use ffijit::signature::Signature;
use kapi as _;

/// What is emitted: its file's name, the form, argument types and result type.
const CASES: [(&str, Form, &str, &str); 13] = [
    ("doubles", Form::Fixed, "ff", "f"),
    ("mixed", Form::Fixed, "ifjehfxj", "f"),
    ("narrow", Form::Fixed, "bxch", "c"),
    ("pointers", Form::Fixed, "sFg", "s"),
    ("none", Form::Fixed, "", " "),
    ("list", Form::List, "j", "j"),
    ("variable", Form::Fixed, "s...fi", "i"),
    ("past_registers", Form::Invoker, "hhhhhhhhhhhheeeeeeeeee", "h"),
    ("loop", Form::Atomic, "h", "h"),
    ("callback", Form::Callback, "F", "i"),
    ("callback_struct", Form::Callback, "{ff}i", "{ee}"),
    ("invoker_small", Form::Invoker, "{ff}{ic}{3h}", "{jf}"),
    ("invoker_large", Form::Invoker, "i{jjj}{5f}", "{jjjj}"),
];

fn file(target: Target, name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(target.name);
    directory.join(name).with_extension("txt")
}

fn emitted(compiler: &Compiler, target: Target, form: Form, args: &str, ret: &str) -> String {
    let signature = Signature::parse(args.as_bytes(), ret.as_bytes()).expect(args);
    let plans = Plans::new(&signature, target.abi);
    let code = jit::disassemble_for(compiler, &plans, form).expect(args);
    format!("; {} \"{args}\" \"{ret}\" for {}\n{code}", form.name(), target.triple)
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
