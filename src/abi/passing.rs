//! Where the arguments and the result of a call are passed: a function of the convention and of C's types alone.

use super::{Abi, aapcs64, system_v, windows};
use crate::ctype::{Kind, Repr};
use crate::signature::{Signature, Struct, Type, Variadic};

/// Bytes that the arguments of one call may take on the stack: they are copied word by word, in a frame of at most a
/// page, which needs no probing.
const MAX_STACK: usize = 2048;

/// Where a word or a part of one is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The integer register of this number among those for arguments, or for results.
    Integer(usize),
    /// The floating-point register of this number.
    Float(usize),
    /// So many bytes into the stack's arguments, a home area for register arguments left out.
    Stack(usize),
}

/// Bytes of a struct that are passed in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where they lie in the struct.
    pub offset: usize,
    /// How many they are: 1 to 8; 4 or 8 in a floating-point register.
    pub size: usize,
    /// Where they go.
    pub to: Slot,
}

/// How an argument is passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// A number or a pointer.
    Scalar {
        /// What C has made of it by then: the promoted representation of a variable argument.
        repr: Repr,
        /// Where it goes.
        to: Slot,
    },
    /// A struct in pieces.
    Pieces(Vec<Piece>),
    /// A struct by the address of a copy, which the callee may change.
    Copy {
        /// Where the address goes.
        to: Slot,
    },
}

/// How a result is passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Returned {
    /// Void.
    Nothing,
    /// A number or a pointer, in the first register of its kind.
    Scalar(Repr),
    /// A struct in pieces.
    Pieces(Vec<Piece>),
    /// A struct that the callee writes where a hidden argument points.
    Memory,
}

/// How everything is passed in calls of one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    /// The convention.
    pub abi: Abi,
    /// The arguments in order.
    pub args: Vec<Argument>,
    /// The result.
    pub result: Returned,
    /// Whether the caller says in `%al` how many vector registers it uses, or more (System V 3.2.3, variable
    /// arguments).
    pub counts_vectors: bool,
}

/// A C value, as far as conventions tell them apart.
#[derive(Debug, Clone, Copy)]
enum Value<'a> {
    Scalar(Repr),
    Struct(&'a Struct),
}

/// Gives out registers and stack in the order of the arguments, by the rules of one convention.
pub(super) trait Walk {
    /// The place of a number or a pointer. `variadic` says that it is a variable argument.
    fn scalar(&mut self, repr: Repr, variadic: bool) -> Slot;
    /// The places of a struct.
    fn structure(&mut self, layout: &Struct, variadic: bool) -> Argument;
    /// Begins the variable arguments.
    fn ellipsis(&mut self) {}
    /// Bytes of stack given out.
    fn stack(&self) -> usize;
}

impl Passing {
    /// How calls of this signature are passed; `None` where the variable arguments are not known, where there are more
    /// bytes than the stack should take, and with what Cranelift has no type for.
    pub fn new(abi: Abi, signature: &Signature) -> Option<Self> {
        let long_double = signature.params.iter().chain(&signature.ret).any(Type::holds_long_double);
        if long_double || matches!(signature.variadic, Variadic::FromData(_)) {
            return None;
        }
        let result = signature.ret.as_ref().map_or(Returned::Nothing, |ty| returned(abi, ty));
        let mut walk = walk(abi, result == Returned::Memory);
        let fixed = signature.fixed();
        let mut args = Vec::with_capacity(signature.params.len());
        for (i, ty) in signature.params.iter().enumerate() {
            if i == fixed {
                walk.ellipsis();
            }
            let variadic = i >= fixed;
            args.push(match Value::of(ty) {
                Value::Scalar(repr) => {
                    let repr = if variadic { repr.promoted() } else { repr };
                    Argument::Scalar { repr, to: walk.scalar(repr, variadic) }
                }
                Value::Struct(layout) if layout.size > MAX_STACK => return None,
                Value::Struct(layout) => walk.structure(layout, variadic),
            });
        }
        let counts_vectors = abi == Abi::SystemV && signature.variadic != Variadic::No;
        (walk.stack() <= MAX_STACK).then_some(Self { abi, args, result, counts_vectors })
    }

    /// Where an argument that is a number or a pointer goes; `None` for a struct.
    pub fn scalar(&self, index: usize) -> Option<Slot> {
        match self.args.get(index)? {
            Argument::Scalar { to, .. } => Some(*to),
            _ => None,
        }
    }
}

fn returned(abi: Abi, ty: &Type) -> Returned {
    match (Value::of(ty), abi) {
        (Value::Scalar(repr), _) => Returned::Scalar(repr),
        (Value::Struct(layout), Abi::SystemV) => system_v::result(layout),
        (Value::Struct(layout), Abi::Windows) => windows::result(layout),
        (Value::Struct(layout), Abi::Aapcs64 | Abi::Apple) => aapcs64::result(layout),
    }
}

/// The members of a C struct without attributes that is passed as a packed struct or a union is; `None` where there is no
/// such struct.
pub fn stand_in(abi: Abi, layout: &Struct) -> Option<Vec<Repr>> {
    match abi {
        _ if layout.members.iter().any(|member| member.ty.holds_long_double()) => None,
        Abi::SystemV => system_v::stand_in(layout),
        Abi::Windows => Some(vec![Repr::U8; layout.size]),
        Abi::Aapcs64 | Abi::Apple => Some(aapcs64::stand_in(layout)),
    }
}

/// The rules of a convention, at the first argument. `hidden` says that the result's address is passed.
fn walk(abi: Abi, hidden: bool) -> Box<dyn Walk> {
    match abi {
        Abi::SystemV => Box::new(system_v::Walk::new(hidden)),
        Abi::Windows => Box::new(windows::Walk::new(hidden)),
        Abi::Aapcs64 | Abi::Apple => Box::new(aapcs64::Walk::new(abi)),
    }
}

impl<'a> Value<'a> {
    fn of(ty: &'a Type) -> Self {
        match ty {
            Type::Value(row) => Value::Scalar(row.repr),
            Type::Pointer(_) | Type::Object | Type::Callback | Type::Out(_) | Type::InOut(_) => {
                Value::Scalar(Repr::Pointer)
            }
            Type::Struct(layout) => Value::Struct(layout),
        }
    }
}

/// Registers of one kind.
pub(super) struct Bank {
    next: usize,
    count: usize,
}

impl Bank {
    pub(super) fn new(count: usize, used: usize) -> Self {
        Self { next: used, count }
    }

    /// The first of `n` registers, if as many are left.
    pub(super) fn take(&mut self, n: usize) -> Option<usize> {
        let first = self.next;
        (first + n <= self.count).then(|| {
            self.next += n;
            first
        })
    }

    /// Whether as many are left.
    pub(super) fn has(&self, n: usize) -> bool {
        self.next + n <= self.count
    }

    /// Leaves none.
    pub(super) fn exhaust(&mut self) {
        self.next = self.count;
    }
}

/// The stack's arguments.
#[derive(Default)]
pub(super) struct Stack {
    end: usize,
}

impl Stack {
    /// Room for an argument.
    pub(super) fn take(&mut self, size: usize, align: usize) -> usize {
        let at = self.end.next_multiple_of(align);
        self.end = at + size;
        at
    }

    /// Room for a copy of a struct in whole words, and its pieces.
    pub(super) fn copy(&mut self, size: usize) -> Argument {
        let at = self.take(size.next_multiple_of(8), 8);
        Argument::Pieces(pieces(size, 8, |i| Slot::Stack(at + 8 * i)))
    }

    /// Goes on at a multiple of this.
    pub(super) fn align(&mut self, align: usize) {
        self.end = self.end.next_multiple_of(align);
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.end
    }
}

/// The pieces of `unit` bytes of a struct, the last one shorter perhaps.
pub(super) fn pieces(size: usize, unit: usize, to: impl Fn(usize) -> Slot) -> Vec<Piece> {
    let piece = |i| Piece { offset: unit * i, size: unit.min(size - unit * i), to: to(i) };
    (0..size.div_ceil(unit)).map(piece).collect()
}

/// The scalars that a struct is made of, with their offsets; a guid is its bytes.
pub(super) fn leaves(layout: &Struct) -> Vec<(usize, Repr)> {
    let mut all = Vec::new();
    for member in &layout.members {
        let size = member.ty.size();
        for at in (0..member.count.unwrap_or(1)).map(|i| member.offset + i * size) {
            match &member.ty {
                Type::Struct(inner) => {
                    all.extend(leaves(inner).into_iter().map(|(offset, repr)| (at + offset, repr)));
                }
                Type::Value(row) if row.kind == Kind::Guid => {
                    all.extend((0..row.element_size()).map(|i| (at + i, Repr::U8)));
                }
                Type::Value(row) => all.push((at, row.repr)),
                _ => all.push((at, Repr::Pointer)),
            }
        }
    }
    all
}

/// Whether a number is passed in floating-point registers.
pub(super) fn is_float(repr: Repr) -> bool {
    matches!(repr, Repr::F32 | Repr::F64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places as text: `i0` and `f0` are registers, `[8]` is on the stack, `&` stands before a copy's address, and
    /// pieces of one argument stand together. What is after `>` is the result.
    fn places(abi: Abi, args: &str, ret: &str) -> String {
        let signature = Signature::parse(args.as_bytes(), ret.as_bytes()).expect(args);
        let Some(passing) = Passing::new(abi, &signature) else { return "libffi".into() };
        let args: Vec<String> = passing.args.iter().map(argument).collect();
        args.join(" ") + " > " + &result(&passing.result)
    }

    fn slot(slot: Slot) -> String {
        match slot {
            Slot::Integer(n) => format!("i{n}"),
            Slot::Float(n) => format!("f{n}"),
            Slot::Stack(at) => format!("[{at}]"),
        }
    }

    fn argument(argument: &Argument) -> String {
        match argument {
            Argument::Scalar { to, .. } => slot(*to),
            Argument::Copy { to } => format!("&{}", slot(*to)),
            Argument::Pieces(pieces) => pieces.iter().map(|p| slot(p.to)).collect(),
        }
    }

    fn result(result: &Returned) -> String {
        match result {
            Returned::Nothing => "-".into(),
            Returned::Scalar(repr) => if is_float(*repr) { "f0" } else { "i0" }.into(),
            Returned::Memory => "memory".into(),
            Returned::Pieces(pieces) => pieces.iter().map(|p| slot(p.to)).collect(),
        }
    }

    fn check(abi: Abi, rows: &[(&str, &str, &str)]) {
        for (args, ret, wanted) in rows {
            assert_eq!(places(abi, args, ret), *wanted, "{abi:?} {args} {ret}");
        }
    }

    #[test]
    fn system_v() {
        check(
            Abi::SystemV,
            &[
                // Figure 3.5, without its long double and vectors.
                ("ii{iif}iiffiii", " ", "i0 i1 i2f0 i3 i4 f1 f2 i5 [0] [8] > -"),
                ("{ff}", "{ff}", "f0f1 > f0f1"),
                ("{fj}", "{fj}", "f0i0 > f0i0"),
                ("{jf}", "{jf}", "i0f0 > i0f0"),
                ("{eee}", "{eee}", "f0f1 > f0f1"),
                ("{ei}", "{ei}", "i0 > i0"),
                ("{iee}", "{iee}", "i0f0 > i0f0"),
                ("{3c}", "{3c}", "i0 > i0"),
                ("{g}", "{g}", "i0i1 > i0i1"),
                ("{{e}2{e}}", "{{2e}}", "f0f1 > f0"),
                // A union's members share their eightbytes; what is not aligned goes to memory.
                ("{|fj}{|f2e}{|f{ei}}", "{|e{ff}}", "i0 f0 i1 > f0f1"),
                ("{|f{fj}}{|9c}", "{|3fj}", "f0i1 i2i3 > memory"),
                ("{!jc}{!if}{!ef}{!ci}", "{!ci}", "i1i2 [0][8] [16][24] [32] > memory"),
                ("{!if}{!eef}{c{!c}}", "{c{!i}}", "[0][8] f0f1 i1 > memory"),
                ("{jjc}i", "{jjc}", "[0][8][16] i1 > memory"),
                ("{fff}", "{fff}", "[0][8][16] > memory"),
                // What does not fit goes to memory whole, and leaves the register to the next.
                ("jjjjj{jj}jj", "i", "i0 i1 i2 i3 i4 [0][8] i5 [16] > i0"),
                ("ffffffff{fj}jf", "i", "f0 f1 f2 f3 f4 f5 f6 f7 [0][8] i0 [16] > i0"),
                ("C...fi", "i", "i0 f0 i1 > i0"),
                (
                    "{2000c}i",
                    "i",
                    &("[0]".to_string()
                        + &(1..250).map(|i| format!("[{}]", 8 * i)).collect::<String>()
                        + " i0 > i0"),
                ),
                ("{2056c}", "i", "libffi"),
                ("i...", "i", "libffi"),
                ("io", "i", "libffi"),
                ("O", "{i{f2o}}", "libffi"),
                ("O", "i", "i0 > i0"),
            ],
        );
    }

    #[test]
    fn windows() {
        check(
            Abi::Windows,
            &[
                // Microsoft's examples 3 and 4 of "Parameter passing".
                ("ififif", "i", "i0 f1 i2 f3 [0] [8] > i0"),
                ("f{jj}{e}{3c}{cc}", "{cc}", "f0 &i1 i2 &i3 [0] > i0"),
                ("i", "{jj}", "i1 > memory"),
                ("i", "{ff}", "i1 > memory"),
                ("i", "{f}", "i0 > i0"),
                ("{!cc}{!ci}{|ef}{|3c}", "{|fe}", "i0 &i1 i2 &i3 > i0"),
                ("f...fffi", "i", "f0 i1 i2 i3 [0] > i0"),
                ("{5000c}", "i", "libffi"),
            ],
        );
    }

    #[test]
    fn aapcs64() {
        check(
            Abi::Aapcs64,
            &[
                ("{ffff}{eee}f", "{ffff}", "f0f1f2f3 f4f5f6 f7 > f0f1f2f3"),
                ("{5f}i", "{5f}", "&i0 i1 > memory"),
                ("{jc}{cj}i", "{jc}", "i0i1 i2i3 i4 > i0i1"),
                ("{fj}", "{fj}", "i0i1 > i0i1"),
                ("{3c}", "{3c}", "i0 > i0"),
                ("{{e}2{e}}", "{2{ee}}", "f0f1f2 > f0f1f2f3"),
                ("{|f{ff}}{|fe}{!ff}{!fe}", "{|e3e}", "f0f1 i0 f2f3 i1i2 > f0f1f2"),
                ("{!ci}{!jji}{|4f5f}", "{!cj}", "i0 &i1 &i2 > i0i1"),
                // Members do not part, and nothing later takes the registers that are left.
                ("jjjjjjj{jj}j", "i", "i0 i1 i2 i3 i4 i5 i6 [0][8] [16] > i0"),
                ("ffffff{eee}fj", "i", "f0 f1 f2 f3 f4 f5 [0][8] [16] i0 > i0"),
                ("jjjjjjjjcc{jjj}", "i", "i0 i1 i2 i3 i4 i5 i6 i7 [0] [8] &[16] > i0"),
                ("C...f{ff}i", "i", "i0 f0 f1f2 i1 > i0"),
            ],
        );
    }

    #[test]
    fn apple() {
        check(
            Abi::Apple,
            &[
                ("{ffff}{jj}", "{jjj}", "f0f1f2f3 i0i1 > memory"),
                ("jjjjjjjjccheif", "i", "i0 i1 i2 i3 i4 i5 i6 i7 [0] [1] [2] f0 [4] f1 > i0"),
                ("jjjjjjjjc{cc}c", "i", "i0 i1 i2 i3 i4 i5 i6 i7 [0] [8] [16] > i0"),
                ("ffffff{eee}ef", "i", "f0 f1 f2 f3 f4 f5 [0][4][8] [12] [16] > i0"),
                ("C...if{ee}{jj}{jjj}", "i", "i0 [0] [8] [16] [24][32] &[40] > i0"),
                ("jjjjjjjjc...i", "i", "i0 i1 i2 i3 i4 i5 i6 i7 [0] [8] > i0"),
            ],
        );
    }
}
