//! Faults on other threads of q's than its main one.

use crate::caught::FRACTION;
use crate::support::script::written;
use crate::{normal, run, signal};

#[test]
fn each_thread_of_q_catches_its_own() {
    // By stubs, cold paths, and callbacks three deep.
    let code = ".ffi.guard 1b\nq:.ffi.fn[`qsort;\"Jllk\";\" \"]\ninner:{[f;a;b] q[3 2 1;3;8;(f;\"JJ\";\"i\")];\"i\"$a-b}\n\
        deepest:{[i;a;b] read_at 8*1+i}\n\
        one:{[i] $[0=i mod 5;.[q;(3 2 1;3;8;(inner inner deepest i;\"JJ\";\"i\"));{x}];\
        0=i mod 3;@[read_at;\"i\"$8*1+i;{x}];@[read_at;8*1+i;{x}]]}\n\
        r:one peach til 4000\nt\"count each (r;distinct r)\"\nt\"all r like \\\"segv: read_at: read of 0x*\\\"\"\n\
        t\".ffi.stats[]`faults\"\nt\"distinct {x:3 2 1;q[x;3;8;({\\\"i\\\"$x-y};\\\"JJ\\\";\\\"i\\\")];x}peach til 100\"\n\
        d:f[`deep;\"j\";\"j\"]\nt\"distinct {(@[d;x;{x}]) like \\\"segv: deep: stack overflow*\\\"} peach til 8\"";
    let output = run("peach", code, &["-s", "4"], &[]);
    let (out, err) = written(&output);
    assert_eq!((&*out, &*err), ("4000 4000\n1b\n4000\n,1 2 3\n,1b\n", ""), "{}", output.status);
}

#[test]
fn threads_of_atomic_functions_catch_their_own() {
    let code = ".ffi.guard 1b\ng:.ffi.atomicPar[(L;`fraction);\"f\";\"f\"]\nx:100000#1f\n\
        do[3;t\"g @[x;100;:;-1f]\"]\ndo[3;t\"g @[x;99000;:;-1f]\"]\nt\"g neg x\"\n\
        t\"(100000#.5)~g x\"\nt\".ffi.stats[]`faults\"\n\
        d:.ffi.atomicPar[(L;`deep_if);\"j\";\"j\"]\nt\"d @[100000#0;99000;:;1]\"\n";
    let output = run("par", code, &["-s", "3"], &[]);
    let (out, err) = written(&output);
    // The results of the others are given up with that of one. Where q has no threads the first of them runs all elements.
    let faults = if kapi::IS_LIBE { 7 } else { 10 };
    let overflow = "'segv: deep_if: stack overflow in libguard.so+N\n";
    let wanted = format!("{}1b\n{faults}\n{overflow}", format!("{FRACTION}\n").repeat(7));
    assert_eq!(normal(&out), wanted, "{err}");
}

#[test]
fn without_the_guard_they_end_the_process() {
    if kapi::IS_LIBE {
        return;
    }
    let code = "g:.ffi.atomicPar[(L;`fraction);\"f\";\"f\"]\ng @[100000#1f;99000;:;-1f]\n-1 \"went on\";";
    let output = run("par other", code, &["-s", "3"], &[]);
    let (out, err) = written(&output);
    let told = "ffijit: segv: read of 0x8 in libguard.so+N (";
    assert!(signal(&output) == Some(libc::SIGSEGV) && !out.contains("went on"), "{}", output.status);
    assert!(normal(&err).starts_with(told) && err.contains("the thread is not one of q's"), "{err}");
}
