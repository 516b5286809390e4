//! The words of C that stand before names.

use super::attributes::{is_attribute, is_label};
use super::scope::TagKind;
use super::types::Scalar;

/// Words of types, for those who write others.
pub const TYPE_WORDS: [&str; 13] = [
    "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "struct", "union",
    "enum", "const",
];

/// The words of types, as bits: C takes them in any order.
pub const VOID: u32 = 1;
pub const CHAR: u32 = 1 << 1;
pub const SHORT: u32 = 1 << 2;
pub const INT: u32 = 1 << 3;
pub const LONG: u32 = 1 << 4;
pub const LONG_LONG: u32 = 1 << 5;
pub const FLOAT: u32 = 1 << 6;
pub const DOUBLE: u32 = 1 << 7;
pub const SIGNED: u32 = 1 << 8;
pub const UNSIGNED: u32 = 1 << 9;
pub const BOOL: u32 = 1 << 10;
pub const COMPLEX: u32 = 1 << 11;
pub const INT128: u32 = 1 << 12;

/// The bit of a word of types.
pub fn type_word(word: &str) -> Option<u32> {
    Some(match word {
        "void" => VOID,
        "char" => CHAR,
        "short" => SHORT,
        "int" => INT,
        "long" => LONG,
        "float" => FLOAT,
        "double" => DOUBLE,
        "signed" | "__signed__" | "__signed" => SIGNED,
        "unsigned" => UNSIGNED,
        "_Bool" => BOOL,
        "_Complex" | "__complex__" | "__complex" => COMPLEX,
        "__int128" => INT128,
        "__int64" => LONG_LONG,
        _ => return None,
    })
}

/// Whether a word is `const`.
pub fn is_const(word: &str) -> bool {
    matches!(word, "const" | "__const" | "__const__")
}

/// Qualifiers that change nothing here.
pub fn is_plain_qualifier(word: &str) -> bool {
    matches!(
        word,
        "volatile"
            | "__volatile__"
            | "__volatile"
            | "restrict"
            | "__restrict"
            | "__restrict__"
            | "_Nullable"
            | "_Nonnull"
            | "_Null_unspecified"
            | "__ptr32"
            | "__ptr64"
            | "__unaligned"
            | "__w64"
    )
}

/// Whether a word says how names are to be taken, or nothing.
pub fn is_storage(word: &str) -> bool {
    matches!(
        word,
        "typedef"
            | "extern"
            | "static"
            | "auto"
            | "register"
            | "_Thread_local"
            | "__thread"
            | "inline"
            | "__inline"
            | "__inline__"
            | "__forceinline"
            | "_Noreturn"
            | "__extension__"
    )
}

/// What a word says to be tagged.
pub fn tag_kind(word: &str) -> Option<TagKind> {
    Some(match word {
        "struct" => TagKind::Struct,
        "union" => TagKind::Union,
        "enum" => TagKind::Enum,
        _ => return None,
    })
}

/// Whether a word is gcc's `typeof`.
pub fn is_typeof(word: &str) -> bool {
    matches!(word, "typeof" | "__typeof__" | "__typeof")
}

/// Whether a word begins a type wherever one can stand, typedefs apart.
pub fn begins_type(word: &str) -> bool {
    type_word(word).is_some()
        || tag_kind(word).is_some()
        || is_const(word)
        || is_typeof(word)
        || is_plain_qualifier(word)
        || is_storage(word)
        || matches!(word, "_Atomic" | "_Alignas")
        || is_attribute(word)
}

/// Whether a word is C's, and names nothing.
pub fn is_keyword(word: &str) -> bool {
    begins_type(word)
        || is_label(word)
        || matches!(
            word,
            "sizeof"
                | "_Alignof"
                | "_Static_assert"
                | "_Generic"
                | "return"
                | "if"
                | "else"
                | "for"
                | "while"
                | "do"
        )
        || matches!(word, "switch" | "case" | "default" | "break" | "continue" | "goto")
}

/// The number that words name.
pub fn scalar(words: u32) -> Option<Scalar> {
    const UNSIGNED_CHAR: u32 = UNSIGNED | CHAR;
    const SIGNED_CHAR: u32 = SIGNED | CHAR;
    match words {
        CHAR => return Some(Scalar::Char),
        SIGNED_CHAR => return Some(Scalar::SignedChar),
        UNSIGNED_CHAR => return Some(Scalar::UnsignedChar),
        BOOL => return Some(Scalar::Bool),
        FLOAT => return Some(Scalar::Float),
        DOUBLE => return Some(Scalar::Double),
        _ if words == LONG | DOUBLE => return Some(Scalar::LongDouble),
        _ => (),
    }
    if words & SIGNED != 0 && words & UNSIGNED != 0 {
        return None;
    }
    let unsigned = words & UNSIGNED != 0;
    let pick = |signed, other| Some(if unsigned { other } else { signed });
    match words & !(INT | SIGNED | UNSIGNED) {
        0 => pick(Scalar::Int, Scalar::UnsignedInt),
        SHORT => pick(Scalar::Short, Scalar::UnsignedShort),
        LONG => pick(Scalar::Long, Scalar::UnsignedLong),
        LONG_LONG => pick(Scalar::LongLong, Scalar::UnsignedLongLong),
        _ => None,
    }
}
