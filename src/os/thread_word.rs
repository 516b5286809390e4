//! Three words of every thread's own that machine code reads in one instruction, at constant offsets from the thread pointer.
//!
//! Rust's own thread-local variables in a library that is opened late are reached by a call. Memory at a constant offset,
//! the static block (System V ABI, "ELF Handling For Thread-Local Storage", 3.4), is there for libraries that ask for it,
//! but little of it, and one that asks in vain cannot be opened at all: so a library of nothing else is made here, and
//! where the dynamic linker refuses it there are no such words.

use std::fs::File;
use std::io::Write;
use std::os::fd::{AsRawFd, FromRawFd};

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::ThreadPlace;

/// The words, NULL on every thread that has not written them.
#[derive(Debug, Clone, Copy)]
pub struct ThreadWord {
    /// Bytes from the thread pointer to the first.
    offset: i32,
}

impl ThreadWord {
    pub(super) fn new() -> Option<Self> {
        let file = memory_file()?;
        (&file).write_all(&image()).ok()?;
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        // SAFETY: the library has no initialisers.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.ok()?;
        // SAFETY: the symbol is of eight bytes, which the dynamic linker has filled.
        let offset = unsafe { **library.get::<*const i64>("offset").ok()? };
        // Neither is closed: stubs have the offset, and another library must not be taken for this one by its name.
        std::mem::forget((file, library));
        Some(Self { offset: i32::try_from(offset).ok()? })
    }

    /// Bytes from the thread pointer to a word.
    pub fn offset(self, place: ThreadPlace) -> i32 {
        self.offset + place as i32
    }
}

fn memory_file() -> Option<File> {
    // SAFETY: a plain system call; the descriptor it returns is nobody else's.
    unsafe {
        let fd = libc::memfd_create(c"ffijit".as_ptr(), libc::MFD_CLOEXEC);
        (fd != -1).then(|| File::from_raw_fd(fd))
    }
}

/// The machine and its relocation "offset of a symbol from the thread pointer" (psABI x86-64, table 4.9; AAELF64, 5.7.13).
const MACHINE: (u16, u64) = if cfg!(target_arch = "x86_64") { (62, 18) } else { (183, 1030) };

const HEADER: u64 = 64;
const PROGRAM_HEADER: u64 = 56;
const PROGRAM_HEADERS: u64 = 4;
const DYNAMIC: u64 = HEADER + PROGRAM_HEADERS * PROGRAM_HEADER;
const DYNAMIC_ENTRIES: u64 = 10;
const SYMBOLS: u64 = DYNAMIC + 16 * DYNAMIC_ENTRIES;
const SYMBOL: u64 = 24;
const HASH: u64 = SYMBOLS + 2 * SYMBOL;
const STRINGS: u64 = HASH + 24;
const NAMES: &[u8; 8] = b"\0offset\0";
const RELOCATION: u64 = STRINGS + NAMES.len() as u64;
const OFFSET: u64 = RELOCATION + 24;
const END: u64 = OFFSET + 8;

/// A shared library (System V gABI, chapters 4 and 5) with 24 bytes of thread-local storage, and a symbol `offset`
/// that the dynamic linker makes their offset from the thread pointer.
fn image() -> Vec<u8> {
    let mut image = Vec::with_capacity(END as usize);
    header(&mut image);
    // Readable and writable.
    program_header(&mut image, 1, 6, 0, END, END);
    program_header(&mut image, 2, 6, DYNAMIC, 16 * DYNAMIC_ENTRIES, 16 * DYNAMIC_ENTRIES);
    // Thread-local storage: nothing to copy, three words of zeros.
    program_header(&mut image, 7, 4, END, 0, 24);
    // PT_GNU_STACK: without it the dynamic linker makes the stacks of all threads executable.
    program_header(&mut image, 0x6474_e551, 6, 0, 0, 0);
    const DF_STATIC_TLS: u64 = 0x10;
    let dynamic = [
        (4, HASH),
        (5, STRINGS),
        (10, NAMES.len() as u64),
        (6, SYMBOLS),
        (11, SYMBOL),
        (7, RELOCATION),
        (8, 24),
        (9, 24),
        (30, DF_STATIC_TLS),
        (0, 0),
    ];
    dynamic.into_iter().for_each(|(tag, value)| words(&mut image, &[tag, value]));
    // No symbol; `offset`, a global object of section 1.
    words(&mut image, &[0, 0, 0]);
    const GLOBAL_OBJECT_OF_SECTION_1: u64 = 0x11 << 32 | 1 << 48;
    words(&mut image, &[1 | GLOBAL_OBJECT_OF_SECTION_1, OFFSET, 8]);
    // One bucket, two symbols: the bucket's first is the second, after which there is none.
    [1_u32, 2, 1, 0, 0, 0].into_iter().for_each(|n| image.extend(n.to_le_bytes()));
    image.extend(NAMES);
    words(&mut image, &[OFFSET, MACHINE.1, 0, 0]);
    image
}

fn header(image: &mut Vec<u8>) {
    const LITTLE_ENDIAN_64: [u8; 16] = [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const SHARED: u16 = 3;
    image.extend(LITTLE_ENDIAN_64);
    [SHARED, MACHINE.0, 1, 0].into_iter().for_each(|n| image.extend(n.to_le_bytes()));
    words(image, &[0, HEADER, 0]);
    let sizes = [0, 0, HEADER as u16, PROGRAM_HEADER as u16, PROGRAM_HEADERS as u16, 64, 0, 0];
    sizes.into_iter().for_each(|n| image.extend(n.to_le_bytes()));
}

fn program_header(image: &mut Vec<u8>, kind: u32, flags: u32, at: u64, in_file: u64, in_memory: u64) {
    let alignment = if kind == 1 { 4096 } else { 8 };
    image.extend(kind.to_le_bytes());
    image.extend(flags.to_le_bytes());
    words(image, &[at, at, at, in_file, in_memory, alignment]);
}

fn words(image: &mut Vec<u8>, words: &[u64]) {
    words.iter().for_each(|word| image.extend(word.to_le_bytes()));
}

#[cfg(test)]
mod tests {
    use super::ThreadPlace::{Entry, Own, Worker};
    use super::*;

    #[test]
    fn each_thread_has_its_own_from_before_it_was_made_on() {
        let (go, wait) = std::sync::mpsc::channel::<ThreadWord>();
        let (tell, told) = std::sync::mpsc::channel();
        let older = std::thread::spawn(move || {
            let word = wait.recv().expect("sent");
            tell.send(word.load(Own) as usize).expect("received");
            word.store(Own, std::ptr::dangling_mut());
            word.load(Own) as usize
        });
        let word = ThreadWord::new().expect("glibc has room for some");
        word.store(Own, (&raw const word).cast_mut().cast());
        go.send(word).expect("it waits");
        assert_eq!(told.recv(), Ok(0));
        assert_eq!(older.join().ok(), Some(1));
        assert_eq!(word.load(Own), (&raw const word).cast_mut().cast());
        assert_eq!(std::thread::spawn(move || word.load(Own) as usize).join().ok(), Some(0));
        // The other words are others.
        for other in [Entry, Worker] {
            assert!(word.load(other).is_null());
            word.store(other, std::ptr::dangling_mut());
        }
        assert_eq!(word.load(Own), (&raw const word).cast_mut().cast());
        // When there is no more room there is none.
        let words: Vec<_> = std::iter::from_fn(ThreadWord::new).take(10_000).collect();
        assert!(words.len() < 10_000);
    }
}
