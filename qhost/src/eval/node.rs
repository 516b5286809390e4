//! The compiled tree: names are slots and cells, primitives are function pointers.

use std::cell::RefCell;
use std::sync::Arc;

use crate::state::context::{Global, View};
use crate::state::primitives::{Fn1, Fn2};
use kapi::error::R;
use kapi::object::Obj;
use kapi::symbol::Symbol;

/// Where a value is stored.
pub enum Place {
    /// A local: its slot.
    Local(usize),
    /// A global: its cell.
    Global(Arc<Global>),
}

/// One step of evaluation. Positions are offsets into the source, for error reports.
pub enum Node {
    /// A value known beforehand.
    Const(Obj),
    /// A local variable.
    Local(usize),
    /// A global variable.
    Global(Arc<Global>, usize),
    /// `.z.p` and others that are computed at each reference.
    System(fn() -> R),
    /// `.z.s`
    Myself,
    /// A column of the table a query is about; otherwise what the node says.
    Column(Symbol, Box<Node>),
    /// `f x`
    Call1 { f: Box<Node>, x: Box<Node>, pos: usize },
    /// A primitive of one argument; a plain one gets symbols for an enumeration.
    Monad { f: Fn1, is_plain: bool, x: Box<Node>, pos: usize },
    /// A primitive of two arguments, likewise.
    Dyad { f: Fn2, is_plain: bool, x: Box<Node>, y: Box<Node>, pos: usize },
    /// A value applied to several arguments.
    Call { f: Box<Node>, args: Box<[Node]>, pos: usize },
    /// The same with some left out.
    Project { f: Box<Node>, args: Box<[Option<Node>]>, pos: usize },
    /// A function derived by the iterator of that row.
    Derived(usize, Box<Node>),
    /// Functions composed.
    Compose(Box<[Node]>),
    /// A list of values.
    List(Box<[Node]>),
    /// Statements; the value is that of the last.
    Block(Box<[Node]>),
    /// `x:v`
    Assign(Place, Box<Node>),
    /// `x::v` at the top: defines a view, once.
    Define(Arc<Global>, RefCell<Option<Arc<dyn View>>>),
    /// `x[i]:v`, `x+:v`, `x[i]+:v`
    Amend(Box<Amend>),
    /// `$[c;t;...;f]`
    Cond(Box<[Node]>),
    /// `if[c;...]`
    If(Box<[Node]>),
    /// `while[c;...]`
    While(Box<[Node]>),
    /// `do[n;...]`
    Do(Box<[Node]>),
    /// `:v`
    Return(Box<Node>),
    /// `'v`
    Signal(Box<Node>, usize),
    /// A table literal: names of the key columns and of the others, and all columns in that order.
    Table { keys: Box<[Symbol]>, columns: Box<[Symbol]>, values: Box<[Node]> },
    /// A query on one table.
    Query(Box<QueryNode>),
}

/// An assignment that changes a variable's value.
pub struct Amend {
    /// The variable.
    pub place: Place,
    /// The index, none for the whole; elided positions are `None`.
    pub index: Box<[Option<Node>]>,
    /// The function that combines the old value with the new one; none to replace it.
    pub op: Option<Obj>,
    /// The right side.
    pub value: Node,
    /// Where it is written.
    pub pos: usize,
}

/// A compiled query.
pub struct QueryNode {
    /// `select`, `exec`, `update` or `delete`.
    pub verb: Symbol,
    /// The columns of the result.
    pub columns: Vec<(Symbol, Node)>,
    /// Columns to group by.
    pub by: Option<Vec<(Symbol, Node)>>,
    /// The table.
    pub from: Node,
    /// What rows must satisfy.
    pub conditions: Vec<Node>,
}
