//! Memory is writable or executable, never both.

use crate::support::maps::mappings;
use crate::support::wx;
use crate::{bound, is_right};

#[test]
fn code_memory_is_not_writable_where_it_runs() {
    assert!(is_right(&bound(1), 1));
    let wrong: Vec<_> = mappings().into_iter().filter(|m| m.is_writable_code()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_process_that_maps_writable_code_does_not_survive_in_these_tests() {
    if !wx::is_forbidden() {
        eprintln!("skipped: no filter for system calls here");
        return;
    }
    // SAFETY: the child makes one system call and ends.
    let child = unsafe { libc::fork() };
    assert_ne!(child, -1);
    if child == 0 {
        let both = libc::PROT_WRITE | libc::PROT_EXEC;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: new memory, not used.
        unsafe {
            libc::mmap(std::ptr::null_mut(), 4096, both, flags, -1, 0);
            libc::_exit(0);
        }
    }
    let mut status = 0;
    // SAFETY: the child is ours.
    unsafe { libc::waitpid(child, &mut status, 0) };
    assert!(libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == libc::SIGSYS, "{status:#x}");
}
