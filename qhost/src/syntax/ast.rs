//! The syntax tree, as written: names are not resolved yet.

use kapi::object::Obj;
use kapi::symbol::Symbol;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A literal, a primitive, or a lambda whose body has been compiled.
    Const(Obj),
    /// A variable, and where it is written.
    Name(Symbol, usize),
    /// Application of a value to arguments, by brackets, infix or juxtaposition.
    Apply(Box<Apply>),
    /// `f/` and so on: row of the iterator, and what it modifies.
    Derived(usize, Box<Expr>),
    /// `f g +`: functions composed by juxtaposition.
    Compose(Vec<Expr>),
    /// `(a;b;c)`
    List(Args),
    /// `[a;b;c]`, and the body of a lambda: all are evaluated in order, the last is the value.
    Block(Vec<Expr>),
    /// `name:value` and its indexed and compound forms.
    Assign(Box<Assign>),
    /// `{...}`
    Lambda(Box<LambdaExpr>),
    /// `$[c;t;f]` with three or more parts.
    Cond(Vec<Expr>),
    /// `if[c;...]`
    If(Vec<Expr>),
    /// `while[c;...]`
    While(Vec<Expr>),
    /// `do[n;...]`
    Do(Vec<Expr>),
    /// `:value`
    Return(Box<Expr>),
    /// `'value`
    Signal(Box<Expr>, usize),
    /// `([k:..] c:..)`
    Table(Box<Table>),
    /// `select ... from t ...`
    Query(Box<Query>),
    /// Nothing, as between two semicolons.
    Empty,
}

/// Arguments or items; `None` is an elided one.
pub type Args = Vec<Option<Expr>>;

/// An application.
#[derive(Clone, Debug, PartialEq)]
pub struct Apply {
    /// What is applied.
    pub f: Expr,
    /// To what.
    pub args: Args,
    /// Where it is written, as an offset into the source.
    pub pos: usize,
}

/// An assignment.
#[derive(Clone, Debug, PartialEq)]
pub struct Assign {
    /// The variable.
    pub name: Symbol,
    /// `x[i;j]:`
    pub index: Option<Args>,
    /// `x+:`, the function.
    pub op: Option<Expr>,
    /// Written `::`.
    pub global: bool,
    /// The right side.
    pub value: Expr,
    /// Where the colon is.
    pub pos: usize,
}

/// A lambda as written.
#[derive(Clone, Debug, PartialEq)]
pub struct LambdaExpr {
    /// Named parameters; `None` when there is no bracket after the brace.
    pub params: Option<Vec<Symbol>>,
    /// The body.
    pub body: Vec<Expr>,
    /// The text from brace to brace, as offsets into the source.
    pub span: (usize, usize),
}

/// Columns: name and expression.
pub type Columns = Vec<(Symbol, Expr)>;

/// A table literal.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Key columns.
    pub keys: Columns,
    /// The others.
    pub columns: Columns,
}

/// A query on one table.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// `select`, `exec`, `update` or `delete`.
    pub verb: Symbol,
    /// The columns; none means all.
    pub columns: Columns,
    /// Grouping columns, `None` without `by`.
    pub by: Option<Columns>,
    /// The table.
    pub from: Expr,
    /// Conditions, each on what the previous ones left.
    pub conditions: Vec<Expr>,
}
