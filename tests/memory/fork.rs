//! Code memory is shared with a forked child: what either binds afterwards is its own.

use std::process::Command;

use ffijit::jit::Code;
use kapi::Obj;

use crate::{bound, entry, is_right};

/// Functions that parent and child each bind after the fork.
const EACH: usize = 400;

#[test]
fn what_a_forked_child_binds_does_not_disturb_its_parent_nor_the_other_way() {
    let status = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "fork::parent_and_child", "--ignored", "--test-threads=1"])
        .output()
        .expect("this test can be run");
    let text = String::from_utf8_lossy(&status.stdout) + String::from_utf8_lossy(&status.stderr);
    assert!(status.status.success() && text.contains("1 passed"), "{text}");
}

/// A pipe on which one process waits for the other.
struct Signal([i32; 2]);

impl Signal {
    fn new() -> Self {
        let mut ends = [0; 2];
        // SAFETY: the array has room for both ends.
        assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
        Self(ends)
    }

    fn send(&self) {
        // SAFETY: one byte is readable.
        assert_eq!(unsafe { libc::write(self.0[1], [1_u8].as_ptr().cast(), 1) }, 1);
    }

    fn wait(&self) {
        // SAFETY: one byte is writable.
        assert_eq!(unsafe { libc::read(self.0[0], [0_u8].as_mut_ptr().cast(), 1) }, 1);
    }
}

/// Binds some functions; their numbers and the q functions.
fn bind(range: std::ops::Range<usize>) -> Vec<(usize, Obj)> {
    range.map(|i| (i, bound(i))).collect()
}

fn all_right(bound: &[(usize, Obj)]) -> bool {
    bound.iter().all(|(i, f)| is_right(f, *i))
}

/// Some code that can be given back.
fn copy() -> Code {
    Code::install(ffijit::jit::counting_thunk(), ffijit::jit::Owner::Nobody, |_| 0).expect("memory")
}

fn bytes_of(f: &Obj) -> Vec<u8> {
    // SAFETY: stubs are longer than that, in memory that stays mapped.
    unsafe { std::slice::from_raw_parts(entry(f) as *const u8, 64) }.to_vec()
}

#[test]
#[ignore = "runs in a process of its own, which the other test starts"]
fn parent_and_child() {
    let before = bind(0..50);
    let inherited = copy();
    let stubs: Vec<Vec<u8>> = before.iter().map(|(_, f)| bytes_of(f)).collect();
    let (child_bound, parent_bound) = (Signal::new(), Signal::new());
    // SAFETY: no other thread of this process runs anything that holds a lock.
    match unsafe { libc::fork() } {
        0 => {
            let own = bind(50..50 + EACH);
            let mut ok = all_right(&own) && all_right(&before);
            let place = inherited.entry();
            inherited.free();
            // The parent has not given it up.
            ok &= copy().entry() != place;
            child_bound.send();
            parent_bound.wait();
            // Now that the parent has bound as many.
            ok &= all_right(&own) && all_right(&before);
            // SAFETY: ends the child without the parent's clean-up.
            unsafe { libc::_exit(i32::from(!ok)) }
        }
        child => {
            assert!(child > 0);
            child_bound.wait();
            assert!(all_right(&before), "after the child has bound");
            assert!(
                before.iter().map(|(_, f)| bytes_of(f)).eq(stubs),
                "the child has written to the parent's stubs"
            );
            let own = bind(50 + EACH..50 + 2 * EACH);
            assert!(all_right(&own) && all_right(&before));
            parent_bound.send();
            let mut status = -1;
            // SAFETY: the child is ours to wait for.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            assert_eq!(status, 0, "the child's own stubs");
            assert!(all_right(&own) && all_right(&before));
        }
    }
}
