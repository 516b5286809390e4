//! C declarations: what is read of them, judged by libclang, and what is said of bad ones.

mod describe;
mod errors;
mod headers;
mod hostile;
mod layouts;
mod letters;
#[path = "../support/random.rs"]
mod random;
