//! Tokens -> syntax tree.
//!
//! q has no precedence: an expression is a value followed by nothing, by an infix function and an expression,
//! or by an expression the value is applied to. What ends in a function without its right argument is itself
//! a function ("open"): `1+` a projection, `neg 1+` a composition.

pub mod query;

use std::sync::Arc;

use crate::state::primitives::{self, Kind};
use crate::state::stack;
use crate::syntax::ast::{Apply, Args, Assign, Expr, LambdaExpr, Table};
use crate::syntax::lex::{self, Source, Tok, Token};
use kapi::error::{QError, R};
use kapi::object::Obj;
use kapi::symbol::Symbol;

/// Parses the statements of `source`, in order. An empty last one means that nothing is to be shown.
///
/// # Errors
/// The token that does not belong where it is, or `stack` when the nesting is too deep.
pub fn parse(source: &Arc<Source>) -> R<Vec<Expr>> {
    let mut parser =
        Parser { tokens: lex::tokens(&source.text)?, at: 0, text: &source.text, in_query: false };
    let statements = parser.statements()?;
    match parser.peek() {
        Tok::End => Ok(statements),
        _ => Err(parser.unexpected()),
    }
}

/// A part of an expression and its role.
pub(super) struct Term {
    pub(super) expr: Expr,
    /// Infix: what follows is its right argument and what precedes its left one.
    pub(super) verb: bool,
    pub(super) pos: usize,
}

/// An expression, and whether it awaits its right argument.
struct Phrase {
    expr: Expr,
    open: bool,
}

pub(super) struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    text: &'a [u8],
    /// Inside the clauses of a query, where a comma separates and `by`, `from` and `where` end expressions.
    pub(super) in_query: bool,
}

impl Parser<'_> {
    pub(super) fn peek(&self) -> &Tok {
        &self.tokens[self.at].tok
    }

    fn peek_next(&self) -> &Tok {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].tok
    }

    fn pos(&self) -> usize {
        self.tokens[self.at].start
    }

    pub(super) fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    pub(super) fn is_mark(&self, mark: u8) -> bool {
        *self.peek() == Tok::Mark(mark)
    }

    pub(super) fn accept(&mut self, mark: u8) -> bool {
        let found = self.is_mark(mark);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn expect(&mut self, mark: u8) -> R<()> {
        if self.accept(mark) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The error for the token at hand: its own text, or at the end of the text what is still open.
    pub(super) fn unexpected(&self) -> QError {
        let token = &self.tokens[self.at];
        if token.tok != Tok::End {
            return QError::from_bytes(&self.text[token.start..token.end]);
        }
        let mut open = Vec::new();
        for token in &self.tokens {
            match token.tok {
                Tok::Mark(mark @ (b'(' | b'[' | b'{')) => open.push(mark),
                Tok::Mark(b')' | b']' | b'}') => drop(open.pop()),
                _ => {}
            }
        }
        QError::from_bytes(open.last().map_or(&b"parse"[..], std::slice::from_ref))
    }

    /// The name at hand, if it is one of the words that end an expression inside a query.
    pub(super) fn query_word(&self) -> Option<&'static [u8]> {
        match self.peek() {
            Tok::Name(name) if self.in_query => Some(name.bytes()).filter(|n| query::ends_clause(n)),
            _ => None,
        }
    }

    pub(super) fn is_comma(&self) -> bool {
        self.in_query && matches!(*self.peek(), Tok::Op(row) if primitives::name(row) == ",")
    }

    fn at_end(&self) -> bool {
        matches!(self.peek(), Tok::End | Tok::Mark(b')' | b']' | b'}' | b';'))
            || self.is_comma()
            || self.query_word().is_some()
    }

    /// Runs `body` outside of any query's clauses, as brackets and parentheses do.
    fn bracketed<T>(&mut self, body: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        let outer = std::mem::replace(&mut self.in_query, false);
        let result = body(self);
        self.in_query = outer;
        result
    }

    /// Statements separated by semicolons, to the end or a closing mark.
    fn statements(&mut self) -> R<Vec<Expr>> {
        let mut all = vec![self.statement()?];
        while self.accept(b';') {
            all.push(self.statement()?);
        }
        Ok(all)
    }

    /// One statement: an expression, a return or a signal; possibly empty.
    pub(super) fn statement(&mut self) -> R<Expr> {
        stack::check()?;
        let signal = matches!(*self.peek(), Tok::Iterator(row) if primitives::name(row) == "'");
        let bracket = *self.peek_next() == Tok::Mark(b'[');
        match self.peek() {
            _ if self.at_end() => Ok(Expr::Empty),
            Tok::Colon if !bracket => {
                self.advance();
                if self.at_end() {
                    return Ok(word(":"));
                }
                Ok(Expr::Return(Box::new(self.statement()?)))
            }
            _ if signal && !bracket => {
                let pos = self.pos();
                let row = self.tokens[self.at].tok.clone();
                self.advance();
                match (self.at_end(), row) {
                    (true, Tok::Iterator(row)) => Ok(Expr::Const(primitives::object(row))),
                    _ => Ok(Expr::Signal(Box::new(self.statement()?), pos)),
                }
            }
            _ => Ok(self.phrase()?.expr),
        }
    }

    fn phrase(&mut self) -> R<Phrase> {
        stack::check()?;
        let head = self.term()?;
        if head.verb { self.after_verb(head) } else { self.after_noun(head) }
    }

    /// An infix function with nothing on its left: a value by itself, or applied to one argument.
    fn after_verb(&mut self, head: Term) -> R<Phrase> {
        if self.at_end() {
            return Ok(Phrase { expr: head.expr, open: true });
        }
        if let Expr::Const(f) = &head.expr
            && let Some(operator) = primitives::row_of(f).filter(|row| row.kind == Kind::Operator)
        {
            return Err(QError::named(operator.name));
        }
        let right = self.phrase()?;
        Ok(match right.open {
            true => Phrase { expr: compose(head.expr, right.expr), open: true },
            false => Phrase { expr: apply(head.expr, vec![Some(right.expr)], head.pos), open: false },
        })
    }

    fn after_noun(&mut self, noun: Term) -> R<Phrase> {
        if self.at_end() {
            return Ok(Phrase { expr: noun.expr, open: false });
        }
        if let Some(assignment) = self.assignment(&noun)? {
            return Ok(Phrase { expr: assignment, open: false });
        }
        if *self.peek() == Tok::ColonColon && self.next_ends() {
            self.advance();
            return Ok(Phrase { expr: noun.expr, open: true });
        }
        let next = self.term()?;
        if next.verb {
            return self.infix(noun, next);
        }
        let right = self.after_noun(next)?;
        Ok(match right.open {
            true => Phrase { expr: compose(noun.expr, right.expr), open: true },
            false => Phrase { expr: apply(noun.expr, vec![Some(right.expr)], noun.pos), open: false },
        })
    }

    fn infix(&mut self, left: Term, verb: Term) -> R<Phrase> {
        if self.at_end() {
            return Ok(Phrase { expr: left_given(left, verb), open: true });
        }
        let right = self.phrase()?;
        Ok(match right.open {
            true => Phrase { expr: compose(left_given(left, verb), right.expr), open: true },
            false => {
                let expr = apply(verb.expr, vec![Some(left.expr), Some(right.expr)], verb.pos);
                Phrase { expr, open: false }
            }
        })
    }

    /// Does the expression end after the token at hand?
    fn next_ends(&mut self) -> bool {
        let here = self.at;
        self.advance();
        let ends = self.at_end();
        self.at = here;
        ends
    }

    /// `name:`, `name::`, `name+:`, `name+::` and the same with an index, when `noun` is what may be assigned to.
    fn assignment(&mut self, noun: &Term) -> R<Option<Expr>> {
        let (op, mut global) = match *self.peek() {
            Tok::Colon => (None, false),
            Tok::ColonColon => (None, true),
            Tok::OpColon(row) => (Some(Expr::Const(primitives::object(row))), false),
            _ => return Ok(None),
        };
        let plain = op.is_none();
        let (name, index) = match &noun.expr {
            Expr::Name(name, _) => (*name, None),
            Expr::Apply(a) => match a.f {
                Expr::Name(name, _) if noun.pos == a.pos && self.ends_bracket() => {
                    (name, Some(a.args.clone()))
                }
                _ => return self.no_target(plain),
            },
            Expr::Const(word) if plain && primitives::row_of(word).is_some() && !self.next_ends() => {
                return Err(QError::named("assign"));
            }
            _ => return self.no_target(plain),
        };
        let pos = self.pos();
        if self.next_ends() {
            // `f ::` is a composition and `x+:` the function `+:` at the end of one.
            return if plain && !global { Err(self.unexpected()) } else { Ok(None) };
        }
        self.advance();
        if op.is_some() && *self.peek() == Tok::Colon {
            self.advance();
            global = true;
        }
        let value = self.statement()?;
        Ok(Some(Expr::Assign(Box::new(Assign { name, index, op, global, value, pos }))))
    }

    /// Only `:` has no other reading after a value that is no variable.
    fn no_target(&self, plain: bool) -> R<Option<Expr>> {
        if plain && *self.peek() == Tok::Colon { Err(self.unexpected()) } else { Ok(None) }
    }

    fn ends_bracket(&self) -> bool {
        self.at > 0 && self.tokens[self.at - 1].tok == Tok::Mark(b']')
    }

    /// A primary and what is attached to it: brackets and iterators.
    pub(super) fn term(&mut self) -> R<Term> {
        stack::check()?;
        let pos = self.pos();
        let (mut expr, mut verb) = self.primary()?;
        loop {
            match *self.peek() {
                Tok::Mark(b'[') => {
                    let args = self.arguments()?;
                    expr = apply(expr, args, pos);
                    verb = false;
                }
                Tok::Iterator(row) => {
                    self.advance();
                    expr = Expr::Derived(row, Box::new(expr));
                    verb = true;
                }
                _ => return Ok(Term { expr, verb, pos }),
            }
        }
    }

    /// The thing itself, and whether it is infix.
    fn primary(&mut self) -> R<(Expr, bool)> {
        match self.peek().clone() {
            Tok::Noun(value) => {
                self.advance();
                Ok((Expr::Const(value), false))
            }
            Tok::Name(name) => self.named(name),
            Tok::Op(row) => {
                self.advance();
                if primitives::name(row) == "$" && self.is_mark(b'[') {
                    return self.dollar(row);
                }
                Ok((Expr::Const(primitives::object(row)), true))
            }
            Tok::OpColon(row) => {
                let glyph = format!("{}:", primitives::name(row));
                let unary = primitives::find(&glyph).ok_or_else(|| self.unexpected())?;
                self.advance();
                Ok((Expr::Const(primitives::object(unary)), false))
            }
            Tok::Colon => {
                self.advance();
                Ok((word(":"), true))
            }
            Tok::ColonColon => {
                self.advance();
                Ok((Expr::Const(Obj::null()), false))
            }
            Tok::Iterator(row) => {
                self.advance();
                Ok((Expr::Const(primitives::object(row)), false))
            }
            Tok::Mark(b'(') => Ok((self.bracketed(Self::parenthesis)?, false)),
            Tok::Mark(b'[') => Ok((self.bracketed(Self::block)?, false)),
            Tok::Mark(b'{') => Ok((self.bracketed(Self::lambda)?, false)),
            _ => Err(self.unexpected()),
        }
    }

    /// A name: a control word, a query, a reserved word or a variable.
    fn named(&mut self, name: Symbol) -> R<(Expr, bool)> {
        let bracket = *self.peek_next() == Tok::Mark(b'[');
        let control: Option<fn(Vec<Expr>) -> Expr> = match name.bytes() {
            b"if" => Some(Expr::If),
            b"while" => Some(Expr::While),
            b"do" => Some(Expr::Do),
            _ => None,
        };
        if let (Some(control), true) = (control, bracket) {
            self.advance();
            let parts = self.bracketed(Self::control_parts)?;
            return if parts.is_empty() { Err(self.unexpected()) } else { Ok((control(parts), false)) };
        }
        if query::is_verb(name.bytes()) {
            return Ok((self.query(name)?, false));
        }
        if self.query_word().is_some() {
            return Err(self.unexpected());
        }
        let pos = self.pos();
        self.advance();
        let reserved =
            std::str::from_utf8(name.bytes()).ok().filter(|n| !n.starts_with('.')).and_then(primitives::find);
        Ok(match reserved {
            Some(row) => (
                Expr::Const(primitives::object(row)),
                primitives::row(row).is_some_and(|word| word.kind == Kind::Infix),
            ),
            None => (Expr::Name(name, pos), false),
        })
    }

    /// The parts of a control word, from `[` to `]`.
    fn control_parts(&mut self) -> R<Vec<Expr>> {
        self.expect(b'[')?;
        let mut parts = self.statements()?;
        self.expect(b']')?;
        if parts.len() == 1 && parts[0] == Expr::Empty {
            parts.clear();
        }
        Ok(parts)
    }

    /// `$[...]`: the conditional with three or more parts, otherwise the operator applied.
    fn dollar(&mut self, row: usize) -> R<(Expr, bool)> {
        let pos = self.pos();
        let parts = self.bracketed(Self::control_parts)?;
        if parts.len() >= 3 {
            return Ok((Expr::Cond(parts), false));
        }
        let args = arguments(parts.into_iter().map(given).collect());
        Ok((apply(Expr::Const(primitives::object(row)), args, pos), false))
    }

    /// The arguments from `[` to `]`. `f[]` passes `::`.
    fn arguments(&mut self) -> R<Args> {
        let args = self.bracketed(|p| {
            p.advance();
            p.items(b']')
        })?;
        Ok(arguments(args))
    }

    /// Items separated by semicolons up to `close`, which is taken too. There is at least one.
    fn items(&mut self, close: u8) -> R<Args> {
        let items = self.statements()?;
        self.expect(close)?;
        Ok(items.into_iter().map(given).collect())
    }

    /// `(...)`: a value, a list or a table.
    fn parenthesis(&mut self) -> R<Expr> {
        self.advance();
        if self.is_mark(b'[') {
            return self.table();
        }
        let mut items = self.items(b')')?;
        Ok(match items.len() {
            1 => items.remove(0).unwrap_or_else(|| Expr::Const(Obj::list(vec![]))),
            _ => Expr::List(items),
        })
    }

    fn block(&mut self) -> R<Expr> {
        self.advance();
        let statements = self.statements()?;
        self.expect(b']')?;
        Ok(Expr::Block(statements))
    }

    fn lambda(&mut self) -> R<Expr> {
        let start = self.pos();
        self.advance();
        let params = if self.is_mark(b'[') { Some(self.parameters()?) } else { None };
        let body = self.statements()?;
        let end = self.tokens[self.at].end;
        self.expect(b'}')?;
        Ok(Expr::Lambda(Box::new(LambdaExpr { params, body, span: (start, end) })))
    }

    fn parameters(&mut self) -> R<Vec<Symbol>> {
        self.advance();
        let mut names = Vec::new();
        while !self.accept(b']') {
            if !names.is_empty() {
                self.expect(b';')?;
            }
            let Tok::Name(name) = *self.peek() else { return Err(self.unexpected()) };
            names.push(name);
            self.advance();
        }
        if names.len() > 8 { Err(QError::named("params")) } else { Ok(names) }
    }

    /// The rest of a table literal, from the bracket of the keys.
    fn table(&mut self) -> R<Expr> {
        self.advance();
        let keys = self.columns(b']')?;
        self.accept(b';');
        let columns = self.columns(b')')?;
        Ok(Expr::Table(Box::new(Table { keys, columns })))
    }

    /// Columns `name:value` up to `close`, which is taken too. Without a name it is made from the expression.
    fn columns(&mut self, close: u8) -> R<Vec<(Symbol, Expr)>> {
        let mut columns = Vec::new();
        while !self.accept(close) {
            if !columns.is_empty() {
                self.expect(b';')?;
            }
            columns.push(self.column()?);
        }
        Ok(columns)
    }

    /// One column of a table literal or of a query.
    pub(super) fn column(&mut self) -> R<(Symbol, Expr)> {
        if let (Tok::Name(name), Tok::Colon) = (self.peek().clone(), self.peek_next()) {
            self.advance();
            self.advance();
            return Ok((name, self.statement()?));
        }
        let expr = self.statement()?;
        if expr == Expr::Empty { Err(self.unexpected()) } else { Ok((query::column_name(&expr), expr)) }
    }
}

/// An item, `None` when nothing is written.
fn given(item: Expr) -> Option<Expr> {
    Some(item).filter(|e| *e != Expr::Empty)
}

/// Arguments from what is between the brackets: nothing at all is `::`.
fn arguments(items: Args) -> Args {
    match items[..] {
        [] | [None] => vec![Some(Expr::Const(Obj::null()))],
        _ => items,
    }
}

fn word(name: &str) -> Expr {
    primitives::find(name).map_or(Expr::Empty, |row| Expr::Const(primitives::object(row)))
}

/// `x f` without the right argument. A primitive of two arguments projects when it gets one; anything else may
/// do something with a single one.
fn left_given(left: Term, verb: Term) -> Expr {
    let binary =
        |f: &Obj| primitives::row_of(f).is_some_and(|word| word.monad.is_none() && word.dyad.is_some());
    let args = match &verb.expr {
        Expr::Const(f) if binary(f) => vec![Some(left.expr)],
        _ => vec![Some(left.expr), None],
    };
    apply(verb.expr, args, verb.pos)
}

fn apply(f: Expr, args: Args, pos: usize) -> Expr {
    Expr::Apply(Box::new(Apply { f, args, pos }))
}

/// `f g` where `g` awaits an argument. `f ::` is `f`.
fn compose(f: Expr, g: Expr) -> Expr {
    match g {
        Expr::Compose(mut rest) => {
            rest.insert(0, f);
            Expr::Compose(rest)
        }
        _ => Expr::Compose(vec![f, g]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> String {
        parse(&Source::inline(text.as_bytes())).expect_err(text).text.clone()
    }

    #[test]
    fn the_misplaced_token_or_the_open_bracket_is_the_error() {
        let cases = [
            ("1)", ")"),
            ("{x", "{"),
            ("f[(1;2]", "]"),
            ("(1;[2", "["),
            ("(1):2", ":"),
            ("(a b):1", ":"),
            ("x:", ":"),
            ("-x", "-"),
            ("select", "parse"),
            ("select a t", "parse"),
            ("{[1]x}", "1"),
            ("{[a;b;c;d;e;f;g;h;i]}", "params"),
        ];
        for (text, error) in cases {
            assert_eq!(errors(text), error, "{text}");
        }
    }

    #[test]
    fn what_awaits_an_argument_is_a_function() {
        let first = |text: &str| parse(&Source::inline(text.as_bytes())).unwrap().remove(0);
        assert!(matches!(first("neg abs ::"), Expr::Compose(parts) if parts.len() == 2));
        assert!(matches!(first("2*1+"), Expr::Compose(parts) if parts.len() == 2));
        assert!(matches!(first("1+"), Expr::Apply(apply) if apply.args.len() == 1));
        assert!(matches!(first("+/"), Expr::Derived(..)));
        assert!(matches!(first("f::"), Expr::Name(..)));
        assert!(matches!(first("f::1"), Expr::Assign(assign) if assign.global));
    }

    #[test]
    fn deep_nesting_is_an_error() {
        for open in ["(", "[", "{", "f[", "neg ", "1+", "$[1;1;"] {
            assert_eq!(errors(&open.repeat(300_000)), "stack", "{open}");
        }
    }
}
