//! qhost
use kapi as _;
fn main() {}
