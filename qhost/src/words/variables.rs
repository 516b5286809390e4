//! The `.z` variables that are computed when referred to.

use parking_lot::RwLock;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::state::connections;
use crate::words::CONSTANTS;
use crate::words::calendar::{DAY_NS, UNIX_DAYS};
use kapi::error::R;
use kapi::event;
use kapi::object::{Obj, tag};
use kapi::os;
use kapi::symbol::Symbol;

/// Seconds from 1970.01.01 to 2000.01.01.
const EPOCH_SECONDS: i64 = UNIX_DAYS * 86_400;

/// What the command line said.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// `.z.f`: the script.
    pub script: String,
    /// `.z.x`: what follows it.
    pub rest: Vec<String>,
    /// `.z.q`: quiet.
    pub quiet: bool,
}

static ARGUMENTS: RwLock<Arguments> =
    RwLock::new(Arguments { script: String::new(), rest: Vec::new(), quiet: false });

/// Sets what `.z.x` and `.z.f` say.
pub fn set_arguments(arguments: Arguments) {
    *ARGUMENTS.write() = arguments;
}

/// How a variable is computed.
pub type Computed = fn() -> R;

/// The function that computes a `.z` variable, or a value of `.Q` that is no function.
pub fn variable(name: &[u8]) -> Option<Computed> {
    let (_, computed) = VARIABLES.iter().chain(CONSTANTS).find(|(known, _)| known.as_bytes() == name)?;
    Some(*computed)
}

/// The variables, each with its function.
const VARIABLES: &[(&str, Computed)] = &[
    (".z.p", || Ok(timestamp())),
    (".z.P", || Ok(Obj::atom(-tag::KP, local()))),
    (".z.n", || Ok(Obj::atom(-tag::KN, now().rem_euclid(DAY_NS)))),
    (".z.N", || Ok(Obj::atom(-tag::KN, local().rem_euclid(DAY_NS)))),
    (".z.d", || Ok(day(now()))),
    (".z.D", || Ok(day(local()))),
    (".z.t", || Ok(time(now()))),
    (".z.T", || Ok(time(local()))),
    (".z.z", || Ok(datetime(now()))),
    (".z.Z", || Ok(datetime(local()))),
    (".z.i", || Ok(Obj::int(std::process::id() as i32))),
    (".z.w", || Ok(Obj::int(event::served()))),
    (".z.W", || Ok(connections_waiting())),
    (".z.K", || Ok(Obj::float(4.0))),
    (".z.k", || Ok(Obj::atom(-tag::KD, 7305i32))),
    (".z.o", || Ok(Obj::symbol(platform()))),
    (".z.f", || Ok(Obj::symbol(&ARGUMENTS.read().script))),
    (".z.x", || Ok(Obj::list(ARGUMENTS.read().rest.iter().map(|s| Obj::string(s.as_bytes())).collect()))),
    (".z.q", || Ok(Obj::bool(ARGUMENTS.read().quiet))),
    (".z.c", || Ok(Obj::int(std::thread::available_parallelism().map_or(1, |n| n.get() as i32)))),
    (".z.h", || Ok(Obj::symbol(&host_name()))),
    (".z.u", || Ok(Obj::sym(connections::user(event::served()).unwrap_or_else(own_user)))),
];

/// The handles, and what waits to be written to each: nothing, for writing waits until it is done.
fn connections_waiting() -> Obj {
    let handles = connections::handles();
    let nothing = vec![Obj::zeroed(tag::KJ, 0); handles.len()];
    Obj::dict(Obj::from_slice::<i32>(tag::KI, &handles), Obj::list(nothing))
}

/// q's name of the platform: the folder below `$QHOME` where libraries are.
pub fn platform() -> &'static str {
    let arm = cfg!(target_arch = "aarch64");
    match std::env::consts::OS {
        "macos" if arm => "m64arm",
        "macos" => "m64",
        "windows" => "w64",
        _ if arm => "l64arm",
        _ => "l64",
    }
}

/// `.z.p`
pub fn timestamp() -> Obj {
    Obj::atom(-tag::KP, now())
}

/// Nanoseconds since 2000.01.01, UTC.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (since.as_secs() as i64 - EPOCH_SECONDS) * 1_000_000_000 + i64::from(since.subsec_nanos())
}

/// The same in local time.
fn local() -> i64 {
    now() + os::utc_offset() * 1_000_000_000
}

fn day(ns: i64) -> Obj {
    Obj::atom(-tag::KD, ns.div_euclid(DAY_NS) as i32)
}

fn time(ns: i64) -> Obj {
    Obj::atom(-tag::KT, (ns.rem_euclid(DAY_NS) / 1_000_000) as i32)
}

fn datetime(ns: i64) -> Obj {
    Obj::atom(-tag::KZ, (ns / 1_000_000) as f64 / 86_400_000.0)
}

/// Who runs this process.
fn own_user() -> Symbol {
    Symbol::from(std::env::var(os::USER).unwrap_or_default().as_str())
}

fn host_name() -> String {
    std::fs::read_to_string("/etc/hostname").map(|name| name.trim().to_owned()).unwrap_or_default()
}
