//! Declarations as C text again: what some names need, complete in itself and in an order in which each is known before
//! it is used, a line each. Read again it means the same, or what does not is left out.

use std::collections::{HashMap, HashSet};

use super::arithmetic::{Constant, Integer};
use super::letters::signature_of;
use super::scope::{Function, Meaning, Notes, Parameter, Scope, TagKind, Variable};
use super::types::{Enumeration, Field, Kind, Qualified, Record, TypeId};
use super::{Error, MAX_DEPTH, Name, read, words};

/// Rounds of writing, each without what the one before could not say.
const MAX_ROUNDS: usize = 64;

/// What was written.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// Declarations.
    pub lines: Vec<String>,
    /// What could not be written, and why.
    pub left: Vec<Error>,
}

/// Writes what these names mean, with the types that they need. A prefix is taken off the names of functions, variables
/// and constants where a name is left.
pub fn text_of(scope: &Scope, names: &[Name], strip: &str) -> Text {
    let mut named = scope.clone();
    named.types.name_all();
    let (mut opaque, mut dropped) = (HashSet::new(), HashMap::new());
    let mut rounds = 0;
    loop {
        let mut writer = Writer::new(&named, strip, &opaque, &dropped);
        writer.write(names);
        let mut text = writer.text;
        rounds += 1;
        let is_news = match check(&named, &text.lines, strip) {
            Ok(()) => return text,
            Err(Wrong::Record(ty)) => opaque.insert(ty),
            Err(Wrong::Name(name, why)) => dropped.insert(name, why).is_none(),
        };
        if !is_news || rounds == MAX_ROUNDS {
            text.lines.clear();
            let entries = named.declared().filter(|entry| names.contains(&entry.name));
            let why = "nothing can be written, for too much of it is read otherwise";
            text.left = entries.map(|entry| named.error(entry.place, &entry.name, why)).collect();
            return text;
        }
    }
}

/// What read again means something else.
enum Wrong {
    Record(TypeId),
    Name(Name, String),
}

struct Writer<'a> {
    scope: &'a Scope,
    strip: &'a str,
    /// Structs whose fields cannot be said.
    opaque: &'a HashSet<TypeId>,
    /// Names that cannot be said, and why.
    dropped: &'a HashMap<Name, String>,
    text: Text,
    /// The typedefs of each struct, union and enum, and whether they are of constants.
    typedefs: HashMap<TypeId, Vec<(Name, bool)>>,
    /// The enums of enumerators.
    enumerators: HashMap<Name, TypeId>,
    /// Types that are named, and those whose braces are written or being written.
    named: HashSet<TypeId>,
    defined: HashSet<TypeId>,
    /// Types behind pointers, to be defined afterwards.
    waiting: Vec<TypeId>,
}

type Outcome = Result<(), String>;

impl<'a> Writer<'a> {
    fn new(
        scope: &'a Scope,
        strip: &'a str,
        opaque: &'a HashSet<TypeId>,
        dropped: &'a HashMap<Name, String>,
    ) -> Self {
        let mut typedefs: HashMap<TypeId, Vec<(Name, bool)>> = HashMap::new();
        for entry in scope.declared().filter(|entry| !entry.name.starts_with('_')) {
            if let Meaning::Type(Qualified { ty, constant }) = entry.meaning
                && matches!(scope.types.whole(ty), Kind::Record(_) | Kind::Enum(_))
            {
                typedefs.entry(ty).or_default().push((entry.name.clone(), constant));
            }
        }
        let mut enumerators = HashMap::new();
        for (ty, known) in scope.types.every_enum() {
            let names = known.names.iter().flat_map(|names| names.iter());
            enumerators.extend(names.map(|(name, _)| (name.clone(), ty)));
        }
        let (text, named, defined, waiting) = Default::default();
        Self { scope, strip, opaque, dropped, text, typedefs, enumerators, named, defined, waiting }
    }

    fn write(&mut self, names: &[Name]) {
        let names: HashSet<&str> = names.iter().map(|name| &**name).collect();
        for entry in self.scope.declared().filter(|entry| names.contains(&*entry.name)) {
            let outcome = match self.dropped.get(&entry.name) {
                Some(why) => Err(why.clone()),
                None => self.entry(&entry.name),
            };
            if let Err(why) = outcome {
                self.text.left.push(self.scope.error(entry.place, &entry.name, why));
            }
            while let Some(ty) = self.waiting.pop() {
                // It stays without fields if they cannot be said.
                _ = self.need(ty, true, 0);
            }
        }
    }

    fn entry(&mut self, name: &Name) -> Outcome {
        let scope = self.scope;
        match scope.resolved(name) {
            Some(Meaning::Function(function)) => self.function(name, function),
            Some(Meaning::Variable(variable)) => self.variable(name, variable),
            Some(Meaning::Constant(_)) if self.enumerators.contains_key(name) => {
                self.need(self.enumerators[name], true, 0)
            }
            Some(Meaning::Constant(value)) => {
                let value = constant_text(value).ok_or("not a finite number")?;
                self.line(format!("#define {} {value}", stripped(self.scope, name, self.strip)))
            }
            Some(Meaning::Type(ty)) => self.need(ty.ty, true, 0),
            Some(Meaning::Alias(_)) | None => Ok(()),
        }
    }

    fn line(&mut self, line: String) -> Outcome {
        self.text.lines.push(line);
        Ok(())
    }

    fn function(&mut self, name: &str, function: &Function) -> Outcome {
        if let Some(why) = function.refused {
            return Err(why.into());
        }
        self.need(function.ty, true, 0)?;
        let Kind::Function(ty) = self.scope.types.kind(function.ty) else {
            return Err("not a function".into());
        };
        let name = stripped(self.scope, name, self.strip);
        let whole = match function.parameters.len() == ty.parameters.len() {
            true => {
                let parameters = function.parameters.iter().map(|p| self.parameter(p)).collect();
                let list = super::display::parameter_list(parameters, ty.variadic, ty.prototyped);
                self.scope.text_of(ty.result, &format!("{name}({list})"))
            }
            false => self.scope.text_of(Qualified { ty: function.ty, constant: false }, name),
        };
        let nonnull: Vec<String> =
            (1..).zip(&function.parameters).filter(|(_, p)| p.nonnull).map(|(i, _)| i.to_string()).collect();
        let nonnull = match nonnull.is_empty() {
            true => String::new(),
            false => format!(" __attribute__((nonnull({})))", nonnull.join(",")),
        };
        let line =
            format!("{}{whole}{}{nonnull};", notes_text(&function.notes), label(name, &function.symbol));
        self.line(line)
    }

    fn parameter(&self, parameter: &Parameter) -> String {
        let plain = Qualified { ty: parameter.ty, constant: false };
        let name = parameter.name.as_deref().unwrap_or("");
        let text = match (parameter.length, self.scope.types.kind(parameter.ty)) {
            (Some(n), Kind::Pointer(to)) => self.scope.text_of(*to, &format!("{name}[{n}]")),
            _ => self.scope.text_of(plain, name),
        };
        notes_text(&parameter.notes) + &text
    }

    fn variable(&mut self, name: &str, variable: &Variable) -> Outcome {
        self.need(variable.ty.ty, true, 0)?;
        let name = stripped(self.scope, name, self.strip);
        let line =
            format!("extern {}{};", self.scope.text_of(variable.ty, name), label(name, &variable.symbol));
        self.line(line)
    }

    // Writes what a type needs to be named, and if it is to be whole, to have a size.
    fn need(&mut self, ty: TypeId, whole: bool, depth: u32) -> Outcome {
        if depth == MAX_DEPTH {
            return Err(format!("types nested deeper than {MAX_DEPTH}"));
        }
        let scope = self.scope;
        match scope.types.kind(ty) {
            Kind::Pointer(to) => self.need(to.ty, false, depth + 1),
            Kind::Array(of, _) => self.need(of.ty, true, depth + 1),
            Kind::Function(function) => {
                self.need(function.result.ty, true, depth + 1)?;
                function.parameters.iter().try_for_each(|&ty| self.need(ty, true, depth + 1))
            }
            Kind::Record(id) => self.record(scope.types.record(*id), scope.types.bare(ty), whole, depth),
            Kind::Enum(id) => self.enumeration(scope.types.enumeration(*id), scope.types.bare(ty)),
            Kind::Unsupported(name, _) if scope.find(name).is_none() => {
                Err(format!("{name} has no name in C"))
            }
            _ => Ok(()),
        }
    }

    fn record(&mut self, record: &Record, ty: TypeId, whole: bool, depth: u32) -> Outcome {
        let fields = record.fields.as_deref().filter(|_| !self.opaque.contains(&ty));
        if let (Some(tag), true) = (&record.tag, fields.is_none() || !whole) {
            if !self.defined.contains(&ty) && self.named.insert(ty) {
                self.line(format!("{} {tag};", word(record)))?;
                self.aliases(ty, None)?;
            }
            self.waiting.extend(fields.filter(|_| !self.defined.contains(&ty)).map(|_| ty));
            return Ok(());
        }
        let Some(fields) = fields else { return Err("a struct without fields or a tag".into()) };
        if !self.defined.insert(ty) {
            return Ok(());
        }
        self.need_fields(fields, depth)?;
        let braces = self.braces(record, ty);
        match (&record.tag, &record.alias) {
            (Some(tag), _) => self.line(format!("{} {tag} {braces};", word(record)))?,
            (None, Some(alias)) => self.line(format!("typedef {} {braces} {alias};", word(record)))?,
            (None, None) => (),
        }
        let own = record.alias.as_ref().filter(|_| record.tag.is_none());
        if self.named.insert(ty) { self.aliases(ty, own) } else { Ok(()) }
    }

    fn need_fields(&mut self, fields: &[Field], depth: u32) -> Outcome {
        let scope = self.scope;
        fields.iter().try_for_each(|field| match (&field.name, scope.types.kind(field.ty)) {
            // It stands within the braces, without a name of its own.
            (None, Kind::Record(id)) => {
                let inner = scope.types.record(*id).fields.as_deref().unwrap_or_default();
                if depth == MAX_DEPTH {
                    return Err(format!("types nested deeper than {MAX_DEPTH}"));
                }
                self.need_fields(inner, depth + 1)
            }
            _ => self.need(field.ty, true, depth + 1),
        })
    }

    // The typedefs of a type, but for the one that it has been written with.
    fn aliases(&mut self, ty: TypeId, own: Option<&Name>) -> Outcome {
        for (alias, constant) in self.typedefs.get(&ty).cloned().unwrap_or_default() {
            if Some(&alias) != own {
                let text = self.scope.text_of(Qualified { ty, constant }, &alias);
                self.line(format!("typedef {text};"))?;
            }
        }
        Ok(())
    }

    // `{ fields }` with what is said of the whole.
    fn braces(&self, record: &Record, ty: TypeId) -> String {
        let (mut text, mut end) = (String::from("{ "), 0);
        for field in record.fields.iter().flat_map(|fields| fields.iter()) {
            text += &self.field(field, record.packed.then_some(if record.union { 0 } else { end }));
            text += "; ";
            end = field.offset + self.bits_of(field);
        }
        text.push('}');
        let extent = self.scope.types.extent(ty);
        if let (true, Some(extent)) = (record.packed, extent) {
            text += &format!(" __attribute__((packed, aligned({})))", extent.align);
        }
        if record.transparent {
            text += " __attribute__((transparent_union))";
        }
        text
    }

    fn bits_of(&self, field: &Field) -> u64 {
        let bytes = self.scope.types.extent(field.ty).map_or(0, |extent| extent.size);
        field.bits.map_or(bytes * 8, u64::from)
    }

    // In a packed struct a field has the alignment that it must have to lie where it does, after what ends at this bit.
    fn field(&self, field: &Field, packed_after: Option<u64>) -> String {
        let types = &self.scope.types;
        let name = field.name.as_deref().unwrap_or("");
        let text = match (&field.name, types.kind(field.ty)) {
            (None, Kind::Record(id)) => {
                let record = types.record(*id);
                format!("{} {}", word(record), self.braces(record, types.bare(field.ty)))
            }
            _ => self.scope.text_of(Qualified { ty: field.ty, constant: false }, name),
        };
        let align = match (packed_after, types.whole(field.ty)) {
            (Some(end), _) if field.bits.is_none() => {
                let (end, offset) = (end.div_ceil(8), field.offset / 8);
                (0..=12).map(|n| 1 << n).find(|&align| u64::next_multiple_of(end, align) == offset)
            }
            (None, Kind::Aligned(_, align)) => Some(u64::from(*align)),
            _ => None,
        };
        let bits = field.bits.map_or_else(String::new, |bits| format!(" : {bits}"));
        match align.filter(|&align| align > 1) {
            Some(align) => format!("{text}{bits} __attribute__((aligned({align})))"),
            None => text + &bits,
        }
    }

    fn enumeration(&mut self, known: &Enumeration, ty: TypeId) -> Outcome {
        let Some(names) = known.names.as_deref() else {
            return Err("an enum whose names are not known".into());
        };
        if !self.defined.insert(ty) {
            return Ok(());
        }
        let name =
            |(name, value): &(Name, i128)| format!("{} = {value}", stripped(self.scope, name, self.strip));
        let braces = format!("{{ {} }}", names.iter().map(name).collect::<Vec<_>>().join(", "));
        match (&known.tag, &known.alias) {
            (Some(tag), _) => self.line(format!("enum {tag} {braces};"))?,
            (None, Some(alias)) => self.line(format!("typedef enum {braces} {alias};"))?,
            (None, None) => self.line(format!("enum {braces};"))?,
        }
        let own = known.alias.clone().filter(|_| known.tag.is_none());
        self.aliases(ty, own.as_ref())
    }
}

fn word(record: &Record) -> &'static str {
    TagKind::of(record).word()
}

fn notes_text(notes: &Notes) -> String {
    let plain = [(notes.out, "_Out_ "), (notes.inout, "_Inout_ "), (notes.handle, "_Handle_ ")];
    let plain = plain.into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_string());
    let named = [("_Free_", &notes.free), ("_Own_", &notes.own)];
    let named = named.into_iter().filter_map(|(word, by)| Some(format!("{word}({}) ", by.as_ref()?)));
    plain.chain(named).collect()
}

// Where a name is not the library's.
fn label(name: &str, symbol: &str) -> String {
    if name == symbol { String::new() } else { format!(" __asm__(\"{symbol}\")") }
}

/// A name without a prefix, where what is left is a name, and one that nothing else has.
pub fn stripped<'a>(scope: &Scope, name: &'a str, prefix: &str) -> &'a str {
    let is_free = |rest: &&str| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic())
            && !words::is_keyword(rest)
            && scope.find(rest).is_none()
    };
    name.strip_prefix(prefix).filter(is_free).unwrap_or(name)
}

fn constant_text(value: &Constant) -> Option<String> {
    match value {
        Constant::Integer(Integer { value, bytes, signed }) => {
            let suffix = if *bytes == 8 && !signed { "ULL" } else { "" };
            Some(match *value {
                value if value == i128::from(i64::MIN) => format!("({} - 1)", value + 1),
                value if value < 0 => format!("({value})"),
                value => format!("{value}{suffix}"),
            })
        }
        Constant::Float { value, .. } if value.is_finite() => Some(format!("{value:?}")),
        Constant::Float { .. } => None,
        Constant::Text(bytes) => {
            let text: String = bytes.iter().map(|&byte| character(byte)).collect();
            Some(format!("\"{text}\""))
        }
    }
}

fn character(byte: u8) -> String {
    match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        // `??` may begin a trigraph.
        b' '..=b'~' if byte != b'?' => char::from(byte).into(),
        _ => format!("\\{byte:03o}"),
    }
}

// Reads what was written, and compares what it means.
fn check(scope: &Scope, lines: &[String], strip: &str) -> Result<(), Wrong> {
    let again = read(&Scope::new(scope.types.model), lines.join("\n").as_bytes()).map_err(|error| {
        let line = lines.get(error.line as usize - 1).map_or("", |line| line);
        wrong_line(scope, line, strip, &error)
    })?;
    for (ty, record) in scope.types.every_record() {
        let kind = TagKind::of(record);
        let other = match (&record.tag, &record.alias) {
            (Some(tag), _) => again.tagged(kind, tag),
            (None, Some(alias)) => match again.find(alias) {
                Some(Meaning::Type(ty)) => Some(ty.ty),
                _ => None,
            },
            (None, None) => None,
        };
        if other.is_some_and(|other| !same_layout(scope, ty, &again, other)) {
            return Err(Wrong::Record(ty));
        }
    }
    for entry in scope.declared() {
        let own = scope.resolved(&entry.name);
        let other = again.find(stripped(scope, &entry.name, strip));
        let is_same = match (own, other) {
            (Some(Meaning::Function(f)), Some(Meaning::Function(g))) => {
                signature_of(scope, f).ok() == signature_of(&again, g).ok()
            }
            (Some(Meaning::Constant(x)), Some(Meaning::Constant(y))) => same_value(x, y),
            _ => true,
        };
        if !is_same {
            return Err(Wrong::Name(
                entry.name.clone(),
                "it cannot be written so that it is the same".into(),
            ));
        }
    }
    Ok(())
}

fn same_value(x: &Constant, y: &Constant) -> bool {
    match (x, y) {
        (Constant::Integer(x), Constant::Integer(y)) => x.value == y.value,
        (Constant::Float { value: x, .. }, Constant::Float { value: y, .. }) => x == y,
        (Constant::Text(x), Constant::Text(y)) => x == y,
        _ => false,
    }
}

// What a line that cannot be read was to declare.
fn wrong_line(scope: &Scope, line: &str, strip: &str, error: &Error) -> Wrong {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: HashSet<&str> = line.split(|c| !is_word(c)).collect();
    let entries = || scope.declared().filter(|entry| words.contains(stripped(scope, &entry.name, strip)));
    let subject = entries().find(|entry| *entry.name == *error.name).or_else(|| {
        entries().find(|entry| {
            matches!(entry.meaning, Meaning::Function(_) | Meaning::Variable(_) | Meaning::Constant(_))
        })
    });
    let subject = subject.or_else(|| entries().next());
    let name = subject.map_or_else(|| Name::from(error.name.as_str()), |entry| entry.name.clone());
    Wrong::Name(name, error.what.clone())
}

fn same_layout(scope: &Scope, ty: TypeId, again: &Scope, other: TypeId) -> bool {
    let (Kind::Record(a), Kind::Record(b)) = (scope.types.kind(ty), again.types.kind(other)) else {
        return false;
    };
    let (Some(a), Some(b)) = (&scope.types.record(*a).fields, &again.types.record(*b).fields) else {
        return true;
    };
    let places = |fields: &[Field]| -> Vec<_> {
        fields.iter().map(|field| (field.name.clone(), field.offset, field.bits)).collect()
    };
    scope.types.extent(ty) == again.types.extent(other) && places(a) == places(b)
}
