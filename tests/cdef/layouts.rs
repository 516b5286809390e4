//! Random structs and unions, judged by libclang: bit-fields, packing, alignment, nesting.

use std::fs;

use ffijit::cdef::{Scope, read};

use crate::headers::{PLATFORMS, differences, judge, oracle_is_here, scratch};
use crate::random::Random;

const SCALARS: [&str; 12] = [
    "char",
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "unsigned",
    "long",
    "unsigned long long",
    "float",
    "double",
    "void *",
];
const INTEGERS: [(&str, usize); 8] = [
    ("char", 8),
    ("unsigned char", 8),
    ("short", 16),
    ("int", 32),
    ("unsigned", 32),
    ("long long", 64),
    ("unsigned long long", 64),
    ("_Bool", 1),
];

/// Writes structs. No two fields have one name, wherever they stand.
struct Writer {
    random: Random,
    /// Structs that others may hold.
    known: Vec<String>,
    fields: usize,
}

impl Writer {
    fn attribute(&mut self, one_in: usize) -> String {
        match self.random.below(one_in) {
            0 => format!(" __attribute__((aligned({})))", 1 << self.random.below(6)),
            1 => " __attribute__((packed))".into(),
            _ => String::new(),
        }
    }

    fn field(&mut self, depth: usize) -> String {
        self.fields += 1;
        let (name, attribute) = (format!("f{}", self.fields), self.attribute(12));
        match self.random.below(10) {
            0..=3 => format!("{} {name}{attribute};", self.random.pick(&SCALARS)),
            4 => format!("{} {name}[{}]{attribute};", self.random.pick(&SCALARS), 1 + self.random.below(5)),
            5 if !self.known.is_empty() => {
                let of = self.random.below(self.known.len());
                format!("{} {name}{attribute};", self.known[of])
            }
            6 if depth < 2 => format!("{} {name};", self.record("", depth + 1)),
            7 if depth < 2 => format!("{};", self.record("", depth + 1)),
            _ => self.bits(&name, &attribute),
        }
    }

    fn bits(&mut self, name: &str, attribute: &str) -> String {
        let (ty, most) = *self.random.pick(&INTEGERS);
        match self.random.below(6) {
            0 => format!("{ty} : {};", self.random.below(most + 1)),
            _ => format!("{ty} {name} : {}{attribute};", 1 + self.random.below(most)),
        }
    }

    fn record(&mut self, tag: &str, depth: usize) -> String {
        let word = if self.random.below(5) == 0 { "union" } else { "struct" };
        let count = 1 + self.random.below(6);
        self.fields += 1;
        // One with a name at least: compilers disagree about structs of nothing else.
        let first = format!("{} f{};", self.random.pick(&SCALARS), self.fields);
        let mut fields: Vec<String> = (0..count).map(|_| self.field(depth)).collect();
        fields.insert(self.random.below(count + 1), first);
        let attribute = self.attribute(8);
        if !tag.is_empty() {
            self.known.push(format!("{word} {tag}"));
        }
        format!("{word}{attribute} {tag} {{ {} }}", fields.join(" "))
    }

    /// Many structs, some under `#pragma pack`.
    fn text(&mut self, count: usize) -> String {
        let mut text = String::new();
        for i in 0..count {
            let packed = self.random.below(5) == 0;
            if packed {
                text += &format!("#pragma pack(push, {})\n", 1 << self.random.below(5));
            }
            text += &self.record(&format!("s{i}"), 0);
            text += ";\n";
            if packed {
                text += "#pragma pack(pop)\n";
            }
        }
        text
    }
}

#[test]
fn random_layouts_agree_with_libclang() {
    if !oracle_is_here() {
        eprintln!("skipped: clang, python3 and its module clang are not here");
        return;
    }
    for platform in &PLATFORMS {
        let text = Writer { random: Random::new(7), known: Vec::new(), fields: 0 }.text(2000);
        let file = scratch(&format!("layouts-{}.i", platform.name));
        fs::write(&file, &text).expect("a file is written");
        let judged = judge(&file, platform).expect("libclang reads it");
        assert!(judged.len() >= 2000);
        let scope = read(&Scope::new(platform.model), text.as_bytes()).expect("ffijit reads it");
        let differences = differences(&scope, &judged);
        assert!(
            differences.is_empty(),
            "{}: {}\n{}",
            platform.name,
            differences.len(),
            differences[..differences.len().min(12)].join("\n")
        );
    }
}
