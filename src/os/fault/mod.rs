//! Faults of C, on Linux: the signals of the processor's, who is told of them, and how a thread goes on elsewhere.
//!
//! What runs in a handler here calls only what POSIX lets handlers call, and `dl_iterate_phdr`.

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod processor;
mod stack;
#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod processor;

use std::ffi::c_void;
use std::sync::OnceLock;

pub use self::processor::{Environment, FLOATS, FP, KEPT, KEPT_FLOATS, LINK, PC, REGISTERS, SP, through};
pub use self::stack::AlternateStack;
pub use super::allocator::{allocator_answers, ask_allocator};
use super::{Access, Caller, Handlers, Kind, Outcome, Registers};

/// A signal that a thread has got.
pub struct Fault<'a> {
    /// Which.
    pub kind: Kind,
    signal: i32,
    info: &'a libc::siginfo_t,
    context: &'a mut libc::ucontext_t,
}

const SIGNALS: [(i32, Kind); 4] = [
    (libc::SIGSEGV, Kind::Segment),
    (libc::SIGBUS, Kind::Bus),
    (libc::SIGFPE, Kind::Arithmetic),
    (libc::SIGILL, Kind::Instruction),
];

static HANDLERS: OnceLock<Handlers> = OnceLock::new();
/// Who had the signals before.
static EARLIER: [OnceLock<libc::sigaction>; 4] = [const { OnceLock::new() }; 4];

/// Has faults looked at from now on, once. Those who had the signals before get them afterwards.
pub fn catch_faults(handlers: Handlers) {
    HANDLERS.get_or_init(|| {
        for ((signal, _), earlier) in SIGNALS.iter().zip(&EARLIER) {
            earlier.get_or_init(|| exchange(*signal));
        }
        handlers
    });
}

fn empty_mask() -> libc::sigset_t {
    let mut mask = std::mem::MaybeUninit::uninit();
    // SAFETY: `sigemptyset` writes all of it.
    unsafe {
        libc::sigemptyset(mask.as_mut_ptr());
        mask.assume_init()
    }
}

/// Installs [`handle`], and gives the action that was there.
fn exchange(signal: i32) -> libc::sigaction {
    let handler: extern "C" fn(i32, *const libc::siginfo_t, *mut c_void) = handle;
    let action = libc::sigaction {
        sa_sigaction: handler as *const () as usize,
        sa_mask: empty_mask(),
        // A fault in the handler is to be told of too.
        sa_flags: libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER,
        sa_restorer: None,
    };
    let mut earlier = std::mem::MaybeUninit::zeroed();
    // SAFETY: zeros are an action, the default; the handler is a function of a library that is never unloaded.
    unsafe {
        libc::sigaction(signal, &raw const action, earlier.as_mut_ptr());
        earlier.assume_init()
    }
}

fn set_default(signal: i32) {
    // SAFETY: the default action, with nothing else said.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// Writes to standard error, as handlers may.
pub fn tell(bytes: &[u8]) {
    // SAFETY: these bytes. There may be no such descriptor.
    unsafe { libc::write(libc::STDERR_FILENO, bytes.as_ptr().cast(), bytes.len()) };
}

/// Where [`through`]'s callee returns to; [`THROUGH_FRAME`] says where the stack pointer is then.
pub fn through_return() -> usize {
    through as *const () as usize + processor::THROUGH
}

/// What is to be done when a thread has gone on behind a fault: nothing here.
pub fn after_fault() {}

/// Bytes from the stack pointer to the frame pointer where [`through`]'s callee returns to.
pub const THROUGH_FRAME: usize = 0;

/// The registers of the caller of a frame's function, where the system finds them: it does not here.
pub fn caller(_: &Registers, _: bool) -> Option<Option<Caller>> {
    None
}

/// Whether a byte can be read. Faults are looked at.
pub fn can_read(address: usize) -> bool {
    // SAFETY: `handle` has a fault in it go on at its landing.
    unsafe { processor::try_reading(address) }
}

/// Whether a byte can be written, which stays as it is. Faults are looked at.
pub fn can_write(address: usize) -> bool {
    // SAFETY: as for `can_read`.
    unsafe { processor::try_writing(address) }
}

extern "C" fn handle(signal: i32, info: *const libc::siginfo_t, context: *mut c_void) {
    processor::begin();
    let errno = super::errno();
    // SAFETY: the kernel passes both to handlers that are installed with SA_SIGINFO, for the length of the call.
    let (info, context) = unsafe { (&*info, &mut *context.cast::<libc::ucontext_t>()) };
    let number = SIGNALS.iter().position(|(s, _)| *s == signal);
    if let (Some(number), Some(handlers)) = (number, HANDLERS.get()) {
        let mut fault = Fault { kind: SIGNALS[number].1, signal, info, context };
        if let Some(landing) = processor::landing(fault.registers().words[PC]) {
            return processor::go_on(fault.context, landing);
        }
        let outcome = if fault.is_synchronous() { (handlers.first)(&mut fault) } else { Outcome::Told };
        match outcome {
            Outcome::Resumed => (),
            Outcome::Told => {
                fault.pass_on(number);
            }
            Outcome::Unknown if fault.pass_on(number) => (handlers.last)(&mut fault),
            Outcome::Unknown => (),
            Outcome::Fatal => set_default(signal),
        }
    }
    super::set_errno(errno);
}

impl Fault<'_> {
    /// Whether an instruction of the thread has caused it; else somebody has sent the signal.
    fn is_synchronous(&self) -> bool {
        self.info.si_code > 0
    }

    /// Leaves it to the action that was there before. Whether the process ends of it when this returns.
    fn pass_on(&mut self, number: usize) -> bool {
        let Some(earlier) = EARLIER[number].get() else { return false };
        match earlier.sa_sigaction {
            libc::SIG_IGN if !self.is_synchronous() => false,
            // The instruction is run again, with the default action: the process ends where the fault was.
            libc::SIG_DFL | libc::SIG_IGN => {
                set_default(self.signal);
                if !self.is_synchronous() {
                    // SAFETY: the signal is not blocked, and ends the process.
                    unsafe { libc::raise(self.signal) };
                }
                true
            }
            handler => {
                self.call(handler, earlier.sa_flags);
                self.is_default()
            }
        }
    }

    fn call(&mut self, handler: usize, flags: i32) {
        let info = std::ptr::from_ref(self.info);
        let context: *mut c_void = std::ptr::from_mut(self.context).cast();
        // SAFETY: whoever has installed the action has said by its flags which kind of function it is.
        unsafe {
            if flags & libc::SA_SIGINFO == 0 {
                std::mem::transmute::<usize, extern "C" fn(i32)>(handler)(self.signal);
            } else {
                let handler = std::mem::transmute::<
                    usize,
                    extern "C" fn(i32, *const libc::siginfo_t, *mut c_void),
                >(handler);
                handler(self.signal, info, context);
            }
        }
    }

    /// Whether the signal's action is the default one now.
    fn is_default(&self) -> bool {
        let mut now = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: zeros are an action; asks for the one that is there.
        let now = unsafe {
            libc::sigaction(self.signal, std::ptr::null(), now.as_mut_ptr());
            now.assume_init()
        };
        now.sa_sigaction == libc::SIG_DFL
    }

    /// The address that was accessed; `None` where the processor does not tell it, or none was.
    pub fn address(&self) -> Option<usize> {
        const FROM_KERNEL: i32 = 128;
        let has_one = matches!(self.kind, Kind::Segment | Kind::Bus) && self.info.si_code != FROM_KERNEL;
        // SAFETY: these signals come with an address.
        has_one.then(|| unsafe { self.info.si_addr() } as usize)
    }

    /// How it was accessed.
    pub fn access(&self) -> Access {
        processor::access(self.context)
    }

    /// Whether an arithmetic fault is a division of integers.
    pub fn is_division(&self) -> bool {
        const FPE_INTDIV: i32 = 1;
        self.info.si_code == FPE_INTDIV
    }

    /// The thread's registers at the fault.
    pub fn registers(&self) -> Registers {
        processor::registers(self.context)
    }

    /// Has the thread go on with these registers, those for results zero, and the environment that it had.
    pub fn resume(&mut self, registers: &Registers, environment: &Environment) {
        processor::resume(self.context, registers, environment);
        self.context.uc_sigmask = environment.mask();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        static GOT: Cell<[usize; 4]> = const { Cell::new([0; 4]) };
    }

    extern "C" fn callee(a: usize, b: usize, c: usize, d: usize) {
        GOT.set([a, b, c, d]);
    }

    #[test]
    fn a_call_through_passes_four_words_and_returns_where_it_says() {
        // SAFETY: the callee takes as many.
        unsafe { through(callee as *const u8, 1, 2, 3, 4) };
        assert_eq!(GOT.get(), [1, 2, 3, 4]);
        // SAFETY: these are the instructions of a function.
        let code = unsafe { std::slice::from_raw_parts(through as *const u8, processor::THROUGH) };
        assert!(code.ends_with(processor::CALL), "{code:x?}");
    }
}
