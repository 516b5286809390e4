//! Libraries by what people call them: the C runtime, linker scripts, symbols with versions.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use ffijit::library::{self, Name};
use kapi::Obj;

use support::{call, callee, compile, fixed, leaves_nothing};

fn address(library: &str, symbol: &str) -> Result<*const u8, String> {
    library::address(&Name { library: Some(library.into()), symbol: symbol.into() })
        .map_err(|e| e.to_string())
}

#[test]
fn aliases_are_the_c_runtime() {
    for (alias, file, symbol) in [("libc", "libc.so.6", "strlen"), ("libm", "libm.so.6", "pow")] {
        assert_eq!(address(alias, symbol), address(file, symbol));
        assert_eq!(address(&format!(":{alias}"), symbol), address(file, symbol));
    }
    assert_eq!(address("libc", "nope").unwrap_err(), "sym: nope not found in libc");
}

/// A directory of this test's.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library").join(name);
    fs::create_dir_all(&directory).expect("the target directory is writable");
    directory
}

/// Writes a linker script.
fn script(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    fs::write(&path, text).expect("the target directory is writable");
    path
}

#[test]
fn linker_scripts_are_followed() {
    let one = compile("gcc", "script_one", "int one(void) { return 1; }\n");
    let two = compile("gcc", "script_two", "int two(void) { return 2; }\n");
    let directory = directory("scripts");
    fs::copy(&two, directory.join("libbeside.so.2")).expect("the target directory is writable");
    let absolute = format!(
        "/* GNU ld script */\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( {} {} libnope.a AS_NEEDED ( /nowhere/libnope.so ) )\n",
        one.display(),
        two.display()
    );
    let both = script(&directory, "libboth.so", &absolute);
    let short = script(&directory, "libshort.so", "INPUT(libbeside.so.2)\n");
    script(&directory, "libagain.so", "INPUT(libshort.so)");
    let through =
        script(&directory, "libthrough.so", "INPUT(libshort.so libagain.so libboth.so -l:libbeside.so.2)");
    leaves_nothing(|| {
        for (library, function, wanted) in [
            (&both, "one", 1),
            (&both, "two", 2),
            (&short, "two", 2),
            (&through, "one", 1),
            (&through, "two", 2),
        ] {
            let f = fixed(callee(library, function), "", "i").expect(function);
            assert_eq!(call(&f, &[Obj::null()]).expect(function).get::<i32>(), wanted);
        }
        let plain = directory.join("libshort");
        let f = fixed(callee(&plain, "two"), "", "i").expect("the extension is added");
        assert_eq!(call(&f, &[Obj::null()]).expect("two").get::<i32>(), 2);
    });
    let shown = both.display();
    assert_eq!(
        address(both.to_str().unwrap(), "three").unwrap_err(),
        format!("sym: three not found in {shown}")
    );
}

#[test]
fn what_no_script_leads_to_is_an_error() {
    let directory = directory("wrong");
    let error = |name: &str, text: &str| {
        let path = script(&directory, name, text);
        (address(path.to_str().unwrap(), "f").unwrap_err(), path.display().to_string())
    };
    let many = format!("GROUP(AS_NEEDED({}))", "./libmany.so ".repeat(200));
    for (name, text) in [
        ("libloop.so", "INPUT(libloop.so)"),
        ("libmany.so", &many),
        ("libstatic.so", "GROUP(libx.a)"),
        ("libneeded.so", "GROUP(AS_NEEDED(libnope.so))"),
    ] {
        let (text, path) = error(name, text);
        assert_eq!(text, format!("lib: {path}: a linker script that names no shared library"));
    }
    let (text, _) = error("libmissing.so", "GROUP(libnope.so.7 AS_NEEDED(libc.so.6))");
    assert!(text.starts_with("lib: libnope.so.7: libnope.so.7: cannot open shared object file"), "{text}");
    let (text, path) =
        error("libtext.so", "This is no library, and it is long enough to have a header, if it were one.\n");
    assert_eq!(text, format!("lib: {path}: {path}: invalid ELF header"));
    let (text, path) = error("libempty.so", "");
    assert_eq!(text, format!("lib: {path}: {path}: file too short"));
}

/// A library with two versions of a function.
fn versioned() -> PathBuf {
    let map =
        script(&directory("versions"), "versions.map", "OLD { global: f; };\nNEW { global: f; } OLD;\n");
    let source = "__asm__(\".symver f_old,f@OLD\");\n__asm__(\".symver f_new,f@@NEW\");\n\
                  int f_old(void) { return 1; }\nint f_new(void) { return 2; }\n";
    let text = directory("versions").join("versioned.c");
    fs::write(&text, source).expect("the target directory is writable");
    let library = directory("versions").join("libversioned.so");
    let mut gcc = std::process::Command::new("gcc");
    gcc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&text);
    let status = gcc.arg(format!("-Wl,--version-script={}", map.display())).status();
    assert!(status.expect("gcc runs").success());
    library
}

#[test]
fn versions_of_symbols_are_found() {
    let library = versioned();
    leaves_nothing(|| {
        for (symbol, wanted) in [("f", 2), ("f@OLD", 1), ("f@NEW", 2), ("f@@NEW", 2)] {
            let f = fixed(callee(&library, symbol), "", "i").expect(symbol);
            assert_eq!(call(&f, &[Obj::null()]).expect(symbol).get::<i32>(), wanted, "{symbol}");
        }
        for symbol in ["f@OLDER", "f@", "@OLD", "f@OLD@", "g@OLD"] {
            let text = format!("sym: {symbol} not found in {}", library.display());
            assert_eq!(fixed(callee(&library, symbol), "", "i").unwrap_err(), text);
        }
        // Of what the process has loaded too.
        let version = if cfg!(target_arch = "x86_64") { "GLIBC_2.2.5" } else { "GLIBC_2.17" };
        let strlen = fixed(Obj::symbol(&format!("strlen@{version}")), "C", "l").expect("a version of strlen");
        assert_eq!(call(&strlen, &[Obj::string(b"abc")]).unwrap().get::<i64>(), 3);
        assert!(fixed(Obj::symbol("strlen@GLIBC_0.1"), "C", "l").is_err());
    });
}
