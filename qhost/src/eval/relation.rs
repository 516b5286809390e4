//! What queries do to one table, whatever their clauses are written in.

use crate::words::{index, sort};
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// A query on a table. `E` is an expression of a clause.
pub struct Relation<'a, E> {
    /// Conditions, each on what the previous ones left.
    pub conditions: &'a [E],
    /// Columns to group by, `None` without `by`.
    pub by: Option<&'a [(Symbol, E)]>,
    /// Columns of the result; none means all.
    pub columns: &'a [(Symbol, E)],
}

/// Gives the value of an expression for these rows.
pub type Evaluate<'a, E, X> = &'a mut dyn FnMut(&E, &Obj) -> Result<Obj, X>;

type Named = Vec<(Symbol, Obj)>;

impl<E> Relation<'_, E> {
    /// Numbers of the rows that satisfy the conditions.
    fn rows<X: From<QError>>(&self, t: &Obj, eval: Evaluate<E, X>) -> Result<Vec<usize>, X> {
        let mut rows: Vec<usize> = (0..t.len()).collect();
        for condition in self.conditions {
            let bits = eval(condition, &index::gather(t, &rows))?;
            rows = kept(&rows, &bits)?;
        }
        Ok(rows)
    }

    /// `select`
    ///
    /// # Errors
    /// `type`, `length`, and what the clauses signal.
    pub fn select<X: From<QError>>(&self, t: &Obj, eval: Evaluate<E, X>) -> Result<Obj, X> {
        let (plain, keys) = unkeyed(t)?;
        let rows = index::gather(&plain, &self.rows(&plain, eval)?);
        let Some(by) = self.by else {
            if self.columns.is_empty() {
                return Ok(keyed(rows, keys));
            }
            let columns = self.evaluated(&rows, eval)?;
            return Ok(table_of(columns)?);
        };
        let groups = Groups::of(evaluated(by, &rows, eval)?, rows.len())?;
        let columns = self.per_group(&rows, &groups, eval)?;
        Ok(Obj::dict(raw_table(groups.keys), raw_table(columns)))
    }

    /// `exec`: a column, or a dictionary of several; by group with `by`.
    ///
    /// # Errors
    /// As `select`.
    pub fn exec<X: From<QError>>(&self, t: &Obj, eval: Evaluate<E, X>) -> Result<Obj, X> {
        let (plain, _) = unkeyed(t)?;
        let rows = index::gather(&plain, &self.rows(&plain, eval)?);
        let one_or_dict = |mut columns: Named| match columns.len() {
            1 => columns.remove(0).1,
            _ => dict_of(columns),
        };
        let Some(by) = self.by else {
            return Ok(one_or_dict(self.evaluated(&rows, eval)?));
        };
        let groups = Groups::of(evaluated(by, &rows, eval)?, rows.len())?;
        let values = one_or_dict(self.per_group(&rows, &groups, eval)?);
        Ok(Obj::dict(one_or_dict(groups.keys), values))
    }

    /// `update`
    ///
    /// # Errors
    /// As `select`.
    pub fn update<X: From<QError>>(&self, t: &Obj, eval: Evaluate<E, X>) -> Result<Obj, X> {
        let (plain, keys) = unkeyed(t)?;
        let rows = self.rows(&plain, eval)?;
        let some = index::gather(&plain, &rows);
        let groups = match self.by {
            None => vec![(0..rows.len()).collect()],
            Some(by) => Groups::of(evaluated(by, &some, eval)?, rows.len())?.members,
        };
        let mut result = plain;
        for (name, expr) in self.columns {
            for group in &groups {
                let value = eval(expr, &index::gather(&some, group))?;
                let positions: Vec<usize> = group.iter().map(|&i| rows[i]).collect();
                result = with_column(&result, *name, &positions, &value)?;
            }
        }
        Ok(keyed(result, keys))
    }

    /// `delete`: the columns named, or the rows that satisfy the conditions.
    ///
    /// # Errors
    /// As `select`.
    pub fn delete<X: From<QError>>(&self, t: &Obj, eval: Evaluate<E, X>) -> Result<Obj, X> {
        let (plain, keys) = unkeyed(t)?;
        if self.columns.is_empty() {
            let gone = self.rows(&plain, eval)?;
            let left: Vec<usize> = (0..plain.len()).filter(|row| gone.binary_search(row).is_err()).collect();
            return Ok(keyed(index::gather(&plain, &left), keys));
        }
        let gone = |name: &Symbol| self.columns.iter().any(|(column, _)| column == name);
        let left = named_columns(&plain).into_iter().filter(|(name, _)| !gone(name)).collect();
        Ok(keyed(raw_table(left), keys))
    }

    fn evaluated<X: From<QError>>(&self, rows: &Obj, eval: Evaluate<E, X>) -> Result<Named, X> {
        if self.columns.is_empty() {
            return Ok(named_columns(rows));
        }
        evaluated(self.columns, rows, eval)
    }

    /// The columns, one item a group. Without columns it is the last row of each group.
    fn per_group<X: From<QError>>(
        &self,
        rows: &Obj,
        groups: &Groups,
        eval: Evaluate<E, X>,
    ) -> Result<Named, X> {
        if self.columns.is_empty() {
            let last: Vec<usize> = groups.members.iter().filter_map(|group| group.last().copied()).collect();
            let grouping = |name: &Symbol| groups.keys.iter().any(|(key, _)| key == name);
            let last = named_columns(&index::gather(rows, &last));
            return Ok(last.into_iter().filter(|(name, _)| !grouping(name)).collect());
        }
        let column = |(name, expr): &(Symbol, E)| {
            let items = groups.members.iter().map(|group| eval(expr, &index::gather(rows, group)));
            Ok((*name, Obj::from_items(items.collect::<Result<_, X>>()?)))
        };
        self.columns.iter().map(column).collect()
    }
}

fn evaluated<E, X>(columns: &[(Symbol, E)], rows: &Obj, eval: Evaluate<E, X>) -> Result<Named, X> {
    columns.iter().map(|(name, expr)| Ok((*name, eval(expr, rows)?))).collect()
}

/// Those of `rows` whose bit is set.
fn kept(rows: &[usize], bits: &Obj) -> R<Vec<usize>> {
    match bits.tag() {
        tag::KB if bits.len() == rows.len() => {
            let bits = bits.slice::<u8>();
            Ok(rows.iter().zip(bits).filter(|&(_, &bit)| bit != 0).map(|(&row, _)| row).collect())
        }
        -1 => Ok(if bits.get::<u8>() != 0 { rows.to_vec() } else { vec![] }),
        tag::KB => Err(QError::length()),
        _ => Err(QError::type_()),
    }
}

/// Rows with equal values of the grouping columns, in ascending order of these.
struct Groups {
    keys: Named,
    members: Vec<Vec<usize>>,
}

impl Groups {
    fn of(columns: Named, rows: usize) -> R<Groups> {
        let mut order: Vec<usize> = (0..rows).collect();
        for (_, column) in columns.iter().rev() {
            let sorted = sort::iasc(&index::gather(column, &order))?;
            order = index::wholes(&sorted).ok_or_else(QError::type_)?.iter().map(|&i| order[i]).collect();
        }
        let same = |a: usize, b: usize| columns.iter().all(|(_, column)| column.index(a) == column.index(b));
        let mut members: Vec<Vec<usize>> = Vec::new();
        for row in order {
            match members.last_mut() {
                Some(group) if same(group[0], row) => group.push(row),
                _ => members.push(vec![row]),
            }
        }
        let firsts: Vec<usize> = members.iter().map(|group| group[0]).collect();
        let keys = columns.iter().map(|(name, column)| (*name, index::gather(column, &firsts))).collect();
        Ok(Groups { keys, members })
    }
}

/// A table without keys, and how many of its columns were keys.
fn unkeyed(t: &Obj) -> R<(Obj, usize)> {
    match t.tag() {
        tag::XT => Ok((t.clone(), 0)),
        tag::XD if t.dict_parts().0.tag() == tag::XT && t.dict_parts().1.tag() == tag::XT => {
            let (keys, values) = t.dict_parts();
            let mut columns = named_columns(keys);
            let count = columns.len();
            columns.extend(named_columns(values));
            Ok((raw_table(columns), count))
        }
        _ => Err(QError::type_()),
    }
}

/// The opposite of [`unkeyed`].
fn keyed(t: Obj, keys: usize) -> Obj {
    let mut columns = named_columns(&t);
    if keys == 0 || keys >= columns.len() {
        return t;
    }
    let values = columns.split_off(keys);
    Obj::dict(raw_table(columns), raw_table(values))
}

fn named_columns(t: &Obj) -> Named {
    let (names, columns) = t.table_dict().dict_parts();
    names.slice::<Symbol>().iter().copied().zip(columns.items().iter().cloned()).collect()
}

fn dict_of(columns: Named) -> Obj {
    let (names, values): (Vec<Symbol>, Vec<Obj>) = columns.into_iter().unzip();
    Obj::dict(Obj::from_slice::<Symbol>(tag::KS, &names), Obj::from_items(values))
}

/// A table of columns of one length.
fn raw_table(columns: Named) -> Obj {
    let (names, values): (Vec<Symbol>, Vec<Obj>) = columns.into_iter().unzip();
    Obj::table(Obj::dict(Obj::from_slice::<Symbol>(tag::KS, &names), Obj::list(values)))
}

/// A table of results: atoms only make one row, otherwise they extend.
fn table_of(columns: Named) -> R {
    let atoms = columns.iter().all(|(_, value)| !value.is_list());
    let (names, values): (Vec<Symbol>, Vec<Obj>) = columns.into_iter().unzip();
    let values = match atoms {
        true => values.into_iter().map(|value| Obj::from_items(vec![value])).collect(),
        false => values,
    };
    table(&[], &names, values)
}

/// A table in which column `name` has `value` at `positions`; a new column is null elsewhere.
fn with_column(t: &Obj, name: Symbol, positions: &[usize], value: &Obj) -> R {
    let mut columns = named_columns(t);
    let all = t.len();
    let shared = match value.is_list() {
        true if value.len() == positions.len() => value.clone(),
        true => return Err(QError::length()),
        false => index::gather(&Obj::from_items(vec![value.clone()]), &vec![0; positions.len()]),
    };
    let at = columns.iter().position(|(column, _)| *column == name);
    let old = at.map(|at| columns[at].1.clone());
    // Places in the new column: from the value, or past its end for what stays.
    let mut place = vec![usize::MAX; all];
    positions.iter().enumerate().for_each(|(k, &row)| place[row] = k);
    let new = match old {
        _ if positions.len() == all => index::gather(&shared, &place),
        None => index::gather(&shared, &place),
        Some(old) if old.tag() != shared.tag() && old.tag() != tag::LIST => return Err(QError::type_()),
        Some(old) => {
            let item =
                |row: usize| if place[row] == usize::MAX { old.index(row) } else { shared.index(place[row]) };
            Obj::from_items((0..all).map(item).collect())
        }
    };
    match at {
        Some(at) => columns[at].1 = new,
        None => columns.push((name, new)),
    }
    Ok(raw_table(columns))
}

/// A column of a table, by name; `i` is the row number.
pub fn column(table: &Obj, name: Symbol) -> Option<Obj> {
    let (names, columns) = table.table_dict().dict_parts();
    let found = names.slice::<Symbol>().iter().position(|&n| n == name);
    match found {
        Some(position) => Some(columns.index(position)),
        None if name.bytes() == b"i" => Some(Obj::vector::<i64>(tag::KJ, 0..table.len() as i64)),
        None => None,
    }
}

/// The value of a table literal: `values` are the key columns, then the others.
pub fn table(keys: &[Symbol], columns: &[Symbol], values: Vec<Obj>) -> R {
    let rows = values.iter().filter(|v| v.is_list()).map(Obj::len).max();
    let full = |v: Obj| -> R {
        match rows {
            _ if v.is_list() && Some(v.len()) == rows => Ok(v),
            _ if v.is_list() => Err(QError::length()),
            Some(n) => Ok(index::gather(&Obj::from_items(vec![v]), &vec![0; n])),
            None => Err(QError::rank()),
        }
    };
    let mut values = values.into_iter().map(full).collect::<R<Vec<_>>>()?;
    let others = values.split_off(keys.len());
    let make = |names: &[Symbol], values| {
        Obj::table(Obj::dict(Obj::from_slice::<Symbol>(tag::KS, names), Obj::list(values)))
    };
    Ok(match keys {
        [] => make(columns, others),
        _ => Obj::dict(make(keys, values), make(columns, others)),
    })
}
