//! Memory that runs out at each allocation in turn: each call ends in `wsfull` or with its result, never in a crash,
//! another error or with something left behind.
//!
//! qhost fails the call of k.h that `QHOST_FAIL_ALLOCATION` counts to. A script ends with calls of a native function that
//! allocates once each: which of them fails tells how many allocations came before, and so which numbers to try.

mod support;

use std::path::{Path, PathBuf};

use support::script::{ROOT, host, written};

/// More allocations than a script makes.
const MANY: usize = 4000;

/// What scripts begin with.
const SETUP: &str = r#"\l q/ffi.q
L:`$getenv`FAULTS_SO
hypot:.ffi.fn[`libm`hypot;"ff";"f"]
listed:.ffi.bind[`libm`hypot;"ff";"f"]
fabs:.ffi.atomic[`libm`fabs;"f";"f"]
both:.ffi.atomic[`libm`hypot;"ff";"f"]
strlen:.ffi.fn[`strlen;"C";"j"]
strdup:.ffi.fn[`strdup;"C";"C"]
count_:.ffi.fn[(L;`count_texts);"S";"j"]
write:.ffi.fn[(L;`write_texts);"Sj";" "]
division:.ffi.fn[`ldiv;"jj";"{jj}"]
snprintf:.ffi.bind[`snprintf;"ClC...";"i"]
long:.ffi.fn[(L;`call_long);"kj";"j"]
text:.ffi.fn[(L;`call_text);"kj";"C"]
symbol:.ffi.fn[(L;`call_text);"kj";"s"]
guid:.ffi.fn[(L;`call_guid);"kj";"G"]
pair:.ffi.fn[(L;`call_pair);"kj";"{jf}"]
object:.ffi.fn[(L;`call_object);"kj";"K"]
pointer:.ffi.fn[(L;`call_pointer);"kj";"J"]
qsort:.ffi.fn[`qsort;"Jllk";" "]
open:.ffi.fn[(L;`telling_open);"kj";"r"]
inc:.ffi.callback[{x+1};"j";"j"]
memory:.ffi.malloc 64
modfl:.ffi.fn[`libm`modfl;"oO";"o"]
queue:.ffi.fn[`sigqueue;"ii{|ir}";"i"]
frexp:.ffi.fn[`libm`frexp;"f&i";"f"]
modf_:.ffi.fn[`libm`modf;"f&f";"f"]
strtol:.ffi.fn[`strtol;"C&Ci";"j"]
outs:.ffi.atomic[`libm`frexp;"f&i";"f"]
given:.ffi.fn[`strdup;"C";("C";`free)]
closed:.ffi.fn[`malloc;"j";("r";`free)]
rows:.ffi.fn[(L;`sum_rows);"Rjj";"f"]
htons:.ffi.atomic[`htons;"y";"y"]
folded:.ffi.over[`libm`hypot;"ff";"f"]
scanned:.ffi.scan[`libm`hypot;"ff";"f"]
differences:.ffi.prior[`libm`fdim;"ff";"f"]
D:.ffi.cdef[`;"typedef struct {long quot, rem;} ldiv_t; ldiv_t ldiv(long, long); enum side {L, R};"]
D:.ffi.cdef[D;"double ldexp(double, int); typedef struct { char tag; double x[2]; } item;"]
later:.ffi.async[`libm`hypot;"ff";"f"]
copied:.ffi.async[`strdup;"C";("C";`free)]
"#;

/// Expressions, each of which gives the same however often it is evaluated.
const EXPRESSIONS: &[&str] = &[
    "hypot[3f;4f]",
    "hypot[3;4i]",
    "listed[3f;4f]",
    "listed (3;4f;::)",
    "listed . 3 4e",
    "fabs -1.5",
    "fabs -1 2f",
    "fabs -1 2 3",
    "fabs (-1;(2f;-3 4);`a`b!-5 6f)",
    "fabs ([k:`a`b] x:-3 5f)",
    "both[3f;4 4f]",
    "both[3 3f;(4;4f)]",
    "strlen \"text\"",
    "strlen `symbol",
    "strdup \"a text\"",
    "strdup `symbol",
    "count_ `a`b`c",
    "count_ (\"a\";\"bc\")",
    "{v:`a`b; write[v;2]; v}[]",
    "division[17;5]",
    "{t:20#\"\\000\"; n:snprintf[t;20;\"%d-%s\";5i;\"xy\"]; n#t}[]",
    ".ffi.callFunction[(\"j\";`labs)] (-5;::)",
    ".ffi.callFunction[(\"C\";`strdup)] (\"text\";::)",
    "long[({x+1};\"j\";\"j\");5]",
    "long[({x+1};\"j\";\"i\");5]",
    "long[inc;5]",
    "text[({\"text \",string x};\"j\";\"C\");5]",
    "symbol[({`symbol};\"j\";\"s\");5]",
    "guid[({0Ng};\"j\";\"G\");5]",
    "pair[({(x;2f)};\"j\";\"{jf}\");5]",
    "object[({(x;`a;\"text\")};\"j\";\"K\");5]",
    "pointer[({x+1 2};\"j\";\"J\");5]",
    "long[({long[inc;x]};\"j\";\"j\");5]",
    "{v:3 1 2; qsort[v;3;8;({(x>y)-x<y};\"JJ\";\"i\")]; v}[]",
    "{h:.ffi.own[open[({x};\"j\";\" \");1];(L;`telling_close)]; .ffi.free h; 1b}[]",
    "{h:.ffi.own[open[({x};\"j\";\" \");1];(L;`telling_close)]; h:0; 1b}[]",
    "{c:.ffi.callback[{x+1};\"j\";\"j\"]; long[c;5]}[]",
    ".ffi.fn[`labs;\"j\";\"j\"] -5",
    ".ffi.bind[`labs;\"j\";\"j\"] -5",
    ".ffi.atomic[`labs;\"j\";\"j\"] -5 6",
    ".ffi.asQFunc[(`$getenv`FAULTS_K_SO;`kenum);1]; 1b",
    ".ffi.cvar(\"i\";`optind)",
    ".ffi.pack[\"i4hj\";(1i;1 2 3 4h;5)]",
    ".ffi.pack[\"ij\";([]a:1 2i;b:3 4)]",
    ".ffi.unpack[\"i4cj\";16#0x41]",
    ".ffi.pack[\"i{|jf8c}\";(1i;(2;\"text\"))]",
    ".ffi.unpack[\"!i{|jf8c}\";12#0x41]",
    ".ffi.columns[memory;\"i{|ij}\";3]",
    "{v:enlist 0f; (modfl[2.5;v];v)}[]",
    "queue[.z.i;0i;(0;7i)]",
    "frexp 6f",
    "frexp 6",
    "modf_ 3.25",
    "strtol[\"42abc\";10i]",
    "outs 6 7f",
    "outs (6f;7 8)",
    "given \"text\"",
    "type closed 8",
    "rows[(1 2f;3 4f);2;2]",
    "htons 1 2i",
    "folded[0f;3 4 12f]",
    "folded[0;3 4 12]",
    "scanned 3 4 12f",
    "scanned[0;(3;4f)]",
    "differences 1 4 2 8f",
    "D[`ldiv][17;5]",
    "D[`ldexp][1.5;4]",
    ".ffi.atomic[D`ldexp;::;::][1 2f;3]",
    ".ffi.pack[D`item;`tag`x!(\"a\";1 2f)]",
    ".ffi.unpack[D`item;24#0x41]",
    ".ffi.unpack[`a`b!\"ij\";16#0x41]",
    ".ffi.columns[memory;D`item;2]",
    "key .ffi.cdef[`;\"struct s {int x; struct s *next;}; int f(struct s*); enum e {A=3};\"]",
    // What is not given stays until it is asked for again; what cannot be made is gone.
    "{id:later[3 4f;::]; @[.ffi.await;id;{[id;e] @[.ffi.await;id;{'wsfull}]}id]}[]",
    "{id:copied[enlist \"text\";::]; @[.ffi.await;id;{[id;e] @[.ffi.await;id;{'wsfull}]}id]}[]",
    "type .ffi.pending[]",
    ".ffi.address`strlen; 1b",
    ".ffi.peek[1 2 0;\"j\";0N]",
    "{h:.ffi.own[1000000;{x}]; .ffi.free h; 1b}[]",
    ".ffi.sizeof \"i{jf}\"",
    ".ffi.peek[memory;\"j\";8]",
    ".ffi.peek[memory;\"{ij}\";2]",
    ".ffi.deref[memory;\"ij\";0 1]",
    ".ffi.columns[memory;\"ij\";3]",
    ".ffi.poke[memory;1 2 3]",
    ".ffi.string \"text\"",
    "count .ffi.malloc 8; 1b",
    "count .ffi.bindings[]; 1b",
    "count .ffi.stubs[]; 1b",
    "type .ffi.stats[]",
    "type .ffi.version[]",
    "type .ffi.disasm[\"ff\";\"f\"]",
    ".ffi.extension[]",
];

/// Where a script asks how many allocations there have been.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Before,
    After,
    End,
}

/// The lines of the setup that an expression needs.
fn setup(expression: &str) -> String {
    let is_needed = |line: &&str| {
        let name = line.split_once(':').map_or("", |(name, _)| name);
        line.starts_with('\\') || name == "L" || expression.contains(name)
    };
    SETUP.lines().filter(is_needed).map(|line| format!("{line}\n")).collect()
}

/// A script that evaluates an expression, perhaps after it has been evaluated before, and says what came of it. Objects are
/// counted after one more evaluation: what a thunk keeps for its next call is then what it was.
fn script(expression: &str, is_warm: bool, asks: Stage) -> String {
    let quoted = format!("\"{}\"", expression.replace('\\', "\\\\").replace('"', "\\\""));
    let probe = |stage| if asks == stage { "at:probe[]\n" } else { "" };
    let warm = if is_warm { "do[3; evaluate[]]\n" } else { "" };
    let (before, after, end) = (probe(Stage::Before), probe(Stage::After), probe(Stage::End));
    setup(expression)
        + &format!(
            "source:{quoted}\nwas:1+0\nleft:2+0\nresult:3#\"r\"\nagain:3#\"a\"\nat:0N\nevaluate:{{@[{{.Q.s1 value x}};source;{{\"'\",x}}]}}\n\
             probe:{{first (where {{@[{{.ffi.ptrsize[];0b}};x;{{1b}}]}} each til {MANY}),0N}}\n\
             clear:{{@[{{'\"clear\"}};0;{{x}}]}}\n{warm}{before}clear[];was:.Q.w[]`objects\nresult:evaluate[]\nclear[]\n{after}again:evaluate[]\nclear[];left:.Q.w[]`objects\n{end}\
             -1 result;\n-1 again;\n-1 \" \" sv string (was;left;at);\nexit 0\n"
        )
}

/// What a run has said.
struct Said {
    result: String,
    /// What the expression gave a second time.
    again: String,
    /// Objects before and after.
    objects: (i64, i64),
    /// Which call of the probe failed, if one did.
    at: Option<usize>,
}

/// Runs a script whose allocation number `n` fails.
fn run(path: &Path, n: usize) -> Said {
    let output = host(path).env("QHOST_FAIL_ALLOCATION", n.to_string()).current_dir(ROOT).output();
    let output = output.expect("qhost runs");
    let (out, err) = written(&output);
    assert!(
        output.status.success() && !err.contains("panicked"),
        "allocation {n}: {}\n{out}{err}",
        output.status
    );
    let lines: Vec<&str> = out.lines().rev().take(3).collect();
    let [counts, again, result] = lines[..] else { panic!("allocation {n}: {out}{err}") };
    let counts: Vec<Option<i64>> = counts.split(' ').map(|count| count.parse().ok()).collect();
    let [was, left, at] = counts[..] else { panic!("allocation {n}: {out}{err}") };
    Said {
        result: result.into(),
        again: again.into(),
        objects: was.zip(left).expect("numbers"),
        at: at.map(|at| at as usize),
    }
}

/// A script's file.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("allocation_{name}.q"));
    std::fs::write(&path, text).expect("the target directory is writable");
    path
}

/// What is wrong when an allocation fails: the expression's result was `wanted` when none did.
fn wrong(said: &Said, wanted: &str, is_warm: bool) -> Option<String> {
    let fails = said.result.starts_with("'wsfull");
    match () {
        () if said.result != wanted && !fails => Some(said.result.clone()),
        () if said.again != wanted => Some(format!("{}, and then {}", said.result, said.again)),
        () if is_warm && said.objects.0 != said.objects.1 => Some(format!("objects {:?}", said.objects)),
        () => None,
    }
}

/// Tries every allocation of an expression: what is wrong, and how many there are.
fn check(name: &str, expression: &str, is_warm: bool) -> (Vec<String>, usize) {
    let before = |stage| {
        let path = file(&format!("{name}_count"), &script(expression, is_warm, stage));
        let at = run(&path, MANY).at;
        MANY - at.expect("the host fails the allocation that QHOST_FAIL_ALLOCATION counts to")
    };
    let path = file(name, &script(expression, is_warm, Stage::End));
    let usual = run(&path, MANY * 2);
    let wanted = usual.result.as_str();
    assert!(!wanted.starts_with('\'') && usual.again == wanted, "{expression}: {wanted}");
    assert!(!is_warm || usual.objects.0 == usual.objects.1, "{expression}: objects {:?}", usual.objects);
    let (begins, ends) = (before(Stage::Before), before(Stage::After));
    let problem = |n| {
        Some(format!("{expression}, allocation {}: {}", n - begins, wrong(&run(&path, n), wanted, is_warm)?))
    };
    ((begins..ends).filter_map(problem).collect(), ends - begins)
}

/// Tries every allocation of all expressions, evaluated for the first time or once everything that lives on has been made.
fn check_all(is_warm: bool) {
    if kapi::IS_LIBE {
        return eprintln!("skipped: KX's runtime fails no allocation on demand");
    }
    let mut tried = 0;
    let mut check = |(i, expression): (usize, &&str)| {
        let (problems, n) = check(&format!("{i}_{is_warm}"), expression, is_warm);
        tried += n;
        problems
    };
    let problems: Vec<String> = EXPRESSIONS.iter().enumerate().flat_map(&mut check).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(tried > EXPRESSIONS.len(), "{tried} allocations");
}

#[test]
fn the_first_evaluation_survives_each_failure() {
    check_all(false);
}

#[test]
fn later_evaluations_survive_each_failure_and_leave_nothing() {
    check_all(true);
}
