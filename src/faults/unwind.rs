//! From a fault to the call that q has made: frame by frame, by the libraries' unwind tables (System V ABI, 4.2.4; DWARF 5,
//! 6.4), or by what the system has for that, until one returns into code of this library. What calls save is restored on the
//! way, so that the thread can go on there.
//!
//! Nothing is allocated, and no lock is waited for. Stack is read between the stack pointer and its end only, and tables of
//! libraries where the dynamic linker has them.

use std::fmt::{self, Write};
use std::ops::Range;

use gimli::{
    BaseAddresses, CfaRule, EhFrame, EhFrameHdr, Encoding, EndianSlice, Expression, Format, NativeEndian,
    Operation, Pointer, Register, RegisterRule, UnwindContext, UnwindContextStorage, UnwindExpression,
    UnwindSection, UnwindTableRow,
};

use super::text::Text;
use crate::jit::{self, ReturnPlace};
use crate::os::{self, FP, KEPT, KEPT_FLOATS, LINK, Module, PC, REGISTERS, Registers, SP};

type Bytes<'a> = EndianSlice<'a, NativeEndian>;

/// Bytes below the stack pointer that a function may use without moving it (System V ABI, 3.2.2).
const RED_ZONE: usize = 128;

/// Where a thread can go on.
#[derive(Debug, Clone, Copy)]
pub struct Landing {
    /// The call that has not returned.
    pub place: ReturnPlace,
    /// The registers as its caller has them.
    pub registers: Registers,
}

/// Why a thread cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A function has no unwind tables, or they say nothing of it.
    NoTables(usize),
    /// What they say cannot be.
    Lost(usize),
    /// q's own code would be left in the midst of what it does.
    Q,
    /// So would this library's.
    Own,
    /// The stack is not the thread's.
    Stack,
    /// A handler of C's for a signal runs.
    Handler,
    /// The allocator is in the midst of what it does, and would be locked for good.
    Allocator,
    /// Another thread has the allocator's lock and does not give it back.
    Locked,
}

impl Refusal {
    /// What is said of it.
    pub fn write<const N: usize>(self, to: &mut Text<N>) {
        let reason: &dyn fmt::Display = match self {
            Refusal::NoTables(_) => &"there are no unwind tables for ",
            Refusal::Lost(_) => &"the unwind tables do not lead back from ",
            Refusal::Q => &"q's own code was running",
            Refusal::Own => &"ffijit's own code was running",
            Refusal::Stack => &"C runs on a stack that is not its thread's",
            Refusal::Handler => &"a signal handler of C's was running",
            Refusal::Allocator => &"the allocator was at work and would stay locked",
            Refusal::Locked => &"the allocator is locked and stays so",
        };
        let _ = write!(to, "{reason}");
        if let Refusal::NoTables(at) | Refusal::Lost(at) = self {
            super::write_place(to, at);
        }
    }
}

/// The storage of gimli's that is not on the heap: rules for as many registers as a row can have here, and rows as deep as
/// compilers nest them.
struct Storage;

impl UnwindContextStorage<usize> for Storage {
    type Rules = [(Register, RegisterRule<usize>); 48];
    type Stack = [UnwindTableRow<usize, Self>; 4];
}

/// A frame: the registers that its function has now, and what lies above it.
struct Frame {
    registers: Registers,
    /// Where its stack may be read.
    stack: Range<usize>,
}

/// A thread's frames, the innermost first.
pub struct Frames {
    frame: Frame,
    context: UnwindContext<usize, Storage>,
    /// The module of the last frame: that of the next most often.
    module: Option<Module>,
    is_first: bool,
    /// The lowest address of a code and of an allocator's that has been passed.
    pub has_allocator: bool,
}

/// What a thread's frames are judged by.
pub struct Bounds {
    /// The thread's stack.
    pub stack: Range<usize>,
    /// q's code.
    pub q: [Range<usize>; 2],
    /// The allocator's.
    pub allocator: Range<usize>,
}

/// How far below the end that is told of a stack its last page may lie.
const MARGIN: usize = 256 << 10;

impl Frames {
    /// The frames of a thread with these registers.
    ///
    /// # Errors
    /// [`Refusal::Stack`].
    pub fn new(registers: Registers, stack: &Range<usize>) -> Result<Self, Refusal> {
        let sp = registers.words[SP];
        if !(stack.start.saturating_sub(MARGIN)..stack.end).contains(&sp) {
            return Err(Refusal::Stack);
        }
        let stack = sp - RED_ZONE..stack.end;
        let context = UnwindContext::new_in();
        let frame = Frame { registers, stack };
        Ok(Self { frame, context, module: None, is_first: true, has_allocator: false })
    }

    /// Goes back to the call that q has made.
    ///
    /// # Errors
    /// Why that cannot be done.
    pub fn land(&mut self, bounds: &Bounds) -> Result<Landing, Refusal> {
        loop {
            let at = self.frame.registers.words[PC];
            if bounds.q.iter().any(|q| q.contains(&at)) {
                return Err(Refusal::Q);
            }
            self.has_allocator |= bounds.allocator.contains(&at);
            self.step()?;
            let at = self.frame.registers.words[PC];
            if at == os::through_return() {
                let frame = os::THROUGH_FRAME;
                let place = ReturnPlace { owner: jit::Owner::Caller, resume: Some(at), frame };
                return self.landing(place);
            }
            if jit::may_be_code(at) {
                let place = jit::return_place(at).filter(|place| place.resume.is_some());
                return self.landing(place.ok_or(Refusal::Own)?);
            }
        }
    }

    fn landing(&self, place: ReturnPlace) -> Result<Landing, Refusal> {
        let [sp, fp] = [SP, FP].map(|r| self.frame.registers.words[r]);
        // The code's own frame pointer lies as far from the stack pointer as its frame is large.
        if fp.wrapping_sub(sp) != place.frame || !self.frame.stack.contains(&fp) {
            return Err(Refusal::Lost(self.frame.registers.words[PC]));
        }
        Ok(Landing { place, registers: self.frame.registers })
    }

    /// Goes to the caller of the frame.
    fn step(&mut self) -> Result<(), Refusal> {
        // A return address may lie behind the function's end.
        let at = self.frame.registers.words[PC].wrapping_sub(usize::from(!self.is_first));
        if self.module.as_ref().is_none_or(|module| !module.range.contains(&at)) {
            self.module = os::module_at(at);
        }
        let before = self.frame.registers.words[SP];
        let next = match (&self.module, self.is_first) {
            // A call of no function: its return address is where calls leave it.
            (None, true) => self.frame.called_nowhere()?,
            (None, false) => return Err(Refusal::NoTables(at)),
            (Some(module), is_first) => match os::caller(&self.frame.registers, is_first) {
                Some(found) => found.ok_or(Refusal::NoTables(at))?.registers,
                None => {
                    let module = module.clone();
                    self.by_tables(&module, at)?
                }
            },
        };
        let sp = next.words[SP];
        let grows = sp > before || self.is_first && LINK.is_some() && sp == before;
        if !grows || !self.frame.stack.contains(&sp) {
            return Err(Refusal::Lost(at));
        }
        (self.frame.registers, self.is_first) = (next, false);
        Ok(())
    }

    fn by_tables(&mut self, module: &Module, at: usize) -> Result<Registers, Refusal> {
        let no_tables = Refusal::NoTables(at);
        if !module.has_tables() {
            return Err(no_tables);
        }
        let index = module.index();
        let bases = BaseAddresses::default().set_eh_frame_hdr(index.as_ptr() as u64);
        let index = EhFrameHdr::new(index, NativeEndian);
        let index = index.parse(&bases, size_of::<usize>() as u8).map_err(|_| no_tables)?;
        let Pointer::Direct(start) = index.eh_frame_ptr() else { return Err(no_tables) };
        let bases = bases.set_eh_frame(start);
        let tables = EhFrame::new(module.tables_from(start as usize).ok_or(no_tables)?, NativeEndian);
        let table = index.table().ok_or(no_tables)?;
        let entry = table.fde_for_address(&tables, &bases, at as u64, EhFrame::cie_from_offset);
        let entry = entry.map_err(|_| no_tables)?;
        if entry.is_signal_trampoline() {
            return Err(Refusal::Handler);
        }
        let row = entry.unwind_info_for_address(&tables, &bases, &mut self.context, at as u64);
        let row = row.map_err(|_| no_tables)?;
        let link = entry.cie().return_address_register();
        self.frame.caller(row, &tables, entry.cie().encoding(), link).ok_or(Refusal::Lost(at))
    }
}

impl Frame {
    fn called_nowhere(&self) -> Result<Registers, Refusal> {
        let mut next = self.registers;
        match LINK {
            Some(link) => next.words[PC] = next.words[link],
            None => {
                next.words[PC] = self.read(next.words[SP]).ok_or(Refusal::Stack)?;
                next.words[SP] += size_of::<usize>();
            }
        }
        Ok(next)
    }

    /// A word of the stack.
    fn read(&self, address: usize) -> Option<usize> {
        let is_whole = address.is_multiple_of(align_of::<usize>())
            && self.stack.contains(&address)
            && self.stack.contains(&(address + size_of::<usize>() - 1));
        // SAFETY: between the stack pointer, less what a function may use below it, and the end of this thread's stack.
        is_whole.then(|| unsafe { (address as *const usize).read() })
    }

    /// The registers of the caller, by what a row says of them.
    fn caller(
        &self,
        row: &UnwindTableRow<usize, Storage>,
        tables: &EhFrame<Bytes>,
        encoding: Encoding,
        link: Register,
    ) -> Option<Registers> {
        let evaluated = |expression: &UnwindExpression<usize>, first: Option<usize>| {
            let expression = expression.get(tables).ok()?;
            self.evaluate(expression, encoding, first)
        };
        let frame = match row.cfa() {
            CfaRule::RegisterAndOffset { register, offset } => {
                self.word(*register)?.wrapping_add_signed(*offset as isize)
            }
            CfaRule::Expression(expression) => evaluated(expression, None)?,
        };
        let value = |register: Register| {
            Some(match row.register(register).unwrap_or(RegisterRule::SameValue) {
                // The outermost frame has no return address.
                RegisterRule::Undefined if register == link => return None,
                RegisterRule::Undefined | RegisterRule::SameValue => self.value(register)?,
                RegisterRule::Offset(offset) => self.read(frame.wrapping_add_signed(offset as isize))?,
                RegisterRule::ValOffset(offset) => frame.wrapping_add_signed(offset as isize),
                RegisterRule::Register(other) => self.word(other)?,
                RegisterRule::Expression(e) => self.read(evaluated(&e, Some(frame))?)?,
                RegisterRule::ValExpression(e) => evaluated(&e, Some(frame))?,
                _ => return None,
            })
        };
        let mut next = self.registers;
        for register in KEPT.into_iter().chain([FP]).chain(LINK) {
            next.words[register] = value(Register(register as u16))?;
        }
        for i in 0..KEPT_FLOATS.1 {
            next.floats[i] = value(Register(KEPT_FLOATS.0 + i as u16))? as u64;
        }
        // Where callees keep the return address in a register, it is signed on some processors, which no address of
        // code here is.
        next.words[PC] = value(link)? & if LINK.is_some() { (1 << 48) - 1 } else { usize::MAX };
        next.words[SP] = frame;
        Some(next)
    }

    /// A register of words.
    fn word(&self, register: Register) -> Option<usize> {
        self.registers
            .words
            .get(usize::from(register.0))
            .copied()
            .filter(|_| usize::from(register.0) < REGISTERS)
    }

    fn value(&self, register: Register) -> Option<usize> {
        match register.0.checked_sub(KEPT_FLOATS.0).map(usize::from) {
            Some(i) if i < KEPT_FLOATS.1 => Some(self.registers.floats[i] as usize),
            _ => self.word(register),
        }
    }

    /// The value of an expression, on whose stack `first` is before it begins.
    fn evaluate(
        &self,
        expression: Expression<Bytes>,
        encoding: Encoding,
        first: Option<usize>,
    ) -> Option<usize> {
        let mut stack = Stack { words: [0; DEPTH], depth: 0 };
        if let Some(first) = first {
            stack.push(first)?;
        }
        let mut operations = expression.operations(Encoding { format: Format::Dwarf32, ..encoding });
        while let Some(operation) = operations.next().ok()? {
            self.operate(&mut stack, operation)?;
        }
        stack.pop()
    }

    /// One operation of those that compilers and assembly writers use in unwind tables.
    fn operate(&self, stack: &mut Stack, operation: Operation<Bytes>) -> Option<()> {
        let result = match operation {
            Operation::UnsignedConstant { value } => value as usize,
            Operation::SignedConstant { value } => value as usize,
            Operation::Address { address } => address as usize,
            Operation::RegisterOffset { register, offset, .. } => {
                self.word(register)?.wrapping_add_signed(offset as isize)
            }
            Operation::Deref { size, .. } if usize::from(size) == size_of::<usize>() => {
                self.read(stack.pop()?)?
            }
            Operation::PlusConstant { value } => stack.pop()?.wrapping_add(value as usize),
            Operation::Neg => stack.pop()?.wrapping_neg(),
            Operation::Not => !stack.pop()?,
            Operation::Pick { index } => stack.at(index.into())?,
            Operation::Drop => return stack.pop().map(drop),
            Operation::Swap => {
                let (top, below) = (stack.pop()?, stack.pop()?);
                stack.push(top)?;
                below
            }
            Operation::Nop => return Some(()),
            _ => {
                let (right, left) = (stack.pop()?, stack.pop()?);
                binary(&operation, left, right)?
            }
        };
        stack.push(result)
    }
}

/// An operation of two words.
fn binary(operation: &Operation<Bytes>, left: usize, right: usize) -> Option<usize> {
    let signed = (left as isize, right as isize);
    Some(match operation {
        Operation::Plus => left.wrapping_add(right),
        Operation::Minus => left.wrapping_sub(right),
        Operation::Mul => left.wrapping_mul(right),
        Operation::And => left & right,
        Operation::Or => left | right,
        Operation::Xor => left ^ right,
        Operation::Shl => left.checked_shl(right.try_into().ok()?).unwrap_or(0),
        Operation::Shr => left.checked_shr(right.try_into().ok()?).unwrap_or(0),
        Operation::Eq => (left == right).into(),
        Operation::Ne => (left != right).into(),
        Operation::Ge => (signed.0 >= signed.1).into(),
        Operation::Gt => (signed.0 > signed.1).into(),
        Operation::Le => (signed.0 <= signed.1).into(),
        Operation::Lt => (signed.0 < signed.1).into(),
        _ => return None,
    })
}

/// Words that an expression may have on its stack.
const DEPTH: usize = 16;

/// The stack of an expression.
struct Stack {
    words: [usize; DEPTH],
    depth: usize,
}

impl Stack {
    fn push(&mut self, word: usize) -> Option<()> {
        *self.words.get_mut(self.depth)? = word;
        self.depth += 1;
        Some(())
    }

    fn pop(&mut self) -> Option<usize> {
        self.depth = self.depth.checked_sub(1)?;
        Some(self.words[self.depth])
    }

    fn at(&self, index: usize) -> Option<usize> {
        self.words.get(self.depth.checked_sub(index + 1)?).copied()
    }
}
