//! What C leaves to the platform.

/// The sizes and layout rules of a platform. Pointers have 8 bytes on all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Model {
    /// Bytes of `long`: 8 in LP64, 4 in LLP64.
    pub long: u8,
    /// Bytes of `long double`.
    pub long_double: u8,
    /// Bytes of `wchar_t`, and whether it has a sign.
    pub wide: (u8, bool),
    /// Whether `char` has a sign.
    pub char_signed: bool,
    /// Bytes of `va_list`.
    pub va_list: u8,
    /// Bit-fields as Microsoft lays them out: in units of their own type.
    pub microsoft: bool,
    /// Bit-fields without a name align their struct too (AAPCS64 8.1.8.3).
    pub unnamed_align: bool,
}

impl Model {
    /// System V on x86-64.
    pub const LINUX_X86_64: Model = Model {
        long: 8,
        long_double: 16,
        wide: (4, true),
        char_signed: true,
        va_list: 24,
        microsoft: false,
        unnamed_align: false,
    };
    /// AAPCS64.
    pub const LINUX_AARCH64: Model = Model {
        wide: (4, false),
        char_signed: false,
        va_list: 32,
        unnamed_align: true,
        ..Self::LINUX_X86_64
    };
    /// Apple's variant of AAPCS64.
    pub const MACOS_AARCH64: Model =
        Model { wide: (4, true), char_signed: true, long_double: 8, va_list: 8, ..Self::LINUX_AARCH64 };
    /// Windows on x86-64: LLP64.
    pub const WINDOWS_X86_64: Model = Model {
        long: 4,
        long_double: 8,
        wide: (2, false),
        va_list: 8,
        microsoft: true,
        ..Self::LINUX_X86_64
    };

    /// The platform that this is compiled for.
    pub const fn host() -> Model {
        if cfg!(windows) {
            Self::WINDOWS_X86_64
        } else if cfg!(target_vendor = "apple") {
            if cfg!(target_arch = "aarch64") { Self::MACOS_AARCH64 } else { Self::LINUX_X86_64 }
        } else if cfg!(target_arch = "aarch64") {
            Self::LINUX_AARCH64
        } else {
            Self::LINUX_X86_64
        }
    }
}
