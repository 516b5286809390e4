//! Whether the other threads of the process can still do anything, as `/proc` tells it.

use std::fs;

/// Whether another thread may run by itself: not if each of them waits, for as long as it takes, for another one. So many
/// are this process's own, which is all that is asked where the system does not tell what threads wait for.
pub fn other_may_run(own: usize) -> bool {
    if count() <= own {
        return false;
    }
    // Asleep in both looks, and not switched away in between: at the time between the looks all of them slept at once,
    // and nobody was left to wake the first.
    match sleepers() {
        Some(first) => sleepers() != Some(first),
        None => true,
    }
}

fn count() -> usize {
    fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// The other threads, if they all wait for others, with the numbers of times that they have left the processor.
fn sleepers() -> Option<Vec<(String, String)>> {
    // SAFETY: asks for this thread's number.
    let own = unsafe { libc::gettid() }.to_string();
    let tasks = fs::read_dir("/proc/self/task").ok()?;
    let names = tasks.map(|task| task.ok()?.file_name().into_string().ok());
    let others = names.filter(|name| name.as_ref() != Some(&own));
    others.map(|name| name.and_then(|name| Some((switches(&name)?, name)))).collect()
}

/// How often a thread has left the processor, if it waits for another without a limit.
fn switches(thread: &str) -> Option<String> {
    let file = |name| fs::read_to_string(format!("/proc/self/task/{thread}/{name}")).ok();
    if !waits_for_another(&file("syscall")?) {
        return None;
    }
    let status = file("status")?;
    let counts = status.lines().filter(|line| line.contains("_ctxt_switches:"));
    Some(counts.collect())
}

/// Whether a system call, as its number and arguments, is a wait for a word of this process that has no limit.
fn waits_for_another(call: &str) -> bool {
    const WAIT: u64 = libc::FUTEX_WAIT as u64;
    const WAIT_BITSET: u64 = libc::FUTEX_WAIT_BITSET as u64;
    const PRIVATE: u64 = libc::FUTEX_PRIVATE_FLAG as u64;
    let mut words = call.split_ascii_whitespace();
    let number = words.next().and_then(|number| number.parse().ok());
    let argument = |word: &str| u64::from_str_radix(word.trim_start_matches("0x"), 16).ok();
    let arguments: Vec<u64> = words.map_while(argument).collect();
    // FUTEX_CLOCK_REALTIME says by which clock a limit is, where there is one.
    let [_, operation, _, limit, ..] = arguments[..] else { return false };
    let operation = operation as u32 as u64 & !(libc::FUTEX_CLOCK_REALTIME as u64);
    number == Some(libc::SYS_futex)
        && limit == 0
        && [WAIT | PRIVATE, WAIT_BITSET | PRIVATE].contains(&operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_without_a_limit_is_one_for_others() {
        let number = libc::SYS_futex;
        let call = |operation: u32, limit: u32| {
            format!("{number} 0x7f00 {operation:#x} 0x2 {limit:#x} 0x0 0xffffffff 0x7ffd 0x7f8a\n")
        };
        // FUTEX_WAIT and FUTEX_WAIT_BITSET, private; the latter with the clock of the day.
        assert!([0x80, 0x89, 0x189].iter().all(|&operation| waits_for_another(&call(operation, 0))));
        assert!(!waits_for_another(&call(0x80, 0x7ffd_0000)), "with a limit");
        assert!(!waits_for_another(&call(0, 0)), "another process may wake it");
        assert!(!waits_for_another(&call(0x81, 0)), "it wakes others");
        assert!(!waits_for_another("running\n"));
        assert!(!waits_for_another("230 0x0 0x0 0x7ffd 0x0 0x0 0x0 0x7ffd 0x7ff1\n"), "a sleep");
        assert!(!waits_for_another(""));
    }
}
