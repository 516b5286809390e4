//! q's iterators with a C function: over, scan and prior. Loops over numbers, and with structs of them as the state, run in
//! machine code; others are made here, a call at a time.

mod exact;
mod fold;
mod prior;

use smallvec::SmallVec;

use self::fold::Fold;
use super::Binding;
use super::atomic::{convert, item};
use crate::args::usage;
use crate::callback;
use crate::calls::Named;
use crate::ctype::{self, Kind, Repr};
use crate::error::{Error, Result};
use crate::jit::Form;
use crate::k::{self, Owned, Ref, tag};
use crate::marshal::{Arguments, Mismatch, Values, structs};
use crate::plan::Fields;
use crate::prototype::Prototype;
use crate::signature::named::Note;
use crate::signature::{Type, Variadic};

/// Says why a function cannot be the step of an iterator, if it cannot.
///
/// # Errors
/// [`Error::Unsupported`]; [`Error::Rank`] for a function of other than two parameters and prior, and for one of none.
pub fn check(name: &str, prototype: &Prototype, form: Form) -> Result<()> {
    let signature = &prototype.signature;
    let given = signature.arity();
    if signature.variadic != Variadic::No || signature.results.is_some() {
        let text = format!("{name}: {} of functions with & or variable arguments", form.name());
        return Err(Error::Unsupported(text));
    }
    let wanted = match form {
        Form::Prior if given != 2 => 2,
        _ if given == 0 => 1,
        _ => return Ok(()),
    };
    Err(Error::Rank { name: format!("{}: {name}", form.name()), wanted, given })
}

/// Applies a binding to what q has passed, a list of the arguments.
///
/// # Errors
/// [`Error::Rank`], [`Error::Length`], those of conversion, and what callbacks signal; [`Error::Unsupported`] for while.
pub fn apply(binding: &Binding, list: Ref) -> Result<Owned> {
    exact::apply(binding, list).unwrap_or_else(|| apply_any(binding, list))
}

fn apply_any(binding: &Binding, list: Ref) -> Result<Owned> {
    let name = &binding.name.symbol;
    let arguments = Arguments::of_items(list)?;
    let argument =
        |i| arguments.get(i).ok_or_else(|| Error::Usage(format!("{name}[{i}]: no object in the list")));
    let mut resolved: SmallVec<[Owned; 8]> = SmallVec::new();
    let mut given: SmallVec<[Ref; 8]> = (0..arguments.len()).map(argument).collect::<Result<_>>()?;
    if !given.iter().all(|x| (-19..=19).contains(&x.tag()) && x.tag() != tag::LIST) {
        for x in &given {
            resolved.push(k::without_enumerations(*x)?.unwrap_or_else(|| Ref::to_owned(*x)));
        }
        given = resolved.iter().map(Owned::get).collect();
    }
    let step = Step { binding, name, types: &binding.prototype.signature.params };
    match (binding.form, step.types.len(), &given[..]) {
        (Form::Prior, _, [x]) => step.prior(None, *x),
        (Form::Prior, _, [before, x]) => step.prior(Some(*before), *x),
        (Form::Over | Form::Scan, 1, [x]) => step.converge(*x),
        (Form::Over | Form::Scan, 1, [n, x]) => step.repeat(*n, *x),
        (Form::Over | Form::Scan, 2, [x]) => step.unseeded(*x),
        (Form::Over | Form::Scan, 2.., [seed, rest @ ..]) if rest.len() + 1 == step.types.len() => {
            step.seeded(*seed, rest)
        }
        (_, wanted, _) => Err(Error::Rank { name: step.name.into(), wanted, given: given.len() }),
    }
}

/// A C function as the step of an iterator.
struct Step<'a> {
    binding: &'a Binding,
    name: &'a str,
    types: &'a [Type],
}

/// What gives each step an argument: the items of a list from one on, or an atom each time.
struct Column {
    x: Owned,
    from: usize,
}

impl Column {
    /// Of a dictionary the values, of a table the rows.
    fn of(x: Ref) -> Result<Self> {
        let x = match x.parts() {
            Some((_, values)) if x.tag() == tag::DICTIONARY => values,
            _ => x,
        };
        let x = match x.tag() {
            tag::TABLE => Owned::list(structs::table_rows(x)?)?,
            _ => x.to_owned(),
        };
        Ok(Self { x, from: 0 })
    }

    fn is_list(&self) -> bool {
        (0..=19).contains(&self.x.get().tag())
    }

    /// Whether it is a vector or an atom, whose elements may be numbers.
    fn is_simple(&self) -> bool {
        matches!(self.x.get().tag(), -19..=-1 | 1..=19)
    }

    fn item(&self, i: usize) -> Result<Owned> {
        if self.is_list() { item(self.x.get(), self.from + i) } else { Ok(self.x.get().to_owned()) }
    }
}

impl Step<'_> {
    fn keeps(&self) -> bool {
        self.binding.form == Form::Scan
    }

    fn call(&self, args: &[Ref]) -> Result<Owned> {
        self.binding.call(&Arguments::Lent(args))
    }

    fn named<'b>(&'b self) -> Named<'b> {
        let [args, ret] = &self.binding.prototype.types;
        Named::new(self.name, [args, ret], self.binding.target)
    }

    /// Converts an argument for parameter `i`, and nothing more.
    fn check(&self, i: usize, x: Ref) -> Result<()> {
        let mut values = Values::with_capacity(1, callback::pointer);
        values.push(&self.types[i], self.note(i), x).map_err(|m| m.at(self.name, i))
    }

    /// What is said of parameter `i`.
    fn note(&self, i: usize) -> Option<&Note> {
        self.binding.prototype.signature.given_notes().nth(i).flatten()
    }

    /// An atom, or `n` elements of a vector from one on, as parameter `i` has them; and where the first of them is then.
    fn converted(&self, i: usize, x: Ref, from: usize, n: usize) -> Result<(Owned, usize)> {
        let (ty, at) = (&self.types[i], |m: Mismatch| m.at(self.name, i));
        if x.tag() > 0 && ty.is_own_form(x.tag()) {
            return Ok((x.to_owned(), from));
        }
        if x.tag() < 0 || n == x.len() {
            return Ok((convert(ty, x, n).map_err(at)?, 0));
        }
        let size = tag::element_size(x.tag());
        let part = Owned::unwritten(x.tag(), n)?;
        // SAFETY: so many elements from that one on lie within the vector, and the part has room for them.
        unsafe { part.get().data().copy_from_nonoverlapping(x.data().add(from * size), n * size) };
        Ok((convert(ty, part.get(), n).map_err(at)?, 0))
    }

    /// The first state, as the first parameter takes it.
    fn state(&self, x: Ref) -> Result<Owned> {
        let ty = &self.types[0];
        let at = |m: Mismatch| m.at(self.name, 0);
        match ty {
            Type::Value(row) if matches!(row.kind, Kind::Number | Kind::Size) => {
                if x.tag() >= 0 {
                    return Err(at(Mismatch::of(row.letter, &row.wants(), x)));
                }
                // q holds a long double as a float, and so does the state.
                let is_long = row.repr == Repr::LongDouble;
                let float = ctype::lookup(b'f').filter(|_| is_long).map(Type::Value);
                convert(float.as_ref().unwrap_or(ty), x, 1).map_err(at)
            }
            _ => {
                let mut values = Values::with_capacity(1, callback::pointer);
                values.push(ty, self.note(0), x).map_err(at)?;
                match ty {
                    Type::Struct(layout) if Fields::of_plain_numbers(layout).is_some() => {
                        // SAFETY: the word of a struct is the address of its bytes, which live in `values`.
                        unsafe { structs::read_struct(layout, values.word(0) as usize as *const u8) }
                    }
                    _ => Ok(x.to_owned()),
                }
            }
        }
    }

    /// `f[x0;v;w;...]`
    fn seeded(&self, seed: Ref, rest: &[Ref]) -> Result<Owned> {
        let columns: SmallVec<[Column; 7]> = rest.iter().map(|&x| Column::of(x)).collect::<Result<_>>()?;
        let mut lengths = columns.iter().filter(|c| c.is_list()).map(|c| c.x.get().len());
        let length = lengths.next();
        if let Some((n, other)) = length.and_then(|n| Some((n, lengths.find(|&other| other != n)?))) {
            return Err(Error::Length(format!("{}: {n} and {other} items", self.name)));
        }
        let state = self.state(seed)?;
        let fold = Fold { step: self, columns: &columns, steps: length.unwrap_or(1), lead: false };
        match (length, rest) {
            // Atoms are a single step.
            (None, _) => fold.last(state),
            (Some(_), [x]) => self.keyed_as(*x, fold.run(state)?),
            _ => fold.run(state),
        }
    }

    /// `f[v]`: the first item is the state.
    fn unseeded(&self, x: Ref) -> Result<Owned> {
        let mut column = Column::of(x)?;
        if !column.is_list() {
            return self.state(x);
        }
        let n = column.x.get().len();
        if n == 0 {
            return Ok(if self.keeps() { x.to_owned() } else { column.x });
        }
        let state = self.state(column.item(0)?.get())?;
        column.from = 1;
        let result = Fold { step: self, columns: &[column], steps: n - 1, lead: true }.run(state)?;
        self.keyed_as(x, result)
    }

    /// All results on the way, with the keys of a dictionary that the items come from.
    fn keyed_as(&self, like: Ref, values: Owned) -> Result<Owned> {
        match like.parts() {
            Some((keys, _)) if self.binding.form != Form::Over && like.tag() == tag::DICTIONARY => {
                Owned::dictionary(keys.to_owned(), values)
            }
            _ => Ok(values),
        }
    }

    /// `f[n;x]`
    fn repeat(&self, n: Ref, x: Ref) -> Result<Owned> {
        if n.is_function() {
            return Err(Error::Unsupported(format!("{}: while", self.name)));
        }
        let steps = whole(n).ok_or_else(|| usage(self.name, "n", "a whole number", n))?;
        let state = self.state(x)?;
        Fold { step: self, columns: &[], steps, lead: true }.run(state)
    }

    /// `f[x]`: until the state repeats, or is the first again.
    fn converge(&self, x: Ref) -> Result<Owned> {
        let first = self.state(x)?;
        let step = Fold { step: self, columns: &[], steps: 1, lead: false };
        let (mut state, mut kept) = (first.get().to_owned(), Vec::new());
        loop {
            if self.keeps() {
                kept.try_reserve(1).map_err(|_| Error::MemoryFull)?;
                kept.push(state.get().to_owned());
            }
            let next = step.last(state.get().to_owned())?;
            if k::same(next.get(), state.get())? || k::same(next.get(), first.get())? {
                break;
            }
            state = next;
        }
        if self.keeps() { structs::collapse(kept.into_iter().map(Ok)) } else { Ok(state) }
    }
}

/// How many times a whole number says, none if it is negative; `None` for what is none.
fn whole(n: Ref) -> Option<usize> {
    // SAFETY: the tags tell the payloads' types.
    let n = unsafe {
        match -n.tag() {
            tag::BOOLEAN | tag::BYTE => i64::from(n.payload::<u8>()),
            tag::SHORT => i64::from(n.payload::<i16>()),
            tag::INT => i64::from(n.payload::<i32>()),
            tag::LONG => n.payload::<i64>(),
            _ => return None,
        }
    };
    Some(usize::try_from(n).unwrap_or(0))
}
