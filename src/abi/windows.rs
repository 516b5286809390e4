//! Microsoft's x64 calling convention (<https://learn.microsoft.com/cpp/build/x64-calling-convention>).

use super::Abi;
use super::passing::{self, Argument, Piece, Returned, Slot, is_float};
use crate::ctype::Repr;
use crate::signature::Struct;

/// "Parameter passing": structs of 1, 2, 4 or 8 bytes are passed as integers of the same size, others by reference.
fn is_integer(layout: &Struct) -> bool {
    matches!(layout.size, 1 | 2 | 4 | 8)
}

/// "Return values": the same sizes in RAX, others in memory whose address is the first argument.
pub(super) fn result(layout: &Struct) -> Returned {
    match is_integer(layout) {
        true => Returned::Pieces(vec![Piece { offset: 0, size: layout.size, to: Slot::Integer(0) }]),
        false => Returned::Memory,
    }
}

/// Each argument takes the next of four positions, which have a register of either kind, or eight bytes of stack
/// behind the home area.
pub(super) struct Walk {
    position: usize,
}

impl Walk {
    pub(super) fn new(hidden: bool) -> Self {
        Self { position: usize::from(hidden) }
    }

    fn next(&mut self, register: fn(usize) -> Slot) -> Slot {
        let position = self.position;
        self.position += 1;
        match position.checked_sub(Abi::Windows.integer_registers()) {
            None => register(position),
            Some(beyond) => Slot::Stack(8 * beyond),
        }
    }
}

impl passing::Walk for Walk {
    /// "Varargs": the callee looks for a floating-point variable argument in the integer register.
    fn scalar(&mut self, repr: Repr, variadic: bool) -> Slot {
        self.next(if is_float(repr) && !variadic { Slot::Float } else { Slot::Integer })
    }

    fn structure(&mut self, layout: &Struct, _: bool) -> Argument {
        let to = self.next(Slot::Integer);
        match is_integer(layout) {
            true => Argument::Pieces(vec![Piece { offset: 0, size: layout.size, to }]),
            false => Argument::Copy { to },
        }
    }

    fn stack(&self) -> usize {
        8 * self.position.saturating_sub(Abi::Windows.integer_registers())
    }
}
