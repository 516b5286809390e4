//! How q names platforms and their libraries.

use anyhow::{Context, Result};

/// A platform that the library can be built for.
#[derive(Debug)]
pub struct Platform {
    /// What Rust's names of it contain: architecture and system.
    triple: [&'static str; 2],
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
    Platform { triple: ["x86_64", "linux"], folder: "l64", module: "li64", built: "libffijit.so", extension: "so" },
    Platform { triple: ["aarch64", "linux"], folder: "l64arm", module: "la64", built: "libffijit.so", extension: "so" },
    Platform { triple: ["x86_64", "darwin"], folder: "m64", module: "mi64", built: "libffijit.dylib", extension: "so" },
    Platform { triple: ["aarch64", "darwin"], folder: "m64arm", module: "ma64", built: "libffijit.dylib", extension: "so" },
    Platform { triple: ["x86_64", "windows"], folder: "w64", module: "wi64", built: "ffijit.dll", extension: "dll" },
];

impl Platform {
    /// The platform that Rust calls this.
    pub fn of(triple: &str) -> Result<Platform> {
        let is_it = |platform: &Platform| platform.triple.iter().all(|part| triple.contains(part));
        PLATFORMS.into_iter().find(is_it).with_context(|| format!("kdb+ does not run on {triple}"))
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
