//! `select`, `exec`, `update` and `delete` on one table, and table literals.

use super::apply::symbol;
use super::ast::{Columns, Expr, Query};
use super::compile::Scope;
use super::eval::{Frame, Stop, eval};
use super::node::Node;
use super::parse::Parser;
use super::relation::Relation;
use super::{context, index, tree};
use crate::error::{QError, R};
use crate::object::{Obj, tag};
use crate::symbol::Symbol;

/// Do these words end an expression inside a query?
pub(super) fn ends_clause(name: &[u8]) -> bool {
    matches!(name, b"by" | b"from" | b"where")
}

/// Does this word begin a query?
pub(super) fn is_verb(name: &[u8]) -> bool {
    matches!(name, b"select" | b"exec" | b"update" | b"delete")
}

impl Parser<'_> {
    /// A query, from its verb.
    pub(super) fn query(&mut self, verb: Symbol) -> R<Expr> {
        self.advance();
        let outer = std::mem::replace(&mut self.in_query, true);
        let columns = self.clause()?;
        let by = if self.accept_word(b"by") { Some(self.clause()?) } else { None };
        if !self.accept_word(b"from") {
            return Err(self.unexpected());
        }
        let from = self.term()?.expr;
        let conditions = if self.accept_word(b"where") { self.conditions()? } else { vec![] };
        self.in_query = outer;
        Ok(Expr::Query(Box::new(Query { verb, columns, by, from, conditions })))
    }

    fn accept_word(&mut self, word: &[u8]) -> bool {
        let found = self.query_word() == Some(word);
        if found {
            self.advance();
        }
        found
    }

    /// Columns separated by commas; possibly none.
    fn clause(&mut self) -> R<Columns> {
        let mut columns = Vec::new();
        while self.query_word().is_none() {
            if !columns.is_empty() {
                if !self.is_comma() {
                    return Err(self.unexpected());
                }
                self.advance();
            }
            columns.push(self.column()?);
        }
        Ok(columns)
    }

    fn conditions(&mut self) -> R<Vec<Expr>> {
        let mut all = vec![self.statement()?];
        while self.is_comma() {
            self.advance();
            all.push(self.statement()?);
        }
        Ok(all)
    }
}

/// The name of a column without one: the last name in its expression, else `x`.
pub(super) fn column_name(expr: &Expr) -> Symbol {
    fn last_name(expr: &Expr) -> Option<Symbol> {
        match expr {
            // The row number `i` gives no name.
            Expr::Name(name, _) if name.bytes() == b"i" => None,
            Expr::Name(name, _) => name.bytes().rsplit(|&b| b == b'.').next().map(Symbol::new),
            Expr::Apply(apply) => apply.args.iter().rev().flatten().find_map(last_name),
            _ => None,
        }
    }
    last_name(expr).unwrap_or_else(|| Symbol::from("x"))
}

/// All expressions of a query.
pub(super) fn parts(query: &Query) -> impl Iterator<Item = &Expr> {
    let by = query.by.iter().flatten();
    let columns = query.columns.iter().chain(by).map(|(_, expr)| expr);
    columns.chain([&query.from]).chain(&query.conditions)
}

/// A compiled query.
pub struct QueryNode {
    verb: Symbol,
    columns: Vec<(Symbol, Node)>,
    by: Option<Vec<(Symbol, Node)>>,
    from: Node,
    conditions: Vec<Node>,
}

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

/// A column of a table, by name; `i` is the row number.
pub(super) fn column(table: &Obj, name: Symbol) -> Option<Obj> {
    let (names, columns) = table.table_dict().dict_parts();
    let found = names.slice::<Symbol>().iter().position(|&n| n == name);
    match found {
        Some(position) => Some(columns.index(position)),
        None if name.bytes() == b"i" => Some(Obj::vector::<i64>(tag::KJ, 0..table.len() as i64)),
        None => None,
    }
}

/// Evaluates a query.
pub(super) fn run(query: &QueryNode, frame: &mut Frame<'_>) -> Result<Obj, Stop> {
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
        Ok(changed) if changes && symbol(&source).is_some() => Ok(super::eval::set(&source, &changed)?),
        other => other,
    }
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
    let clause = |expr: &Obj, rows: &Obj| tree::evaluate(expr, Some(rows));
    if exec { relation.exec(&t, clause) } else { relation.select(&t, clause) }
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
    let clause = |expr: &Obj, rows: &Obj| tree::evaluate(expr, Some(rows));
    let changed = if columns.tag() == tag::XD {
        let columns = named_trees(columns)?;
        Relation { conditions: &conditions, by: by.as_deref(), columns: &columns }.update(&t, clause)?
    } else {
        let names =
            items(columns).iter().filter_map(symbol).map(|name| (name, Obj::null())).collect::<Vec<_>>();
        Relation { conditions: &conditions, by: None, columns: &names }.delete(&t, clause)?
    };
    if symbol(source).is_some() { super::eval::set(source, &changed) } else { Ok(changed) }
}

fn table_value(source: &Obj) -> R {
    if symbol(source).is_some() { super::eval::value(source) } else { Ok(source.clone()) }
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

/// The value of a table literal: `values` are the key columns, then the others.
pub(super) fn table(keys: &[Symbol], columns: &[Symbol], values: Vec<Obj>) -> R {
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
