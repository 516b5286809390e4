//! `parse` and `eval`: programs as q lists.
//!
//! A list is the application of its first item to the others, a symbol a variable; a symbol or list that is
//! meant as such is the only item of a list.

use std::sync::Arc;

use crate::eval::adverb;
use crate::eval::amend;
use crate::eval::apply;
use crate::eval::compile;
use crate::eval::evaluate as evaluation;
use crate::eval::relation;
use crate::state::context;
use crate::state::interrupt;
use crate::state::primitives;
use crate::state::stack;
use crate::syntax::ast::{Args, Assign, Columns, Expr, Query};
use crate::syntax::lex::Source;
use crate::syntax::parse as parser;
use crate::words::functions;
use crate::words::index;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// `parse "text"`
///
/// # Errors
/// `type` when `x` is no string, and what parsing signals.
pub fn parse(x: &Obj) -> R {
    let text = match x.tag() {
        tag::KC => x.slice::<u8>().to_vec(),
        -10 => vec![x.get::<u8>()],
        _ => return Err(QError::type_()),
    };
    let source = Source::inline(&text);
    let mut trees = parser::parse(&source)?.iter().map(|e| tree(e, &source)).collect::<R<Vec<_>>>()?;
    Ok(if trees.len() == 1 { trees.remove(0) } else { node(Obj::char(b';'), trees) })
}

fn node(head: Obj, mut rest: Vec<Obj>) -> Obj {
    rest.insert(0, head);
    Obj::from_items(rest)
}

fn word(name: &str) -> Obj {
    primitives::find(name).map_or_else(Obj::null, primitives::object)
}

/// Symbols and lists of them stand for themselves only inside a list of one.
fn quoted(value: &Obj) -> Obj {
    match value.tag().unsigned_abs() as i8 {
        tag::KS => Obj::from_items(vec![value.clone()]),
        _ => value.clone(),
    }
}

fn trees(exprs: &[Expr], source: &Arc<Source>) -> R<Vec<Obj>> {
    exprs.iter().map(|e| tree(e, source)).collect()
}

fn arguments(args: &Args, source: &Arc<Source>) -> R<Vec<Obj>> {
    args.iter()
        .map(|arg| arg.as_ref().map_or_else(|| Ok(functions::elided()), |arg| tree(arg, source)))
        .collect()
}

fn tree(expr: &Expr, source: &Arc<Source>) -> R {
    stack::check()?;
    Ok(match expr {
        Expr::Empty => Obj::null(),
        Expr::Const(value) => quoted(value),
        Expr::Name(name, _) => Obj::sym(*name),
        Expr::Apply(a) => node(tree(&a.f, source)?, arguments(&a.args, source)?),
        Expr::Derived(row, f) => node(primitives::object(*row), vec![tree(f, source)?]),
        Expr::Compose(parts) => node(word("'"), trees(parts, source)?),
        Expr::List(items) => node(word("enlist"), arguments(items, source)?),
        Expr::Block(body) => node(Obj::char(b';'), trees(body, source)?),
        Expr::Assign(assign) => assignment(assign, source)?,
        Expr::Lambda(_) => match compile::statement(expr, source)? {
            crate::eval::node::Node::Const(lambda) => lambda,
            _ => return Err(QError::type_()),
        },
        Expr::Cond(parts) => node(word("$"), trees(parts, source)?),
        Expr::If(parts) => node(Obj::symbol("if"), trees(parts, source)?),
        Expr::While(parts) => node(Obj::symbol("while"), trees(parts, source)?),
        Expr::Do(parts) => node(Obj::symbol("do"), trees(parts, source)?),
        Expr::Return(value) => node(word(":"), vec![tree(value, source)?]),
        Expr::Signal(value, _) => node(word("'"), vec![tree(value, source)?]),
        Expr::Table(_) => return Err(QError::nyi("parse of a table literal")),
        Expr::Query(q) => functional(q, source)?,
    })
}

/// A query in its functional form.
fn functional(q: &Query, source: &Arc<Source>) -> R {
    let named = |columns: &Columns| -> R {
        let names: Vec<Symbol> = columns.iter().map(|(name, _)| *name).collect();
        let values = columns.iter().map(|(_, expr)| tree(expr, source)).collect::<R<_>>()?;
        Ok(Obj::dict(Obj::from_slice::<Symbol>(tag::KS, &names), Obj::list(values)))
    };
    let conditions = match trees(&q.conditions, source)? {
        none if none.is_empty() => Obj::list(vec![]),
        all => Obj::list(vec![Obj::list(all)]),
    };
    let by = match &q.by {
        Some(by) => named(by)?,
        None if q.verb.bytes() == b"exec" => Obj::list(vec![]),
        None => Obj::bool(false),
    };
    let changes = matches!(q.verb.bytes(), b"update" | b"delete");
    let columns = match &q.columns[..] {
        [] if q.verb.bytes() == b"delete" => Obj::zeroed(tag::KS, 0),
        [] => Obj::list(vec![]),
        columns if q.verb.bytes() == b"delete" => {
            Obj::list(vec![Obj::vector::<Symbol>(tag::KS, columns.iter().map(|(name, _)| *name))])
        }
        [(_, only)] if q.verb.bytes() == b"exec" => tree(only, source)?,
        _ => named(&q.columns)?,
    };
    Ok(Obj::list(vec![
        word(if changes { "!" } else { "?" }),
        tree(&q.from, source)?,
        conditions,
        by,
        columns,
    ]))
}

fn assignment(assign: &Assign, source: &Arc<Source>) -> R {
    let target = match &assign.index {
        None => Obj::sym(assign.name),
        Some(index) => node(Obj::sym(assign.name), arguments(index, source)?),
    };
    let head = match &assign.op {
        Some(Expr::Const(op)) => {
            word(&format!("{}:", primitives::row_of(op).map(|word| word.name).unwrap_or_default()))
        }
        _ if assign.global => Obj::null(),
        _ => word(":"),
    };
    Ok(node(head, vec![target, tree(&assign.value, source)?]))
}

/// `eval tree`
///
/// # Errors
/// What evaluation signals.
pub fn eval(x: &Obj) -> R {
    evaluate(x, None)
}

/// The value of a tree; symbols name columns of `rows`, if given, before variables.
pub(super) fn evaluate(x: &Obj, rows: Option<&Obj>) -> R {
    stack::check()?;
    match x.tag() {
        -11 => match rows.and_then(|rows| relation::column(rows, x.get())) {
            Some(column) => Ok(column),
            None => evaluation::value(x),
        },
        tag::KS if x.len() == 1 => Ok(x.index(0)),
        tag::LIST if x.len() == 1 => Ok(x.items()[0].clone()),
        tag::KS | tag::LIST if !x.is_empty() => {
            let args: Vec<Obj> = (1..x.len()).map(|i| x.index(i)).collect();
            Application { head: &x.index(0), args: &args, rows }.run()
        }
        _ => Ok(x.clone()),
    }
}

/// A list being evaluated.
struct Application<'a> {
    head: &'a Obj,
    args: &'a [Obj],
    rows: Option<&'a Obj>,
}

impl Application<'_> {
    fn run(&self) -> R {
        let name = functions::symbol(self.head).map_or(&b""[..], Symbol::bytes);
        let row = primitives::row_of(self.head).map_or("", |word| word.name);
        match (name, row, self.args) {
            (b"if", _, [condition, body @ ..]) => {
                if self.holds(condition)? {
                    self.sequence(body)?;
                }
                Ok(Obj::null())
            }
            (b"while", _, [condition, body @ ..]) => {
                while self.holds(condition)? {
                    self.sequence(body)?;
                }
                Ok(Obj::null())
            }
            (b"do", _, [times, body @ ..]) => {
                let times = adverb::count_of(&self.value(times)?).ok_or_else(QError::type_)?;
                for _ in 0..times {
                    interrupt::check()?;
                    self.sequence(body)?;
                }
                Ok(Obj::null())
            }
            (_, "$", [_, _, _, ..]) => self.conditional(),
            (_, ":" | "::", [target, value]) => self.assign(target, None, value),
            (_, _, [target, value]) if compound(self.head).is_some() => {
                self.assign(target, compound(self.head).as_ref(), value)
            }
            (_, "'", [x]) => {
                let x = self.value(x)?;
                if functions::is_function(&x) {
                    apply::apply(self.head, &[x])
                } else {
                    Err(evaluation::signal(&x))
                }
            }
            _ if *self.head == Obj::char(b';') => self.sequence(self.args),
            _ => self.ordinary(),
        }
    }

    fn value(&self, x: &Obj) -> R {
        evaluate(x, self.rows)
    }

    fn holds(&self, condition: &Obj) -> R<bool> {
        interrupt::check()?;
        evaluation::truth(&self.value(condition)?)
    }

    fn sequence(&self, body: &[Obj]) -> R {
        body.iter().try_fold(Obj::null(), |_, statement| self.value(statement))
    }

    fn conditional(&self) -> R {
        let mut parts = self.args;
        while let [condition, value, rest @ ..] = parts {
            if self.holds(condition)? {
                return self.value(value);
            }
            parts = rest;
        }
        parts.first().map_or_else(|| Ok(Obj::null()), |otherwise| self.value(otherwise))
    }

    fn assign(&self, target: &Obj, op: Option<&Obj>, value: &Obj) -> R {
        let value = self.value(value)?;
        let (name, path) = match (functions::symbol(target), target.tag()) {
            (Some(name), _) => (name, vec![]),
            (None, tag::LIST | tag::KS) if target.len() > 1 => {
                let name = functions::symbol(&target.index(0)).ok_or_else(QError::type_)?;
                let path = (1..target.len()).map(|i| self.value(&target.index(i)).map(index::position));
                (name, path.collect::<R<_>>()?)
            }
            _ => return Err(QError::type_()),
        };
        if path.is_empty() && op.is_none() {
            evaluation::set(&Obj::sym(name), &value)?;
            return Ok(value);
        }
        let global = context::global(context::full_name(name, context::current()));
        amend::global(&global, &path, op, &value)?;
        Ok(value)
    }

    fn ordinary(&self) -> R {
        let mut values = Vec::with_capacity(self.args.len());
        for arg in self.args.iter().rev() {
            values.push(if functions::is_elided(arg) { None } else { Some(self.value(arg)?) });
        }
        values.reverse();
        apply::with_elided_or_not(&self.value(self.head)?, &values)
    }
}

/// The operator of `+:` as the head of an assignment.
fn compound(head: &Obj) -> Option<Obj> {
    let glyph = (head.tag() == tag::UNARY).then(|| primitives::row_of(head)?.glyph).flatten()?;
    primitives::find(glyph.strip_suffix(':')?).map(primitives::object).filter(|op| op.tag() == tag::OPERATOR)
}
