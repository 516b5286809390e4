//! Types as q writes them: letters, or dictionaries from the names of fields to their types, whose key `` ` `` says what C's
//! rules do not.

use std::sync::Arc;

use crate::args::{self, integer, named, usage};
use crate::ctype::{Kind, Repr};
use crate::error::{Error, Result};
use crate::k::{Owned, Ref, collect, tag};
use crate::marshal::element;
use crate::marshal::structs::{collapse, table_rows};
use crate::signature::named::{Enumerators, Field, FieldType, Function, Named, Note};
use crate::signature::{Bits, MAX_DEPTH, MAX_STRUCT, Member, More, Shape, Signature, Type, parse_members};

/// What a field's type is, in words.
const TYPE: &str = "a letter, a dictionary or (count;type)";

/// Types of parameters or of a result: letters, and what these do not say.
pub struct Types {
    /// The letters.
    pub text: Vec<u8>,
    /// What is said of each.
    pub notes: Vec<Option<Note>>,
}

/// Types of parameters: letters, or a list with an item a parameter.
///
/// # Errors
/// [`Error::Usage`], [`Error::Signature`]; [`Error::Unsupported`] for what is not passed by value.
pub fn parameters(what: &str, which: &str, x: Ref) -> Result<Types> {
    if let Some(text) = args::types_text(x) {
        return Ok(Types { text: text.into(), notes: Vec::new() });
    }
    let mut all = Types { text: Vec::new(), notes: Vec::new() };
    let items = match x.tag() {
        tag::DICTIONARY => vec![x.to_owned()],
        tag::LIST | tag::TABLE => items(x)?,
        _ => return Err(usage(what, which, "string or char", x)),
    };
    for item in &items {
        let Types { text, notes } = parameter(what, which, item.get())?;
        all.text.extend(text);
        all.notes.extend(notes);
    }
    Ok(all)
}

/// The type of a parameter or a result: letters, a struct by name, `("&";type)` for one that C fills, or `"&="`.
///
/// # Errors
/// As [`parameters`].
pub fn parameter(what: &str, which: &str, x: Ref) -> Result<Types> {
    if let Some(text) = args::types_text(x) {
        let count = if text == b" " { 1 } else { Signature::parse(text, b" ")?.params.len() };
        return Ok(Types { text: text.into(), notes: vec![None; count] });
    }
    let (prefix, inner) = match (x.items().len(), x.item(0).and_then(Ref::chars), x.item(1)) {
        (2, Some(prefix @ (b"&" | b"&=")), Some(inner)) => (prefix, inner),
        _ => (&b""[..], x),
    };
    let (ty, count) = field_type(&Reading { what, which, depth: 0 }, inner)?;
    if count.is_some() {
        return Err(usage(what, which, "a type by value", inner));
    }
    let (letters, note) = match ty {
        FieldType::Letters(letters) => (letters.into(), None),
        FieldType::Struct(fields) => {
            fields.refuse_by_value(&format!("{what}: {which}: "))?;
            (fields.letters()?, Some(Note::Struct(fields)))
        }
        FieldType::Enum(letter, names) => (letter.into(), Some(Note::Enum(names))),
        FieldType::Function(function) => ("k".into(), Some(Note::Function(function))),
    };
    Ok(Types { text: [prefix, letters.as_bytes()].concat(), notes: vec![note] })
}

/// A struct by name.
///
/// # Errors
/// As [`parameters`].
pub fn fields(what: &str, which: &str, x: Ref) -> Result<Named> {
    Reading { what, which, depth: 0 }.fields(x)
}

/// Who reads types, for errors, and how deep within them.
#[derive(Clone, Copy)]
struct Reading<'a> {
    what: &'a str,
    which: &'a str,
    depth: usize,
}

impl Reading<'_> {
    fn wrong(&self, wants: &str, x: Ref) -> Error {
        usage(self.what, self.which, wants, x)
    }

    fn refused(&self, why: String) -> Error {
        Error::Usage(format!("{}: {}: {why}", self.what, self.which))
    }

    fn fields(self, x: Ref) -> Result<Named> {
        let (keys, values) =
            x.parts().filter(|_| x.tag() == tag::DICTIONARY).ok_or_else(|| self.wrong(TYPE, x))?;
        let names = symbols(keys).ok_or_else(|| self.wrong("the names of fields", keys))?;
        if self.depth == MAX_DEPTH {
            return Err(self.refused(format!("structs deeper than {MAX_DEPTH}")));
        }
        let (mut fields, mut how) = (Vec::with_capacity(names.len()), None);
        for (name, item) in names.iter().zip(items(values)?) {
            match name.is_empty() {
                true => how = Some(item),
                false => fields.push(self.field(name, item.get())?),
            }
        }
        self.refuse_names(&fields)?;
        match how {
            None => Ok(Named::new(Shape::default(), fields, None)),
            Some(how) => self.shaped(fields, how.get()),
        }
    }

    fn field(self, name: &str, x: Ref) -> Result<Field> {
        let deeper = Reading { depth: self.depth + 1, ..self };
        let (ty, count) = field_type(&deeper, x).map_err(|error| match error {
            Error::Usage(text) if !text.contains(": field ") => {
                Error::Usage(text.replacen(": ", &format!(": field {name}: "), 1))
            }
            other => other,
        })?;
        // No name of C's begins with a digit: what lies in such a one is named as if it stood outside.
        let is_anonymous =
            name.starts_with(|c: char| c.is_ascii_digit()) && matches!(ty, FieldType::Struct(_));
        let name = if is_anonymous && count.is_none() { None } else { Some(name.into()) };
        Ok(Field { name, ty, count, place: (0, None) })
    }

    fn refuse_names(&self, fields: &[Field]) -> Result<()> {
        if fields.is_empty() {
            return Err(self.refused("empty struct".into()));
        }
        let mut names: Vec<&Arc<str>> = fields.iter().filter_map(|field| field.name.as_ref()).collect();
        names.sort();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(self.refused(format!("field {} twice", pair[0]))),
            None => Ok(()),
        }
    }

    // What the empty name says: `packed, `union, both, or where everything lies.
    fn shaped(self, fields: Vec<Field>, how: Ref) -> Result<Named> {
        const HOW: &str = "`packed, `union or a layout";
        if how.tag() == tag::DICTIONARY {
            return self.placed(fields, how);
        }
        let words = match how.symbol() {
            Some(word) => vec![word.to_string_lossy().into_owned()],
            None => symbols(how).ok_or_else(|| self.wrong(HOW, how))?,
        };
        let mut shape = Shape::default();
        for word in words {
            match word.as_str() {
                "packed" => shape.packed = true,
                "union" => shape.union = true,
                other => return Err(self.refused(format!("no way {other} to lay out a struct"))),
            }
        }
        Ok(Named::new(shape, fields, None))
    }

    fn placed(self, mut fields: Vec<Field>, how: Ref) -> Result<Named> {
        let column = |name: &str| self.numbers(how, name, fields.len());
        let (offsets, shifts, widths) = (column("offset")?, column("bit")?, column("bits")?);
        let signs = column("signed")?;
        let only = |name: &str| self.numbers(how, name, 1).map(|found| found[0]);
        let (size, align, is_union) = (only("size")?, only("align")?, only("union")? != 0);
        if size == 0
            || size > MAX_STRUCT as u64
            || !align.is_power_of_two()
            || align > size.next_power_of_two() << 16
        {
            return Err(self.refused(format!("a struct of {size} bytes aligned to {align}")));
        }
        for (i, field) in fields.iter_mut().enumerate() {
            let bits = (widths[i] > 0).then_some((shifts[i], widths[i], signs[i] != 0));
            field.place = self.place(field, offsets[i], bits, size)?;
        }
        let shape = Shape { packed: false, union: is_union };
        Ok(Named::new(shape, fields, Some((size as usize, align as usize))))
    }

    // Where a field lies, which is within its struct.
    fn place(
        &self,
        field: &Field,
        offset: u64,
        bits: Option<(u64, u64, bool)>,
        size: u64,
    ) -> Result<(usize, Option<Bits>)> {
        let alone = Named::new(Shape { packed: true, union: false }, vec![field.clone()], None).layout()?;
        let outside =
            || self.refused(format!("field {} lies outside its struct", field.name.as_deref().unwrap_or("")));
        let is_integer = matches!(&alone.members[..], [Member { ty: Type::Value(row), count: None, .. }]
            if row.kind == Kind::Number && !matches!(row.repr, Repr::F32 | Repr::F64 | Repr::LongDouble));
        let end = match bits {
            None => offset.saturating_add(alone.size as u64),
            Some((shift, width, _)) if is_integer && shift < 8 && width <= 8 * alone.size as u64 => {
                offset.saturating_add((shift + width).div_ceil(8))
            }
            Some(_) => return Err(outside()),
        };
        if end > size {
            return Err(outside());
        }
        let bits = bits.map(|(shift, width, signed)| Bits { shift: shift as u8, width: width as u8, signed });
        Ok((offset as usize, bits))
    }

    // Numbers from a layout, zeros where it says nothing.
    fn numbers(&self, how: Ref, name: &str, count: usize) -> Result<Vec<u64>> {
        let wrong = || self.refused(format!("{name} of a layout wants {count} numbers"));
        let (keys, values) = how.parts().ok_or_else(wrong)?;
        let at = symbols(keys).ok_or_else(wrong)?.iter().position(|key| key == name);
        let Some(at) = at else { return Ok(vec![0; count]) };
        let found = items(values)?;
        let found = found.get(at).ok_or_else(wrong)?.get();
        let numbers = if found.tag() < 0 { vec![found.to_owned()] } else { items(found)? };
        let number = |x: &Owned| integer(self.what, name, x.get()).ok().and_then(|n| u64::try_from(n).ok());
        let numbers: Option<Vec<u64>> = numbers.iter().map(number).collect();
        numbers.filter(|numbers| numbers.len() == count).ok_or_else(wrong)
    }
}

/// The type of a field, and the number of its elements if it is an array.
fn field_type(reading: &Reading, x: Ref) -> Result<(FieldType, Option<usize>)> {
    if let Some(text) = x.chars() {
        return letters(reading, text);
    }
    let wrong = || reading.wrong(if reading.depth == 0 { "string or char" } else { TYPE }, x);
    match (x.tag(), x.items().len(), x.item(0), x.item(1)) {
        (tag::DICTIONARY, ..) => match enumerators(x) {
            Some(names) => Ok((FieldType::Enum(letter_for(&names).into(), Arc::new(names)), None)),
            None => Ok((FieldType::Struct(Arc::new(reading.fields(x)?)), None)),
        },
        (tag::LIST, 2 | 3, Some(first), Some(second)) => match first.chars() {
            Some(b"k") => Ok((FieldType::Function(function(reading, second, x.item(2))?), None)),
            Some(letter) if x.items().len() == 2 => {
                let names = enumerators(second).ok_or_else(wrong)?;
                let (ty, count) = letters(reading, letter)?;
                match (ty, count) {
                    (FieldType::Letters(letter), None) => {
                        Ok((FieldType::Enum(letter, Arc::new(names)), None))
                    }
                    _ => Err(wrong()),
                }
            }
            None if x.items().len() == 2 => array(reading, first, second),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

fn letters(reading: &Reading, text: &[u8]) -> Result<(FieldType, Option<usize>)> {
    let layout = parse_members(text)?;
    match &layout.members[..] {
        [member] => Ok((FieldType::Letters(member.ty.to_string().into()), member.count)),
        many => Err(reading.refused(format!("one type wanted, got {}", many.len()))),
    }
}

fn array(reading: &Reading, count: Ref, of: Ref) -> Result<(FieldType, Option<usize>)> {
    let count = args::count(reading.what, count)?;
    let (ty, inner) = field_type(&Reading { depth: reading.depth + 1, ..*reading }, of)?;
    let count = count.checked_mul(inner.unwrap_or(1)).filter(|count| (1..=MAX_STRUCT).contains(count));
    let count = count.ok_or_else(|| reading.refused(format!("an array of 1 to {MAX_STRUCT} wanted")))?;
    Ok((ty, Some(count)))
}

fn function(reading: &Reading, args: Ref, ret: Option<Ref>) -> Result<Arc<Function>> {
    if reading.depth == MAX_DEPTH {
        return Err(reading.refused(format!("types deeper than {MAX_DEPTH}")));
    }
    let args = parameters(reading.what, reading.which, args)?;
    let ret = match ret {
        None => Types { text: b" ".into(), notes: vec![None] },
        Some(ret) => parameter(reading.what, reading.which, ret)?,
    };
    let more = More { params: args.notes, ret: ret.notes.into_iter().next().flatten(), ..More::default() };
    let [args, ret] = [args.text, ret.text].map(|text| String::from_utf8_lossy(&text).into_owned());
    // What is wrong with the types is said now.
    let signature = Signature::parse_with(args.as_bytes(), ret.as_bytes(), more.clone())?;
    if signature.results.is_some() {
        return Err(Error::Unsupported(
            "& among the types of a callback: take the address, r, and poke".into(),
        ));
    }
    Ok(Arc::new(Function { args: args.into(), ret: ret.into(), more }))
}

/// The names and values of an enum: a dictionary from symbols to numbers.
fn enumerators(x: Ref) -> Option<Enumerators> {
    let (keys, values) = x.parts().filter(|_| x.tag() == tag::DICTIONARY)?;
    let names = symbols(keys)?.into_iter().map(Into::into);
    Some(Enumerators(names.zip(values.integers()?).collect()))
}

/// The number that an enum of these values is.
fn letter_for(names: &Enumerators) -> &'static str {
    let (least, most) = names.0.iter().fold((0, 0), |(least, most), (_, n)| (least.min(*n), most.max(*n)));
    match (i32::try_from(least), i32::try_from(most), u32::try_from(most)) {
        (Ok(_), Ok(_), _) => "i",
        (Ok(0..), _, Ok(_)) => "w",
        _ => "j",
    }
}

/// The items of a list, a vector or a table.
pub(super) fn items(x: Ref) -> Result<Vec<Owned>> {
    match x.tag() {
        tag::LIST => collect((0..x.len()).map(|i| x.item(i).map_or_else(Owned::null, |x| Ok(x.to_owned())))),
        1..=19 => collect((0..x.len()).map(|i| element(x, i))),
        tag::TABLE => table_rows(x),
        _ => Err(Error::Usage(format!("types: a list wanted, got {}", named(x)))),
    }
}

/// The texts of a symbol vector.
fn symbols(x: Ref) -> Option<Vec<String>> {
    if x.tag() == tag::LIST && x.is_empty() {
        return Some(Vec::new());
    }
    Some(x.symbols()?.map(|text| text.to_string_lossy().into_owned()).collect())
}

/// The dictionary that stands for a struct by name.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn dictionary(fields: &Named) -> Result<Owned> {
    let mut names: Vec<String> = Vec::with_capacity(fields.fields.len() + 1);
    let mut types = Vec::with_capacity(names.capacity());
    for (i, field) in fields.fields.iter().enumerate() {
        names.push(field.name.as_ref().map_or_else(|| i.to_string(), |name| name.to_string()));
        types.push(field_of(field)?);
    }
    if let Some(how) = how(fields)? {
        names.push(String::new());
        types.push(how);
    }
    let types = collapse(types.into_iter().map(Ok))?;
    Owned::dictionary(Owned::symbols(names.iter().map(String::as_str))?, types)
}

fn field_of(field: &Field) -> Result<Owned> {
    let of = |ty: Owned| match field.count {
        None => Ok(ty),
        Some(count) => Owned::list(vec![Owned::atom(-tag::LONG, count as i64)?, ty]),
    };
    match &field.ty {
        FieldType::Letters(letters) => match (field.count, letters.as_bytes()) {
            (None, &[letter]) => Owned::atom(-tag::CHAR, letter),
            (None, letters) => Owned::chars(letters),
            (Some(count), _) => Owned::chars(format!("{count}{letters}").as_bytes()),
        },
        FieldType::Struct(inner) => of(dictionary(inner)?),
        FieldType::Enum(letter, names) if **letter == *letter_for(names) => of(enumeration(names)?),
        FieldType::Enum(letter, names) => {
            of(Owned::list(vec![Owned::chars(letter.as_bytes())?, enumeration(names)?])?)
        }
        FieldType::Function(function) => of(function_of(function)?),
    }
}

/// The dictionary of an enum's names.
///
/// # Errors
/// [`Error::MemoryFull`].
pub fn enumeration(names: &Enumerators) -> Result<Owned> {
    let values: Vec<i64> = names.0.iter().map(|(_, value)| *value).collect();
    // SAFETY: the elements of a long vector are 64-bit integers.
    let values = unsafe { Owned::vector(tag::LONG, &values) }?;
    Owned::dictionary(Owned::symbols(names.0.iter().map(|(name, _)| &**name))?, values)
}

// ("k";args;ret), args letters or a list with an item a parameter.
fn function_of(function: &Function) -> Result<Owned> {
    let types = |text: &str, note: Option<&Note>| match note {
        Some(Note::Struct(fields)) => dictionary(fields),
        Some(Note::Enum(names)) => enumeration(names),
        _ => Owned::chars(text.as_bytes()),
    };
    let args = match function.more.params.iter().any(Option::is_some) {
        false => Owned::chars(function.args.as_bytes())?,
        true => {
            let params = Signature::parse(function.args.as_bytes(), b" ")?.params;
            let notes = function.more.params.iter().map(Option::as_ref).chain(std::iter::repeat(None));
            let all = params.iter().zip(notes).map(|(ty, note)| types(&ty.to_string(), note));
            Owned::list(all.collect::<Result<_>>()?)?
        }
    };
    Owned::list(vec![Owned::chars(b"k")?, args, types(&function.ret, function.more.ret.as_ref())?])
}

// What the names and types of fields do not say.
fn how(fields: &Named) -> Result<Option<Owned>> {
    let Some((size, align)) = fields.extent else {
        return Ok(match (fields.shape.packed, fields.shape.union) {
            (false, false) => None,
            (true, false) => Some(Owned::symbol_from("packed")?),
            (false, true) => Some(Owned::symbol_from("union")?),
            (true, true) => Some(Owned::symbols(["packed", "union"])?),
        });
    };
    let numbers = |number: &dyn Fn(&Field) -> usize| {
        let all: Vec<i64> = fields.fields.iter().map(|field| number(field) as i64).collect();
        // SAFETY: the elements of a long vector are 64-bit integers.
        unsafe { Owned::vector(tag::LONG, &all) }
    };
    let long = |n: usize| Owned::atom(-tag::LONG, n as i64);
    let values = vec![
        long(size)?,
        long(align)?,
        long(fields.shape.union.into())?,
        numbers(&|field| field.place.0)?,
        numbers(&|field| field.place.1.map_or(0, |bits| bits.shift.into()))?,
        numbers(&|field| field.place.1.map_or(0, |bits| bits.width.into()))?,
        numbers(&|field| field.place.1.is_some_and(|bits| bits.signed).into())?,
    ];
    let names = Owned::symbols(["size", "align", "union", "offset", "bit", "bits", "signed"])?;
    Ok(Some(Owned::dictionary(names, Owned::list(values)?)?))
}
