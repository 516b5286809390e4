//! Texts for C, and what becomes of those that it leaves.

use std::collections::HashMap;
use std::ffi::{CStr, c_char};

use super::{Afterwards, Result, Values};
use crate::ctype::CType;
use crate::error::Error;
use crate::k::{self, K, Owned, Ref, tag};
use crate::marshal::Mismatch;
use crate::pointed;

impl<'a> Values<'a> {
    /// An array of copies of the symbols' texts, with a NULL after them: C may write to either.
    pub(super) fn symbols(&mut self, x: Ref<'a>) -> Result<u64> {
        // SAFETY: a symbol vector's elements are interned texts, NUL-terminated, that are never freed.
        let texts = unsafe { x.slice::<*const c_char>() };
        let array = self.block(8 * (texts.len() + 1))?.cast::<*const u8>();
        let mut copies = HashMap::new();
        copies.try_reserve(texts.len()).map_err(|_| Error::MemoryFull)?;
        for (i, &text) in texts.iter().enumerate() {
            // SAFETY: each is such a text.
            let copy = self.terminated(unsafe { CStr::from_ptr(text) }.to_bytes())?;
            copies.insert(copy.cast(), text);
            // SAFETY: the array has room for as many and one more.
            unsafe { array.add(i).write(copy) };
        }
        self.afterwards.push(Afterwards::Symbols(x, array.cast(), copies));
        Ok(array as u64)
    }

    /// An array of the copy of one text, with a NULL after it.
    pub(super) fn one_text(&mut self, x: Ref<'a>) -> Result<u64> {
        let array = self.block(2 * size_of::<*const u8>())?.cast::<*const u8>();
        let text = if x.tag() == -tag::SYMBOL { self.symbol_copy(x)? } else { self.chars_copy(x)? };
        // SAFETY: the array has room for two, of which the second is NULL.
        unsafe { array.write(text) };
        Ok(array as u64)
    }

    /// A char vector for C to write to, or a copy of a char.
    pub(super) fn chars_copy(&mut self, x: Ref<'a>) -> Result<*const u8> {
        if x.tag() == tag::CHAR { self.buffer(x) } else { self.terminated(x.chars().unwrap_or_default()) }
    }

    /// An array of texts, with a NULL after them as `execv` and its like want it.
    pub(super) fn texts(&mut self, row: &'static CType, x: Ref<'a>) -> Result<u64> {
        let wants = || Mismatch::of(row.letter.to_ascii_uppercase(), "symbol vector", x);
        if x.is_empty() {
            return Err(wants());
        }
        let array = self.block(8 * (x.len() + 1))?.cast::<*const u8>();
        let mut before = crate::error::room(x.len())?;
        for i in 0..x.len() {
            let item = x.item(i).ok_or_else(wants)?;
            let text = match item.tag() {
                t if t == -tag::SYMBOL => self.symbol_copy(item)?,
                t if t.abs() == tag::CHAR => self.chars_copy(item)?,
                _ if item.is_null() => std::ptr::null(),
                _ => return Err(wants()),
            };
            // SAFETY: the array has room for as many and one more.
            unsafe { array.add(i).write(text) };
            before.push(text);
        }
        self.afterwards.push(Afterwards::Texts(x, array.cast(), before));
        Ok(array as u64)
    }

    /// The address of a NUL-terminated text that C reads and may keep, if it is a symbol's: that, a char vector's if it
    /// ends in NUL, or a copy's. `None` for what is no text.
    pub(super) fn text(&mut self, x: Ref<'a>) -> Result<Option<*const u8>> {
        if x.is_null() {
            return Ok(Some(std::ptr::null()));
        }
        if let Some(symbol) = x.symbol() {
            return Ok(Some(symbol.as_ptr().cast()));
        }
        match x.chars() {
            None => Ok(None),
            Some([.., 0]) if x.tag() == tag::CHAR => self.data(x).map(|address| Some(address as *const u8)),
            Some(chars) => self.terminated(chars).map(Some),
        }
    }

    /// A copy of a symbol's text, which C may write to; where it has to last, the text itself.
    pub(super) fn symbol_copy(&mut self, x: Ref<'a>) -> Result<*const u8> {
        let text = x.symbol().unwrap_or_default();
        if self.lasting { Ok(text.as_ptr().cast()) } else { self.terminated(text.to_bytes()) }
    }

    /// A char vector for C to write to: in place if it ends in NUL, otherwise a copy that is written back.
    pub(super) fn buffer(&mut self, x: Ref<'a>) -> Result<*const u8> {
        // SAFETY: the caller has seen that the elements are bytes.
        match unsafe { x.slice::<u8>() } {
            [.., 0] => self.data(x).map(|address| address as *const u8),
            chars => {
                let copy = self.terminated(chars)?;
                self.afterwards.push(Afterwards::Chars(x, copy));
                Ok(copy)
            }
        }
    }

    pub(super) fn terminated(&mut self, chars: &[u8]) -> Result<*const u8> {
        let block = self.block(chars.len() + 1)?;
        // SAFETY: the block is one byte longer and all zeros.
        unsafe { block.copy_from_nonoverlapping(chars.as_ptr(), chars.len()) };
        Ok(block)
    }
}

/// Makes symbols of the texts that C has left for the elements of a symbol vector. Copies that C has moved are the symbols that
/// they were made of. Other texts become symbols as q's own cast makes them, without the blanks around (code.kx.com "Cast",
/// String to symbol); NULL is the empty one.
pub(super) fn intern_all(
    x: Ref,
    texts: *const *const c_char,
    copies: &HashMap<*const c_char, *const c_char>,
) -> crate::error::Result<()> {
    let symbols = x.data().cast::<*const c_char>();
    for i in 0..x.len() {
        // SAFETY: the array has a text for each element, which C has left NUL-terminated or NULL.
        let after = unsafe { texts.add(i).read() };
        // SAFETY: what C has left is a NUL-terminated text or NULL.
        let bytes = unsafe { pointed::text(after) }?;
        // SAFETY: symbols are NUL-terminated texts that are never freed.
        let moved =
            copies.get(&after).filter(|&&symbol| unsafe { CStr::from_ptr(symbol) }.to_bytes() == bytes);
        let symbol = match moved {
            Some(&symbol) => symbol,
            None => k::intern_bytes(without_blanks(bytes))?,
        };
        // SAFETY: element i of the vector, which q lends to be written.
        unsafe { symbols.add(i).write(symbol) };
    }
    Ok(())
}

fn without_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&b| b != b' ').unwrap_or(text.len());
    let end = text.iter().rposition(|&b| b != b' ').map_or(start, |last| last + 1);
    &text[start..end]
}

/// Puts texts to which C has set pointers into the list in place of the items that stood there, NULL as the empty text.
pub(super) fn replace_changed(
    x: Ref,
    texts: *const *const c_char,
    before: &[*const u8],
) -> crate::error::Result<()> {
    let items = x.data().cast::<K>();
    for (i, &before) in before.iter().enumerate() {
        // SAFETY: the array has a text for each item.
        let after = unsafe { texts.add(i).read() };
        if after.cast() == before {
            continue;
        }
        // SAFETY: C has left a NUL-terminated text or NULL.
        let text = Owned::chars(unsafe { pointed::text(after) }?)?;
        // SAFETY: item i of the list, which q lends to be written; the reference to the old one is given up.
        drop(unsafe { Owned::new(items.add(i).replace(text.into_raw())) });
    }
    Ok(())
}
