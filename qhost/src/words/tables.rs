//! Words on tables and their names: `insert upsert meta type ?[c;x;y]`.

use super::attribute::attr;
use super::convert::integer;
use super::items::{as_list, to_items};
use super::order::position_in;
use super::{dict, enumeration, q_ns, random, search};
use crate::state::context;
use kapi::Symbol;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};

/// `type x`
///
/// # Errors
/// None.
pub fn type_of(x: &Obj) -> R {
    Ok(Obj::short(x.tag().into()))
}

/// `x?y`: find; roll and deal with an integer on the left, an enumeration with a symbol.
///
/// # Errors
/// Those of either.
pub fn query(x: &Obj, y: &Obj) -> R {
    match x.tag() {
        _ if integer(x).is_some() => random::deal(x, y),
        -11 => enumeration::extend(x.get(), y),
        _ => search::find(x, y),
    }
}

/// `?[c;x;y]`: items of x where c, otherwise of y.
///
/// # Errors
/// `type`, `length`.
pub fn choose(c: &Obj, x: &Obj, y: &Obj) -> R {
    if c.tag() == -tag::KB {
        return Ok(if c.get::<u8>() != 0 { x.clone() } else { y.clone() });
    }
    if c.tag() != tag::KB {
        return Err(QError::type_());
    }
    let fits = |side: &Obj| side.tag() < 0 || side.len() == c.len();
    if !fits(x) || !fits(y) {
        return Err(QError::length());
    }
    if x.tag().unsigned_abs() != y.tag().unsigned_abs() {
        return Err(QError::type_());
    }
    let flags = c.slice::<u8>().iter().enumerate();
    Ok(Obj::from_items(flags.map(|(i, flag)| item(if *flag != 0 { x } else { y }, i)).collect()))
}

fn item(side: &Obj, i: usize) -> Obj {
    if side.tag() < 0 { side.clone() } else { side.index(i) }
}

/// Records as a table with the columns of `like`: a table, a dictionary, one record as a list of values, or
/// columns.
fn as_rows(like: &Obj, y: &Obj) -> R {
    let names = dict::cols(like)?;
    match y.tag() {
        tag::XT => Ok(y.clone()),
        _ if dict::is_keyed(y) => dict::unkey(y),
        tag::XD => Ok(Obj::from_items(vec![dict::take_keys(&names, y)?])),
        _ if y.is_list() && y.len() == names.len() => {
            let columns: Vec<Obj> = to_items(y).iter().map(as_list).collect();
            dict::to_table(&Obj::dict(names, Obj::list(columns)))
        }
        tag::LIST if y.items().iter().all(Obj::is_list) => {
            let columns = super::list::flip(y)?;
            as_rows(like, &columns)
        }
        _ => Err(QError::length()),
    }
}

/// The table, or the value and the name of a table given by name.
fn named_table(x: &Obj) -> R<(Obj, Option<Symbol>)> {
    match x.tag() {
        -11 => {
            let name = x.get::<Symbol>();
            Ok((context::value_of(name)?, Some(name)))
        }
        _ => Ok((x.clone(), None)),
    }
}

fn assign(name: Symbol, value: Obj) -> R<()> {
    context::assign(context::full_name(name, context::current()), value)
}

/// `x upsert y`
///
/// # Errors
/// `type`, `length`, `mismatch`.
pub fn upsert(x: &Obj, y: &Obj) -> R {
    let (table, name) = named_table(x)?;
    let result = upserted(&table, y)?;
    match name {
        Some(name) => assign(name, result).map(|()| x.clone()),
        None => Ok(result),
    }
}

fn upserted(table: &Obj, y: &Obj) -> R {
    if !matches!(table.tag(), tag::XT | tag::XD) {
        return super::list::join(table, y);
    }
    if table.tag() == tag::XD && !dict::is_keyed(table) {
        return if y.tag() == tag::XD { dict::upsert(table, y) } else { Err(QError::type_()) };
    }
    let rows = as_rows(table, y)?;
    if table.tag() == tag::XT {
        return dict::join_tables(table, &rows);
    }
    let keys = dict::keys(table)?;
    dict::upsert(table, &dict::xkey(&keys, &rows)?)
}

/// `x insert y`: the positions of the new rows.
///
/// # Errors
/// `type`, `length`, `mismatch`, `insert` for a key that is there.
pub fn insert(x: &Obj, y: &Obj) -> R {
    if x.tag() != -tag::KS {
        return Err(QError::type_());
    }
    let name = x.get::<Symbol>();
    let Ok(table) = context::value_of(name) else {
        assign(name, y.clone())?;
        return Ok(Obj::vector(tag::KJ, 0..y.len() as i64));
    };
    let rows = as_rows(&table, y)?;
    if dict::is_keyed(&table) {
        let keys = dict::xkey(&dict::keys(&table)?, &rows)?;
        let (have, new) = (table.dict_parts().0, keys.dict_parts().0);
        if (0..new.len()).any(|i| position_in(have, &new.index(i)).is_some()) {
            return Err(QError::named("insert"));
        }
    }
    let (from, n) = (table.len() as i64, rows.len() as i64);
    assign(name, upserted(&table, &rows)?)?;
    Ok(Obj::vector(tag::KJ, from..from + n))
}

/// `meta x`: type, foreign key and attribute of each column.
///
/// # Errors
/// `type` when x is no table.
pub fn meta(x: &Obj) -> R {
    let (table, _) = named_table(x)?;
    let table = dict::unkey(&table)?;
    let (names, columns) = table.table_dict().dict_parts();
    let columns = columns.items();
    let each = |f: fn(&Obj) -> R| columns.iter().map(f).collect::<R<Vec<Obj>>>().map(Obj::from_items);
    let foreign = |column: &Obj| enumeration::domain_of(column).unwrap_or_else(Symbol::empty);
    let empty = Obj::vector(tag::KS, columns.iter().map(foreign));
    let facts = Obj::list(vec![each(q_ns::ty)?, empty, each(attr)?]);
    let one = |name, column| Obj::table(Obj::dict(Obj::symbols([name]), Obj::list(vec![column])));
    let facts = Obj::table(Obj::dict(Obj::symbols(["t", "f", "a"]), facts));
    Ok(Obj::dict(one("c", names.clone()), facts))
}
