//! How each calling convention is run on this machine.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use ffijit::abi::{Abi, Target};
use ffijit::jit::Compiler;
use ffijit::jit::RecordAccess::{self, Call, Word};
use ffijit::signature::{Signature, Type};

/// A compiler whose code calls stubs and is called by them, and the system that runs the lot.
pub struct Route {
    /// What tests and directories call it.
    pub name: &'static str,
    /// What stubs are emitted for.
    pub target: Target,
    /// How stubs find the record of their thread.
    record: RecordAccess,
    /// The compiler of everything that touches stubs, with its options.
    cc: &'static [&'static str],
    /// The compiler, assembler and linker of the system that it runs on.
    system: &'static str,
    /// What runs its programs.
    runner: &'static [&'static str],
    /// Whether the compiler finds structs among variable arguments. gcc 12 does not under Microsoft's convention on
    /// Linux: it looks for large ones in place of their addresses. The same gcc for Windows is right.
    finds_structs: bool,
    /// KX's library for this system, whose objects the driver takes in place of its own; within target/libe.
    kx: Option<&'static str>,
}

const MICROSOFT: [&str; 2] = ["-DCONVENTION=__attribute__((ms_abi))", "-DMICROSOFT"];
const QEMU: &[&str] = &["qemu-aarch64"];
const CROSS: &str = "aarch64-linux-gnu-gcc";
const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// By the compiler of this system.
const LINUX: Route = Route {
    name: "sysv-gcc",
    target: Target::SYSTEM_V,
    record: Word,
    cc: &["gcc"],
    system: "gcc",
    runner: &[],
    finds_structs: true,
    kx: None,
};

/// By that for Windows, under wine.
const WINE: Route = Route {
    name: "wine-gcc",
    target: Target::WINDOWS,
    record: Call,
    cc: &[MINGW],
    system: MINGW,
    runner: &["wine"],
    finds_structs: true,
    kx: None,
};

/// By that for AArch64, under qemu.
const ARM: Route = Route {
    name: "aarch64-gcc",
    target: Target::AARCH64,
    record: Word,
    cc: &[CROSS],
    system: CROSS,
    runner: QEMU,
    finds_structs: true,
    kx: None,
};

/// All of them.
static ROUTES: [Route; 11] = [
    LINUX,
    Route { name: "sysv-call", record: Call, ..LINUX },
    Route { name: "sysv-clang", cc: &["clang"], ..LINUX },
    Route {
        name: "ms-gcc",
        target: Target::WINDOWS,
        record: Call,
        cc: &["gcc", MICROSOFT[0], MICROSOFT[1]],
        finds_structs: false,
        ..LINUX
    },
    Route {
        name: "ms-clang",
        target: Target::WINDOWS,
        record: Call,
        cc: &["clang", MICROSOFT[0], MICROSOFT[1]],
        ..LINUX
    },
    WINE,
    Route { name: "wine-clang", cc: &["clang", "--target=x86_64-w64-windows-gnu", "-ffreestanding"], ..WINE },
    ARM,
    Route { name: "aarch64-clang", cc: &["clang", "--target=aarch64-linux-gnu", "-ffreestanding"], ..ARM },
    Route { name: "wine-kx", cc: &[MINGW, "-DKX"], kx: Some("w64/e.dll"), ..WINE },
    // Apple's convention in the object format of the system that it runs on.
    Route {
        name: "apple-clang",
        target: Target::APPLE,
        record: Call,
        cc: &["clang", "--target=arm64-apple-macosx11-elf", "-ffreestanding"],
        ..ARM
    },
];

const OPTIONS: [&str; 5] = ["-O2", "-w", "-std=gnu11", "-fno-strict-aliasing", "-fno-pic"];

/// The route of this name.
pub fn named(name: &str) -> &'static Route {
    ROUTES.iter().find(|r| r.name == name).expect("a route")
}

/// The route of this name; `None`, and a line that says so, if a tool it needs is not installed.
pub fn installed(name: &str) -> Option<&'static Route> {
    let route = named(name);
    let Some(tool) = route.missing() else { return Some(route) };
    static SAID: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    if SAID.lock().unwrap_or_else(|e| e.into_inner()).insert(tool) {
        // Not by `eprintln!`, which is only shown of tests that fail.
        let _ = writeln!(std::io::stderr(), "skipped: no {tool}");
    }
    None
}

impl Route {
    /// The compiler of its stubs.
    pub fn compiler(&self) -> Compiler {
        Compiler::with_access(self.target, self.record).expect("Cranelift with all targets")
    }

    /// A tool it needs that is not installed.
    fn missing(&self) -> Option<&'static str> {
        let installed = |tool: &str| {
            std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
                .any(|p| p.join(tool).is_file())
        };
        let tools = self.runner.first().into_iter().chain([&self.cc[0], &self.system]);
        let kx = self.kx.filter(|file| !fetched().join(file).is_file());
        tools.copied().find(|tool| !installed(tool)).or(kx)
    }

    /// Whether its compiler is right about signatures of this kind.
    pub fn takes(&self, signature: &Signature) -> bool {
        let is_struct = |ty: &Type| matches!(ty, Type::Struct(_));
        self.finds_structs || !signature.params[signature.fixed()..].iter().any(is_struct)
    }

    /// Whether a narrow argument has eight bytes of its own wherever it lies.
    pub fn passes_wide(&self) -> bool {
        self.target != Target::APPLE
    }

    /// Compiles C of the convention under test into a directory, where generated headers lie. The result is an object
    /// or assembly.
    pub fn compile(&self, source: &Path, directory: &Path) -> PathBuf {
        let is_apple = self.target == Target::APPLE;
        let name = source.file_name().expect("a file");
        let output = directory.join(name).with_extension(if is_apple { "s" } else { "o" });
        let mut command = Command::new(self.cc[0]);
        command.args(&self.cc[1..]).args(OPTIONS).arg("-I").arg(directory).arg("-I").arg(sources());
        if self.record == Word {
            command.arg("-DWORD");
        }
        run(command.arg(if is_apple { "-S" } else { "-c" }).arg(source).arg("-o").arg(&output));
        if is_apple {
            let text = std::fs::read_to_string(&output).expect("written");
            std::fs::write(&output, respelled(&text)).expect("the target directory is writable");
        }
        output
    }

    /// Links objects and assembly with the program, which demands that the registers are kept that this convention says.
    pub fn link(&self, parts: &[&Path], keeps: Abi, executable: &Path) {
        let mut command = Command::new(self.system);
        command.args(OPTIONS).args(["-static", "-no-pie"]);
        command.args([sources().join("program.c"), sources().join("kept.S")]).args(parts);
        if keeps == Abi::Windows {
            command.arg("-DKEEPS_MORE");
        }
        if let Some(library) = self.kx.map(|file| fetched().join(file)) {
            let beside = executable.with_file_name(library.file_name().expect("a file"));
            std::fs::copy(&library, beside).expect("the target directory is writable");
            command.arg(library);
        }
        run(command.arg("-o").arg(executable));
    }

    /// Runs a program.
    pub fn run(&self, executable: &Path, argument: &str) -> String {
        let prefix = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wine");
        // What has gone wrong may not come to an end.
        let mut command = Command::new("timeout");
        command.arg("120").args(self.runner).arg(executable).arg(argument);
        command.env("WINEPREFIX", prefix).env("WINEDEBUG", "-all");
        let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// Where tools/fetch-libe.py leaves KX's libraries.
fn fetched() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/libe")
}

/// Where the C that is not generated lies.
pub fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/abi")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Relocations of Mach-O as GNU as spells them for ELF.
fn respelled(assembly: &str) -> String {
    const SPELLINGS: [(&str, &str); 4] =
        [("@GOTPAGEOFF", ":got_lo12:"), ("@GOTPAGE", ":got:"), ("@PAGEOFF", ":lo12:"), ("@PAGE", "")];
    let line = |line: &str| {
        let found = SPELLINGS.iter().find_map(|&(mach, elf)| Some((line.find(mach)?, mach, elf)));
        let Some((at, mach, elf)) = found.filter(|_| !line.trim_start().starts_with("//")) else {
            return line.into();
        };
        let start = line[..at].rfind([' ', '\t', '[', ',']).map_or(0, |i| i + 1);
        format!("{}{elf}{}{}", &line[..start], &line[start..at], &line[at + mach.len()..])
    };
    assembly.lines().map(line).filter(|l: &String| !l.contains(".addrsig")).map(|l| l + "\n").collect()
}
