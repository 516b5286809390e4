//! `?` with a number on the left: roll, deal, permute; and the seed `\S` sets.

use super::convert::{Lanes, by_number, fill, integer, is_simple};
use super::items::{as_list, checked_count, gather, room_for};
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Null, Obj, tag};
use std::cell::Cell;
use std::collections::HashSet;

/// The seed kdb+ starts with.
const FIRST_SEED: i32 = -314_159;

thread_local! {
    static SEED: Cell<i32> = const { Cell::new(FIRST_SEED) };
    static STATE: Cell<u64> = const { Cell::new(FIRST_SEED as u64) };
}

/// The seed last set.
pub fn seed() -> i32 {
    SEED.get()
}

/// Starts the sequence of random numbers that belongs to a seed.
pub fn set_seed(seed: i32) {
    SEED.set(seed);
    STATE.set(seed as u64);
}

/// The next 64 random bits (splitmix64).
fn next() -> u64 {
    let state = STATE.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    STATE.set(state);
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A random number below `n`, which is not zero.
fn below(n: u64) -> u64 {
    ((u128::from(next()) * u128::from(n)) >> 64) as u64
}

/// A random float from 0 up to 1.
fn unit() -> f64 {
    (next() >> 11) as f64 / (1u64 << 53) as f64
}

/// `x?y` with an integer x.
///
/// # Errors
/// `type`, `length` when more is dealt than there is, `domain`, `limit`.
pub fn deal(x: &Obj, y: &Obj) -> R {
    let n = integer(x).ok_or_else(QError::type_)?;
    if n == i64::NULL {
        return permute(y);
    }
    let size = checked_count(n.checked_abs().ok_or_else(QError::limit)?)?;
    match (n < 0, y.tag()) {
        (_, 0..tag::XT) | (_, tag::XT) => pick(n < 0, size, y),
        (true, -2) => Ok(guids(size)),
        (true, -11) => deal_symbols(size, symbol_length(y.get())?),
        (true, _) => Ok(Obj::vector(tag::KJ, distinct(size, integer(y).ok_or_else(QError::type_)?)?)),
        (false, _) => roll(size, y),
    }
}

/// `rand x`
///
/// # Errors
/// As [`deal`].
pub fn rand(x: &Obj) -> R {
    deal(&Obj::long(1), x).map(|one| one.index(0))
}

fn permute(y: &Obj) -> R {
    match y.tag() {
        t if t < 0 => {
            let n = integer(y).ok_or_else(QError::type_)?;
            Ok(Obj::vector(tag::KJ, distinct(checked_count(n)?, n)?))
        }
        0..=tag::XT => pick(true, y.len(), y),
        _ => Err(QError::type_()),
    }
}

/// Items of a list at random, all at different positions when dealt.
fn pick(dealt: bool, size: usize, y: &Obj) -> R {
    let have = y.len();
    if have == 0 && size > 0 {
        return Err(QError::length());
    }
    let positions: Vec<usize> = if dealt {
        distinct(size, have as i64)?.into_iter().map(|i| i as usize).collect()
    } else {
        let mut positions = room_for(size)?;
        positions.extend((0..size).map(|_| below(have as u64) as usize));
        positions
    };
    Ok(gather(y, &positions))
}

/// Different numbers from 0 up to `n`, in random order.
fn distinct(size: usize, n: i64) -> R<Vec<i64>> {
    if n < 0 {
        return Err(QError::domain());
    }
    if size as u64 > n as u64 {
        return Err(QError::length());
    }
    if (n as u64) / 4 > size as u64 {
        let mut seen = HashSet::new();
        let mut dealt = room_for(size)?;
        let mut fresh = || std::iter::repeat_with(|| below(n as u64) as i64).find(|i| seen.insert(*i));
        dealt.extend((0..size).filter_map(|_| fresh()));
        return Ok(dealt);
    }
    let mut all = room_for(n as usize)?;
    all.extend(0..n);
    for i in 0..size {
        all.swap(i, i + below((n as u64) - i as u64) as usize);
    }
    all.truncate(size);
    Ok(all)
}

fn roll(size: usize, y: &Obj) -> R {
    match -y.tag() {
        tag::KB => Ok(fill(tag::KB, size, |out: &mut [u8]| out.fill_with(|| (next() & 1) as u8))),
        tag::KG if y.get::<u8>() == 0 => {
            Ok(fill(tag::KG, size, |out: &mut [u8]| out.fill_with(|| next() as u8)))
        }
        tag::KC if y.get::<u8>() == b' ' => {
            Ok(fill(tag::KC, size, |out: &mut [u8]| out.fill_with(|| b'a' + below(26) as u8)))
        }
        tag::UU if y.get::<[u8; 16]>() == [0; 16] => Ok(guids(size)),
        tag::KS => {
            let length = symbol_length(y.get())?;
            Ok(Obj::vector(tag::KS, (0..size).map(|_| random_symbol(length))))
        }
        tag::KF | tag::KZ | tag::KE => roll_floats(size, y),
        t if is_simple(-t) && !matches!(t, tag::KG | tag::KC | tag::UU | tag::KS) => roll_integers(size, y),
        _ => Err(QError::type_()),
    }
}

fn roll_floats(size: usize, y: &Obj) -> R {
    let top = Lanes::<f64>::of(y).as_slice()[0];
    if top.is_nan() || top < 0.0 {
        return Err(QError::domain());
    }
    if y.tag() == -tag::KE {
        return Ok(fill(tag::KE, size, |out: &mut [f32]| out.fill_with(|| (unit() * top) as f32)));
    }
    Ok(fill(-y.tag(), size, |out: &mut [f64]| out.fill_with(|| unit() * top)))
}

fn roll_integers(size: usize, y: &Obj) -> R {
    let t = -y.tag();
    let top = Lanes::<i64>::of(y).as_slice()[0];
    if top < 0 {
        return Err(QError::domain());
    }
    let any = |bits: u32| (next() >> (64 - bits)) as i64;
    Ok(by_number!(t, T => fill(t, size, |out: &mut [T]| out.fill_with(|| match top {
        0 => any(8 * size_of::<T>() as u32) as T,
        _ => below(top as u64) as T,
    }))))
}

fn guids(size: usize) -> Obj {
    let guid = |_| {
        let (high, low) = (next(), next());
        ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
    };
    Obj::vector(tag::UU, (0..size).map(guid))
}

/// The n of a symbol such as `` `4 ``.
fn symbol_length(name: Symbol) -> R<u32> {
    let length = name.as_str().parse().map_err(|_| QError::type_())?;
    if (1..=8).contains(&length) { Ok(length) } else { Err(QError::length()) }
}

fn random_symbol(length: u32) -> Symbol {
    let letters: Vec<u8> = (0..length).map(|_| b'a' + below(16) as u8).collect();
    Symbol::new(&letters)
}

fn deal_symbols(size: usize, length: u32) -> R {
    if size as u64 > 1 << (4 * length) {
        return Err(QError::length());
    }
    let mut seen = HashSet::new();
    let mut names = room_for(size)?;
    while names.len() < size {
        let name = random_symbol(length);
        if seen.insert(name) {
            names.push(name);
        }
    }
    Ok(as_list(&Obj::vector(tag::KS, names)))
}
