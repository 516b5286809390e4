//! No page of a test's process is ever writable and executable: the kernel ends a process that asks for one.
//!
//! /proc/self/maps tells what is mapped when somebody looks; a filter for system calls misses nothing in between, and
//! processes that a test starts, qhost among them, inherit it (seccomp(2)).

use libc::{c_ulong, sock_filter, sock_fprog};

/// Runs before `main`, in every test that has this module.
#[used]
#[unsafe(link_section = ".init_array")]
static FORBID: extern "C" fn() = forbid;

/// Offsets in `struct seccomp_data`: the number of the call, and the low half of its third argument, the access.
const NUMBER: u32 = 0;
const ACCESS: u32 = 32;

const WRITE_AND_EXECUTE: u32 = (libc::PROT_WRITE | libc::PROT_EXEC) as u32;

/// Calls that give memory an access.
const CALLS: [libc::c_long; 3] = [libc::SYS_mmap, libc::SYS_mprotect, libc::SYS_pkey_mprotect];

/// What to do: go on to the next instruction if a comparison holds, and skip so many if not.
const fn compare(value: u32, otherwise: u8) -> sock_filter {
    let code = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    sock_filter { code: code as u16, jt: 0, jf: otherwise, k: value }
}

const fn step(code: u32, k: u32) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf: 0, k }
}

/// The rest of the filter for one call, after its number has been loaded, which it leaves loaded for the next one.
const fn refuse(call: libc::c_long) -> [sock_filter; 6] {
    [
        compare(call as u32, 5),
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, ACCESS),
        step(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, WRITE_AND_EXECUTE),
        compare(WRITE_AND_EXECUTE, 1),
        step(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_KILL_PROCESS),
        step(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW),
    ]
}

/// Installs the filter, where the system lets this process have one. valgrind, which puts a library of its own first,
/// translates code into memory of that kind.
extern "C" fn forbid() {
    if std::env::var("LD_PRELOAD").is_ok_and(|libraries| libraries.contains("vgpreload")) {
        return;
    }
    let mut filter = vec![step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, NUMBER)];
    filter.extend(CALLS.iter().flat_map(|&call| refuse(call)));
    filter.push(step(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW));
    let program = sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program is well-formed and lives until the calls return.
    unsafe {
        let (yes, none): (c_ulong, c_ulong) = (1, 0);
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, yes, none, none, none);
        let mode = c_ulong::from(libc::SECCOMP_MODE_FILTER);
        libc::prctl(libc::PR_SET_SECCOMP, mode, std::ptr::from_ref(&program), none, none);
    }
}

/// Whether the filter is there.
pub fn is_forbidden() -> bool {
    // SAFETY: only asks.
    unsafe { libc::prctl(libc::PR_GET_SECCOMP) == libc::SECCOMP_MODE_FILTER as i32 }
}
