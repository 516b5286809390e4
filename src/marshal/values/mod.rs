//! The C values of one call's arguments.

mod addresses;
mod fences;
mod noted;
mod texts;

use std::collections::HashMap;
use std::ffi::c_char;
use std::ops::Range;

use smallvec::SmallVec;

use self::addresses::address_held;
pub use self::addresses::number_as_address;
use self::fences::Fences;
use self::texts::{intern_all, replace_changed};
use super::{Mismatch, load_long_double, store_word, write_number};
use crate::abi::{Abi, Extension};
use crate::calls::Fence;
use crate::ctype::{CType, Kind, Repr};
use crate::error::zeros;
use crate::foreign;
use crate::k::{self, Owned, Ref, tag};
use crate::signature::Type;
use crate::signature::named::{Function, Note};

type Result<T> = std::result::Result<T, Mismatch>;

/// Arguments of a call for which no memory is allocated.
const INLINE: usize = 8;

/// Addresses of the C values of one call's arguments.
pub type Addresses = SmallVec<[*mut u8; INLINE]>;

/// Makes the function pointer for an argument of type `k`, of a function of these types if they are declared: those who know callbacks hand it in.
pub type FunctionPointers = fn(Ref, Option<&Function>) -> Result<u64>;

/// The C values of one call's arguments, and what must live until it is over.
pub struct Values<'a> {
    /// Eight bytes an argument; the value is at their start. For a struct they hold its address, for a long double the
    /// double that q has until [`Self::lay_out`].
    words: SmallVec<[u64; INLINE]>,
    /// Memory lent for copies that has not been used yet.
    room: &'a mut [u128],
    /// Where all of that memory lies.
    lent: Range<usize>,
    /// Memory of its own that arguments point to, aligned for every C type.
    blocks: Vec<Vec<u128>>,
    /// What is done when C has returned.
    afterwards: Vec<Afterwards<'a>>,
    /// Objects made on the way.
    kept: Vec<Owned>,
    /// Copies that C cannot go beyond, if that is wanted.
    fences: Option<Box<Fences<'a>>>,
    /// Whether what is stored must not point to memory of this call's own.
    lasting: bool,
    functions: FunctionPointers,
}

/// What C may have written, and where it goes.
enum Afterwards<'a> {
    /// A copy of a char vector.
    Chars(Ref<'a>, *const u8),
    /// The long doubles that stood for a float vector.
    LongDoubles(Ref<'a>, *const u8),
    /// The texts that stood for a symbol vector, and the symbols that they are copies of.
    Symbols(Ref<'a>, *const *const c_char, HashMap<*const c_char, *const c_char>),
    /// The texts that stood for a list of texts, and what they were.
    Texts(Ref<'a>, *const *const c_char, Vec<*const u8>),
}

/// What a pointer is made of where no copy may stand behind it.
const LASTING: &str = "what outlives the call: a symbol, or a vector (a string that ends in \"\\000\")";

impl<'a> Values<'a> {
    /// Room for a call with this many arguments.
    pub fn with_capacity(arguments: usize, functions: FunctionPointers) -> Self {
        Self::in_room(arguments, &mut [], functions)
    }

    /// The same with memory for copies, so that few of them need an allocation.
    pub fn in_room(arguments: usize, room: &'a mut [u128], functions: FunctionPointers) -> Self {
        let start = room.as_ptr() as usize;
        Self {
            words: SmallVec::with_capacity(arguments),
            lent: start..start + size_of_val(room),
            room,
            blocks: Vec::new(),
            afterwards: Vec::new(),
            kept: Vec::new(),
            fences: None,
            lasting: false,
            functions,
        }
    }

    /// Values that outlive the call, and so must not point to memory of its own.
    pub fn lasting(functions: FunctionPointers) -> Self {
        Self { lasting: true, ..Self::with_capacity(0, functions) }
    }

    /// Has whatever arguments point to be copies that end where nobody can read or write.
    pub fn fence(&mut self) {
        self.fences = Some(Box::default());
    }

    /// Where these copies end.
    pub fn fences(&self) -> &[Fence] {
        self.fences.as_ref().map_or(&[], |fences| fences.all())
    }

    /// The address in q's own data that one in such a copy stands for; others are what they are.
    pub fn at_home(&self, address: usize) -> usize {
        self.fences.as_ref().map_or(address, |fences| fences.at_home(address))
    }

    /// Converts the next argument.
    ///
    /// # Errors
    /// A [`Mismatch`] when the parameter does not take it; the values are then good for nothing but dropping.
    pub fn push(&mut self, ty: &Type, note: Option<&Note>, x: Ref<'a>) -> Result<()> {
        let word = self.convert_noted(ty, note, x)?;
        self.words.push(word);
        if let Some(fences) = &mut self.fences {
            fences.arguments += 1;
        }
        Ok(())
    }

    /// Adds the address of room of so many bytes that C fills, and may read. What it fills is there when
    /// [`Self::settle_rooms`] has been called.
    ///
    /// # Errors
    /// [`Error::MemoryFull`](crate::error::Error::MemoryFull).
    pub fn push_room(&mut self, room: *mut u8, size: usize) -> crate::error::Result<()> {
        let given = self.given_room(room, size)?;
        self.words.push(given as u64);
        Ok(())
    }

    // What C gets in the place of room.
    fn given_room(&mut self, room: *mut u8, size: usize) -> crate::error::Result<*mut u8> {
        match &mut self.fences {
            Some(fences) => fences.room(room, size),
            None => Ok(room),
        }
    }

    /// Puts what C has filled into the rooms that it belongs in.
    pub fn settle_rooms(&self) {
        if let Some(fences) = &self.fences {
            fences.settle_rooms();
        }
    }

    /// Converts the next argument into room that C reads and fills, and adds its address.
    ///
    /// # Errors
    /// As [`Self::push`].
    ///
    /// # Safety
    /// There is room for a value of this type, which is zeroed.
    pub unsafe fn push_filled(
        &mut self,
        ty: &Type,
        note: Option<&Note>,
        x: Ref<'a>,
        room: *mut u8,
    ) -> Result<()> {
        let room = self.given_room(room, ty.size())?;
        // SAFETY: passed on to the caller.
        unsafe {
            match ty {
                Type::Struct(layout) => self.write_struct(layout, x, room)?,
                _ => self.store(ty, note, x, room)?,
            }
        }
        self.words.push(room as u64);
        Ok(())
    }

    /// Converts the next variable argument, with C's default promotions.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn push_variadic(&mut self, ty: &Type, x: Ref<'a>) -> Result<()> {
        self.push(ty, None, x)?;
        if let (Type::Value(row), Some(word)) = (ty, self.words.last_mut()) {
            *word = promote(row.repr, *word);
        }
        Ok(())
    }

    /// Whether an address lies in copies that end with these values.
    pub fn has(&self, address: usize) -> bool {
        let lies_in =
            |block: &Vec<u128>| block.as_ptr_range().contains(&std::ptr::with_exposed_provenance(address));
        self.lent.contains(&address)
            || self.blocks.iter().any(lies_in)
            || self.fences().iter().any(|fence| fence.copy.contains(&address))
    }

    /// The C value of argument `i`, for what fits a word.
    pub fn word(&self, i: usize) -> u64 {
        self.words[i]
    }

    /// Puts long doubles, which have no room in their words, where these hold their addresses.
    ///
    /// # Errors
    /// [`Error::MemoryFull`](crate::error::Error::MemoryFull).
    pub fn lay_out(&mut self, types: &[Type]) -> crate::error::Result<()> {
        for (i, ty) in types.iter().enumerate() {
            let Type::Value(CType { repr: repr @ Repr::LongDouble, .. }) = ty else { continue };
            let block = self.own_block(repr.size())?;
            // SAFETY: the block has room for it.
            unsafe { store_word(*repr, self.words[i], block) };
            self.words[i] = block as u64;
        }
        Ok(())
    }

    /// Adds the addresses of the C values in order. The types tell which words are addresses already.
    pub fn addresses(&mut self, types: &[Type], addresses: &mut Addresses) {
        for (word, ty) in self.words.iter_mut().zip(types) {
            addresses.push(match ty {
                Type::Struct(_) => *word as usize as *mut u8,
                Type::Value(row) if row.repr == Repr::LongDouble => *word as usize as *mut u8,
                _ => std::ptr::from_mut(word).cast(),
            });
        }
    }

    /// Ends the call: what C has written to copies goes back to where they came from. Pointers to texts that C has
    /// written become q's: symbols of a symbol vector, NULL the empty one; items of a list of texts.
    ///
    /// # Errors
    /// [`Error::MemoryFull`](crate::error::Error::MemoryFull), [`Error::Before`](crate::error::Error::Before).
    pub fn finish(self) -> crate::error::Result<()> {
        let settled = self.fences.as_ref().map_or(Ok(()), |fences| fences.settle());
        for written in &self.afterwards {
            match written {
                // SAFETY: the vector lives for 'a, and its copy, which lies here, is as long and somewhere else.
                Afterwards::Chars(x, copy) => unsafe {
                    x.data().copy_from_nonoverlapping(*copy, x.len());
                },
                Afterwards::LongDoubles(x, array) => {
                    let to = x.data().cast::<f64>();
                    for i in 0..x.len() {
                        // SAFETY: the vector lives for 'a, and the array, which lies here, has as many elements.
                        unsafe {
                            let from = array.add(i * Repr::LongDouble.size());
                            to.add(i).write(load_long_double(from));
                        }
                    }
                }
                Afterwards::Symbols(x, texts, copies) => intern_all(*x, *texts, copies)?,
                Afterwards::Texts(x, texts, before) => replace_changed(*x, *texts, before)?,
            }
        }
        settled
    }

    /// Writes the value of a member of a struct.
    ///
    /// # Errors
    /// A [`Mismatch`] when the type does not take it.
    ///
    /// # Safety
    /// `to` has room for a value of this type, which is not a struct.
    pub unsafe fn store(&mut self, ty: &Type, note: Option<&Note>, x: Ref<'a>, to: *mut u8) -> Result<()> {
        let word = self.convert_noted(ty, note, x)?;
        if self.lasting && !self.blocks.is_empty() {
            return Err(Mismatch::of(ty, LASTING, x));
        }
        let repr = match ty {
            Type::Value(row) if row.kind != Kind::Guid => row.repr,
            _ => Repr::Pointer,
        };
        // SAFETY: the caller has room for a value of this type.
        unsafe { store_word(repr, word, to) };
        Ok(())
    }

    /// As [`Self::store`], from an object that is kept until the call is over.
    ///
    /// # Errors
    /// As [`Self::store`].
    ///
    /// # Safety
    /// As for [`Self::store`].
    pub unsafe fn store_kept(&mut self, ty: &Type, note: Option<&Note>, x: Owned, to: *mut u8) -> Result<()> {
        if self.lasting && *ty == Type::Object {
            return Err(Mismatch::of(ty, LASTING, x.get()));
        }
        let lent = self.keep(x);
        // SAFETY: passed on to the caller.
        unsafe { self.store(ty, note, lent, to) }
    }

    /// Keeps an object until the call is over.
    fn keep(&mut self, x: Owned) -> Ref<'a> {
        // SAFETY: the object is dropped with these values, and what borrows from them for 'a is used no longer.
        let lent = unsafe { x.lend() };
        self.kept.push(x);
        lent
    }

    fn convert(&mut self, ty: &Type, x: Ref<'a>) -> Result<u64> {
        if *ty == Type::Object {
            return Ok(x.as_raw() as u64);
        }
        let x = match k::without_enumerations(x)? {
            None => x,
            Some(resolved) => self.keep(resolved),
        };
        match ty {
            Type::Value(row) => self.value(row, x),
            Type::Pointer(row) => self.pointer(row, x),
            Type::Object | Type::Out(_) | Type::InOut(_) => {
                unreachable!("passed as it is, and room that the caller has")
            }
            Type::Callback => (self.functions)(x, None),
            Type::Struct(layout) => {
                let block = self.own_block(layout.size)?;
                // SAFETY: the block is as large as the struct.
                unsafe { self.write_struct(layout, x, block)? };
                Ok(block as u64)
            }
        }
    }

    fn value(&mut self, row: &'static CType, x: Ref<'a>) -> Result<u64> {
        let is_value = matches!(row.kind, Kind::Number | Kind::Size) && !row.repr.is_narrowed();
        if x.tag() == -row.tag() && is_value {
            // SAFETY: every atom has eight bytes of payload, which begin with the value.
            let payload: u64 = unsafe { x.payload() };
            return Ok(payload & (u64::MAX >> (64 - 8 * row.repr.in_q().size())));
        }
        let is_vector = (1..=19).contains(&x.tag());
        match row.kind {
            Kind::Size | Kind::Address if is_vector => self.data(x),
            Kind::Address => self.address(row.letter, x),
            Kind::Guid if x.tag() == -tag::GUID => self.data(x),
            Kind::Text => {
                self.text(x)?.map(|p| p as u64).ok_or_else(|| Mismatch::of(row.letter, &row.wants(), x))
            }
            Kind::Guid => Err(Mismatch::of(row.letter, &row.wants(), x)),
            Kind::Number | Kind::Size => {
                let mut room = [0_u64; 2];
                let to = room.as_mut_ptr().cast();
                // SAFETY: a number is at most sixteen bytes.
                unsafe { write_number(row, x, to)? };
                Ok(match row.repr {
                    // SAFETY: it has been written there.
                    Repr::LongDouble => unsafe { load_long_double(to) }.to_bits(),
                    _ => room[0],
                })
            }
        }
    }

    fn pointer(&mut self, row: &'static CType, x: Ref<'a>) -> Result<u64> {
        let wants = || format!("{} vector", k::type_name(-row.array_tag()));
        let letter = row.letter.to_ascii_uppercase();
        match x.tag() {
            _ if x.is_null() => Ok(0),
            tag::SYMBOL if row.kind == Kind::Text => self.symbols(x),
            t if t > 0 && row.is_array(t) && row.repr == Repr::Char => Ok(self.buffer(x)? as u64),
            t if t > 0 && row.is_array(t) => self.data(x),
            tag::FLOAT if row.repr == Repr::LongDouble => self.long_doubles(x),
            t if t == -tag::SYMBOL && row.repr == Repr::Char => Ok(self.symbol_copy(x)? as u64),
            t if row.kind == Kind::Text && [-tag::SYMBOL, -tag::CHAR].contains(&t) => self.one_text(x),
            tag::LIST if row.kind == Kind::Text => self.texts(row, x),
            tag::LIST if row.kind == Kind::Address => self.array_of_addresses(row, x),
            tag::FOREIGN if foreign::is_ours(x) && foreign::type_of(x).is_none() => address_held(letter, x),
            tag::LIST if row.kind != Kind::Text => self.within_memory(letter, &wants(), x),
            t if t < 0 => self.element(row, x).map_err(|m| match m {
                Mismatch::Type { .. } => Mismatch::of(letter, &wants(), x),
                other => other,
            }),
            _ => Err(Mismatch::of(letter, &wants(), x)),
        }
    }

    /// A copy of an atom, for C to read through a pointer.
    fn element(&mut self, row: &'static CType, x: Ref<'a>) -> Result<u64> {
        // A char is a text too, which ends.
        let block = self.block(row.element_size() + usize::from(row.repr == Repr::Char))?;
        match row.kind {
            Kind::Guid if x.tag() == -tag::GUID => {
                // SAFETY: a guid atom has 16 bytes of data, and so has the block.
                unsafe { block.copy_from_nonoverlapping(x.data(), row.element_size()) };
            }
            Kind::Guid => return Err(Mismatch::of(row.letter, &row.wants(), x)),
            _ => {
                let word = self.value(row, x)?;
                // SAFETY: the block has room for an element.
                unsafe { store_word(row.repr, word, block) };
            }
        }
        Ok(block as u64)
    }

    /// An array of long doubles, for C to read and to write.
    fn long_doubles(&mut self, x: Ref<'a>) -> Result<u64> {
        let size = Repr::LongDouble.size();
        let array = self.block(size.saturating_mul(x.len()))?;
        // SAFETY: the caller has seen that the elements are floats.
        for (i, float) in unsafe { x.slice::<f64>() }.iter().enumerate() {
            // SAFETY: the array has room for as many.
            unsafe { store_word(Repr::LongDouble, float.to_bits(), array.add(i * size)) };
        }
        self.afterwards.push(Afterwards::LongDoubles(x, array));
        Ok(array as u64)
    }

    /// The address of the data of a vector or guid, or of the copy that stands for them.
    fn data(&mut self, x: Ref<'a>) -> Result<u64> {
        let items = if x.tag() < 0 { 1 } else { x.len() };
        match &mut self.fences {
            Some(fences) => Ok(fences.copy(x, items * tag::element_size(x.tag().abs()))? as u64),
            None => Ok(x.data() as u64),
        }
    }

    /// Zeroed memory for C to be given the address of, that lives as long as these values.
    ///
    /// # Errors
    /// [`Error::MemoryFull`](crate::error::Error::MemoryFull).
    fn block(&mut self, size: usize) -> crate::error::Result<*mut u8> {
        match &mut self.fences {
            Some(fences) => fences.block(size),
            None => self.own_block(size),
        }
    }

    /// The same for what is read in whole words.
    fn own_block(&mut self, size: usize) -> crate::error::Result<*mut u8> {
        let units = size.div_ceil(16).max(1);
        if units <= self.room.len() {
            let (block, rest) = std::mem::take(&mut self.room).split_at_mut(units);
            self.room = rest;
            block.fill(0);
            return Ok(block.as_mut_ptr().cast());
        }
        let mut block = zeros::<u128>(units)?;
        let address = block.as_mut_ptr().cast();
        self.blocks.push(block);
        Ok(address)
    }
}

/// The promoted value of one that a word begins with.
fn promote(repr: Repr, word: u64) -> u64 {
    if repr == Repr::F32 {
        return f64::from(f32::from_bits(word as u32)).to_bits();
    }
    let above = 64 - 8 * repr.size().min(8);
    match Abi::HOST.extension(repr) {
        Some(Extension::Sign) => ((word << above) as i64 >> above) as u64,
        Some(Extension::Zero) => word << above >> above,
        None => word,
    }
}
