//! Arguments of which more is said than by their letters.

use super::{Result, Values};
use crate::ctype::CType;
use crate::foreign;
use crate::k::{self, Ref, tag};
use crate::marshal::Mismatch;
use crate::marshal::structs::row_count;
use crate::signature::named::{Enumerators, Note, Pointer};
use crate::signature::{Struct, Type};

impl<'a> Values<'a> {
    /// The C value of an argument of which more may be said than by its type.
    pub(super) fn convert_noted(&mut self, ty: &Type, note: Option<&Note>, x: Ref<'a>) -> Result<u64> {
        let Some(note) = note else { return self.convert(ty, x) };
        let x = match k::without_enumerations(x)? {
            None => x,
            Some(resolved) => self.keep(resolved),
        };
        match note {
            Note::Struct(_) => self.convert(ty, x),
            Note::Enum(names) => self.named_number(ty, names, x),
            Note::Function(function) => (self.functions)(x, Some(function)),
            Note::Pointer(pointer) => self.pointer_to(ty, pointer, x),
        }
    }

    /// A number, or the name of one.
    fn named_number(&mut self, ty: &Type, names: &Enumerators, x: Ref<'a>) -> Result<u64> {
        let Some(symbol) = x.symbol() else { return self.convert(ty, x) };
        let name = symbol.to_string_lossy();
        let value = names.value(&name);
        value.map(|value| value as u64).ok_or_else(|| Mismatch::Domain(names.refusal(&name)))
    }

    fn pointer_to(&mut self, ty: &Type, pointer: &Pointer, x: Ref<'a>) -> Result<u64> {
        if x.is_null() && pointer.nonnull {
            return Err(Mismatch::of(ty, "no NULL", x));
        }
        refuse_other_handle(ty, pointer, x)?;
        match (&pointer.fields, ty) {
            (Some(fields), _) => self.pointer_to_struct(ty, &*fields.layout()?, x),
            (None, Type::Pointer(row)) if pointer.constant => self.constant(ty, row, x),
            _ => self.convert(ty, x),
        }
    }

    /// A dictionary, a table or what the struct takes by value is copied, bytes and memory are passed as they are.
    fn pointer_to_struct(&mut self, ty: &Type, layout: &Struct, x: Ref<'a>) -> Result<u64> {
        let is_within = |x: Ref| x.items().len() == 2 && x.item(0).is_some_and(|x| x.tag() == tag::FOREIGN);
        match x.tag() {
            tag::BYTE => {
                enough(layout, x.len())?;
                self.data(x)
            }
            tag::FOREIGN => {
                foreign::size(x).map_or(Ok(()), |size| enough(layout, size))?;
                self.convert(ty, x)
            }
            tag::TABLE => {
                let block = self.block(layout.size.saturating_mul(row_count(x)))?;
                // SAFETY: the block has room for as many structs, and is zeroed.
                unsafe { self.write_rows(layout, x, block)? };
                Ok(block as u64)
            }
            tag::LIST if is_within(x) => self.convert(ty, x),
            tag::DICTIONARY | 0..=19 => {
                let block = self.block(layout.size)?;
                // SAFETY: the block has room for the struct, and is zeroed.
                unsafe { self.write_struct(layout, x, block)? };
                Ok(block as u64)
            }
            _ => self.convert(ty, x),
        }
    }

    /// Numbers that C only reads: a vector of another type is converted.
    fn constant(&mut self, ty: &Type, row: &'static CType, x: Ref<'a>) -> Result<u64> {
        let is_other = (1..=19).contains(&x.tag()) && !row.is_array(x.tag());
        if !is_other || x.tag() == tag::SYMBOL {
            return self.convert(ty, x);
        }
        let block = self.block(row.element_size().saturating_mul(x.len()))?;
        // SAFETY: the block has room for as many elements.
        unsafe { self.write_elements(&Type::Value(row), x, block)? };
        Ok(block as u64)
    }
}

/// A handle of another C type is no argument.
fn refuse_other_handle(ty: &Type, pointer: &Pointer, x: Ref) -> Result<()> {
    let (Some(to), tag::FOREIGN) = (&pointer.to, x.tag()) else { return Ok(()) };
    match foreign::type_of(x) {
        Some(known) if known != *to => {
            Err(Mismatch::Type { wants: format!("{ty} wants a {to}"), got: format!("a {known}") })
        }
        _ => Ok(()),
    }
}

/// C would read and write beyond bytes that are too few.
fn enough(layout: &Struct, bytes: usize) -> Result<()> {
    match bytes < layout.size {
        true => Err(Mismatch::count("r", layout.size, "byte", bytes)),
        false => Ok(()),
    }
}
