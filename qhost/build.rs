//! Exports the K API from the executable, so that a library loaded with `2:` resolves against it.

fn main() {
    println!("cargo:rustc-link-arg-bins=-rdynamic");
}
