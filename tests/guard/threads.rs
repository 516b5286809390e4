//! Faults on other threads of q's than its main one.

use crate::caught::FRACTION;
use crate::support::script::written;
use crate::{normal, run, signal};

#[test]
fn each_thread_of_q_catches_its_own() {
    let code = ".ffi.guard 1b\nr:{@[read_at;x;{x}]} peach 8*1+til 400\n\
        t\"count each (r;distinct r)\"\nt\"all r like \\\"segv: read_at: read of 0x*\\\"\"\nt\".ffi.stats[]`faults\"\n\
        d:f[`deep;\"j\";\"j\"]\nt\"distinct {(@[d;x;{x}]) like \\\"segv: deep: stack overflow*\\\"} peach til 8\"";
    let output = run("peach", code, &["-s", "4"], &[]);
    let (out, err) = written(&output);
    assert_eq!((&*out, &*err), ("400 400\n1b\n400\n,1b\n", ""), "{}", output.status);
}

#[test]
fn of_threads_of_atomic_functions_the_first_catches_its_own() {
    let code = ".ffi.guard 1b\ng:.ffi.atomicPar[(L;`fraction);\"f\";\"f\"]\nx:100000#1f\n";
    // The results of the others are given up with that of the first, and all is as it was.
    let first = "do[3;t\"g @[x;100;:;-1f]\"]\nt\"(100000#.5)~g x\"\nt\".ffi.stats[]`faults\"";
    let output = run("par first", &format!("{code}{first}"), &["-s", "3"], &[]);
    let (out, err) = written(&output);
    assert_eq!(normal(&out), format!("{FRACTION}\n{FRACTION}\n{FRACTION}\n1b\n3\n"), "{err}");
    // Where q has no threads the first of them runs all elements.
    if kapi::IS_LIBE {
        return;
    }
    let output = run("par other", &format!("{code}g @[x;99000;:;-1f]\n-1 \"went on\";"), &["-s", "3"], &[]);
    let (out, err) = written(&output);
    let told = "ffijit: segv: read of 0x8 in libguard.so+N (";
    assert!(signal(&output) == Some(libc::SIGSEGV) && !out.contains("went on"), "{}", output.status);
    assert!(normal(&err).starts_with(told) && err.contains("the thread is not one of q's"), "{err}");
}
