//! Copies of what arguments point to, for C to go too far in: they end where nobody can read or write.

use super::Result;
use crate::calls::{Fence, Fenced as Of};
use crate::error::Error;
use crate::k::{Ref, tag};
use crate::os::Fenced;

/// The copies of one call.
#[derive(Default)]
pub(super) struct Fences<'a> {
    memory: Vec<Fenced>,
    /// Where these end, in the same order.
    fences: Vec<Fence>,
    /// Data of q's that are given as copies, and the number of the copy: one alone, however often they are given.
    copies: Vec<(Ref<'a>, usize)>,
    /// What C fills, by the number of the memory, and where it belongs.
    rooms: Vec<(usize, *mut u8)>,
    /// Arguments there have been.
    pub(super) arguments: usize,
}

impl<'a> Fences<'a> {
    /// Zeroed memory for the argument that is being made.
    pub(super) fn block(&mut self, size: usize) -> crate::error::Result<*mut u8> {
        let argument = Of::Argument(self.arguments);
        self.add(size, argument)
    }

    fn add(&mut self, size: usize, of: Of) -> crate::error::Result<*mut u8> {
        let memory = Fenced::new(size).ok_or(Error::MemoryFull)?;
        let start = memory.start();
        self.fences.push(Fence { of, copy: memory.range(), end: memory.end() });
        self.memory.push(memory);
        Ok(start)
    }

    /// A copy of an object's data, which has so many bytes.
    pub(super) fn copy(&mut self, x: Ref<'a>, bytes: usize) -> Result<*mut u8> {
        if let Some((_, known)) = self.copies.iter().find(|(other, _)| other.data() == x.data()) {
            return Ok(self.memory[*known].start());
        }
        let copy = self.block(bytes)?;
        // SAFETY: the data are as long, and the copy is somewhere else.
        unsafe { copy.copy_from_nonoverlapping(x.data(), bytes) };
        self.copies.push((x, self.memory.len() - 1));
        Ok(copy)
    }

    /// Memory for what C fills, that belongs to `room`.
    pub(super) fn room(&mut self, room: *mut u8, size: usize) -> crate::error::Result<*mut u8> {
        let number = self.rooms.len();
        let start = self.add(size, Of::Filled(number))?;
        // SAFETY: who gives the room has as many bytes there, and the copy is somewhere else.
        unsafe { start.copy_from_nonoverlapping(room, size) };
        self.rooms.push((self.memory.len() - 1, room));
        Ok(start)
    }

    /// Puts what C has filled where it belongs.
    pub(super) fn settle_rooms(&self) {
        for (number, room) in &self.rooms {
            let memory = &self.memory[*number];
            // SAFETY: who has given the room has it until the call is over, and it is as large.
            unsafe { room.copy_from_nonoverlapping(memory.start(), memory.range().len()) };
        }
    }

    /// Puts what C has written where q has it. What it has not is left alone: it may lie in pages that cannot be written.
    ///
    /// # Errors
    /// [`Error::Before`].
    pub(super) fn settle(&self) -> crate::error::Result<()> {
        for (x, number) in &self.copies {
            let (copy, bytes) = (self.memory[*number].start(), self.memory[*number].range().len());
            // SAFETY: the data live for 'a and have as many bytes, as has the copy, which is somewhere else.
            unsafe {
                let same =
                    std::slice::from_raw_parts(copy, bytes) == std::slice::from_raw_parts(x.data(), bytes);
                match x.tag() {
                    _ if same => (),
                    tag::LONG => self.settle_words(copy.cast(), *x),
                    _ => x.data().copy_from_nonoverlapping(copy, bytes),
                }
            }
        }
        self.memory.iter().zip(&self.fences).try_for_each(|(memory, fence)| match memory.written_before() {
            None => Ok(()),
            Some(at) => Err(Error::Before {
                by: String::new(),
                what: fence.of.to_string(),
                at,
                size: fence.copy.len(),
            }),
        })
    }

    /// The same for a vector of longs, which may be addresses that C has left there.
    ///
    /// # Safety
    /// The copy has as many.
    unsafe fn settle_words(&self, copy: *const usize, x: Ref<'a>) {
        let to = x.data().cast::<usize>();
        for i in 0..x.len() {
            // SAFETY: passed on to the caller.
            unsafe {
                let word = copy.add(i).read();
                if word != to.add(i).read() {
                    to.add(i).write(self.at_home(word));
                }
            }
        }
    }

    /// The address in q's own data that one in a copy of them stands for; others are what they are.
    pub(super) fn at_home(&self, address: usize) -> usize {
        let in_copy = |(_, number): &&(Ref, usize)| {
            let copy = self.memory[*number].range();
            (copy.start..=copy.end).contains(&address)
        };
        let found = self.copies.iter().find(in_copy);
        found
            .map_or(address, |(x, number)| x.data() as usize + (address - self.memory[*number].range().start))
    }

    /// Where the copies end.
    pub(super) fn all(&self) -> &[Fence] {
        &self.fences
    }
}
