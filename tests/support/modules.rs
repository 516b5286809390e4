//! The modules of `lib/`.

use std::path::Path;

use super::script::ROOT;

/// A module's file.
pub fn text_of(name: &str) -> String {
    let path = Path::new(ROOT).join("lib").join(format!("{name}.q"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The library that a module's file names.
fn library_of(text: &str) -> &str {
    let call = text.lines().find_map(|line| line.strip_prefix(".ffi.i.module[")).expect("the call");
    call.split('"').nth(1).expect("a library's name")
}

/// Why a module cannot be loaded here.
pub fn missing(name: &str) -> Option<String> {
    ffijit::library::load(library_of(&text_of(name))).err().map(|error| error.to_string())
}
