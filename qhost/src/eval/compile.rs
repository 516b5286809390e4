//! Syntax tree -> compiled tree: decides which names are locals and binds the others to globals.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use crate::eval::adverb;
use crate::eval::evaluate::Program;
use crate::eval::lambda::{Lambda, Name};
use crate::eval::node::{Amend, Node, Place};
use crate::eval::query;
use crate::eval::view::View;
use crate::state::context;
use crate::state::primitives;
use crate::state::stack;
use crate::syntax::ast::{Apply, Args, Assign, Expr, LambdaExpr, Table};
use crate::syntax::lex::Source;
use crate::syntax::parse::query::parts;
use crate::words::variables as system;
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// Compiles one statement of `source` in the current namespace.
///
/// # Errors
/// Limits of the language: too many parameters, a local that is also assigned as a global.
pub fn statement(expr: &Expr, source: &Arc<Source>) -> R<Node> {
    Scope::top(source).node(expr)
}

/// The names in sight while compiling.
pub(super) struct Scope<'a> {
    source: &'a Arc<Source>,
    space: Symbol,
    /// Locals of the lambda, empty at the top.
    locals: Vec<Symbol>,
    in_lambda: bool,
    /// Names may mean columns of a table.
    pub(super) in_query: bool,
    globals: Vec<Symbol>,
    constants: Vec<Obj>,
}

impl<'a> Scope<'a> {
    fn top(source: &'a Arc<Source>) -> Scope<'a> {
        Scope {
            source,
            space: context::current(),
            locals: vec![],
            in_lambda: false,
            in_query: false,
            globals: vec![],
            constants: vec![],
        }
    }

    pub(super) fn node(&mut self, expr: &Expr) -> R<Node> {
        stack::check()?;
        Ok(match expr {
            Expr::Empty => Node::Const(Obj::null()),
            Expr::Const(value) => {
                self.remember(value);
                Node::Const(value.clone())
            }
            Expr::Name(name, pos) => self.name(*name, *pos),
            Expr::Apply(apply) => self.apply(apply)?,
            Expr::Derived(row, f) => self.derived(*row, f)?,
            Expr::Compose(parts) => Node::Compose(self.nodes(parts)?),
            Expr::List(items) => self.list(items)?,
            Expr::Block(body) => Node::Block(self.nodes(body)?),
            Expr::Assign(assign) => self.assign(assign)?,
            Expr::Lambda(lambda) => Node::Const(self.lambda(lambda)?),
            Expr::Cond(parts) => Node::Cond(self.nodes(parts)?),
            Expr::If(parts) => Node::If(self.nodes(parts)?),
            Expr::While(parts) => Node::While(self.nodes(parts)?),
            Expr::Do(parts) => Node::Do(self.nodes(parts)?),
            Expr::Return(value) => Node::Return(Box::new(self.node(value)?)),
            Expr::Signal(value, pos) => Node::Signal(Box::new(self.node(value)?), *pos),
            Expr::Table(table) => self.table(table)?,
            Expr::Query(q) => Node::Query(Box::new(query::compile(self, q)?)),
        })
    }

    fn nodes(&mut self, parts: &[Expr]) -> R<Box<[Node]>> {
        parts.iter().map(|part| self.node(part)).collect()
    }

    fn remember(&mut self, value: &Obj) {
        if self.in_lambda && !matches!(value.tag(), tag::UNARY..=tag::ITERATOR) {
            self.constants.push(value.clone());
        }
    }

    fn slot(&self, name: Symbol) -> Option<usize> {
        self.locals.iter().position(|&local| local == name)
    }

    fn name(&mut self, name: Symbol, pos: usize) -> Node {
        if self.in_query && !name.bytes().contains(&b'.') {
            let outside = Box::new(self.variable(name, pos));
            return Node::Column(name, outside);
        }
        self.variable(name, pos)
    }

    fn variable(&mut self, name: Symbol, pos: usize) -> Node {
        if let Some(slot) = self.slot(name) {
            return Node::Local(slot);
        }
        if name.bytes() == b".z.s" && self.in_lambda {
            return Node::Myself;
        }
        if let Some(computed) = system::variable(name.bytes()) {
            return Node::System(computed);
        }
        if let Some((holder, path)) = dotted(name) {
            // A name with a dot is never a local's, as in q.
            let mut node = Node::Global(self.global(holder), pos);
            for key in path {
                node = Node::Call1 { f: Box::new(node), x: Box::new(Node::Const(Obj::sym(key))), pos };
            }
            return node;
        }
        Node::Global(self.global(name), pos)
    }

    fn global(&mut self, name: Symbol) -> Arc<context::Global> {
        let full = context::full_name(name, self.space);
        if !self.globals.contains(&full) {
            self.globals.push(full);
        }
        context::global(full)
    }

    fn apply(&mut self, apply: &Apply) -> R<Node> {
        let pos = apply.pos;
        if apply.args.iter().any(Option::is_none) {
            let f = Box::new(self.node(&apply.f)?);
            return Ok(Node::Project { f, args: self.partial(&apply.args)?, pos });
        }
        let mut args = apply.args.iter().flatten().map(|arg| self.node(arg)).collect::<R<Vec<Node>>>()?;
        if let Expr::Const(f) = &apply.f
            && let Some(word) = primitives::row_of(f)
        {
            let is_plain = !word.knows_enumerations;
            match (args.len(), word.monad, word.dyad) {
                (1, Some(f), _) => return Ok(Node::Monad { f, is_plain, x: Box::new(args.remove(0)), pos }),
                (2, _, Some(f)) => {
                    let (y, x) = (Box::new(args.remove(1)), Box::new(args.remove(0)));
                    return Ok(Node::Dyad { f, is_plain, x, y, pos });
                }
                _ => {}
            }
        }
        let f = Box::new(self.node(&apply.f)?);
        Ok(match args.len() {
            1 => Node::Call1 { f, x: Box::new(args.remove(0)), pos },
            _ => Node::Call { f, args: args.into(), pos },
        })
    }

    fn partial(&mut self, args: &Args) -> R<Box<[Option<Node>]>> {
        args.iter().map(|arg| arg.as_ref().map(|arg| self.node(arg)).transpose()).collect()
    }

    fn derived(&mut self, row: usize, f: &Expr) -> R<Node> {
        Ok(match self.node(f)? {
            Node::Const(f) => Node::Const(adverb::derive(row, f)),
            f => Node::Derived(row, Box::new(f)),
        })
    }

    /// A list; one with elided items is a projection of `enlist`.
    fn list(&mut self, items: &Args) -> R<Node> {
        if items.iter().any(Option::is_none) {
            let enlist = primitives::find("enlist").ok_or_else(|| QError::nyi("enlist"))?;
            let f = Box::new(Node::Const(primitives::object(enlist)));
            return Ok(Node::Project { f, args: self.partial(items)?, pos: 0 });
        }
        let nodes = items.iter().flatten().map(|item| self.node(item)).collect::<R<_>>()?;
        Ok(Node::List(nodes))
    }

    fn place(&mut self, name: Symbol) -> Place {
        match self.slot(name) {
            Some(slot) => Place::Local(slot),
            None => Place::Global(self.global(name)),
        }
    }

    fn assign(&mut self, assign: &Assign) -> R<Node> {
        let value = self.node(&assign.value)?;
        if let Some((holder, path)) = dotted(assign.name) {
            return self.assign_dotted(assign, holder, &path, value);
        }
        if assign.global && !self.in_lambda && assign.index.is_none() && !self.globals.is_empty() {
            let program = Program::of(self.source, vec![(value, true)]);
            let depends_on = self.globals.iter().map(|&name| context::global(name)).collect();
            let view = RefCell::new(Some(Arc::new(View::new(program, depends_on)) as Arc<dyn context::View>));
            return Ok(Node::Define(self.global(assign.name), view));
        }
        let place = self.place(assign.name);
        if assign.index.is_none() && assign.op.is_none() {
            return Ok(Node::Assign(place, Box::new(value)));
        }
        let index = match &assign.index {
            Some(index) => self.partial(index)?,
            None => Box::new([]),
        };
        let op = assign.op.as_ref().and_then(constant);
        Ok(Node::Amend(Box::new(Amend { place, index, op, value, pos: assign.pos })))
    }

    /// `a.b.c:v` is `a[`b;`c]:v`.
    fn assign_dotted(&mut self, assign: &Assign, holder: Symbol, path: &[Symbol], value: Node) -> R<Node> {
        let place = Place::Global(self.global(holder));
        let mut index: Vec<Option<Node>> = path.iter().map(|&key| Some(Node::Const(Obj::sym(key)))).collect();
        if let Some(more) = &assign.index {
            index.extend(self.partial(more)?);
        }
        let op = assign.op.as_ref().and_then(constant);
        Ok(Node::Amend(Box::new(Amend { place, index: index.into(), op, value, pos: assign.pos })))
    }

    fn lambda(&mut self, lambda: &LambdaExpr) -> R<Obj> {
        let mut names = Names::default();
        lambda.body.iter().for_each(|statement| names.visit(statement));
        let params = lambda.params.clone().unwrap_or_else(|| names.implicit());
        let mut locals = params.clone();
        for name in names.assigned {
            if !locals.contains(&name) && !name.bytes().contains(&b'.') {
                locals.push(name);
            }
        }
        let mut inner = Scope { locals, in_lambda: true, ..Scope::top(self.source) };
        inner.space = self.space;
        let body = Node::Block(inner.nodes(&lambda.body)?);
        let compiled = Lambda {
            source: Arc::clone(self.source),
            span: lambda.span,
            name: Name::default(),
            niladic: params.is_empty(),
            params,
            locals: inner.locals,
            globals: inner.globals,
            constants: inner.constants,
            space: self.space,
            body,
        };
        let value = compiled.into_obj();
        self.remember(&value);
        Ok(value)
    }

    fn table(&mut self, table: &Table) -> R<Node> {
        let names = |columns: &[(Symbol, Expr)]| columns.iter().map(|(name, _)| *name).collect();
        let all = table.keys.iter().chain(&table.columns);
        Ok(Node::Table {
            keys: names(&table.keys),
            columns: names(&table.columns),
            values: all.map(|(_, value)| self.node(value)).collect::<R<_>>()?,
        })
    }
}

/// `a.b.c` without a leading dot: the variable and the keys into it.
fn dotted(name: Symbol) -> Option<(Symbol, Vec<Symbol>)> {
    let text = name.bytes();
    if text.first() == Some(&b'.') || !text.contains(&b'.') {
        return None;
    }
    let mut parts = text.split(|&b| b == b'.').map(Symbol::new);
    Some((parts.next()?, parts.collect()))
}

fn constant(expr: &Expr) -> Option<Obj> {
    match expr {
        Expr::Const(value) => Some(value.clone()),
        _ => None,
    }
}

/// What a lambda's body says about names, nested lambdas left out.
#[derive(Default)]
struct Names {
    used: HashSet<Symbol>,
    assigned: Vec<Symbol>,
}

impl Names {
    /// `x`, `x y` or `x y z`: up to the last one used.
    fn implicit(&self) -> Vec<Symbol> {
        let all = ["x", "y", "z"].map(Symbol::from);
        let used = all.iter().rposition(|name| self.used.contains(name) || self.assigned.contains(name));
        all[..used.map_or(1, |last| last + 1)].to_vec()
    }

    fn visit(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name, _) => {
                let first = name.bytes().split(|&b| b == b'.').next().unwrap_or_default();
                self.used.insert(Symbol::new(first));
            }
            Expr::Assign(assign) => {
                let plain = assign.index.is_none() && assign.op.is_none() && !assign.global;
                if plain {
                    self.assigned.push(assign.name);
                } else {
                    self.used.insert(assign.name);
                }
                self.visit_args(assign.index.as_deref().unwrap_or_default());
                self.visit(&assign.value);
            }
            Expr::Apply(apply) => {
                self.visit(&apply.f);
                self.visit_args(&apply.args);
            }
            Expr::List(items) => self.visit_args(items),
            Expr::Derived(_, inner) | Expr::Return(inner) | Expr::Signal(inner, _) => self.visit(inner),
            Expr::Compose(parts)
            | Expr::Block(parts)
            | Expr::Cond(parts)
            | Expr::If(parts)
            | Expr::While(parts)
            | Expr::Do(parts) => parts.iter().for_each(|part| self.visit(part)),
            Expr::Table(table) => {
                table.keys.iter().chain(&table.columns).for_each(|(_, value)| self.visit(value));
            }
            Expr::Query(q) => parts(q).for_each(|part| self.visit(part)),
            Expr::Const(_) | Expr::Lambda(_) | Expr::Empty => {}
        }
    }

    fn visit_args(&mut self, args: &[Option<Expr>]) {
        args.iter().flatten().for_each(|arg| self.visit(arg));
    }
}
