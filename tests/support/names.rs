//! What the C runtime calls its functions, and the dynamic linker's words, on each system.

/// `snprintf`. Windows' runtimes have that of C as an inline function only, and this older one.
pub const SNPRINTF: &str = if cfg!(windows) { "_snprintf" } else { "snprintf" };
/// `strdup`.
pub const STRDUP: &str = if cfg!(windows) { "_strdup" } else { "strdup" };
/// `execl`.
pub const EXECL: &str = if cfg!(windows) { "_execl" } else { "execl" };

/// What is said of a library that is nowhere, on Linux.
const MISSING: &str = ": cannot open shared object file: No such file or directory";

/// Source or a text as Linux has it, with the names and words of this system.
pub fn here(text: &str) -> String {
    if !cfg!(windows) {
        return text.into();
    }
    if let Some((name, _)) =
        text.strip_suffix(MISSING).and_then(|text| text.strip_prefix("lib: ")?.split_once(": "))
    {
        return format!("lib: {}.dll: Module not found. (os error 126)", name.trim_end_matches(".so"));
    }
    text.replace("environ", "_environ").replace("snprintf", SNPRINTF)
}

/// What is said of a file that is no library.
pub fn no_library_at(file: &std::path::Path) -> String {
    let name = file.display();
    if cfg!(windows) {
        return format!("lib: {name}: Bad EXE format for %1. (os error 193)");
    }
    format!("lib: {name}: {name}: invalid ELF header")
}
