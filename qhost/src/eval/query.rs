//! `select`, `exec`, `update` and `delete` on one table, and table literals.

use crate::eval::compile::Scope;
use crate::eval::evaluate::{Frame, Stop, eval};
use crate::eval::node::{Node, QueryNode};
use crate::eval::relation::Relation;
use crate::eval::tree;
use crate::state::context;
use crate::syntax::ast::{Columns, Query};
use crate::words::functions::symbol;
use crate::words::tables;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// Compiles a query; in its clauses names may mean columns.
pub(super) fn compile(scope: &mut Scope<'_>, query: &Query) -> R<QueryNode> {
    let from = scope.node(&query.from)?;
    let outer = std::mem::replace(&mut scope.in_query, true);
    let mut columns = |list: &Columns| -> R<Vec<(Symbol, Node)>> {
        list.iter().map(|(name, expr)| Ok((*name, scope.node(expr)?))).collect()
    };
    let node = QueryNode {
        verb: query.verb,
        columns: columns(&query.columns)?,
        by: query.by.as_ref().map(&mut columns).transpose()?,
        from,
        conditions: query.conditions.iter().map(|expr| scope.node(expr)).collect::<R<_>>()?,
    };
    scope.in_query = outer;
    Ok(node)
}

/// Evaluates a query.
pub fn run(query: &QueryNode, frame: &mut Frame<'_>) -> Result<Obj, Stop> {
    let source = eval(&query.from, frame)?;
    if let Some(name) =
        symbol(&source).filter(|name| name.bytes().starts_with(b".") && query.verb.bytes() == b"delete")
    {
        query.columns.iter().for_each(|(column, _)| forget(name, *column));
        return Ok(source);
    }
    let t = table_value(&source)?;
    let relation =
        Relation { conditions: &query.conditions, by: query.by.as_deref(), columns: &query.columns };
    let outer = frame.table.take();
    let mut clause = |node: &Node, rows: &Obj| {
        frame.table = Some(rows.clone());
        eval(node, frame)
    };
    let result = match query.verb.bytes() {
        b"select" => relation.select(&t, &mut clause),
        b"exec" => relation.exec(&t, &mut clause),
        b"update" => relation.update(&t, &mut clause),
        _ => relation.delete(&t, &mut clause),
    };
    frame.table = outer;
    let changes = matches!(query.verb.bytes(), b"update" | b"delete");
    match result {
        // A table given by name is changed in place.
        Ok(changed) if changes && symbol(&source).is_some() => {
            Ok(crate::eval::evaluate::set(&source, &changed)?)
        }
        other => other,
    }
}

/// `?` of more than two arguments: of three `?[c;x;y]`, of four a functional select.
///
/// # Errors
/// As either.
pub fn choose(args: &[Obj]) -> R {
    if let [c, x, y] = args { tables::choose(c, x, y) } else { functional_select(args) }
}

/// `?[t;c;b;a]`: select and exec in functional form.
///
/// # Errors
/// `rank`, `type`, `nyi` for more than four arguments, and what the clauses signal.
pub fn functional_select(args: &[Obj]) -> R {
    let [source, conditions, by, columns] = args else { return Err(QError::nyi("? of five arguments")) };
    let t = table_value(source)?;
    let exec = by.tag() == tag::LIST && by.is_empty();
    let (conditions, by) = (items(conditions), if exec { None } else { grouping(by)? });
    let columns = if columns.tag() == tag::XD || columns.is_empty() {
        named_trees(columns)?
    } else {
        vec![(Symbol::from("x"), columns.clone())]
    };
    let relation = Relation { conditions: &conditions, by: by.as_deref(), columns: &columns };
    let mut clause = |expr: &Obj, rows: &Obj| tree::evaluate(expr, Some(rows));
    if exec { relation.exec(&t, &mut clause) } else { relation.select(&t, &mut clause) }
}

/// `![t;c;b;a]`: update and delete in functional form.
///
/// # Errors
/// As [`functional_select`].
pub fn functional_update(args: &[Obj]) -> R {
    let [source, conditions, by, columns] = args else { return Err(QError::rank()) };
    if let (Some(name), tag::KS) = (symbol(source), columns.tag())
        && name.bytes().starts_with(b".")
    {
        columns.slice::<Symbol>().iter().for_each(|&column| forget(name, column));
        return Ok(source.clone());
    }
    let t = table_value(source)?;
    let (conditions, by) = (items(conditions), grouping(by)?);
    let mut clause = |expr: &Obj, rows: &Obj| tree::evaluate(expr, Some(rows));
    let changed = if columns.tag() == tag::XD {
        let columns = named_trees(columns)?;
        Relation { conditions: &conditions, by: by.as_deref(), columns: &columns }.update(&t, &mut clause)?
    } else {
        let names =
            items(columns).iter().filter_map(symbol).map(|name| (name, Obj::null())).collect::<Vec<_>>();
        Relation { conditions: &conditions, by: None, columns: &names }.delete(&t, &mut clause)?
    };
    if symbol(source).is_some() { crate::eval::evaluate::set(source, &changed) } else { Ok(changed) }
}

fn table_value(source: &Obj) -> R {
    if symbol(source).is_some() { crate::eval::evaluate::value(source) } else { Ok(source.clone()) }
}

fn items(list: &Obj) -> Vec<Obj> {
    if list.is_list() { (0..list.len()).map(|i| list.index(i)).collect() } else { vec![] }
}

/// The grouping of a functional form: a dictionary, or a boolean for none.
fn grouping(by: &Obj) -> R<Option<Vec<(Symbol, Obj)>>> {
    match by.tag() {
        tag::XD => named_trees(by).map(Some),
        -1 if by.get::<u8>() == 0 => Ok(None),
        -1 => Err(QError::nyi("select distinct")),
        _ => Err(QError::type_()),
    }
}

fn named_trees(columns: &Obj) -> R<Vec<(Symbol, Obj)>> {
    if columns.tag() != tag::XD {
        return if columns.is_empty() { Ok(vec![]) } else { Err(QError::type_()) };
    }
    let (names, values) = columns.dict_parts();
    if names.tag() != tag::KS {
        return Err(QError::type_());
    }
    Ok(names.slice::<Symbol>().iter().enumerate().map(|(i, &name)| (name, values.index(i))).collect())
}

/// Forgets a variable of a namespace, as `delete a from `.space` does.
fn forget(space: Symbol, name: Symbol) {
    context::delete(match space.bytes() {
        b"." => name,
        space => Symbol::new(&[space, b".", name.bytes()].concat()),
    });
}
