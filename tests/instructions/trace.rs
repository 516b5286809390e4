//! Single steps of a child process, by ptrace.

use std::ops::Range;

/// Instructions within `code` that are executed while `work` is done in a child; `None` where processes may not be traced.
pub fn count(code: &Range<u64>, work: impl FnOnce() -> bool) -> Option<usize> {
    // SAFETY: the child runs only what is written here, and ends.
    match unsafe { libc::fork() } {
        -1 => panic!("{}", std::io::Error::last_os_error()),
        0 => child(work),
        pid => trace(pid, code),
    }
}

/// Works between two breakpoints.
fn child(work: impl FnOnce() -> bool) -> ! {
    // SAFETY: plain system calls; the breakpoints stop this process for its tracer.
    unsafe {
        if libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) != 0 {
            libc::_exit(1);
        }
        std::arch::asm!("int3");
        let done = work();
        std::arch::asm!("int3");
        libc::_exit(i32::from(!done));
    }
}

/// Steps from the first breakpoint to the second, counting.
fn trace(pid: libc::pid_t, stub: &Range<u64>) -> Option<usize> {
    const INT3: i64 = 0xcc;
    if !stopped(pid) {
        return None;
    }
    let mut count = 0;
    loop {
        let at = instruction_pointer(pid);
        // SAFETY: reads a word of the child's code.
        let word = unsafe { libc::ptrace(libc::PTRACE_PEEKTEXT, pid, at, 0) };
        if word & 0xff == INT3 {
            break;
        }
        count += usize::from(stub.contains(&at));
        // SAFETY: the child is stopped.
        unsafe { libc::ptrace(libc::PTRACE_SINGLESTEP, pid, 0, 0) };
        assert!(stopped(pid), "the child ended within the call");
    }
    // SAFETY: as above; the child is ours.
    unsafe {
        libc::kill(pid, libc::SIGKILL);
        libc::waitpid(pid, std::ptr::null_mut(), 0);
    }
    Some(count)
}

/// Waits, and says whether the child has stopped rather than ended.
fn stopped(pid: libc::pid_t) -> bool {
    let mut status = 0;
    // SAFETY: the child is ours.
    unsafe { libc::waitpid(pid, &mut status, 0) };
    libc::WIFSTOPPED(status)
}

fn instruction_pointer(pid: libc::pid_t) -> u64 {
    // SAFETY: the registers of a stopped child are plain numbers.
    unsafe {
        let mut registers: libc::user_regs_struct = std::mem::zeroed();
        libc::ptrace(libc::PTRACE_GETREGS, pid, 0, &raw mut registers);
        registers.rip
    }
}
