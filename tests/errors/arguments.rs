//! What can be wrong with the arguments of a call.

use ffijit::library::{self, Name};
use kapi::{K, K0, Obj, dynload};

use crate::support::bound::Bound;
use crate::support::values::name;
use crate::support::{call, callee, fixed, list_form, q};
use crate::{CALLEES, signals};

/// How many calls have reached C.
fn calls() -> i64 {
    let library = CALLEES.libraries()[0].to_str().map(Into::into);
    let variable = library::address(&Name { library, symbol: "calls".into() }).expect("the variable");
    // SAFETY: the variable is the library's, which stays loaded; the tests of this file that call C hold `ALONE`.
    unsafe { variable.cast::<i64>().read() }
}

/// Tests that count calls run one at a time.
static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Demands that every form of call signals this text, and that C is not reached.
fn refused(bound: &Bound, args: &[Obj], text: &str) {
    let before = calls();
    assert_eq!(bound.call(args), Err(text.into()), "{args:?}");
    assert_eq!(calls(), before, "C was called with {args:?}");
}

/// Name, types and good arguments of a function of 8 parameters, and what each wants.
const EIGHT: &str = "ihjefsCI";
const GOOD: &str = "(1i;2h;3;4e;5f;`six;\"seven\";8 9i)";
const WANTS: [&str; 8] = ["int", "short", "long", "real", "float", "symbol", "char vector", "int vector"];

fn good() -> Vec<Obj> {
    q(GOOD).items().to_vec()
}

#[test]
fn a_wrong_type_is_named_at_every_position() {
    let _alone = alone();
    let eight = Bound::new(&CALLEES.libraries()[0], "eight", EIGHT, "j");
    assert!(eight.call(&good()).is_ok());
    // SAFETY: neither a destructor nor a pointer.
    let foreign = unsafe { dynload::foreign(None, std::ptr::null_mut()) };
    let never = ["0Ng", "()", "(1;`a)", "1 2f", "`a`b!1 2", "([] a:1 2)", "{x}", "{x+y}[1]", "+/", "0101b"];
    let never: Vec<Obj> = never.map(q).into_iter().chain([foreign]).collect();
    for (position, wants) in WANTS.iter().enumerate() {
        let letter = EIGHT.as_bytes()[position] as char;
        for bad in &never {
            let mut args = good();
            args[position] = bad.clone();
            let text = format!("type: eight[{position}]: {letter} wants {wants}, got {}", name(bad));
            refused(&eight, &args, &text);
        }
    }
}

#[test]
fn a_native_function_of_any_rank_is_no_address() {
    let _alone = alone();
    let f = Bound::new(&CALLEES.libraries()[0], "pointer", "r", "j");
    extern "C" fn nothing(_: K) -> K {
        std::ptr::null_mut()
    }
    for rank in 1..=8 {
        // SAFETY: nobody calls it.
        let native = unsafe { dynload::function(nothing as *mut _, rank) }.expect("a rank");
        refused(&f, &[native], "type: pointer[0]: r wants an address, got foreign");
    }
}

#[test]
fn a_value_out_of_range_is_named_at_every_position() {
    let _alone = alone();
    let eight = Bound::new(&CALLEES.libraries()[0], "eight", EIGHT, "j");
    for (position, value) in [(0, "5000000000"), (1, "40000"), (3, "16777217"), (4, "9007199254740993")] {
        let mut args = good();
        args[position] = q(value);
        let letter = EIGHT.as_bytes()[position] as char;
        refused(&eight, &args, &format!("range: eight[{position}]: {value} does not fit {letter}"));
    }
}

#[test]
fn the_first_wrong_argument_is_the_one_named() {
    let _alone = alone();
    let eight = Bound::new(&CALLEES.libraries()[0], "eight", EIGHT, "j");
    for (from, wants) in WANTS.iter().enumerate() {
        let args: Vec<Obj> =
            good().into_iter().enumerate().map(|(i, x)| if i < from { x } else { q("0Ng") }).collect();
        let letter = EIGHT.as_bytes()[from] as char;
        refused(&eight, &args, &format!("type: eight[{from}]: {letter} wants {wants}, got guid"));
    }
}

#[test]
fn a_failed_call_writes_nothing() {
    let _alone = alone();
    let write = Bound::new(&CALLEES.libraries()[0], "write_then", "Ci", "j");
    for text in [&b"abc"[..], b"abc\0"] {
        let before = calls();
        write.each(&|| vec![Obj::string(text), q("`bad")], &mut |form, args, outcome| {
            assert_eq!(outcome, Err("type: write_then[1]: i wants int, got symbol".into()), "{form}");
            assert_eq!(args[0], Obj::string(text), "{form}");
        });
        assert_eq!(calls(), before);
    }
}

/// A list with nothing where item `i` should be, as C code that does not finish a list leaves it.
fn unfinished(mut items: Vec<Obj>, i: usize) -> Obj {
    items.insert(i, Obj::null());
    let list = Obj::list(items);
    // SAFETY: the list is ours alone; the item is let go.
    unsafe {
        let slot = K0::data(list.as_raw()).cast::<K>().add(i);
        drop(Obj::from_raw(slot.replace(std::ptr::null_mut())));
    }
    list
}

#[test]
fn a_list_without_an_item_is_an_error() {
    let _alone = alone();
    let f = list_form(callee(&CALLEES.libraries()[0], "two"), "ff", "f").expect("two");
    let one = || vec![Obj::float(1.0)];
    for i in 0..2 {
        let text = format!("type: two[{i}]: no object in the list");
        assert_eq!(call(&f, &[unfinished(one(), i)]), Err(text.clone()));
        let ended = unfinished(vec![Obj::float(1.0), Obj::null()], i);
        assert_eq!(call(&f, &[ended]), Err(text));
    }
    for list in [unfinished(vec![Obj::float(1.0); 2], 2), unfinished(vec![], 0)] {
        assert!(call(&f, std::slice::from_ref(&list)).is_err());
        assert!(call(&f, &[Obj::list(vec![list])]).is_err());
    }
}

#[test]
fn the_list_form_counts_its_arguments() {
    let _alone = alone();
    let library = &CALLEES.libraries()[0];
    let rank = |function: &str, wanted: usize, given: usize| {
        let s = if wanted == 1 { "" } else { "s" };
        format!("rank: {function}: {wanted} parameter{s}, {given} given")
    };
    for (function, types, list, given) in [
        ("two", "ff", "()", 0),
        ("two", "ff", "0#0f", 0),
        ("two", "ff", "0#`", 0),
        ("two", "ff", "enlist(::)", 0),
        ("two", "ff", "enlist enlist(::)", 0),
        ("two", "ff", "enlist 1f", 1),
        ("two", "ff", "enlist`a", 1),
        ("two", "ff", "enlist(1f;::)", 1),
        ("two", "ff", "1 2 3f", 3),
        ("two", "ff", "(1f;2f;`a)", 3),
        ("two", "ff", "enlist(1f;2f;3f;::)", 3),
        ("two", "ff", "enlist 1 2 3f", 1),
        ("two", "ff", "enlist(1f;2f;`a)", 1),
        ("two", "ff", "1f", 1),
        ("two", "ff", "`a", 1),
        ("two", "ff", "{x}", 1),
        ("two", "ff", "`a`b!1 2", 1),
        ("two", "ff", "100000#1f", 100_000),
        ("one", "f", "()", 0),
        ("one", "f", "1 2f", 2),
        ("one", "f", "(1f;`a)", 2),
        ("one", "f", "enlist(1f;2f;::)", 2),
        ("one", "f", "enlist enlist(::)", 0),
        ("none", "", "1 2", 2),
        ("none", "", "(1;`a)", 2),
        ("none", "", "enlist 1", 1),
        ("none", "", "enlist(1;::)", 1),
    ] {
        let wanted = types.len();
        let ret = if wanted == 0 { "j" } else { "f" };
        let f = list_form(callee(library, function), types, ret).unwrap();
        let before = calls();
        signals(&f, &[q(list)], &rank(function, wanted, given), &format!("{function} . {list}"));
        assert_eq!(calls(), before, "C was called with {list}");
    }
}

#[test]
fn the_list_form_takes_what_is_no_list_for_its_only_argument() {
    let _alone = alone();
    let one = list_form(callee(&CALLEES.libraries()[0], "one"), "f", "f").unwrap();
    assert_eq!(call(&one, &[q("2.5")]), Ok(q("2.5")));
    assert_eq!(call(&one, &[q("3")]), Ok(q("3f")));
    for (source, got) in [
        ("`a", "symbol"),
        ("{x}", "function"),
        ("`a`b!1 2", "dictionary"),
        ("enlist`a`b!1 2", "dictionary"),
        ("enlist enlist 1f", "float vector"),
        ("enlist`a", "symbol"),
        ("enlist()", "list"),
    ] {
        let text = format!("type: one[0]: f wants float, got {got}");
        signals(&one, &[q(source)], &text, source);
    }
}

#[test]
fn the_fixed_form_has_a_rank() {
    let _alone = alone();
    let two = fixed(callee(&CALLEES.libraries()[0], "two"), "ff", "f").unwrap();
    let before = calls();
    for given in [1, 3, 8] {
        assert_eq!(call(&two, &vec![q("1f"); given]), Err("rank".into()));
    }
    assert_eq!(calls(), before);
}

#[test]
fn callbacks_are_functions_with_types() {
    let _alone = alone();
    let take = Bound::new(&CALLEES.libraries()[0], "take", "k", "j");
    for (source, text) in [
        ("1.5", "type: take[0]: k wants (function;args) or (function;args;ret), got float"),
        ("`nope", "sym: nope not found in this process"),
        ("`a`b`c", "type: take[0]: k wants (function;args) or (function;args;ret), got symbol vector"),
        ("{x}", "type: take[0]: k wants (function;args) or (function;args;ret), got function"),
        ("()", "type: take[0]: k wants (function;args) or (function;args;ret), got list"),
        ("enlist{x}", "type: take[0]: k wants (function;args) or (function;args;ret), got list"),
        ("({x};1)", "type: take[0]: k wants (function;args) or (function;args;ret), got list"),
        ("({x};\"i\";1)", "type: take[0]: k wants (function;args) or (function;args;ret), got list"),
        (
            "({x};\"i\";\"i\";\"i\")",
            "type: take[0]: k wants (function;args) or (function;args;ret), got list",
        ),
        ("(1;\"i\";\"i\")", "type: take[0]: k wants (function;args) or (function;args;ret), got list"),
        ("1 2 3", "type: take[0]: k wants (function;args) or (function;args;ret), got long vector"),
        ("\"ab\"", "type: take[0]: k wants (function;args) or (function;args;ret), got char vector"),
        ("0N", "domain: take[0]: k wants an address, got a null or infinite long"),
        ("0Wi", "domain: take[0]: k wants an address, got a null or infinite int"),
        ("({x};\"q\";\"i\")", "sig: \"q\": unknown type character q at 0"),
        ("({x};\"i\";\"g\")", "sig: \"g\": g is a parameter, not a result at 0"),
    ] {
        refused(&take, &[q(source)], text);
    }
}

#[test]
fn two_hundred_and_fifty_five_parameters_are_the_most() {
    let _alone = alone();
    let library = &CALLEES.libraries()[0];
    let many = list_form(callee(library, "one"), &"f".repeat(255), "f").unwrap();
    let args = |n: i64| q(&format!("`float$1+til {n}"));
    assert_eq!(call(&many, &[args(255)]), Ok(q("1f")), "C ignores all but its own");
    signals(&many, &[args(254)], "rank: one: 255 parameters, 254 given", "254");
    signals(
        &many,
        &[q("enlist @[255#(::);til 254;:;1f]")],
        "rank: one: 255 parameters, 254 given",
        "254 in the form of ffikdb",
    );
}
