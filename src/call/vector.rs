//! Calls of functions that take and give several numbers in a register: the vector function ABI's variants of C functions,
//! which gcc makes for `#pragma omp declare simd` and glibc has in libmvec.
//! (<https://sourceware.org/glibc/wiki/libmvec?action=AttachFile&do=view&target=VectorABI.txt>)

/// Bytes of the largest register.
const WIDEST: usize = 64;

/// A variant: `_ZGV`, the instructions' letter, `N` for one without a mask, its lanes, `v` for each parameter, `_`, the name.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    function: *const u8,
    kernel: Kernel,
}

/// Where the elements of an argument lie: side by side, or one for all.
#[derive(Clone, Copy)]
pub struct Operand {
    /// The first.
    pub first: *const u8,
    /// Whether there is no other.
    pub is_atom: bool,
}

/// What runs variants of one width: loops over registers full of elements.
#[derive(Debug, Clone, Copy)]
struct Kernel {
    /// Bytes of a register.
    width: usize,
    letter: char,
    loops: Loops,
}

/// Where a loop finds what fills a register, and how many bytes further on what fills the next one.
#[derive(Clone, Copy)]
#[repr(C)]
struct Input {
    first: *const u8,
    step: usize,
}

/// Loops that call a function `f` for `count` registers.
#[derive(Debug, Clone, Copy)]
struct Loops {
    /// For functions of one parameter, whose input is side by side.
    one: unsafe extern "C" fn(f: *const u8, to: *mut u8, count: usize, input: *const u8),
    /// For functions of two.
    two: unsafe extern "C" fn(f: *const u8, to: *mut u8, count: usize, inputs: &[Input; 2]),
}

/// The variants of a function that this processor can run, by their names, the widest first; each is made of the address of
/// a function of that name. `size` is that of an element.
pub fn variants(name: &str, parameters: usize, size: usize) -> Vec<(String, impl Fn(*const u8) -> Variant)> {
    let vs = "v".repeat(parameters);
    let named = |kernel: Kernel| {
        let lanes = kernel.width / size;
        let name = format!("_ZGV{}N{lanes}{vs}_{name}", kernel.letter);
        (name, move |function| Variant { function, kernel })
    };
    machine::kernels().into_iter().map(named).collect()
}

impl Variant {
    /// Applies it to `count` elements of `size` bytes. The last ones go through it too, beside copies of one of them.
    ///
    /// # Safety
    /// The function is the variant of that name, of as many parameters as there are arguments, one or two. Each has `count`
    /// elements or is an atom, and there is room for as many at `to`.
    pub unsafe fn apply(&self, to: *mut u8, count: usize, size: usize, arguments: &[Operand]) {
        let width = self.kernel.width;
        let lanes = width / size;
        let (full, rest) = (count / lanes, count % lanes);
        let mut rooms = [Room([0; WIDEST]); 2];
        let mut inputs = [Input { first: std::ptr::null(), step: 0 }; 2];
        for ((argument, room), input) in arguments.iter().zip(&mut rooms).zip(&mut inputs) {
            *input = Input { first: argument.first, step: width };
            if argument.is_atom {
                // SAFETY: an atom is one element.
                unsafe { room.fill(argument.first, 1, size) };
                *input = room.input();
            }
        }
        // SAFETY: so many registers' elements can be read, and written.
        unsafe { self.run(to, full, &inputs[..arguments.len()]) };
        if rest == 0 {
            return;
        }
        let mut results = Room([0; WIDEST]);
        for ((argument, room), input) in arguments.iter().zip(&mut rooms).zip(&mut inputs) {
            if !argument.is_atom {
                // SAFETY: the last elements lie behind those of the registers that are full.
                unsafe { room.fill(argument.first.add(full * width), rest, size) };
            }
            *input = room.input();
        }
        // SAFETY: each room is a register's; the results that are wanted are the first of them.
        unsafe {
            self.run(results.0.as_mut_ptr(), 1, &inputs[..arguments.len()]);
            to.add(full * width).copy_from_nonoverlapping(results.0.as_ptr(), rest * size);
        }
    }

    /// # Safety
    /// As for [`Self::apply`], for so many registers.
    unsafe fn run(&self, to: *mut u8, count: usize, inputs: &[Input]) {
        let (f, Loops { one, two }) = (self.function, self.kernel.loops);
        // SAFETY: passed on to the caller. The only argument is an atom where there is one element alone.
        unsafe {
            match *inputs {
                _ if count == 0 => (),
                [x] => one(f, to, count, x.first),
                [x, y] => two(f, to, count, &[x, y]),
                _ => unreachable!("one or two arguments"),
            }
        }
    }
}

/// A register in memory.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Room([u8; WIDEST]);

impl Room {
    /// It alone, for every register.
    fn input(&self) -> Input {
        Input { first: self.0.as_ptr(), step: 0 }
    }

    /// Fills it with these elements, and with the first of them again.
    ///
    /// # Safety
    /// So many elements of that size can be read, which are no more than there is room for.
    unsafe fn fill(&mut self, from: *const u8, count: usize, size: usize) {
        for (i, to) in self.0.chunks_exact_mut(size).enumerate() {
            let at = if i < count { i } else { 0 };
            // SAFETY: passed on to the caller.
            unsafe { to.as_mut_ptr().copy_from_nonoverlapping(from.add(at * size), size) };
        }
    }
}

#[cfg(all(target_arch = "x86_64", not(windows)))]
mod machine {
    use std::arch::naked_asm;

    use super::{Input, Kernel, Loops};

    /// Those that the processor has instructions for, the widest first.
    pub fn kernels() -> Vec<Kernel> {
        [
            (is_x86_feature_detected!("avx512f"), Kernel { width: 64, letter: 'e', loops: OF_64 }),
            (is_x86_feature_detected!("avx2"), Kernel { width: 32, letter: 'd', loops: OF_32 }),
            (is_x86_feature_detected!("avx"), Kernel { width: 32, letter: 'c', loops: OF_32 }),
            (true, Kernel { width: 16, letter: 'b', loops: OF_16 }),
        ]
        .into_iter()
        .filter_map(|(has, kernel)| has.then_some(kernel))
        .collect()
    }

    /// A function's code that may change the registers that calls keep (System V 3.2.1) and leave what it likes on the stack. That is 8
    /// bytes short of being aligned at the first line.
    macro_rules! keeping {
        ($($line:expr),* $(,)?) => {
            naked_asm!(
                "push rbp",
                "mov rbp, rsp",
                "push rbx",
                "push r12",
                "push r13",
                "push r14",
                "push r15",
                $($line,)*
                "lea rsp, [rbp - 40]",
                "pop r15",
                "pop r14",
                "pop r13",
                "pop r12",
                "pop rbx",
                "pop rbp",
                "ret",
            )
        };
    }

    /// The loops of one width. What calls keep holds function, results, count or index and where the inputs are; of two, the
    /// stack has their steps. Upper halves that are left nonzero make later SSE code slow (Intel SDM volume 1, 14.3).
    macro_rules! loops {
        ($width:literal, $move:literal, $register:literal, $end:literal) => {{
            #[unsafe(naked)]
            unsafe extern "C" fn one(f: *const u8, to: *mut u8, count: usize, input: *const u8) {
                keeping!(
                    "sub rsp, 8",
                    "mov rbx, rdi",
                    concat!("imul r13, rdx, ", $width),
                    "lea r12, [rsi + r13]",
                    "lea r14, [rcx + r13]",
                    "neg r13",
                    "2:",
                    concat!($move, " ", $register, "0, [r14 + r13]"),
                    "call rbx",
                    concat!($move, " [r12 + r13], ", $register, "0"),
                    concat!("add r13, ", $width),
                    "jnz 2b",
                    $end,
                )
            }

            #[unsafe(naked)]
            unsafe extern "C" fn two(f: *const u8, to: *mut u8, count: usize, inputs: &[Input; 2]) {
                keeping!(
                    "push [rcx + 8]",
                    "push [rcx + 24]",
                    "sub rsp, 8",
                    "mov rbx, rdi",
                    "mov r12, rsi",
                    "mov r13, rdx",
                    "mov r14, [rcx]",
                    "mov r15, [rcx + 16]",
                    "2:",
                    concat!($move, " ", $register, "0, [r14]"),
                    concat!($move, " ", $register, "1, [r15]"),
                    "call rbx",
                    concat!($move, " [r12], ", $register, "0"),
                    concat!("add r12, ", $width),
                    "add r14, [rsp + 16]",
                    "add r15, [rsp + 8]",
                    "dec r13",
                    "jnz 2b",
                    $end,
                )
            }

            Loops { one, two }
        }};
    }

    const OF_16: Loops = loops!(16, "movups", "xmm", "");
    const OF_32: Loops = loops!(32, "vmovups", "ymm", "vzeroupper");
    const OF_64: Loops = loops!(64, "vmovups", "zmm", "vzeroupper");
}

#[cfg(not(all(target_arch = "x86_64", not(windows))))]
mod machine {
    /// None are called here.
    pub fn kernels() -> Vec<super::Kernel> {
        Vec::new()
    }
}
