//! The targets bind C functions that this program itself defines, so these must be in its dynamic symbol table.

fn main() {
    println!("cargo:rustc-link-arg=-rdynamic");
}
