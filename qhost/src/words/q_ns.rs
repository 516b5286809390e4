//! The `.Q` and `.h` helpers.

use super::convert::{Lanes, is_number, is_simple};
use super::items::{as_list, filled, gather};
use super::{cast, hash};
use crate::words::format;
use crate::words::variables::Computed;
use kapi::error::{QError, R};
use kapi::hook;
use kapi::object::{Obj, tag};
use kapi::{heap, os, symbol};

/// The values of `.Q` that are no functions, by name.
pub static CONSTANTS: &[(&str, Computed)] = &[
    (".Q.A", || Ok(Obj::string(UPPER))),
    (".Q.a", || Ok(Obj::string(LOWER))),
    (".Q.n", || Ok(Obj::string(DIGITS))),
    (".Q.nA", || Ok(Obj::string(&[DIGITS, UPPER].concat()))),
    (".Q.an", || Ok(Obj::string(&[LOWER, UPPER, b"_", DIGITS].concat()))),
    (".Q.b6", || Ok(Obj::string(&[UPPER, LOWER, DIGITS, b"+/"].concat()))),
    (".Q.t", || Ok(Obj::string(&letters()))),
    (".Q.K", || Ok(Obj::atom(-tag::KD, 7420i32))),
    (".Q.k", || Ok(Obj::float(4.0))),
];

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";

/// `.Q.t`: the letter of each type at its number.
fn letters() -> Vec<u8> {
    (0..=tag::KT).map(|t| tag::info(t).filter(|_| t > 0).map_or(b' ', |info| info.letter)).collect()
}

/// `.Q.s x`: what the console shows.
///
/// # Errors
/// None.
pub fn s(x: &Obj) -> R {
    Ok(Obj::string(&format::console(x)))
}

/// `.Q.s1 x`: x on one line.
///
/// # Errors
/// None.
pub fn s1(x: &Obj) -> R {
    Ok(Obj::string(&format::q_s1(x)))
}

/// `.Q.fu[f;x]`: f of the distinct items, spread over x.
///
/// # Errors
/// What f signals.
pub fn fu(f: &Obj, x: &Obj) -> R {
    if !x.is_list() {
        return hook::apply(f, std::slice::from_ref(x));
    }
    let groups = hash::groups(x);
    let firsts: Vec<usize> = groups.iter().map(|group| group[0]).collect();
    let results = hook::apply(f, &[gather(x, &firsts)])?;
    let mut from = vec![0; x.len()];
    for (i, group) in groups.iter().enumerate() {
        group.iter().for_each(|&at| from[at] = i);
    }
    Ok(gather(&results, &from))
}

/// `.Q.w[]`: memory in use.
///
/// # Errors
/// None.
pub fn w(_: &Obj) -> R {
    let memory = heap::stats();
    let (symbols, symbol_bytes) = symbol::stats();
    let rows: [(&str, i64); 9] = [
        ("used", memory.bytes),
        ("heap", memory.heap as i64),
        ("peak", memory.peak as i64),
        ("wmax", heap::limit() as i64),
        ("mmap", 0),
        ("mphy", os::physical_memory() as i64),
        ("syms", symbols as i64),
        ("symw", symbol_bytes as i64),
        ("objects", memory.objects),
    ];
    let names = Obj::symbols(rows.map(|(name, _)| name));
    Ok(Obj::dict(names, Obj::from_slice(tag::KJ, &rows.map(|(_, n)| n))))
}

/// `.Q.gc[]`: gives free memory back; the bytes that went.
///
/// # Errors
/// None.
pub fn gc(_: &Obj) -> R {
    Ok(Obj::long(heap::trim() as i64))
}

/// `.Q.f[x;y]`: y with x decimals.
///
/// # Errors
/// `type`, `domain`.
pub fn f(x: &Obj, y: &Obj) -> R {
    decimals(x, y).map(|text| Obj::string(&text))
}

fn decimals(x: &Obj, y: &Obj) -> R<Vec<u8>> {
    let places = super::convert::integer(x).ok_or_else(QError::type_)?;
    let places = usize::try_from(places).ok().filter(|n| *n < 20).ok_or_else(QError::domain)?;
    if y.tag() >= 0 || !is_number(y.tag()) {
        return Err(QError::type_());
    }
    let value = Lanes::<f64>::of(y).as_slice()[0];
    if value.is_nan() {
        return Ok(Vec::new());
    }
    if !value.is_finite() || value.abs() >= 9e15 {
        return Ok(format::string(&Obj::float(value)));
    }
    Ok(format!("{value:.places$}").into_bytes())
}

/// `.Q.fmt[x;y;z]`: z with y decimals, x characters wide; stars when it does not fit.
///
/// # Errors
/// `rank`, `type`, `domain`.
pub fn fmt(args: &[Obj]) -> R {
    let [width, places, value] = args else { return Err(QError::rank()) };
    let text = decimals(places, value)?;
    let width =
        super::convert::integer(width).and_then(|n| usize::try_from(n).ok()).ok_or_else(QError::type_)?;
    let width = super::items::checked_count(width as i64)?;
    if text.len() > width {
        return Ok(Obj::string(&filled(b'*', width)?));
    }
    Ok(Obj::string(&[filled(b' ', width - text.len())?, text].concat()))
}

/// `.Q.ty x`: the letter of a vector's type, upper case for a list of vectors.
///
/// # Errors
/// None.
pub fn ty(x: &Obj) -> R {
    let letter = |t: i8| {
        tag::info(if tag::is_enum(t) { tag::KS } else { t })
            .filter(|_| is_simple(t) || tag::is_enum(t))
            .map_or(b' ', |info| info.letter)
    };
    let first = x.index(0).tag();
    Ok(Obj::char(match x.tag() {
        0 if first > 0 => letter(first).to_ascii_uppercase(),
        t if t < 0 => letter(t).to_ascii_uppercase(),
        t => letter(t),
    }))
}

/// `.Q.id x`: a name with only letters and digits.
///
/// # Errors
/// `type` for anything but a symbol.
pub fn id(x: &Obj) -> R {
    if x.tag() != -tag::KS {
        return Err(QError::nyi(".Q.id of this type"));
    }
    let name = x.get::<kapi::Symbol>();
    let mut kept: Vec<u8> =
        name.bytes().iter().copied().filter(|b| b.is_ascii_alphanumeric() || *b == b'_').collect();
    if !kept.first().is_some_and(u8::is_ascii_alphabetic) {
        kept.insert(0, b'a');
    }
    Ok(Obj::sym(kapi::Symbol::new(&kept)))
}

/// `.Q.dd[x;y]`: y added to file symbol or symbol x.
///
/// # Errors
/// `type`.
pub fn dd(x: &Obj, y: &Obj) -> R {
    let text = match y.tag() {
        _ if x.tag() != -tag::KS => return Err(QError::type_()),
        tag::KC => y.slice::<u8>().to_vec(),
        ..0 => format::string(y),
        _ => return Err(QError::type_()),
    };
    let name = kapi::Symbol::new(&text);
    super::vs_sv::sv(&Obj::symbol(""), &Obj::from_slice(tag::KS, &[x.get(), name]))
}

/// `.Q.addmonths[x;y]`
///
/// # Errors
/// `type`, `length`.
pub fn addmonths(x: &Obj, y: &Obj) -> R {
    use super::arith::{add, subtract};
    let month = cast::cast(tag::KM, x)?;
    let start = |month: &Obj| cast::cast(tag::KD, month);
    add(&start(&add(&month, y)?)?, &subtract(x, &start(&month)?)?)
}

/// `.Q.qt x`: is it a table?
///
/// # Errors
/// None.
pub fn qt(x: &Obj) -> R {
    Ok(Obj::bool(x.tag() == tag::XT || super::dict::is_keyed(x)))
}

/// `.Q.btoa x`: base 64.
///
/// # Errors
/// `type`.
pub fn btoa(x: &Obj) -> R {
    let alphabet: Vec<u8> = [UPPER, LOWER, DIGITS, b"+/"].concat();
    let text = super::string::text_of(x)?;
    let mut out = Vec::with_capacity(text.len().div_ceil(3) * 4);
    for chunk in text.chunks(3) {
        let bits = chunk.iter().chain([0, 0].iter()).take(3).fold(0u32, |n, b| n << 8 | u32::from(*b));
        for i in 0..4 {
            out.push(if i > chunk.len() { b'=' } else { alphabet[(bits >> (18 - 6 * i) & 63) as usize] });
        }
    }
    Ok(Obj::string(&out))
}

/// `.Q.opt x`: command line arguments by option.
///
/// # Errors
/// `type`.
pub fn opt(x: &Obj) -> R {
    let words = super::string::strings(&as_list(x))?;
    let option = |w: &Vec<u8>| w.first() == Some(&b'-') && !w.get(1).is_some_and(u8::is_ascii_digit);
    let (mut names, mut values): (Vec<kapi::Symbol>, Vec<Vec<Obj>>) = (vec![], vec![]);
    for word in &words {
        if option(word) {
            names.push(kapi::Symbol::new(&word[1..]));
            values.push(vec![]);
        } else if let Some(last) = values.last_mut() {
            last.push(Obj::string(word));
        }
    }
    Ok(Obj::dict(Obj::from_slice(tag::KS, &names), Obj::list(values.into_iter().map(Obj::list).collect())))
}
