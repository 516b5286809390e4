//! The grammar of `select`, `exec`, `update` and `delete`.

use super::Parser;
use crate::syntax::ast::{Columns, Expr, Query};
use kapi::error::R;
use kapi::symbol::Symbol;

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
pub fn parts(query: &Query) -> impl Iterator<Item = &Expr> {
    let by = query.by.iter().flatten();
    let columns = query.columns.iter().chain(by).map(|(_, expr)| expr);
    columns.chain([&query.from]).chain(&query.conditions)
}
