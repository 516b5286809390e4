//! The tests of this crate run the product's `src/callback/mailbox.rs` on shuttle's scheduler: `cargo test --package model`.
