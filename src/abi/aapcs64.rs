//! Procedure Call Standard for the Arm 64-bit Architecture (<https://github.com/ARM-software/abi-aa>), 6.8.2 and 6.9,
//! and where Apple differs from it (<https://developer.apple.com/documentation/xcode/writing-arm64-code-for-apple-platforms>).

use super::Abi;
use super::passing::{self, Argument, Bank, Returned, Slot, Stack, is_float, leaves, pieces};
use crate::ctype::Repr;
use crate::signature::Struct;

/// Members that a homogeneous aggregate has at most (5.9.5).
const MAX_HOMOGENEOUS: usize = 4;

/// The type of the members if all are of one floating-point type, and the number of those that lie side by side, of a
/// union's the greatest (5.9.5.1).
fn homogeneous(layout: &Struct) -> Option<(Repr, usize)> {
    if layout.size > MAX_HOMOGENEOUS * Repr::F64.size() {
        return None;
    }
    let leaves = leaves(layout);
    let first = leaves.first()?.1;
    let alike = is_float(first) && leaves.iter().all(|&(_, repr)| repr == first);
    let count = layout.size / first.size();
    (alike && count <= MAX_HOMOGENEOUS).then_some((first, count))
}

/// The members of a struct without attributes that is passed as this one.
pub(super) fn stand_in(layout: &Struct) -> Vec<Repr> {
    homogeneous(layout).map_or(vec![Repr::U8; layout.size], |(repr, count)| vec![repr; count])
}

/// 6.9: in the registers that it would have as the first argument; otherwise in memory to which x8 points.
pub(super) fn result(layout: &Struct) -> Returned {
    match homogeneous(layout) {
        Some((repr, _)) => Returned::Pieces(pieces(layout.size, repr.size(), Slot::Float)),
        None if layout.size <= 16 => Returned::Pieces(pieces(layout.size, 8, Slot::Integer)),
        None => Returned::Memory,
    }
}

/// The stages of 6.8.2, which count general-purpose registers (NGRN), vector registers (NSRN) and stack (NSAA).
pub(super) struct Walk {
    integers: Bank,
    floats: Bank,
    stack: Stack,
    apple: bool,
}

impl Walk {
    pub(super) fn new(abi: Abi) -> Self {
        let integers = Bank::new(abi.integer_registers(), 0);
        let floats = Bank::new(abi.float_registers(), 0);
        Self { integers, floats, stack: Stack::default(), apple: abi == Abi::Apple }
    }

    /// Apple: "variadic arguments are on the stack", each in slots of eight bytes.
    fn is_on_stack(&self, variadic: bool) -> bool {
        self.apple && variadic
    }

    /// C.2 and C.3: registers for all members or for none, neither of this argument nor of later ones.
    fn homogeneous(&mut self, layout: &Struct, repr: Repr, count: usize, variadic: bool) -> Argument {
        let unit = repr.size();
        if self.is_on_stack(variadic) {
            return self.stack.copy(layout.size);
        }
        if let Some(first) = self.floats.take(count) {
            return Argument::Pieces(pieces(layout.size, unit, |i| Slot::Float(first + i)));
        }
        self.floats.exhaust();
        match self.apple {
            // Apple: "function arguments may consume slots on the stack that are not multiples of 8 bytes".
            true => {
                let at = self.stack.take(layout.size, unit);
                Argument::Pieces(pieces(layout.size, unit, |i| Slot::Stack(at + unit * i)))
            }
            false => self.stack.copy(layout.size),
        }
    }

    /// C.12 and C.13: the same with general-purpose registers.
    fn composite(&mut self, layout: &Struct, variadic: bool) -> Argument {
        if self.is_on_stack(variadic) {
            return self.stack.copy(layout.size);
        }
        if let Some(first) = self.integers.take(layout.size.div_ceil(8)) {
            return Argument::Pieces(pieces(layout.size, 8, |i| Slot::Integer(first + i)));
        }
        self.integers.exhaust();
        self.stack.copy(layout.size)
    }
}

impl passing::Walk for Walk {
    /// C.1 and C.9; what has no register has eight bytes of stack (C.16), or Apple's natural size.
    fn scalar(&mut self, repr: Repr, variadic: bool) -> Slot {
        let register = match is_float(repr) {
            _ if self.is_on_stack(variadic) => None,
            true => self.floats.take(1).map(Slot::Float),
            false => self.integers.take(1).map(Slot::Integer),
        };
        let size = if self.apple && !variadic { repr.size() } else { 8 };
        register.unwrap_or_else(|| Slot::Stack(self.stack.take(size, size)))
    }

    fn structure(&mut self, layout: &Struct, variadic: bool) -> Argument {
        match homogeneous(layout) {
            Some((repr, count)) => self.homogeneous(layout, repr, count, variadic),
            None if layout.size <= 16 => self.composite(layout, variadic),
            // B.4: a copy, and its address as if it were the argument.
            None => Argument::Copy { to: self.scalar(Repr::Pointer, variadic) },
        }
    }

    fn ellipsis(&mut self) {
        if self.apple {
            self.stack.align(8);
        }
    }

    fn stack(&self) -> usize {
        self.stack.bytes()
    }
}
