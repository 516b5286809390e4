//! The types of K objects, by the numbers that k.h gives them.

#![allow(missing_docs, reason = "the names are q's own")]
#![forbid(unsafe_code)]

use kdbplus::qtype;

pub const LIST: i8 = qtype::COMPOUND_LIST;
pub const BOOLEAN: i8 = qtype::BOOL_LIST;
pub const GUID: i8 = qtype::GUID_LIST;
pub const BYTE: i8 = qtype::BYTE_LIST;
pub const SHORT: i8 = qtype::SHORT_LIST;
pub const INT: i8 = qtype::INT_LIST;
pub const LONG: i8 = qtype::LONG_LIST;
pub const REAL: i8 = qtype::REAL_LIST;
pub const FLOAT: i8 = qtype::FLOAT_LIST;
pub const CHAR: i8 = qtype::STRING;
pub const SYMBOL: i8 = qtype::SYMBOL_LIST;
pub const TIMESTAMP: i8 = qtype::TIMESTAMP_LIST;
pub const MONTH: i8 = qtype::MONTH_LIST;
pub const DATE: i8 = qtype::DATE_LIST;
pub const DATETIME: i8 = qtype::DATETIME_LIST;
pub const TIMESPAN: i8 = qtype::TIMESPAN_LIST;
pub const MINUTE: i8 = qtype::MINUTE_LIST;
pub const SECOND: i8 = qtype::SECOND_LIST;
pub const TIME: i8 = qtype::TIME_LIST;
/// The first of the enumerations.
pub const ENUM: i8 = qtype::ENUM_LIST;
/// The last of them.
pub const LAST_ENUM: i8 = 76;
pub const TABLE: i8 = qtype::TABLE;
pub const DICTIONARY: i8 = qtype::DICTIONARY;
pub const LAMBDA: i8 = 100;
pub const UNARY: i8 = qtype::NULL;
pub const PROJECTION: i8 = 104;
pub const COMPOSITION: i8 = 105;
pub const FOREIGN: i8 = qtype::FOREIGN;
pub const ERROR: i8 = qtype::ERROR;

/// The q name of the type with this tag, as errors show it.
pub fn type_name(t: i8) -> String {
    const NAMES: [&str; 20] = [
        "list",
        "boolean",
        "guid",
        "enum",
        "byte",
        "short",
        "int",
        "long",
        "real",
        "float",
        "char",
        "symbol",
        "timestamp",
        "month",
        "date",
        "datetime",
        "timespan",
        "minute",
        "second",
        "time",
    ];
    match t {
        LIST => "list".into(),
        -19..=-1 => NAMES[usize::from(t.unsigned_abs())].into(),
        1..=19 => format!("{} vector", NAMES[t as usize]),
        ENUM..=LAST_ENUM => "enumeration".into(),
        t if (-LAST_ENUM..=-ENUM).contains(&t) => "enumerated symbol".into(),
        TABLE => "table".into(),
        DICTIONARY => "dictionary".into(),
        UNARY => "null or unary primitive".into(),
        100 | 102..=111 => "function".into(),
        FOREIGN => "foreign".into(),
        _ => format!("type {t}"),
    }
}

/// Bytes of one element of a q vector of tag `t`; 0 where there is no such vector.
pub const fn element_size(t: i8) -> usize {
    match t {
        BOOLEAN | BYTE | CHAR => 1,
        SHORT => 2,
        INT | REAL | MONTH | DATE | MINUTE | SECOND | TIME => 4,
        LIST | LONG | FLOAT | SYMBOL | TIMESTAMP | DATETIME | TIMESPAN | ENUM..=LAST_ENUM => 8,
        GUID => 16,
        _ => 0,
    }
}
