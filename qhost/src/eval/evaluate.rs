//! Evaluating the compiled tree.

use std::sync::Arc;

use crate::eval::adverb;
use crate::eval::amend;
use crate::eval::apply;
use crate::eval::compile;
use crate::eval::lambda;
use crate::eval::node::{Amend, Node, Place};
use crate::eval::outside;
use crate::eval::query;
use crate::eval::relation;
use crate::eval::trace;
use crate::state::context;
use crate::state::interrupt;
use crate::state::primitives;
use crate::state::secondary;
use crate::state::stack;
use crate::syntax::ast::Expr;
use crate::syntax::lex::Source;
use crate::syntax::parse;
use crate::words::{enumeration, index};
use kapi::error::{QError, R};
use kapi::object::{Obj, tag};
use kapi::symbol::Symbol;

/// Why evaluation ends early.
pub enum Stop {
    /// `:value`, which is in the frame.
    Return,
    /// A signal.
    Error(QError),
}

impl From<QError> for Stop {
    fn from(error: QError) -> Stop {
        Stop::Error(error)
    }
}

type Value = Result<Obj, Stop>;

/// What an evaluation works on.
pub struct Frame<'a> {
    slots: &'a mut [Option<Obj>],
    /// The running lambda, for `.z.s`.
    me: Option<&'a Obj>,
    /// The table whose columns are in sight.
    pub(super) table: Option<Obj>,
    /// The value of `:`.
    pub result: Option<Obj>,
    /// Where the innermost failing application is written, once there was one.
    pub failed_at: Option<usize>,
}

impl<'a> Frame<'a> {
    /// A frame of a running lambda.
    pub fn of_lambda(slots: &'a mut [Option<Obj>], me: &'a Obj) -> Frame<'a> {
        Frame { slots, me: Some(me), table: None, result: None, failed_at: None }
    }

    fn top() -> Frame<'a> {
        Frame { slots: &mut [], me: None, table: None, result: None, failed_at: None }
    }

    /// Notes where `result` went wrong, unless something inside did already.
    #[inline]
    fn located(&mut self, result: R, pos: usize) -> Value {
        match result {
            Ok(value) => Ok(value),
            Err(error) => Err(self.failed(error, pos)),
        }
    }

    #[cold]
    fn failed(&mut self, error: QError, pos: usize) -> Stop {
        self.failed_at.get_or_insert(pos);
        Stop::Error(error)
    }
}

/// Evaluates one node.
pub fn eval(node: &Node, frame: &mut Frame<'_>) -> Value {
    match node {
        Node::Const(value) => Ok(value.clone()),
        // A local without a value is the empty list, as in q.
        Node::Local(slot) => Ok(frame.slots[*slot].clone().unwrap_or_else(|| Obj::list(vec![]))),
        Node::Global(global, pos) => frame.located(global.get(), *pos),
        Node::Call1 { f, x, pos } => {
            let x = eval(x, frame)?;
            let f = eval(f, frame)?;
            frame.located(apply::apply(&f, std::slice::from_ref(&x)), *pos)
        }
        Node::Monad { f, is_plain, x, pos } => {
            let x = eval(x, frame)?;
            let result = if *is_plain && enumeration::is_one(&x) { apply::plain1(*f, &x) } else { f(&x) };
            frame.located(result, *pos)
        }
        Node::Dyad { f, is_plain, x, y, pos } => {
            let y = eval(y, frame)?;
            let x = eval(x, frame)?;
            let has_one = *is_plain && (enumeration::is_one(&x) || enumeration::is_one(&y));
            frame.located(if has_one { apply::plain2(*f, &x, &y) } else { f(&x, &y) }, *pos)
        }
        Node::Call { f, args, pos } => {
            let args = several(args, frame)?;
            let f = eval(f, frame)?;
            frame.located(apply::apply(&f, &args), *pos)
        }
        Node::Block(body) => block(body, frame),
        Node::Assign(place, value) => assign(place, value, frame),
        Node::Cond(parts) => cond(parts, frame),
        Node::If(parts) => {
            if truth(&eval(&parts[0], frame)?)? {
                block(&parts[1..], frame)?;
            }
            Ok(Obj::null())
        }
        Node::While(parts) => repeat_while(parts, frame),
        Node::Do(parts) => repeat(parts, frame),
        rare => eval_rare(rare, frame),
    }
}

/// The rest of [`eval`], apart so that the frame of the common steps stays small.
#[inline(never)]
fn eval_rare(node: &Node, frame: &mut Frame<'_>) -> Value {
    match node {
        Node::System(computed) => Ok(computed()?),
        Node::Myself => Ok(frame.me.cloned().unwrap_or_else(Obj::null)),
        Node::Column(name, outside) => match frame.table.as_ref().and_then(|t| relation::column(t, *name)) {
            Some(column) => Ok(column),
            None => eval(outside, frame),
        },
        Node::Project { f, args, pos } => project(f, args, *pos, frame),
        Node::Derived(row, f) => Ok(adverb::derive(*row, eval(f, frame)?)),
        Node::Compose(parts) => Ok(Obj::list_as(tag::COMPOSITION, several(parts, frame)?)),
        Node::List(items) => Ok(Obj::from_items(several(items, frame)?)),
        Node::Define(global, view) => {
            secondary::check_update()?;
            if let Some(view) = view.take() {
                global.define(view);
            }
            Ok(Obj::null())
        }
        Node::Amend(amend) => change(amend, frame),
        Node::Return(value) => {
            frame.result = Some(eval(value, frame)?);
            Err(Stop::Return)
        }
        Node::Signal(value, pos) => {
            let error = signal(&eval(value, frame)?);
            Err(frame.failed(error, *pos))
        }
        Node::Table { keys, columns, values } => {
            let values = several(values, frame)?;
            Ok(relation::table(keys, columns, values)?)
        }
        Node::Query(query) => query::run(query, frame),
        _ => unreachable!("handled by eval"),
    }
}

/// Values of all nodes; the last is evaluated first.
fn several(nodes: &[Node], frame: &mut Frame<'_>) -> Result<Vec<Obj>, Stop> {
    let mut values = Vec::with_capacity(nodes.len());
    for node in nodes.iter().rev() {
        values.push(eval(node, frame)?);
    }
    values.reverse();
    Ok(values)
}

fn several_or_elided(nodes: &[Option<Node>], frame: &mut Frame<'_>) -> Result<Vec<Option<Obj>>, Stop> {
    let mut values = Vec::with_capacity(nodes.len());
    for node in nodes.iter().rev() {
        values.push(node.as_ref().map(|node| eval(node, frame)).transpose()?);
    }
    values.reverse();
    Ok(values)
}

/// The positions of an index; `::` is as good as nothing.
fn path(nodes: &[Option<Node>], frame: &mut Frame<'_>) -> Result<Vec<Option<Obj>>, Stop> {
    let path = several_or_elided(nodes, frame)?;
    Ok(path.into_iter().map(|i| i.and_then(index::position)).collect())
}

fn project(f: &Node, args: &[Option<Node>], pos: usize, frame: &mut Frame<'_>) -> Value {
    let args = several_or_elided(args, frame)?;
    let f = eval(f, frame)?;
    frame.located(apply::with_elided(&f, &args), pos)
}

/// Evaluates statements in order; the value of the last, `::` when there is none.
fn block(body: &[Node], frame: &mut Frame<'_>) -> Value {
    let Some((last, others)) = body.split_last() else { return Ok(Obj::null()) };
    for statement in others {
        eval(statement, frame)?;
    }
    eval(last, frame)
}

fn assign(place: &Place, value: &Node, frame: &mut Frame<'_>) -> Value {
    let value = eval(value, frame)?;
    match place {
        Place::Local(slot) => frame.slots[*slot] = Some(value.clone()),
        Place::Global(global) => set_global(global, &value)?,
    }
    Ok(value)
}

fn set_global(global: &context::Global, value: &Obj) -> R<()> {
    secondary::check_update()?;
    lambda::name_after(value, global);
    if global.is_plain() {
        global.set(value.clone());
        return Ok(());
    }
    context::assign(global.name, value.clone())
}

fn change(amend: &Amend, frame: &mut Frame<'_>) -> Value {
    let value = eval(&amend.value, frame)?;
    let index = path(&amend.index, frame)?;
    let result = match &amend.place {
        Place::Local(slot) => {
            let target = frame.slots[*slot].get_or_insert_with(|| Obj::list(vec![]));
            amend::in_place(target, &index, amend.op.as_ref(), &value)
        }
        Place::Global(global) => amend::global(global, &index, amend.op.as_ref(), &value),
    };
    frame.located(result.map(|()| value), amend.pos)
}

fn cond(parts: &[Node], frame: &mut Frame<'_>) -> Value {
    let mut rest = parts;
    while let [condition, value, others @ ..] = rest {
        if truth(&eval(condition, frame)?)? {
            return eval(value, frame);
        }
        rest = others;
    }
    rest.first().map_or_else(|| Ok(Obj::null()), |otherwise| eval(otherwise, frame))
}

fn repeat_while(parts: &[Node], frame: &mut Frame<'_>) -> Value {
    while truth(&eval(&parts[0], frame)?)? {
        interrupt::check()?;
        for statement in &parts[1..] {
            eval(statement, frame)?;
        }
    }
    Ok(Obj::null())
}

fn repeat(parts: &[Node], frame: &mut Frame<'_>) -> Value {
    let times = adverb::count_of(&eval(&parts[0], frame)?).ok_or_else(QError::type_)?;
    for _ in 0..times {
        interrupt::check()?;
        for statement in &parts[1..] {
            eval(statement, frame)?;
        }
    }
    Ok(Obj::null())
}

/// Is a condition true? Any numeric or temporal atom but zero is.
///
/// # Errors
/// `type` for anything else.
pub fn truth(x: &Obj) -> R<bool> {
    Ok(match -x.tag() {
        tag::KB | tag::KG | tag::KC => x.get::<u8>() != 0,
        tag::KH => x.get::<i16>() != 0,
        tag::KI | tag::KM | tag::KD | tag::KU | tag::KV | tag::KT => x.get::<i32>() != 0,
        tag::KJ | tag::KP | tag::KN => x.get::<i64>() != 0,
        tag::KE => x.get::<f32>() != 0.0,
        tag::KF | tag::KZ => x.get::<f64>() != 0.0,
        _ => return Err(QError::type_()),
    })
}

/// The error that `'x` signals: the text of a symbol or string, `stype` for anything else.
pub fn signal(x: &Obj) -> QError {
    match x.tag() {
        tag::KC => QError::from_bytes(x.slice::<u8>()),
        -10 => QError::from_bytes(&[x.get::<u8>()]),
        -11 => QError::from_bytes(x.get::<Symbol>().bytes()),
        _ => QError::named("stype"),
    }
}

/// The value of one statement, and whether the prompt shows it.
pub struct Outcome {
    /// The value.
    pub value: Obj,
    /// False for an assignment and after a closing semicolon.
    pub shown: bool,
}

/// Statements that are compiled and can be run any number of times.
pub struct Program {
    source: Arc<Source>,
    statements: Vec<(Node, bool)>,
}

/// Compiles the statements of `source` in the current namespace.
///
/// # Errors
/// What parsing and compiling signal.
pub fn prepare(source: &Arc<Source>) -> R<Program> {
    let compile = |expr: &Expr| {
        let shown = !matches!(expr, Expr::Assign(_) | Expr::Empty);
        Ok((compile::statement(expr, source)?, shown))
    };
    let statements = parse::parse(source).and_then(|all| all.iter().map(compile).collect());
    let statements = statements.map_err(|error| trace::top(error, source, None))?;
    Ok(Program::of(source, statements))
}

impl Program {
    /// A program of compiled statements, each with whether the prompt shows it.
    pub fn of(source: &Arc<Source>, statements: Vec<(Node, bool)>) -> Program {
        Program { source: Arc::clone(source), statements }
    }

    /// Runs the statements in order.
    ///
    /// # Errors
    /// What a statement signals; later ones are not run.
    pub fn run(&self) -> R<Outcome> {
        stack::check()?;
        let mut outcome = Outcome { value: Obj::null(), shown: false };
        for (node, shown) in &self.statements {
            let mut frame = Frame::top();
            outcome.shown = *shown;
            outcome.value = match eval(node, &mut frame) {
                Ok(value) => value,
                Err(Stop::Return) => frame.result.take().unwrap_or_else(Obj::null),
                Err(Stop::Error(error)) => return Err(trace::top(error, &self.source, frame.failed_at)),
            };
        }
        Ok(outcome)
    }
}

/// Runs the statements of `source` in the current namespace.
///
/// # Errors
/// What parsing or a statement signals; later statements are not run.
pub fn run(source: &Arc<Source>) -> R<Outcome> {
    // Running out of memory unwinds to here.
    kapi::error::catch(|| prepare(source)?.run())
}

/// The value of program text, as `value "text"`: a system command when it starts with a backslash.
///
/// # Errors
/// What the text signals.
pub fn text(text: &[u8]) -> R {
    if let Some(command) = text.strip_prefix(b"\\") {
        return (outside::get().command)(command);
    }
    run(&Source::inline(text)).map(|outcome| outcome.value)
}

/// `value x`: of a symbol the variable, of a string its value, of a list its first item applied to the
/// others, of a dictionary its values, of a function its parts.
///
/// # Errors
/// What evaluation signals; `type` for other values.
pub fn value(x: &Obj) -> R {
    match x.tag() {
        -11 => named(x.get::<Symbol>()),
        tag::KC => text(x.slice::<u8>()),
        -10 => text(&[x.get::<u8>()]),
        tag::KS if !x.is_empty() => apply_list(&x.index(0), x),
        tag::LIST if !x.is_empty() => apply_list(&x.items()[0], x),
        tag::XD => Ok(x.dict_parts().1.clone()),
        tag::LAMBDA => lambda::of(x).map(lambda::parts).ok_or_else(QError::type_),
        tag::UNARY..=tag::ITERATOR => Ok(Obj::long(x.get::<i64>())),
        tag::PROJECTION | tag::COMPOSITION => Ok(Obj::list(x.items().to_vec())),
        tag::EACH..=tag::EACH_LEFT => Ok(x.derived_from().clone()),
        t if tag::is_enum(t) => enumeration::values(x),
        _ if x.is_list() => Ok(x.clone()),
        _ => Err(QError::type_()),
    }
}

fn named(name: Symbol) -> R {
    match std::str::from_utf8(name.bytes()).ok().and_then(primitives::find) {
        Some(row) if !name.bytes().starts_with(b".") => Ok(primitives::object(row)),
        _ => context::value_of(name),
    }
}

fn apply_list(head: &Obj, list: &Obj) -> R {
    let f = match head.tag() {
        -11 => named(head.get::<Symbol>())?,
        tag::KC => text(head.slice::<u8>())?,
        _ => head.clone(),
    };
    let args: Vec<Obj> = (1..list.len()).map(|i| list.index(i)).collect();
    if args.is_empty() { Ok(f) } else { apply::apply(&f, &args) }
}

/// `name set value`: assigns to a variable.
///
/// # Errors
/// `type` when the name is no symbol.
pub fn set(name: &Obj, value: &Obj) -> R {
    if name.tag() != -tag::KS {
        return Err(QError::type_());
    }
    let symbol = name.get::<Symbol>();
    if symbol.bytes().starts_with(b":") {
        return Err(QError::nyi("set to a file"));
    }
    let full = context::full_name(symbol, context::current());
    set_global(&context::global(full), value)?;
    Ok(name.clone())
}

/// `get x`: as `value`.
///
/// # Errors
/// As [`value`].
pub fn get(x: &Obj) -> R {
    value(x)
}
