//! The tests of this crate run the product's `mailbox.rs` on shuttle's scheduler: `cargo test --package model`.
