//! The C values of one call's arguments.

use smallvec::SmallVec;

use super::{Mismatch, write_number};
use crate::abi::{Abi, Extension};
use crate::callback;
use crate::ctype::{CType, Kind, Repr};
use crate::k::{Owned, Ref, tag};
use crate::memory;
use crate::signature::Type;

/// Arguments of a call for which no memory is allocated.
const INLINE: usize = 8;

/// Addresses of the C values of one call's arguments.
pub type Addresses = SmallVec<[*mut u8; INLINE]>;

/// The C values of one call's arguments, and what must live until it is over.
#[derive(Default)]
pub struct Frame<'a> {
    /// Eight bytes an argument; the value is at their start. For a struct they hold its address.
    words: SmallVec<[u64; INLINE]>,
    /// Memory lent to the frame that has not been used yet.
    room: &'a mut [u128],
    /// Memory of its own that arguments point to.
    blocks: Vec<Block>,
    /// Copies whose bytes go back to a vector after the call.
    write_back: Vec<(Ref<'a>, *const u8)>,
    /// Objects made on the way.
    kept: Vec<Owned>,
    /// Whether what is stored must not depend on the frame.
    lasting: bool,
}

/// What a pointer is made of where no copy may stand behind it.
const LASTING: &str = "what outlives the call: a symbol, or a vector (a string that ends in \"\\000\")";

/// Memory aligned for every C type.
type Block = Box<[u128]>;

impl<'a> Frame<'a> {
    /// A frame for a call with this many arguments.
    pub fn with_capacity(arguments: usize) -> Self {
        Self::in_room(arguments, &mut [])
    }

    /// The same with memory for copies, so that few of them need an allocation.
    pub fn in_room(arguments: usize, room: &'a mut [u128]) -> Self {
        Self { words: SmallVec::with_capacity(arguments), room, ..Self::default() }
    }

    /// A frame for values that outlive it, and so must not point to memory of its own.
    pub fn lasting() -> Self {
        Self { lasting: true, ..Self::default() }
    }

    /// Converts the next argument.
    ///
    /// # Errors
    /// A [`Mismatch`] when the parameter does not take it; the frame is then good for nothing but dropping.
    pub fn push(&mut self, ty: &Type, x: Ref<'a>) -> std::result::Result<(), Mismatch> {
        let word = self.convert(ty, x)?;
        self.words.push(word);
        Ok(())
    }

    /// Converts the next variable argument, with C's default promotions.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn push_variadic(&mut self, ty: &Type, x: Ref<'a>) -> std::result::Result<(), Mismatch> {
        self.push(ty, x)?;
        if let (Type::Value(row), Some(word)) = (ty, self.words.last_mut()) {
            *word = promote(row.repr, *word);
        }
        Ok(())
    }

    /// The C value of argument `i`, for what fits a word.
    pub fn word(&self, i: usize) -> u64 {
        self.words[i]
    }

    /// Adds the addresses of the C values in order. The types tell which words are addresses already.
    pub fn addresses(&mut self, types: &[Type], addresses: &mut Addresses) {
        for (word, ty) in self.words.iter_mut().zip(types) {
            addresses.push(match ty {
                Type::Struct(_) => *word as usize as *mut u8,
                _ => std::ptr::from_mut(word).cast(),
            });
        }
    }

    /// Ends the call: copies of char vectors go back to where they came from.
    pub fn finish(self) {
        for (x, copy) in &self.write_back {
            // SAFETY: the vector lives for 'a, and its copy, which the frame holds, is as long and somewhere else.
            unsafe { x.data().copy_from_nonoverlapping(*copy, x.len()) };
        }
    }

    /// Writes the value of a member of a struct.
    ///
    /// # Errors
    /// A [`Mismatch`] when the type does not take it.
    ///
    /// # Safety
    /// `to` has room for a value of this type, which is not a struct.
    pub unsafe fn store(&mut self, ty: &Type, x: Ref<'a>, to: *mut u8) -> std::result::Result<(), Mismatch> {
        let word = self.convert(ty, x)?;
        if self.lasting && !self.blocks.is_empty() {
            return Err(Mismatch::of(ty, LASTING, x));
        }
        // SAFETY: the caller has room for a value of this type, whose bytes are the first of the word.
        unsafe { to.copy_from_nonoverlapping(std::ptr::from_ref(&word).cast(), ty.size()) };
        Ok(())
    }

    /// As [`Self::store`], from an object that the frame then keeps.
    ///
    /// # Errors
    /// As [`Self::store`].
    ///
    /// # Safety
    /// As for [`Self::store`].
    pub unsafe fn store_kept(
        &mut self,
        ty: &Type,
        x: Owned,
        to: *mut u8,
    ) -> std::result::Result<(), Mismatch> {
        if self.lasting && *ty == Type::Object {
            return Err(Mismatch::of(ty, LASTING, x.get()));
        }
        // SAFETY: the frame keeps the object, and no reference to it leaves the frame.
        let lent = unsafe { Ref::new(x.get().as_raw()) };
        self.kept.push(x);
        // SAFETY: passed on to the caller.
        lent.map_or(Ok(()), |x| unsafe { self.store(ty, x, to) })
    }

    fn convert(&mut self, ty: &Type, x: Ref<'a>) -> std::result::Result<u64, Mismatch> {
        match ty {
            Type::Value(row) => self.value(row, x),
            Type::Pointer(row) => self.pointer(row, x),
            Type::Object => Ok(x.as_raw() as u64),
            Type::Callback => callback::pointer(x),
            Type::Struct(layout) => {
                let block = self.block(layout.size);
                // SAFETY: the block is as large as the struct.
                unsafe { memory::write_struct(layout, x, block, self)? };
                Ok(block as u64)
            }
        }
    }

    fn value(&mut self, row: &'static CType, x: Ref<'a>) -> std::result::Result<u64, Mismatch> {
        if x.tag() == -row.tag() && !matches!(row.kind, Kind::Text | Kind::Guid) {
            // SAFETY: every atom has eight bytes of payload, which begin with the value.
            let payload: u64 = unsafe { x.payload() };
            return Ok(payload & (u64::MAX >> (64 - 8 * row.element_size())));
        }
        let is_vector = (1..=19).contains(&x.tag());
        match row.kind {
            Kind::Size | Kind::Address if is_vector => Ok(x.data() as u64),
            Kind::Address if x.is_null() => Ok(0),
            Kind::Address if x.tag() == tag::FOREIGN => {
                memory::handle::pointer(row.letter, x).map(|p| p as u64)
            }
            Kind::Guid if x.tag() == -tag::GUID => Ok(x.data() as u64),
            Kind::Text => {
                self.text(x).map(|p| p as u64).ok_or_else(|| Mismatch::of(row.letter, &row.wants(), x))
            }
            Kind::Guid => Err(Mismatch::of(row.letter, &row.wants(), x)),
            _ => {
                let mut word = 0_u64;
                // SAFETY: a number is at most eight bytes.
                unsafe { write_number(row, x, std::ptr::from_mut(&mut word).cast())? };
                Ok(word)
            }
        }
    }

    fn pointer(&mut self, row: &'static CType, x: Ref<'a>) -> std::result::Result<u64, Mismatch> {
        let wants = || format!("{} vector", row.wants());
        let letter = row.letter.to_ascii_uppercase();
        match x.tag() {
            _ if x.is_null() => Ok(0),
            t if t > 0 && row.shares_layout(t) && row.repr == Repr::Char => Ok(self.buffer(x) as u64),
            t if t > 0 && row.shares_layout(t) => Ok(x.data() as u64),
            t if t == -tag::SYMBOL && row.repr == Repr::Char => {
                x.symbol().map(|s| s.as_ptr() as u64).ok_or_else(|| Mismatch::of(letter, &wants(), x))
            }
            tag::LIST if row.kind == Kind::Text => self.texts(row, x),
            t if t < 0 => self.element(row, x).map_err(|m| match m {
                Mismatch::Type { .. } => Mismatch::of(letter, &wants(), x),
                other => other,
            }),
            _ => Err(Mismatch::of(letter, &wants(), x)),
        }
    }

    /// A copy of an atom, for C to read through a pointer.
    fn element(&mut self, row: &'static CType, x: Ref<'a>) -> std::result::Result<u64, Mismatch> {
        let block = self.block(row.element_size());
        match row.kind {
            Kind::Guid if x.tag() == -tag::GUID => {
                // SAFETY: a guid atom has 16 bytes of data, and so has the block.
                unsafe { block.copy_from_nonoverlapping(x.data(), 16) };
            }
            Kind::Guid => return Err(Mismatch::of(row.letter, &row.wants(), x)),
            _ => {
                let word = self.value(row, x)?;
                // SAFETY: the block has room for an element, whose bytes are the first of the word.
                unsafe {
                    block.copy_from_nonoverlapping(std::ptr::from_ref(&word).cast(), row.element_size())
                };
            }
        }
        Ok(block as u64)
    }

    /// An array of texts, with a NULL after them as `execv` and its like want it.
    fn texts(&mut self, row: &'static CType, x: Ref<'a>) -> std::result::Result<u64, Mismatch> {
        let wants = || Mismatch::of(row.letter.to_ascii_uppercase(), "symbol vector", x);
        let mut addresses = Vec::with_capacity(x.len() + 1);
        for i in 0..x.len() {
            let item = x.item(i).ok_or_else(wants)?;
            addresses.push(self.text(item).ok_or_else(wants)? as u64);
        }
        if addresses.is_empty() {
            return Err(wants());
        }
        addresses.push(0);
        let block = self.block(8 * addresses.len());
        // SAFETY: the block has room for them.
        unsafe { block.cast::<u64>().copy_from_nonoverlapping(addresses.as_ptr(), addresses.len()) };
        Ok(block as u64)
    }

    /// The address of a NUL-terminated text: a symbol's own, a char vector's if it ends in NUL, or a copy's.
    pub fn text(&mut self, x: Ref<'a>) -> Option<*const u8> {
        if x.is_null() {
            return Some(std::ptr::null());
        }
        if let Some(symbol) = x.symbol() {
            return Some(symbol.as_ptr().cast());
        }
        match x.chars()? {
            chars @ [.., 0] => Some(chars.as_ptr()),
            chars => Some(self.terminated(chars)),
        }
    }

    /// A char vector for C to write to: in place if it ends in NUL, otherwise a copy that is written back.
    fn buffer(&mut self, x: Ref<'a>) -> *const u8 {
        // SAFETY: the caller has seen that the elements are bytes.
        match unsafe { x.slice::<u8>() } {
            [.., 0] => x.data(),
            chars => {
                let copy = self.terminated(chars);
                self.write_back.push((x, copy));
                copy
            }
        }
    }

    fn terminated(&mut self, chars: &[u8]) -> *const u8 {
        let block = self.block(chars.len() + 1);
        // SAFETY: the block is one byte longer and all zeros.
        unsafe { block.copy_from_nonoverlapping(chars.as_ptr(), chars.len()) };
        block
    }

    /// Zeroed memory that lives as long as the frame.
    pub fn block(&mut self, size: usize) -> *mut u8 {
        let units = size.div_ceil(16).max(1);
        if units <= self.room.len() {
            let (block, rest) = std::mem::take(&mut self.room).split_at_mut(units);
            self.room = rest;
            block.fill(0);
            return block.as_mut_ptr().cast();
        }
        let mut block: Block = vec![0; units].into();
        let address = block.as_mut_ptr().cast();
        self.blocks.push(block);
        address
    }
}

/// The promoted value of one that a word begins with.
fn promote(repr: Repr, word: u64) -> u64 {
    if repr.promoted() == repr {
        return word;
    }
    match (repr, Abi::HOST.extension(repr)) {
        (Repr::F32, _) => f64::from(f32::from_bits(word as u32)).to_bits(),
        (Repr::I16, _) => i64::from(word as i16) as u64,
        (_, Some(Extension::Sign)) => i64::from(word as i8) as u64,
        _ => u64::from(word as u8),
    }
}
