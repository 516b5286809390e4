//! C declarations: what is read of them, judged by libclang, and what is said of bad ones.

// The library calls k.h, if not here.
use kapi as _;

mod constants;
mod describe;
mod errors;
mod headers;
mod hostile;
mod layouts;
mod letters;
mod text;
#[path = "../support/random.rs"]
mod random;
