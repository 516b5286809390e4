//! The platforms that code can be emitted for, on whatever host.

use super::Abi;

/// A platform: a processor with only what all of its kind have, and the calling convention of its C compilers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// What tests and file names call it.
    pub name: &'static str,
    /// The calling convention of C there.
    pub abi: Abi,
    /// The triple by which Cranelift knows it.
    pub triple: &'static str,
}

impl Target {
    /// Linux and other Unix systems on x86-64.
    pub const SYSTEM_V: Target =
        Target { name: "sysv", abi: Abi::SystemV, triple: "x86_64-unknown-linux-gnu" };
    /// Windows on x86-64.
    pub const WINDOWS: Target = Target { name: "win64", abi: Abi::Windows, triple: "x86_64-pc-windows-msvc" };
    /// Linux on AArch64.
    pub const AARCH64: Target =
        Target { name: "aapcs64", abi: Abi::Aapcs64, triple: "aarch64-unknown-linux-gnu" };
    /// macOS on AArch64.
    pub const APPLE: Target = Target { name: "apple", abi: Abi::Apple, triple: "aarch64-apple-darwin" };

    /// All of them.
    pub const ALL: [Target; 4] = [Self::SYSTEM_V, Self::WINDOWS, Self::AARCH64, Self::APPLE];
}
