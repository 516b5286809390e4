//! Between K objects and C values, one at a time: conversions, texts, nulls. The stubs do the exact cases in machine
//! code and leave everything else to this module, which also says what is wrong with an argument.

use std::ffi::{CStr, c_char};

use crate::callback;
use crate::ctype::{CType, Kind, Repr, element_size_of};
use crate::error::{Error, Result, Site};
use crate::k::{K, Owned, Ref, tag, type_name};
use crate::memory;
use crate::signature::Type;

/// Why a value cannot become a C value; the caller knows which argument it was.
#[derive(Debug)]
pub enum Mismatch {
    /// Another type than wanted.
    Type {
        /// What is wanted, in q's words.
        wants: String,
        /// What came.
        got: String,
    },
    /// It does not fit the type with this letter.
    Range {
        /// The value as q shows it.
        value: String,
        /// The type character.
        ty: char,
    },
    /// An error with its own text.
    Other(Error),
}

impl Mismatch {
    /// A mismatch of types, where `ty` names the parameter's type.
    pub fn of(ty: impl std::fmt::Display, wants: &str, got: Ref) -> Self {
        let got = if got.is_null() { "::".into() } else { type_name(got.tag()) };
        Mismatch::Type { wants: format!("{ty} wants {wants}"), got }
    }

    /// The error for what a q function returned to C.
    pub fn returned(self) -> Error {
        match self {
            Mismatch::Type { wants, got } => Error::Usage(format!("callback: {wants}, got {got}")),
            Mismatch::Range { value, ty } => {
                Error::Range { at: Site { name: "callback".into(), index: 0 }, value, ty }
            }
            Mismatch::Other(error) => error,
        }
    }

    /// The error for argument `index` of a function.
    pub fn at(self, name: &str, index: usize) -> Error {
        let at = Site { name: name.into(), index };
        match self {
            Mismatch::Type { wants, got } => Error::Argument { at, wants, got },
            Mismatch::Range { value, ty } => Error::Range { at, value, ty },
            Mismatch::Other(error) => error,
        }
    }
}

/// The C values of one call's arguments, and what must live until it is over.
#[derive(Default)]
pub struct Frame<'a> {
    /// Eight bytes an argument; the value is at their start. For a struct they hold its address.
    words: Vec<u64>,
    /// Memory that arguments point to.
    blocks: Vec<Block>,
    /// Copies whose bytes go back to a vector after the call.
    write_back: Vec<(Ref<'a>, usize)>,
}

/// Memory aligned for every C type.
type Block = Box<[u128]>;

impl<'a> Frame<'a> {
    /// A frame for a call with this many arguments.
    pub fn with_capacity(arguments: usize) -> Self {
        Self { words: Vec::with_capacity(arguments), ..Self::default() }
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

    /// The C value of argument `i`, for what fits a word.
    pub fn word(&self, i: usize) -> u64 {
        self.words[i]
    }

    /// Addresses of the C values in order, as `ffi_call` takes them. `is_struct` tells which words are addresses.
    pub fn addresses(&mut self, types: &[Type]) -> Vec<*mut u8> {
        let address = |(word, ty): (&mut u64, &Type)| match ty {
            Type::Struct(_) => *word as usize as *mut u8,
            _ => std::ptr::from_mut(word).cast(),
        };
        self.words.iter_mut().zip(types).map(address).collect()
    }

    /// Ends the call: copies of char vectors go back to where they came from.
    pub fn finish(self) {
        for (x, block) in &self.write_back {
            let source = self.blocks[*block].as_ptr().cast::<u8>();
            // SAFETY: the vector lives for 'a, and its copy is as long and somewhere else.
            unsafe { x.data().copy_from_nonoverlapping(source, x.len()) };
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
        // SAFETY: the caller has room for a value of this type, whose bytes are the first of the word.
        unsafe { to.copy_from_nonoverlapping(std::ptr::from_ref(&word).cast(), ty.size()) };
        Ok(())
    }

    fn convert(&mut self, ty: &Type, x: Ref<'a>) -> std::result::Result<u64, Mismatch> {
        match ty {
            Type::Value(row) => self.value(row, x),
            Type::Pointer(row) => self.pointer(row, x),
            Type::Object => Ok(x.as_raw() as u64),
            Type::Callback => callback::pointer(x),
            Type::Struct(layout) => {
                let block = self.block(layout.size);
                memory::write_struct(layout, x, block, self)?;
                Ok(block as u64)
            }
        }
    }

    fn value(&mut self, row: &'static CType, x: Ref<'a>) -> std::result::Result<u64, Mismatch> {
        let is_vector = (1..=19).contains(&x.tag());
        match row.kind {
            Kind::Size | Kind::Address if is_vector => Ok(x.data() as u64),
            Kind::Address if x.is_null() => Ok(0),
            Kind::Address if callback::foreign_pointer(x).is_some() => {
                Ok(callback::foreign_pointer(x).unwrap_or_default() as u64)
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
                self.write_back.push((x, self.blocks.len() - 1));
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
        let mut block: Block = vec![0; size.div_ceil(16).max(1)].into();
        let address = block.as_mut_ptr().cast();
        self.blocks.push(block);
        address
    }
}

/// A number on its way from one type to another.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    Null,
    Infinity { negative: bool },
    Integer(i64),
    Float(f64),
}

/// Writes an atom as a C number.
///
/// # Errors
/// A [`Mismatch`] when its type does not convert or its value does not fit.
///
/// # Safety
/// `to` has room for a number of this type.
pub unsafe fn write_number(row: &CType, x: Ref, to: *mut u8) -> std::result::Result<(), Mismatch> {
    if x.tag() >= 0 {
        return Err(Mismatch::of(row.letter, &row.wants(), x));
    }
    // SAFETY: the payload of an atom is an element of its type, and passed on.
    unsafe { write_element(row, -x.tag(), x.as_raw().cast::<u8>().add(crate::k::PAYLOAD as usize), to) }
        .unwrap_or_else(|| Err(Mismatch::of(row.letter, &row.wants(), x)))
}

/// Writes an element of q type `t`, which lies at `from`, as a C number; `None` when that type does not convert.
///
/// # Errors
/// A [`Mismatch`] when the value does not fit.
///
/// # Safety
/// An element of type `t` can be read at `from`, and a number of the row's type written at `to`.
pub unsafe fn write_element(
    row: &CType,
    t: i8,
    from: *const u8,
    to: *mut u8,
) -> Option<std::result::Result<(), Mismatch>> {
    let size = row.element_size();
    let converts = row.converts.contains(&t);
    if row.exact.contains(&t) || (converts && element_size_of(t) == size && row.shares_layout(t)) {
        // SAFETY: elements of the same size, the caller's to read and write.
        unsafe { to.copy_from_nonoverlapping(from, size) };
        return Some(Ok(()));
    }
    if !converts {
        return None;
    }
    // SAFETY: passed on to the caller.
    let number = unsafe { Number::read(t, from) };
    let Some(bytes) = number.to_bytes(row.repr) else {
        return Some(Err(Mismatch::Range { value: number.to_string(), ty: row.letter }));
    };
    // SAFETY: as above; the bytes of a number begin with its value, least significant first.
    unsafe { to.copy_from_nonoverlapping(bytes.as_ptr(), size) };
    Some(Ok(()))
}

impl Number {
    /// # Safety
    /// An element of type `t` can be read at `from`.
    unsafe fn read(t: i8, from: *const u8) -> Self {
        // SAFETY: passed on to the caller; q aligns elements, but nothing here depends on it.
        unsafe {
            match t {
                tag::SHORT => Self::integer(from.cast::<i16>().read_unaligned().into(), i16::MAX.into()),
                tag::INT => Self::integer(from.cast::<i32>().read_unaligned().into(), i32::MAX.into()),
                tag::LONG => Self::integer(from.cast::<i64>().read_unaligned(), i64::MAX),
                tag::REAL => Self::Float(from.cast::<f32>().read_unaligned().into()),
                tag::FLOAT => Self::Float(from.cast::<f64>().read_unaligned()),
                _ => Self::Integer(from.read().into()),
            }
        }
    }

    /// q's nulls and infinities are the extreme integers of each type.
    fn integer(value: i64, max: i64) -> Self {
        match value {
            v if v == max => Self::Infinity { negative: false },
            v if v == -max => Self::Infinity { negative: true },
            v if v < -max => Self::Null,
            v => Self::Integer(v),
        }
    }

    fn to_bytes(self, repr: Repr) -> Option<[u8; 8]> {
        let bits = match repr {
            Repr::I16 => self.to_integer(i16::MAX.into())? as u64,
            Repr::I32 => self.to_integer(i32::MAX.into())? as u64,
            Repr::I64 | Repr::Pointer => self.to_integer(i64::MAX)? as u64,
            Repr::F32 => self.to_f32()?.to_bits().into(),
            Repr::F64 => self.to_f64()?.to_bits(),
            Repr::Bool | Repr::U8 | Repr::Char => return None,
        };
        Some(bits.to_le_bytes())
    }

    fn to_integer(self, max: i64) -> Option<i64> {
        match self {
            Self::Null => Some(-max - 1),
            Self::Infinity { negative } => Some(if negative { -max } else { max }),
            Self::Integer(v) => (-max - 1..=max).contains(&v).then_some(v),
            Self::Float(_) => None,
        }
    }

    fn to_f64(self) -> Option<f64> {
        match self {
            Self::Null => Some(f64::NAN),
            Self::Infinity { negative } => Some(if negative { f64::NEG_INFINITY } else { f64::INFINITY }),
            // An integer of more than 53 bits would lose digits.
            Self::Integer(v) => Some(v as f64).filter(|&f| f as i128 == i128::from(v)),
            Self::Float(v) => Some(v),
        }
    }

    /// A float becomes the nearest real, as q's own cast does; an integer must be one exactly.
    fn to_f32(self) -> Option<f32> {
        let wide = self.to_f64()?;
        let narrow = wide as f32;
        let kept = match self {
            Self::Integer(_) => f64::from(narrow) == wide,
            _ => narrow.is_finite() || !wide.is_finite(),
        };
        kept.then_some(narrow)
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("0N"),
            Self::Infinity { negative } => f.write_str(if *negative { "-0W" } else { "0W" }),
            Self::Integer(v) => v.fmt(f),
            Self::Float(v) => v.fmt(f),
        }
    }
}

/// Reads a C value as a K object: the result of a call, a variable, a member of a struct, an argument of a callback.
/// An uppercase letter's value is a pointer, and what it points to is read.
///
/// # Safety
/// A value of this type can be read at `from`, and what it points to.
pub unsafe fn read(ty: &Type, from: *const u8) -> Owned {
    // SAFETY: passed on to the caller.
    unsafe {
        match ty {
            Type::Value(row) => read_element(row, from),
            Type::Pointer(row) => dereference(row, from.cast::<*const u8>().read_unaligned()),
            // A result that is a K object is owned by whom it is returned to.
            Type::Object => Owned::from_raw(from.cast::<K>().read_unaligned()),
            Type::Struct(layout) => memory::read_struct(layout, from),
            Type::Callback => Owned::atom(-tag::LONG, from.cast::<i64>().read_unaligned()),
        }
    }
}

/// Reads what a pointer that C gave points to: a text for `C`, one element otherwise. NULL gives the null.
///
/// # Safety
/// The pointer is NULL or points to a value of the row's type.
pub unsafe fn dereference(row: &CType, pointer: *const u8) -> Owned {
    if pointer.is_null() {
        return null_of(row);
    }
    if row.repr == Repr::Char {
        // SAFETY: a `C` that is not NULL points to a NUL-terminated text.
        return Owned::chars(unsafe { CStr::from_ptr(pointer.cast()) }.to_bytes());
    }
    // SAFETY: passed on to the caller.
    unsafe { read_element(row, pointer) }
}

/// Reads one element that lies at `from`.
///
/// # Safety
/// A value of the row's type can be read at `from`; for a text, what it points to.
pub unsafe fn read_element(row: &CType, from: *const u8) -> Owned {
    let t = -row.tag();
    // SAFETY: the caller's type tells the width; nothing is assumed of the alignment.
    unsafe {
        match (row.kind, row.repr) {
            (Kind::Text, _) => symbol(from.cast::<*const c_char>().read_unaligned()),
            (Kind::Guid, _) => guid(from),
            (_, Repr::Bool) => Owned::atom(t, u8::from(from.read() != 0)),
            (_, Repr::U8 | Repr::Char) => Owned::atom(t, from.read()),
            (_, Repr::I16) => Owned::atom(t, from.cast::<u16>().read_unaligned()),
            (_, Repr::I32 | Repr::F32) => Owned::atom(t, from.cast::<u32>().read_unaligned()),
            (_, Repr::I64 | Repr::F64 | Repr::Pointer) => Owned::atom(t, from.cast::<u64>().read_unaligned()),
        }
    }
}

/// # Safety
/// `text` is NULL or NUL-terminated.
unsafe fn symbol(text: *const c_char) -> Owned {
    match text.is_null() {
        true => Owned::symbol(c""),
        // SAFETY: passed on to the caller.
        false => Owned::symbol(unsafe { CStr::from_ptr(text) }),
    }
}

/// # Safety
/// 16 bytes can be read at `from`.
unsafe fn guid(from: *const u8) -> Owned {
    // SAFETY: passed on to the caller.
    let guid = unsafe { from.cast::<[u8; 16]>().read() };
    // SAFETY: `ku` copies its argument.
    unsafe { Owned::from_raw(kdbplus::api::native::ku(kdbplus::api::U { guid })) }
}

/// The C value that stands for the null of a type, in a word; NULL for pointers.
pub fn null_word(ty: &Type) -> u64 {
    match ty {
        Type::Value(row) if row.kind == Kind::Number => {
            Number::Null.to_bytes(row.repr).map_or(0, u64::from_le_bytes)
        }
        _ => 0,
    }
}

/// The null of a type; an empty text for `C`.
pub fn null_of(row: &CType) -> Owned {
    let t = -row.tag();
    match row.repr {
        _ if row.kind == Kind::Text => Owned::symbol(c""),
        // SAFETY: 16 zero bytes are readable.
        _ if row.kind == Kind::Guid => unsafe { guid([0; 16].as_ptr()) },
        Repr::Char => Owned::chars(b""),
        Repr::Bool | Repr::U8 => Owned::atom(t, 0_u8),
        Repr::I16 => Owned::atom(t, i16::MIN),
        Repr::I32 => Owned::atom(t, i32::MIN),
        Repr::I64 | Repr::Pointer => Owned::atom(t, i64::MIN),
        Repr::F32 => Owned::atom(t, f32::NAN),
        Repr::F64 => Owned::atom(t, f64::NAN),
    }
}

/// The type character that suits an object whose parameter has none; `None` when C has no such thing.
pub fn inferred_type(x: Ref) -> Option<char> {
    let row = |t: i8| crate::ctype::TYPES.iter().find(|row| row.tag() == t).map(|row| row.letter);
    match x.tag() {
        _ if x.is_null() => Some('r'),
        tag::FOREIGN => Some('r'),
        t @ 1..=19 => row(t).map(|letter| letter.to_ascii_uppercase()),
        t @ -19..=-1 => row(-t),
        tag::LIST if callback::is_specification(x) => Some('k'),
        tag::LIST => Some('S'),
        _ => None,
    }
}

/// Element `i` of a simple vector, as an atom.
pub fn element(x: Ref, i: usize) -> Owned {
    let t = x.tag();
    let size = element_size_of(t);
    debug_assert!(t > 0 && i < x.len());
    let from = x.data().wrapping_add(size * i);
    // SAFETY: the element lies within the vector; each width is that of the type.
    unsafe {
        match size {
            1 => Owned::atom(-t, from.read()),
            2 => Owned::atom(-t, from.cast::<u16>().read()),
            4 => Owned::atom(-t, from.cast::<u32>().read()),
            8 => Owned::atom(-t, from.cast::<u64>().read()),
            _ => guid(from),
        }
    }
}

/// The arguments of a call, from a list in one of the shapes that a list-form function takes.
pub enum Arguments<'a> {
    /// Objects that the list holds.
    Borrowed(&'a [K]),
    /// Objects made for the call.
    Made(Vec<Owned>),
    /// The object itself.
    Itself(Ref<'a>),
}

impl<'a> Arguments<'a> {
    /// Number of arguments.
    pub fn len(&self) -> usize {
        match self {
            Self::Borrowed(items) => items.len(),
            Self::Made(items) => items.len(),
            Self::Itself(_) => 1,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Argument `i`; `None` for an item that is missing from a damaged list.
    pub fn get(&self, i: usize) -> Option<Ref<'_>> {
        match self {
            // SAFETY: the list lives for 'a and keeps its items alive.
            Self::Borrowed(items) => items.get(i).and_then(|&x| unsafe { Ref::new(x) }),
            Self::Made(items) => items.get(i).map(Owned::get),
            Self::Itself(x) => (i == 0).then_some(*x),
        }
    }

    /// The arguments in what q passes to a list-form function of `arity` parameters: a list of them, `enlist` of one
    /// list that ends in `::`, or that list itself. The stubs know the first two shapes ([`crate::jit`]).
    ///
    /// # Errors
    /// [`Error::Rank`] when there are more or fewer than `arity`.
    pub fn of_list(list: Ref<'a>, arity: usize, name: &str) -> Result<Self> {
        let arguments = Self::shaped(list, arity).without_nothing(arity);
        match arguments.len() == arity {
            true => Ok(arguments),
            false => Err(Error::Rank { name: name.into(), wanted: arity, given: arguments.len() }),
        }
    }

    fn shaped(list: Ref<'a>, arity: usize) -> Self {
        let wrapped = match list.items() {
            items if items.len() == arity && arity > 1 => None,
            // A single list that ends in `::` may also be the only argument itself.
            [_] => list.item(0).and_then(Self::all_but_null).filter(|inner| arity != 1 || inner.len() == 1),
            _ => Self::all_but_null(list),
        };
        wrapped.unwrap_or_else(|| Self::of_items(list))
    }

    /// The arguments of a variadic function, in a list as for [`Self::of_list`]: at least the `fixed` ones.
    ///
    /// # Errors
    /// [`Error::Rank`] when there are fewer.
    pub fn of_variadic(list: Ref<'a>, fixed: usize, name: &str) -> Result<Self> {
        let wrapped = match list.items() {
            [_] => list.item(0).and_then(Self::all_but_null),
            _ => Self::all_but_null(list),
        };
        let arguments = wrapped.unwrap_or_else(|| Self::of_items(list));
        match arguments.len() >= fixed {
            true => Ok(arguments),
            false => Err(Error::Rank { name: name.into(), wanted: fixed, given: arguments.len() }),
        }
    }

    /// The arguments in the list that `.ffi.callFunction` takes: all but a `::` at the end.
    pub fn of_call(list: Ref<'a>) -> Self {
        match list.items() {
            [] if list.is_null() => Self::Borrowed(&[]),
            _ => Self::all_but_null(list).unwrap_or_else(|| Self::of_items(list)),
        }
    }

    fn all_but_null(list: Ref<'a>) -> Option<Self> {
        let (_, rest) = list.items().split_last()?;
        list.item(rest.len())?.is_null().then_some(Self::Borrowed(rest))
    }

    fn of_items(list: Ref<'a>) -> Self {
        match list.tag() {
            tag::LIST => Self::Borrowed(list.items()),
            1..=19 => Self::Made((0..list.len()).map(|i| element(list, i)).collect()),
            tag::TABLE => Self::Made(memory::table_rows(list)),
            _ => Self::Itself(list),
        }
    }

    /// `f[]` passes `::`, which a function without parameters takes as nothing.
    fn without_nothing(self, arity: usize) -> Self {
        let only_nulls = |a: &Self| (0..a.len()).all(|i| a.get(i).is_some_and(Ref::is_null));
        match &self {
            a if arity == 0 && a.len() <= 1 && only_nulls(a) => Self::Borrowed(&[]),
            a if arity > 1 && a.len() == 1 && only_nulls(a) => Self::Borrowed(&[]),
            _ => self,
        }
    }
}
