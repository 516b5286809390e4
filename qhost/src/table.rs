//! The one table of primitives and words. It names functions of every folder, so it stands above all of them and is
//! handed down by [`crate::install`]; what a row is, [`primitives`](crate::state::primitives) says.

use crate::console::module;
use crate::console::{command, ending};
use crate::eval::adverb;
use crate::eval::apply;
use crate::eval::evaluate as eval;
use crate::eval::peach;
use crate::eval::query;
use crate::eval::trace;
use crate::eval::tree;
use crate::ipc;
use crate::state::primitives::{Fn1, Fn2, FnN, Kind, Word};
use crate::words::{
    aggregate, arith, attribute, cast, compare, dict, io, json, list, matrix, q_ns, random, running, search,
    set, sort, string, tables, unary, vs_sv,
};
use kapi::dynload;
use kapi::error::R;
use kapi::object::Obj;

/// An infix symbol.
const fn op(name: &'static str, f: Fn2) -> Word {
    let mut w = Word::new(name, Kind::Operator);
    w.dyad = Some(f);
    w
}

/// An infix name.
const fn infix(name: &'static str, f: Fn2) -> Word {
    let mut w = Word::new(name, Kind::Infix);
    w.dyad = Some(f);
    w
}

/// A prefix name of one argument.
const fn prefix(name: &'static str, f: Fn1) -> Word {
    let mut w = Word::new(name, Kind::Prefix);
    w.monad = Some(f);
    w
}

/// A name of a namespace whose function takes two arguments.
const fn helper(name: &'static str, f: Fn2) -> Word {
    let mut w = Word::new(name, Kind::Prefix);
    w.dyad = Some(f);
    w
}

/// A prefix name whose function checks the number of arguments itself.
const fn variadic(name: &'static str, f: FnN) -> Word {
    Word::new(name, Kind::Prefix).many(f)
}

/// A prefix name of three arguments.
const fn triadic(name: &'static str, f: FnN) -> Word {
    let mut w = variadic(name, f);
    w.least = 3;
    w
}

/// An iterator; the evaluator knows what each does (see `adverb.rs`).
const fn iterator(name: &'static str) -> Word {
    Word::new(name, Kind::Iterator)
}

fn identity(x: &Obj) -> R {
    Ok(x.clone())
}

fn right(_: &Obj, y: &Obj) -> R {
    Ok(y.clone())
}

/// All words. The order is free, except that `::` comes first.
pub static WORDS: &[Word] = &[
    prefix("::", identity).enumerated(),
    iterator("'"),
    iterator("/"),
    iterator("\\"),
    iterator("':"),
    iterator("/:"),
    iterator("\\:"),
    // Operators
    op(":", right).enumerated(),
    op("+", arith::add),
    op("-", arith::subtract),
    op("*", arith::multiply),
    op("%", arith::divide),
    op("&", arith::lesser),
    op("|", arith::greater),
    op("^", arith::fill),
    op("=", compare::equal).enumerated(),
    op("<>", compare::not_equal).enumerated(),
    op("<", compare::less),
    op(">", compare::more),
    op("<=", compare::up_to),
    op(">=", compare::at_least),
    op("~", compare::matches).enumerated(),
    op(",", list::join).enumerated(),
    op("#", list::take).enumerated(),
    op("_", list::drop).enumerated(),
    op("$", cast::dollar).enumerated(),
    op("?", tables::query).many(query::choose).enumerated(),
    op("!", ipc::bang).many(query::functional_update).enumerated(),
    op("@", apply::at_dyad).many(apply::at_many).enumerated(),
    op(".", apply::dot_dyad).many(apply::dot_many).enumerated(),
    op("0:", io::text),
    op("1:", io::binary),
    op("2:", dynload::load),
    // Iteration and evaluation
    infix("each", adverb::each).enumerated(),
    infix("peach", peach::peach).enumerated(),
    infix("over", adverb::over).enumerated(),
    infix("scan", adverb::scan).enumerated(),
    infix("prior", adverb::prior).enumerated(),
    infix("set", eval::set).enumerated(),
    prefix("value", eval::value).glyph(".:").enumerated(),
    prefix("get", eval::value).enumerated(),
    prefix("system", command::system),
    prefix("exit", ending::word),
    prefix("parse", tree::parse),
    prefix("eval", tree::eval).enumerated(),
    prefix("use", module::load),
    triadic(".Q.trp", apply::trp).enumerated(),
    prefix(".Q.sbt", trace::text),
    // Arithmetic and logic
    infix("div", arith::div),
    infix("mod", arith::modulo),
    infix("xbar", arith::xbar),
    infix("xexp", arith::xexp),
    infix("xlog", arith::xlog),
    infix("and", arith::lesser).glyph("&"),
    infix("or", arith::greater).glyph("|"),
    prefix("neg", unary::neg).glyph("-:"),
    prefix("abs", unary::abs),
    prefix("signum", unary::signum),
    prefix("floor", unary::floor).glyph("_:"),
    prefix("ceiling", unary::ceiling),
    prefix("reciprocal", unary::reciprocal).glyph("%:"),
    prefix("sqrt", unary::sqrt),
    prefix("exp", unary::exp),
    prefix("log", unary::log),
    prefix("sin", unary::sin),
    prefix("cos", unary::cos),
    prefix("tan", unary::tan),
    prefix("asin", unary::asin),
    prefix("acos", unary::acos),
    prefix("atan", unary::atan),
    prefix("not", unary::not).glyph("~:"),
    prefix("null", unary::null).glyph("^:"),
    prefix("rand", random::rand),
    // Matrices
    infix("mmu", matrix::mmu),
    infix("lsq", matrix::lsq),
    prefix("inv", matrix::inv),
    // Lists
    prefix("til", list::til),
    prefix("count", list::count).glyph("#:").enumerated(),
    prefix("first", list::first).glyph("*:").enumerated(),
    prefix("last", list::last).enumerated(),
    prefix("reverse", list::reverse).glyph("|:").enumerated(),
    variadic("enlist", list::enlist).enumerated(),
    prefix("raze", list::raze).glyph(",/").enumerated(),
    prefix("flip", list::flip).glyph("+:").enumerated(),
    prefix("where", list::positions_where).glyph("&:"),
    prefix("prev", list::prev).glyph(":':").enumerated(),
    prefix("next", list::next).enumerated(),
    infix("xprev", list::xprev).enumerated(),
    infix("cut", list::cut).enumerated(),
    infix("sublist", list::sublist).enumerated(),
    infix("rotate", list::rotate).enumerated(),
    infix("cross", list::cross),
    // Searching, sets and sorting
    infix("in", search::is_in).enumerated(),
    infix("within", search::within),
    infix("bin", search::bin),
    infix("binr", search::binr),
    prefix("distinct", set::distinct).glyph("?:").enumerated(),
    prefix("group", set::group).glyph("=:").enumerated(),
    prefix("differ", set::differ),
    infix("union", set::union),
    infix("inter", set::inter),
    infix("except", set::except),
    prefix("asc", sort::asc).enumerated(),
    prefix("desc", sort::desc).enumerated(),
    prefix("iasc", sort::iasc).enumerated(),
    prefix("idesc", sort::idesc).enumerated(),
    prefix("rank", sort::rank),
    infix("xasc", sort::xasc),
    infix("xdesc", sort::xdesc),
    prefix("attr", attribute::attr).enumerated(),
    // Aggregates and running values
    prefix("sum", aggregate::sum),
    prefix("prd", aggregate::prd),
    prefix("min", aggregate::min),
    prefix("max", aggregate::max),
    prefix("avg", aggregate::avg),
    prefix("var", aggregate::var),
    prefix("dev", aggregate::dev),
    prefix("svar", aggregate::svar),
    prefix("sdev", aggregate::sdev),
    prefix("med", aggregate::med),
    prefix("all", aggregate::all),
    prefix("any", aggregate::any),
    infix("wsum", aggregate::wsum),
    infix("wavg", aggregate::wavg),
    infix("cov", aggregate::cov),
    infix("scov", aggregate::scov),
    infix("cor", aggregate::cor),
    prefix("sums", running::sums).glyph("+\\"),
    prefix("prds", running::prds).glyph("*\\"),
    prefix("mins", running::mins).glyph("&\\"),
    prefix("maxs", running::maxs).glyph("|\\"),
    prefix("avgs", running::avgs),
    prefix("fills", running::fills).glyph("^\\"),
    prefix("deltas", running::deltas).glyph("-':"),
    prefix("ratios", running::ratios).glyph("%':"),
    infix("msum", running::msum),
    infix("mavg", running::mavg),
    infix("mmax", running::mmax),
    infix("mcount", running::mcount),
    infix("mdev", running::mdev),
    // Text
    prefix("string", string::string).glyph("$:").enumerated(),
    prefix("lower", string::lower),
    prefix("upper", string::upper),
    prefix("trim", string::trim),
    prefix("ltrim", string::ltrim),
    prefix("rtrim", string::rtrim),
    infix("like", string::like),
    infix("ss", string::ss),
    triadic("ssr", string::ssr),
    infix("vs", vs_sv::vs),
    infix("sv", vs_sv::sv),
    prefix("md5", io::md5),
    // Dictionaries and tables
    prefix("type", tables::type_of).glyph("@:").enumerated(),
    prefix("key", io::key).glyph("!:").enumerated(),
    prefix("keys", dict::keys),
    prefix("cols", dict::cols),
    prefix("meta", tables::meta),
    infix("xkey", dict::xkey),
    infix("xcol", dict::xcol),
    infix("xcols", dict::xcols),
    infix("insert", tables::insert).enumerated(),
    infix("upsert", tables::upsert).enumerated(),
    // Files, environment and display
    prefix("show", io::show).enumerated(),
    prefix("hsym", io::hsym),
    prefix("hcount", io::hcount),
    prefix("hdel", io::hdel),
    prefix("read0", io::read0),
    prefix("read1", io::read1),
    prefix("hopen", ipc::open),
    prefix("hclose", ipc::close),
    prefix("getenv", io::getenv),
    infix("setenv", io::setenv),
    // Helpers in namespaces
    prefix(".Q.s", q_ns::s).enumerated(),
    prefix(".Q.s1", q_ns::s1).enumerated(),
    prefix(".Q.w", q_ns::w),
    prefix(".Q.gc", q_ns::gc),
    prefix(".Q.ty", q_ns::ty).enumerated(),
    prefix(".Q.id", q_ns::id),
    prefix(".Q.qt", q_ns::qt),
    prefix(".Q.btoa", q_ns::btoa),
    prefix(".Q.opt", q_ns::opt),
    helper(".Q.fu", q_ns::fu),
    helper(".Q.f", q_ns::f),
    helper(".Q.dd", q_ns::dd),
    helper(".Q.addmonths", q_ns::addmonths),
    triadic(".Q.fmt", q_ns::fmt),
    prefix(".j.j", json::serialize).enumerated(),
    prefix(".j.k", json::deserialize),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::primitives;

    #[test]
    fn the_first_row_is_the_identity() {
        assert_eq!(WORDS[0].name, "::");
    }

    #[test]
    fn no_name_is_listed_twice() {
        let names: std::collections::HashSet<_> = WORDS.iter().map(|w| w.name).collect();
        assert_eq!(names.len(), WORDS.len());
    }

    #[test]
    fn names_win_over_glyphs() {
        crate::install();
        for (i, w) in WORDS.iter().enumerate() {
            assert_eq!(primitives::find(w.name), Some(i), "{}", w.name);
        }
    }
}
