//! System V ABI, AMD64 Architecture Processor Supplement (<https://gitlab.com/x86-psABIs/x86-64-ABI>), 3.2.3.

use super::Abi;
use super::passing::{self, Argument, Bank, Piece, Returned, Slot, Stack, is_float, leaves};
use crate::ctype::Repr;
use crate::signature::Struct;

/// The class of an eightbyte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Integer,
    Sse,
}

/// Classes of the eightbytes of a struct; `None` is MEMORY: over two eightbytes, since signatures have no vector types, or
/// with a member that is not aligned. Members of a union have their eightbytes in common.
fn classify(layout: &Struct) -> Option<Vec<Class>> {
    if layout.size > 16 {
        return None;
    }
    // An eightbyte is of class SSE as long as nothing else is in it: rule 4 of "Classification".
    let mut classes = vec![Class::Sse; layout.size.div_ceil(8)];
    for (offset, repr) in leaves(layout) {
        if !offset.is_multiple_of(repr.size()) {
            return None;
        }
        if !is_float(repr) {
            classes[offset / 8] = Class::Integer;
        }
    }
    Some(classes)
}

/// The members of a struct without attributes that is passed as this one; `None` where none is.
pub(super) fn stand_in(layout: &Struct) -> Option<Vec<Repr>> {
    let Some(classes) = classify(layout) else {
        return (layout.size > 16).then(|| vec![Repr::U8; layout.size]);
    };
    let members = |(i, class): (usize, &Class)| match (class, layout.size - 8 * i) {
        (Class::Sse, 4) => vec![Repr::F32],
        (Class::Sse, _) => vec![Repr::F64],
        (Class::Integer, left) => vec![Repr::U8; left.min(8)],
    };
    Some(classes.iter().enumerate().flat_map(members).collect())
}

/// The pieces of a struct of these classes, from these registers on.
fn in_registers(size: usize, classes: &[Class], mut integer: usize, mut float: usize) -> Vec<Piece> {
    let mut next = |class: Class| {
        let (register, to): (&mut usize, fn(usize) -> Slot) = match class {
            Class::Integer => (&mut integer, Slot::Integer),
            Class::Sse => (&mut float, Slot::Float),
        };
        *register += 1;
        to(*register - 1)
    };
    let piece = |(i, &class)| Piece { offset: 8 * i, size: 8.min(size - 8 * i), to: next(class) };
    classes.iter().enumerate().map(piece).collect()
}

/// "Returning of Values": registers as for arguments, or memory whose address is the first argument.
pub(super) fn result(layout: &Struct) -> Returned {
    classify(layout)
        .map_or(Returned::Memory, |classes| Returned::Pieces(in_registers(layout.size, &classes, 0, 0)))
}

/// "Passing".
pub(super) struct Walk {
    integers: Bank,
    floats: Bank,
    stack: Stack,
}

impl Walk {
    pub(super) fn new(hidden: bool) -> Self {
        let integers = Bank::new(Abi::SystemV.integer_registers(), usize::from(hidden));
        let floats = Bank::new(Abi::SystemV.float_registers(), 0);
        Self { integers, floats, stack: Stack::default() }
    }
}

impl passing::Walk for Walk {
    fn scalar(&mut self, repr: Repr, _: bool) -> Slot {
        let register = match is_float(repr) {
            true => self.floats.take(1).map(Slot::Float),
            false => self.integers.take(1).map(Slot::Integer),
        };
        register.unwrap_or_else(|| Slot::Stack(self.stack.take(8, 8)))
    }

    /// A struct goes to the stack whole if not all of its eightbytes have registers; later arguments may still have
    /// those that are left.
    fn structure(&mut self, layout: &Struct, _: bool) -> Argument {
        let Some(classes) = classify(layout) else { return self.stack.copy(layout.size) };
        let wanted = |class| classes.iter().filter(|&&c| c == class).count();
        let (integers, floats) = (wanted(Class::Integer), wanted(Class::Sse));
        if !self.integers.has(integers) || !self.floats.has(floats) {
            return self.stack.copy(layout.size);
        }
        let (integer, float) = (self.integers.take(integers), self.floats.take(floats));
        Argument::Pieces(in_registers(
            layout.size,
            &classes,
            integer.unwrap_or_default(),
            float.unwrap_or_default(),
        ))
    }

    fn stack(&self) -> usize {
        self.stack.bytes()
    }
}
