//! Calling conventions: where C's arguments and results are passed, as far as Cranelift does not decide it.

mod aapcs64;
mod passing;
mod system_v;
mod target;
mod windows;

use cranelift_codegen::isa::CallConv;

pub use self::passing::{Argument, Passing, Piece, Returned, Slot, stand_in};
pub use self::target::Target;

use crate::ctype::Repr;

/// A platform's C calling convention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Abi {
    /// System V ABI, AMD64 supplement.
    SystemV,
    /// Microsoft x64.
    Windows,
    /// Procedure Call Standard for the Arm 64-bit Architecture (AAPCS64).
    Aapcs64,
    /// Apple's variant of AAPCS64.
    Apple,
}

impl Abi {
    /// The convention of C on the machine this is compiled for.
    pub const HOST: Abi = if cfg!(all(target_arch = "x86_64", windows)) {
        Abi::Windows
    } else if cfg!(target_arch = "x86_64") {
        Abi::SystemV
    } else if cfg!(target_vendor = "apple") {
        Abi::Apple
    } else {
        Abi::Aapcs64
    };

    /// Cranelift's name for it.
    pub fn call_conv(self) -> CallConv {
        match self {
            Abi::SystemV => CallConv::SystemV,
            Abi::Windows => CallConv::WindowsFastcall,
            Abi::Aapcs64 => CallConv::SystemV,
            Abi::Apple => CallConv::AppleAarch64,
        }
    }

    /// Integer registers for arguments; what a call passes beyond them lies on the caller's stack.
    pub fn integer_registers(self) -> usize {
        match self {
            Abi::SystemV => 6,
            Abi::Windows => 4,
            Abi::Aapcs64 | Abi::Apple => 8,
        }
    }

    /// Floating-point registers for arguments.
    pub fn float_registers(self) -> usize {
        match self {
            Abi::Windows => 4,
            Abi::SystemV | Abi::Aapcs64 | Abi::Apple => 8,
        }
    }

    /// Whether a float leaves the integer registers to the arguments after it; in Microsoft's convention it takes the
    /// place of one.
    pub fn counts_floats_apart(self) -> bool {
        self != Abi::Windows
    }

    /// Whether `char` is signed: System V ABI figure 3.1, Microsoft's and Apple's compilers; not AAPCS64 10.1.2.
    pub fn char_is_signed(self) -> bool {
        self != Abi::Aapcs64
    }

    /// Whether an integer argument narrower than 32 bits is extended to 32 where it is passed.
    ///
    /// Clang's callees on x86-64 rely on it although System V does not say so; extending is always allowed where an
    /// argument has a register or an eight-byte slot of its own. Apple packs stack arguments at their natural size.
    pub fn extends_narrow(self, to: Slot) -> bool {
        self != Abi::Apple || !matches!(to, Slot::Stack(_))
    }

    /// Whether the address of a result in memory takes the first integer register, and not one of its own.
    pub fn hides_result_in_arguments(self) -> bool {
        matches!(self, Abi::SystemV | Abi::Windows)
    }

    /// How an argument or result narrower than 32 bits is extended.
    pub fn extension(self, repr: Repr) -> Option<Extension> {
        match repr {
            Repr::Bool | Repr::U8 | Repr::U16 => Some(Extension::Zero),
            Repr::Char if !self.char_is_signed() => Some(Extension::Zero),
            Repr::Char | Repr::I8 | Repr::I16 => Some(Extension::Sign),
            _ => None,
        }
    }
}

/// What fills the upper bits of a narrow integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Extension {
    /// Zeros.
    Zero,
    /// Copies of the sign.
    Sign,
}
