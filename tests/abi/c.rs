//! The C side of signatures: callees that take arguments apart, callers of thunks, and the tables that the driver
//! reads. C types are those of the library's table; how they are passed is the compiler's business.

use std::fmt::Write;

use ffijit::calls::{Record, Suspended};
use ffijit::ctype::{CType, Kind, Repr, TYPES};
use ffijit::jit::ThunkState;
use ffijit::k::tag;
use ffijit::signature::{Struct, Type, Variadic};

use crate::emit::{FORMS, Stubs};
use crate::signatures::Case;

/// A number or an address: an argument or a part of a struct.
#[derive(Clone)]
struct Leaf {
    letter: char,
    repr: Repr,
    /// C's type of it.
    c: String,
    /// How C names it, after the argument's name.
    path: String,
    offset: usize,
}

const ADDRESS: &str = "void *";

/// The leaves of a type. Of a union those of one member, which `choice` decides.
fn leaves(ty: &Type, choice: usize) -> Vec<Leaf> {
    let mut all = vec![];
    add_leaves(ty, choice, String::new(), 0, &mut all);
    all
}

fn add_leaves(ty: &Type, choice: usize, path: String, offset: usize, all: &mut Vec<Leaf>) {
    let mut add =
        |letter, repr, c: &str, path, offset| all.push(Leaf { letter, repr, c: c.into(), path, offset });
    match ty {
        Type::Struct(layout) => add_members(layout, choice, &path, offset, all),
        Type::Value(row) if row.kind == Kind::Guid && !path.is_empty() => {
            (0..16).for_each(|i| add('x', Repr::U8, "uint8_t", format!("{path}[{i}]"), offset + i));
        }
        Type::Value(row) if row.kind == Kind::Guid => add(row.letter, Repr::Pointer, ADDRESS, path, offset),
        Type::Value(row) => add(row.letter, row.repr, row.c, path, offset),
        Type::Pointer(row) => add(row.letter.to_ascii_uppercase(), Repr::Pointer, ADDRESS, path, offset),
        Type::Object => add('K', Repr::Pointer, ADDRESS, path, offset),
        Type::Callback => add('k', Repr::Pointer, ADDRESS, path, offset),
        Type::Out(_) | Type::InOut(_) => add('&', Repr::Pointer, ADDRESS, path, offset),
    }
}

fn add_members(layout: &Struct, choice: usize, path: &str, offset: usize, all: &mut Vec<Leaf>) {
    let count = layout.members.len();
    let range = if layout.shape.union { choice % count..choice % count + 1 } else { 0..count };
    for (m, member) in layout.members.iter().enumerate().take(range.end).skip(range.start) {
        let path = format!("{path}.m{m}");
        let at = offset + member.offset;
        match member.count {
            None => add_leaves(&member.ty, choice / count, path, at, all),
            Some(n) => (0..n).for_each(|i| {
                add_leaves(
                    &member.ty,
                    choice / count,
                    format!("{path}[{i}]"),
                    at + i * member.ty.size(),
                    all,
                );
            }),
        }
    }
}

/// How C declares something of this type.
fn declaration(ty: &Type, name: &str) -> String {
    match ty {
        Type::Value(row) if row.kind == Kind::Guid => format!("uint8_t {name}[16]"),
        Type::Value(row) => format!("{} {name}", row.c),
        Type::Struct(layout) => format!("{} {{ {}}} {name}", keyword(layout), members(layout)),
        _ => format!("{ADDRESS}{name}"),
    }
}

/// How the declaration of a struct or union begins.
fn keyword(layout: &Struct) -> &'static str {
    match (layout.shape.union, layout.shape.packed) {
        (false, false) => "struct",
        (false, true) => "struct __attribute__((packed))",
        (true, false) => "union",
        (true, true) => "union __attribute__((packed))",
    }
}

fn members(layout: &Struct) -> String {
    let one = |(m, member): (usize, &ffijit::signature::Member)| {
        let count = member.count.map_or(String::new(), |n| format!("[{n}]"));
        match (&member.ty, count.is_empty()) {
            // An array of arrays has the count of the outer one first.
            (Type::Value(row), false) if row.kind == Kind::Guid => format!("uint8_t m{m}{count}[16]; "),
            (ty, _) => declaration(ty, &format!("m{m}{count}")) + "; ",
        }
    };
    layout.members.iter().enumerate().map(one).collect()
}

/// A value of the leaf's type, from a slot of an array.
fn taken(leaf: &Leaf, slot: &str) -> String {
    match leaf.repr {
        Repr::Bool => format!("(bool)(uint8_t){slot}"),
        Repr::F32 | Repr::F64 => format!("*({} *)&{slot}", leaf.c),
        Repr::Pointer => format!("({})(uintptr_t){slot}", leaf.c),
        _ => format!("({}){slot}", leaf.c),
    }
}

/// Puts a value of this representation in a slot of `seen`.
fn saw(repr: Repr, slot: usize, value: &str) -> String {
    let name = match repr {
        Repr::F32 => "SEE_FLOAT",
        Repr::F64 => "SEE_DOUBLE",
        Repr::Pointer => "SEE_ADDRESS",
        _ => "SEE",
    };
    format!("{name}({slot}, {value}); ")
}

/// One signature, as C is to be written for it.
struct Writer<'a> {
    number: usize,
    case: &'a Case,
    leaves: Vec<Vec<Leaf>>,
    result: Vec<Leaf>,
    /// The slot of each parameter's first leaf.
    first: Vec<usize>,
}

impl<'a> Writer<'a> {
    fn new(number: usize, case: &'a Case) -> Self {
        let leaves: Vec<Vec<Leaf>> = case.signature.params.iter().map(|ty| leaves(ty, number)).collect();
        let starts = leaves.iter().scan(0, |next, l| Some(std::mem::replace(next, *next + l.len())));
        let first = starts.collect();
        let result = case.signature.ret.as_ref().map(|ty| self::leaves(ty, number)).unwrap_or_default();
        Self { number, case, leaves, result, first }
    }

    /// The C type of a parameter, or of the result where `i` is `None`.
    fn c_type(&self, i: Option<usize>) -> String {
        let (ty, leaves, name) = match i {
            Some(i) => (Some(&self.case.signature.params[i]), &self.leaves[i], i.to_string()),
            None => (self.case.signature.ret.as_ref(), &self.result, "r".into()),
        };
        match ty {
            None => "void".into(),
            Some(Type::Struct(_)) => format!("s{}_{name}", self.number),
            Some(_) => leaves[0].c.clone(),
        }
    }

    fn structs(&self) -> String {
        let params = self.case.signature.params.iter().enumerate().map(|(i, ty)| (Some(i), ty));
        let all = params.chain(self.case.signature.ret.iter().map(|ty| (None, ty)));
        let structs = all.filter_map(|(i, ty)| match ty {
            Type::Struct(layout) => {
                let name = self.c_type(i);
                Some(format!("typedef {} {{ {}}} {name};\n", keyword(layout), members(layout)))
            }
            _ => None,
        });
        structs.collect()
    }

    /// The C function: notes what it has been given, and returns the answer.
    fn callee(&self) -> String {
        let (n, fixed) = (self.number, self.case.signature.fixed());
        let variadic = self.case.signature.variadic != Variadic::No;
        let mut params: Vec<String> = (0..fixed).map(|i| format!("{} a{i}", self.c_type(Some(i)))).collect();
        if variadic {
            params.push("...".into());
        }
        let params = if params.is_empty() { "void".into() } else { params.join(", ") };
        let body = if variadic { self.variables(fixed) } else { String::new() };
        let saw: String = (0..self.leaves.len()).map(|i| self.saw_param(i)).collect();
        let returned = match &self.case.signature.results {
            Some(_) => self.filled(),
            None => self.returned(),
        };
        format!("{} CONVENTION f{n}({params}) {{ {body}{saw}{returned} }}\n", self.c_type(None))
    }

    /// Takes the variable arguments, as what they have been promoted to.
    fn variables(&self, fixed: usize) -> String {
        let mut text = format!("VARIABLE rest; BEGIN(rest, a{}); ", fixed - 1);
        for i in fixed..self.leaves.len() {
            let ty = match (&self.case.signature.params[i], self.leaves[i][0].repr) {
                (Type::Struct(_), _) => self.c_type(Some(i)),
                (_, repr) if repr.promoted() == repr => self.c_type(Some(i)),
                (_, Repr::F32) => "double".into(),
                _ => "int".into(),
            };
            let _ = write!(text, "{ty} a{i} = NEXT(rest, {ty}); ");
        }
        text + "END(rest); "
    }

    fn is_promoted(&self, i: usize) -> bool {
        i >= self.case.signature.fixed() && !matches!(self.case.signature.params[i], Type::Struct(_))
    }

    fn saw_param(&self, i: usize) -> String {
        let repr = |leaf: &Leaf| if self.is_promoted(i) { leaf.repr.promoted() } else { leaf.repr };
        let leaves = self.leaves[i].iter().enumerate();
        leaves.map(|(k, leaf)| saw(repr(leaf), self.first[i] + k, &format!("a{i}{}", leaf.path))).collect()
    }

    fn returned(&self) -> String {
        match (&self.case.signature.ret, &self.result[..]) {
            (Some(Type::Struct(_)), fields) => {
                let fields = assignments(fields, "x", "answer", 0);
                format!("arrived(); {} x; {fields}return x;", self.c_type(None))
            }
            (_, [leaf]) if matches!(leaf.repr, Repr::F32 | Repr::F64) => {
                format!("arrived(); return {};", taken(leaf, "answer[0]"))
            }
            (_, [leaf]) => format!("return {};", taken(leaf, "arrived()")),
            _ => "arrived();".into(),
        }
    }

    /// Fills what is to be filled, after the result from the answer's slots.
    fn filled(&self) -> String {
        let mut slot = usize::from(self.case.signature.ret.is_some());
        let mut text = "arrived(); ".to_string();
        for (i, ty) in self.case.signature.params.iter().enumerate() {
            let Type::Out(inner) = ty else { continue };
            let leaf = &leaves(inner, 0)[0];
            let value = taken(leaf, &format!("answer[{slot}]"));
            let _ = write!(text, "*({} *)a{i} = {value}; ", leaf.c);
            slot += 1;
        }
        match &self.result[..] {
            [leaf] => text + &format!("return {};", taken(leaf, "answer[0]")),
            _ => text,
        }
    }

    /// The leaves of what q gets.
    fn results(&self) -> Vec<Leaf> {
        let Some(layout) = &self.case.signature.results else { return self.result.clone() };
        let mut all = vec![];
        add_members(layout, 0, "", 0, &mut all);
        all
    }

    /// C code that calls a thunk. Where `wide`, narrow integers are passed with what happens to lie above them, as
    /// the convention allows: by a prototype in which they are wide.
    fn caller(&self, wide: bool) -> String {
        let is_wide = |leaf: &Leaf| wide && leaf.path.is_empty() && leaf.repr.promoted() == Repr::I32;
        let (mut types, mut passed, mut made) = (vec![], vec![], String::new());
        for (i, leaves) in self.leaves.iter().enumerate() {
            let (ty, first) = (self.c_type(Some(i)), self.first[i]);
            let slot = format!("give[{first}]");
            let (ty, value) = match (&self.case.signature.params[i], &leaves[0]) {
                (Type::Struct(_), _) => {
                    let fields = assignments(leaves, &format!("a{i}"), "give", first);
                    let _ = write!(made, "{ty} a{i}; {fields}");
                    (ty, format!("a{i}"))
                }
                (_, leaf) if is_wide(leaf) => ("uint64_t".into(), slot),
                (_, leaf) => (ty, taken(leaf, &slot)),
            };
            types.push(ty);
            passed.push(value);
        }
        let ret = self.c_type(None);
        let types = if types.is_empty() { "void".into() } else { types.join(", ") };
        let call = format!("(({ret} (CONVENTION *)({types}))thunk)({})", passed.join(", "));
        let leaves = self.result.iter().enumerate();
        let saw: String = leaves.map(|(k, l)| saw(l.repr, k, &format!("x{}", l.path))).collect();
        let call = if saw.is_empty() { call } else { format!("{ret} x = {call}") };
        format!("static void c{}(void *thunk) {{ {made}{call}; {saw}}}\n", self.number)
    }

    fn tables(&self) -> String {
        let n = self.number;
        let params: String = (0..self.leaves.len())
            .map(|i| self.param(&self.case.signature.params[i], &self.leaves[i], self.first[i]) + ", ")
            .collect();
        let leaf = |promoted| move |l: &Leaf| format!("{{'{}', {promoted}, {}}}, ", l.letter, l.offset);
        let leaves: String = self
            .leaves
            .iter()
            .enumerate()
            .flat_map(|(i, leaves)| leaves.iter().map(leaf(u8::from(self.is_promoted(i)))))
            .collect();
        let results: String = self.results().iter().map(leaf(0)).collect();
        format!(
            "static const struct param p{n}[] = {{{params}{{0}}}};\n\
             static const struct leaf l{n}[] = {{{leaves}{{0}}}}, r{n}[] = {{{results}{{0}}}};\n"
        )
    }

    fn param(&self, ty: &Type, leaves: &[Leaf], first: usize) -> String {
        let letter = if matches!(ty, Type::Struct(_)) { '{' } else { leaves[0].letter };
        format!("{{'{letter}', {first}, {}, {}}}", leaves.len(), ty.size())
    }

    /// The entry in the table of all signatures.
    fn entry(&self, forms: &[bool], target: &str) -> String {
        let (n, case) = (self.number, self.case);
        let stubs: Vec<String> = (0..FORMS.len())
            .map(|form| if forms[form] { format!("t{n}_{form}") } else { "0".into() })
            .collect();
        let caller = if self.has_caller() { format!("c{n}") } else { "0".into() };
        let result = match (&case.signature.results, &case.signature.ret) {
            (Some(layout), _) => self.param(&Type::Struct(layout.clone()), &self.results(), 0),
            (None, Some(ty)) => self.param(ty, &self.result, 0),
            (None, None) => "{' ', 0, 0, 0}".into(),
        };
        let returns = match &case.signature.ret {
            Some(Type::Struct(_)) => '{',
            _ => self.result.first().map_or(' ', |leaf| leaf.letter),
        };
        let has_outs = u8::from(case.signature.results.is_some());
        format!(
            "{{\"{};{}\", p{n}, l{n}, r{n}, {result}, {}, '{returns}', {has_outs}, {{{}}}, (void *){target}, {caller}}},\n",
            case.args,
            case.ret,
            self.leaves.len(),
            stubs.join(", ")
        )
    }

    fn has_caller(&self) -> bool {
        self.case.signature.variadic == Variadic::No && self.case.signature.results.is_none()
    }
}

/// Fills a struct from slots.
fn assignments(leaves: &[Leaf], variable: &str, array: &str, first: usize) -> String {
    let leaves = leaves.iter().enumerate();
    leaves
        .map(|(k, l)| format!("{variable}{} = {}; ", l.path, taken(l, &format!("{array}[{}]", first + k))))
        .collect()
}

/// C for some signatures with their stubs. `wide` lets callers leave junk in narrow arguments.
pub fn source(cases: &[Case], stubs: &Stubs, wide: bool) -> String {
    let mut text = String::from("#include \"driver.h\"\n");
    let mut entries = String::new();
    for (n, case) in cases.iter().enumerate() {
        let writer = Writer::new(n, case);
        text += &writer.structs();
        text += &writer.callee();
        if writer.has_caller() {
            text += &writer.caller(wide && n % 2 == 0);
        }
        text += &writer.tables();
        let (forms, target) = (&stubs.forms[n], &stubs.targets[n]);
        for form in (0..FORMS.len()).filter(|&form| forms[form]) {
            let _ = writeln!(text, "extern void t{n}_{form}(void);");
        }
        if *target != format!("f{n}") {
            let _ = writeln!(text, "extern void {target}(void);");
        }
        entries += &writer.entry(forms, target);
    }
    let count = cases.len();
    text + &format!(
        "const struct signature signatures[] = {{\n{entries}}};\nconst unsigned signature_count = {count};\n"
    )
}

/// `types.h`: what the driver knows of each type character, and the offsets in the library's own structures.
pub fn types() -> String {
    let values = TYPES.iter().map(|row| row_of(row.letter, row, value_kind(row), row.repr.size(), 0));
    let pointers = TYPES.iter().map(|row| {
        let kind = if row.letter == 'c' { "BUFFER" } else { "POINTER" };
        let is_number = row.kind == Kind::Number && row.repr != Repr::Char;
        row_of(row.letter.to_ascii_uppercase(), row, kind, 8, u8::from(!is_number))
    });
    let rows: String = values.chain(pointers).collect();
    let widened: String = TYPES.iter().map(widened).collect();
    format!(
        "enum {{ UNDER_WAY = {}, ATTENTION = {}, ERRNO = {}, ERRNO_AT = {}, CALLBACKS = {} }};\n\
         enum {{ SUSPENDED_UNDER_WAY = {}, SUSPENDED_ERRNO = {}, RUNNING = {}, LIST_KEPT = {} }};\n\
         static const struct type types[128] = {{\n{rows}['K'] = {{0, 8, 8, ANY, 0}},\n\
         ['k'] = {{7, 8, 8, FUNCTION, 0}},\n[' '] = {{0, 0, 0, VOID, 0}},\n['&'] = {{0, 8, 8, ROOM, 0}},\n['{{'] = {{0, 0, 0, AGGREGATE, 0}},\n}};\n\
         static uint64_t widen(char letter, uint64_t w) {{\n  switch (letter) {{\n{widened}    default: return w;\n  }}\n}}\n",
        Record::UNDER_WAY,
        Record::ATTENTION,
        Record::ERRNO,
        Record::ERRNO_AT,
        Record::CALLBACKS,
        Suspended::UNDER_WAY,
        Suspended::ERRNO,
        ThunkState::RUNNING,
        ThunkState::LIST,
    )
}

fn value_kind(row: &CType) -> &'static str {
    match row.kind {
        Kind::Number | Kind::Size => "NUMBER",
        Kind::Address => "ADDRESS",
        Kind::Guid => "GUID_VALUE",
        Kind::Text => "TEXT",
    }
}

fn row_of(letter: char, row: &CType, kind: &str, size: usize, by_runtime: u8) -> String {
    // A text is an address wherever it lies.
    let item = if ["TEXT", "BUFFER"].contains(&kind) { size } else { row.element_size() };
    let held = tag::element_size(row.tag());
    let (tag, array) = (row.tag(), row.array_tag());
    format!("['{letter}'] = {{{tag}, {size}, {item}, {kind}, {by_runtime}, {held}, {array}}},\n")
}

/// What C makes of the low bits of a word when it widens them.
fn widened(row: &CType) -> String {
    let value = match row.repr {
        Repr::F64 | Repr::Pointer => return String::new(),
        Repr::F32 => "(uint32_t)w".into(),
        Repr::Bool => "(bool)(uint8_t)w".into(),
        _ => format!("(uint64_t)(int64_t)({})w", row.c),
    };
    format!("    case '{}': return {value};\n", row.letter)
}
