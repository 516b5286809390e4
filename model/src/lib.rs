//! The test of this crate runs the product's `src/callback/mailbox.rs` and `src/background/pool.rs` on shuttle's scheduler: `cargo test --package model`.
