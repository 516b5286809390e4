//! What the benchmarks share: workloads, the ways to do them, and how they are timed.

#![allow(dead_code, reason = "each benchmark uses its part")]

pub mod atomics;
pub mod background;
pub mod binding;
pub mod callbacks;
pub mod calls;
pub mod host;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod linking;
pub mod loops;
pub mod many;
pub mod mixtures;
pub mod report;
pub mod rows;
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
pub mod simd;
pub mod timing;
