//! How q names platforms and their libraries.

use anyhow::{Context, Result};

/// A platform that the library can be built for.
#[derive(Debug)]
pub struct Platform {
    /// What Rust's names of it contain: architecture and system.
    triple: [&'static str; 2],
    /// The one of these names that a build takes.
    pub target: &'static str,
    /// The C compiler that links for it elsewhere, and compiles libffi.
    pub compiler: Option<&'static str>,
    /// The folder of kdb+'s libraries in QHOME.
    pub folder: &'static str,
    /// KDB-X's name, before the extension of a module's library.
    pub module: &'static str,
    /// What cargo calls the library.
    pub built: &'static str,
    /// The extension that q gives libraries: kdb+ says .so on macOS too.
    extension: &'static str,
}

#[rustfmt::skip]
const PLATFORMS: [Platform; 5] = [
    Platform { triple: ["x86_64", "linux"], target: "x86_64-unknown-linux-gnu", compiler: None, folder: "l64", module: "li64", built: "libffijit.so", extension: "so" },
    Platform { triple: ["aarch64", "linux"], target: "aarch64-unknown-linux-gnu", compiler: Some("aarch64-linux-gnu-gcc"), folder: "l64arm", module: "la64", built: "libffijit.so", extension: "so" },
    Platform { triple: ["x86_64", "darwin"], target: "x86_64-apple-darwin", compiler: None, folder: "m64", module: "mi64", built: "libffijit.dylib", extension: "so" },
    Platform { triple: ["aarch64", "darwin"], target: "aarch64-apple-darwin", compiler: None, folder: "m64arm", module: "ma64", built: "libffijit.dylib", extension: "so" },
    Platform { triple: ["x86_64", "windows"], target: "x86_64-pc-windows-gnu", compiler: Some("x86_64-w64-mingw32-gcc"), folder: "w64", module: "wi64", built: "ffijit.dll", extension: "dll" },
];

impl Platform {
    /// The platform that Rust calls this.
    pub fn of(triple: &str) -> Result<Platform> {
        let is_it = |platform: &Platform| platform.triple.iter().all(|part| triple.contains(part));
        PLATFORMS.into_iter().find(is_it).with_context(|| format!("kdb+ does not run on {triple}"))
    }

    /// Rust's name for a name of kdb+'s, such as `l64arm`; others are Rust's already.
    pub fn triple(name: &str) -> &str {
        PLATFORMS.iter().find(|platform| platform.folder == name).map_or(name, |platform| platform.target)
    }

    /// What the environment has to say so that cargo builds for it elsewhere: the linker, and libffi's compiler.
    pub fn tools(&self) -> Vec<(String, &'static str)> {
        let name = self.target.replace('-', "_");
        let tools = self.compiler.map(|compiler| {
            let linker = format!("CARGO_TARGET_{}_LINKER", name.to_uppercase());
            [(linker, compiler), (format!("CC_{name}"), compiler)]
        });
        tools.into_iter().flatten().collect()
    }

    /// The library's name in QHOME.
    pub fn library(&self) -> String {
        format!("libffijit.{}", self.extension)
    }

    /// The library's name in a module.
    pub fn module_library(&self) -> String {
        format!("libffijit.{}.{}", self.module, self.extension)
    }
}
