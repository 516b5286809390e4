//! Elements of lists of any type: copying ranges, gathering by position, repeating, joining.

use kapi::error::{QError, R};
use kapi::heap;
use kapi::object::{Elem, Obj, null, tag};

/// Evaluates an expression with a type name standing for the element type of vectors with the given tag, or of
/// atoms of its negative: `by_simple!(x.tag(), T => x.slice::<T>().len())`. The tag must be a simple type's.
macro_rules! by_simple {
    ($tag:expr, $t:ident => $body:expr) => {{
        use kapi::object::tag;
        match ($tag).unsigned_abs() as i8 {
            tag::KS => $crate::words::items::by_simple!(@ kapi::Symbol, $t, $body),
            tag::UU => $crate::words::items::by_simple!(@ [u8; 16], $t, $body),
            tag::ENUM..=tag::LAST_ENUM => $crate::words::items::by_simple!(@ i64, $t, $body),
            number => $crate::words::convert::by_number!(number, $t => $body),
        }
    }};
    (@ $real:ty, $t:ident, $body:expr) => {{
        type $t = $real;
        $body
    }};
}
pub(crate) use by_simple;

/// The same for any list, general ones included.
macro_rules! by_elem {
    ($tag:expr, $t:ident => $body:expr) => {
        if $tag == kapi::object::tag::LIST {
            type $t = kapi::Obj;
            $body
        } else {
            $crate::words::items::by_simple!($tag, $t => $body)
        }
    };
}

/// Lists longer than this are `'limit`, as in kdb+.
const LONGEST: i64 = (1 << 40) - 1;

/// Checks a count a program asks for.
///
/// # Errors
/// `limit` beyond kdb+'s longest list, `domain` when negative.
pub fn checked_count(n: i64) -> R<usize> {
    match n {
        ..0 => Err(QError::domain()),
        0..=LONGEST => Ok(n as usize),
        _ => Err(QError::limit()),
    }
}

/// An empty vector with room for as many elements as a program asks for.
///
/// # Errors
/// `wsfull` when there is no such room; growing by itself, the vector would end the process.
pub fn room_for<T>(n: usize) -> R<Vec<T>> {
    let limit = heap::limit();
    let mut room = Vec::new();
    if limit > 0 && n.saturating_mul(size_of::<T>()) > limit || room.try_reserve_exact(n).is_err() {
        return Err(QError::wsfull());
    }
    Ok(room)
}

/// `n` times the same.
///
/// # Errors
/// `wsfull`.
pub fn filled<T: Clone>(value: T, n: usize) -> R<Vec<T>> {
    let mut filled = room_for(n)?;
    filled.resize(n, value);
    Ok(filled)
}

/// A list as q makes it of computed items: atoms of one type become a vector. A general list that could be
/// simpler is replaced; anything else stays.
pub fn collapse(x: Obj) -> Obj {
    let Some(first) = (x.tag() == tag::LIST).then(|| x.items().first()).flatten() else {
        return x;
    };
    let t = first.tag();
    let simple = (t < 0 || t == tag::XD) && x.items().iter().all(|item| item.tag() == t);
    if simple { Obj::from_items(x.items().to_vec()) } else { x }
}

/// The items of any value as objects: those of a list, the values of a dictionary, the rows of a table, the
/// value itself otherwise.
pub fn to_items(x: &Obj) -> Vec<Obj> {
    match x.tag() {
        tag::LIST => x.items().to_vec(),
        _ => (0..x.len()).map(|i| x.index(i)).collect(),
    }
}

/// Has it items to count and cut: a list, dictionary or table?
pub fn is_sequence(x: &Obj) -> bool {
    (0..=tag::XD).contains(&x.tag())
}

/// `n` items from position `from` on, cut at the end of the list: of lists, dictionaries and tables. Anything
/// else has no parts and is returned.
pub fn range(x: &Obj, from: usize, n: usize) -> Obj {
    if !is_sequence(x) {
        return x.clone();
    }
    let from = from.min(x.len());
    let n = n.min(x.len() - from);
    map_columns(x, |list| by_elem!(list.tag(), T => collapse(sub_slice::<T>(list, from, n))))
}

fn sub_slice<T: Elem>(list: &Obj, from: usize, n: usize) -> Obj {
    Obj::vector(list.tag(), list.slice::<T>()[from..from + n].iter().cloned())
}

/// Does something item by item to a list, to both sides of a dictionary, or to each column of a table.
pub fn map_columns(x: &Obj, f: impl Fn(&Obj) -> Obj + Copy) -> Obj {
    match x.tag() {
        tag::XD => {
            let (keys, values) = x.dict_parts();
            Obj::dict(map_columns(keys, f), map_columns(values, f))
        }
        tag::XT => {
            let (names, columns) = x.table_dict().dict_parts();
            let columns = columns.items().iter().map(|column| map_columns(column, f)).collect();
            Obj::table(Obj::dict(names.clone(), Obj::list(columns)))
        }
        _ => f(x),
    }
}

/// The items at the given positions of a list, dictionary or table; a null for a position outside. Anything
/// else has no parts and is returned.
pub fn gather(x: &Obj, positions: &[usize]) -> Obj {
    if !is_sequence(x) {
        return x.clone();
    }
    map_columns(x, |list| by_elem!(list.tag(), T => collapse(pick::<T>(list, positions))))
}

fn pick<T: Elem>(list: &Obj, positions: &[usize]) -> Obj {
    let from = list.slice::<T>();
    if positions.iter().all(|&i| i < from.len()) {
        return Obj::vector(list.tag(), positions.iter().map(|&i| from[i].clone()));
    }
    Obj::from_items(positions.iter().map(|&i| list.index(i)).collect())
}

/// The items at the given positions, which may repeat; for positions a primitive computed itself.
pub fn gather_where(x: &Obj, keep: impl Fn(usize) -> bool) -> Obj {
    gather(x, &(0..x.len()).filter(|&i| keep(i)).collect::<Vec<_>>())
}

/// An empty list of the same type; a dictionary's or table's parts all empty.
pub fn emptied(x: &Obj) -> Obj {
    range(x, 0, 0)
}

/// A list of `n` copies of an item: a vector for an atom.
///
/// # Errors
/// `wsfull`.
pub fn repeat(item: &Obj, n: usize) -> R {
    Ok(match item.tag() {
        t if t < 0 => by_simple!(t, T => Obj::vector(-t, std::iter::repeat_n(item.get::<T>(), n))),
        _ => Obj::from_items(filled(item.clone(), n)?),
    })
}

/// A list of one item: a vector for an atom, a table for a dictionary with symbol keys.
pub fn enlist(x: &Obj) -> Obj {
    Obj::from_items(vec![x.clone()])
}

/// Concatenates lists or atoms: a vector when both have one type, otherwise a general list.
pub fn concat(x: &Obj, y: &Obj) -> Obj {
    let (a, b) = (x.tag(), y.tag());
    if a != 0 && a.unsigned_abs() == b.unsigned_abs() && a.unsigned_abs() < tag::XT as u8 {
        return by_elem!(a, T => {
            let (x, y) = (as_list(x), as_list(y));
            let both = x.slice::<T>().iter().chain(y.slice::<T>()).cloned();
            Obj::vector(x.tag(), both)
        });
    }
    // An empty general list has no type of its own to keep.
    if a == 0 && x.is_empty() && b.unsigned_abs() < tag::XT as u8 {
        return as_list(y);
    }
    if b == 0 && y.is_empty() && a.unsigned_abs() < tag::XT as u8 {
        return as_list(x);
    }
    let mut all = list_items(x);
    all.extend(list_items(y));
    if a == 0 && b == 0 { Obj::list(all) } else { Obj::from_items(all) }
}

/// The items when joined to something: lists contribute theirs, anything else itself.
fn list_items(x: &Obj) -> Vec<Obj> {
    if x.is_list() { to_items(x) } else { vec![x.clone()] }
}

/// An atom as a list of one; lists as they are.
pub fn as_list(x: &Obj) -> Obj {
    if x.is_list() || matches!(x.tag(), tag::XD | tag::XT) { x.clone() } else { enlist(x) }
}

/// The null that stands for a missing item of `x`.
pub fn missing_of(x: &Obj) -> Obj {
    match x.tag() {
        1..tag::XT => null(x.tag()),
        _ => x.index(usize::MAX),
    }
}
