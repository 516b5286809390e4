//! The program and its libraries as the dynamic linker has them in memory, for those who may not allocate or wait for a
//! lock that its owner may hold for long.

use std::ffi::{CStr, c_void};
use std::ops::Range;

/// A program or library.
#[derive(Clone)]
pub struct Module {
    /// What is added to the addresses in its file.
    base: usize,
    /// Where it lies.
    pub range: Range<usize>,
    name: *const libc::c_char,
    /// Its index of unwind tables, `.eh_frame_hdr`.
    tables: Range<usize>,
    dynamic: Range<usize>,
    /// The segment that the index lies in, with the tables themselves.
    segment: Range<usize>,
}

/// The module that has this address.
pub fn module_at(address: usize) -> Option<Module> {
    let mut search = (address, None);
    // SAFETY: `visit` takes what it is passed here.
    unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut search).cast()) };
    search.1
}

/// # Safety
/// For `dl_iterate_phdr`, with an address and room for what is found.
unsafe extern "C" fn visit(info: *mut libc::dl_phdr_info, _: usize, search: *mut c_void) -> i32 {
    // SAFETY: the dynamic linker passes a module's headers, and `module_at` its search.
    let (info, search) = unsafe { (&*info, &mut *search.cast::<(usize, Option<Module>)>()) };
    // SAFETY: as above.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    let module = Module::new(info.dlpi_addr as usize, info.dlpi_name, headers);
    let is_there = headers.iter().any(|h| h.p_type == libc::PT_LOAD && module.bytes(h).contains(&search.0));
    if is_there {
        search.1 = Some(module);
    }
    is_there.into()
}

impl Module {
    fn new(base: usize, name: *const libc::c_char, headers: &[libc::Elf64_Phdr]) -> Self {
        let mut module = Self { base, range: 0..0, name, tables: 0..0, dynamic: 0..0, segment: 0..0 };
        for header in headers {
            let bytes = module.bytes(header);
            match header.p_type {
                libc::PT_LOAD => {
                    // In the order of their addresses.
                    let start = if module.range.is_empty() { bytes.start } else { module.range.start };
                    module.range = start..bytes.end;
                }
                libc::PT_GNU_EH_FRAME => module.tables = bytes,
                libc::PT_DYNAMIC => module.dynamic = bytes,
                _ => (),
            }
        }
        let holds = |h: &&libc::Elf64_Phdr| {
            h.p_type == libc::PT_LOAD && module.bytes(h).contains(&module.tables.start)
        };
        module.segment = headers.iter().find(holds).map_or(0..0, |h| module.bytes(h));
        module
    }

    fn bytes(&self, header: &libc::Elf64_Phdr) -> Range<usize> {
        let start = self.base + header.p_vaddr as usize;
        start..start + header.p_memsz as usize
    }

    /// The name of its file without the directories; empty for the program.
    pub fn name(&self) -> &[u8] {
        if self.name.is_null() {
            return &[];
        }
        // SAFETY: the dynamic linker's own text, which stays with the module.
        let path = unsafe { CStr::from_ptr(self.name) }.to_bytes();
        path.rsplit(|&b| b == b'/').next().unwrap_or_default()
    }

    /// How far from its start an address lies, as its file counts.
    pub fn offset(&self, address: usize) -> usize {
        address.wrapping_sub(self.base)
    }

    /// The index of its unwind tables, and from the address given to the end of the segment, the tables.
    pub fn index(&self) -> &[u8] {
        // SAFETY: the dynamic linker has mapped this, readable, for as long as the module is there.
        unsafe { std::slice::from_raw_parts(self.tables.start as *const u8, self.tables.len()) }
    }

    /// Its unwind tables, from an address in the segment of their index on.
    pub fn tables_from(&self, address: usize) -> Option<&[u8]> {
        let within = self.segment.contains(&address);
        // SAFETY: as for `index`.
        within
            .then(|| unsafe { std::slice::from_raw_parts(address as *const u8, self.segment.end - address) })
    }

    /// Whether there are any.
    pub fn has_tables(&self) -> bool {
        !self.tables.is_empty()
    }

    /// The function of an exported symbol that an address lies in: its name, and how far in.
    pub fn symbol_at(&self, address: usize) -> Option<(&[u8], usize)> {
        let (symbols, texts) = self.symbols()?;
        let at = |symbol: &&libc::Elf64_Sym| {
            let start = self.base.wrapping_add(symbol.st_value as usize);
            // STT_FUNC and STT_GNU_IFUNC (System V gABI, "Symbol Table").
            matches!(symbol.st_info & 0xf, 2 | 10)
                && symbol.st_shndx != 0
                && (start..start + symbol.st_size as usize).contains(&address)
        };
        let symbol = symbols.iter().find(at)?;
        // SAFETY: the dynamic linker's table of texts, in which a symbol's name begins there.
        let name = unsafe { CStr::from_ptr((texts + symbol.st_name as usize) as *const libc::c_char) };
        Some((name.to_bytes(), address - self.base.wrapping_add(symbol.st_value as usize)))
    }

    /// Its exported symbols, and where their names are.
    fn symbols(&self) -> Option<(&[libc::Elf64_Sym], usize)> {
        let Tables { symbols, texts, hash, gnu_hash } = self.tables_of_symbols();
        // SAFETY: these are the tables of a module that the dynamic linker uses itself.
        let count = unsafe {
            match (gnu_hash, hash) {
                (0, 0) => return None,
                (0, hash) => *(hash as *const u32).add(1) as usize,
                (hash, _) => gnu_count(hash as *const u32),
            }
        };
        let known = symbols != 0 && texts != 0;
        // SAFETY: as above.
        known.then(|| (unsafe { std::slice::from_raw_parts(symbols as *const _, count) }, texts))
    }

    fn tables_of_symbols(&self) -> Tables {
        let mut tables = Tables::default();
        // SAFETY: the dynamic section, pairs of tag and value, stays with the module.
        let entries = unsafe {
            std::slice::from_raw_parts(self.dynamic.start as *const [usize; 2], self.dynamic.len() / 16)
        };
        for &[tag, value] in entries.iter().take_while(|[tag, _]| *tag != 0) {
            match tag {
                4 => tables.hash = self.absolute(value),
                5 => tables.texts = self.absolute(value),
                6 => tables.symbols = self.absolute(value),
                0x6fff_fef5 => tables.gnu_hash = self.absolute(value),
                _ => (),
            }
        }
        tables
    }

    /// The type of the exported symbol of this name at this address, found by the table that the dynamic linker uses: it
    /// takes the same time whatever the number of symbols. `None` where there is no such symbol or table.
    pub fn type_of(&self, name: &str, address: usize) -> Option<u8> {
        let Tables { symbols, texts, gnu_hash, .. } = self.tables_of_symbols();
        let is_it = |symbol: &libc::Elf64_Sym| {
            // SAFETY: as for `symbol_at`.
            let own = unsafe { CStr::from_ptr((texts + symbol.st_name as usize) as *const libc::c_char) };
            symbol.st_shndx != 0
                && self.base.wrapping_add(symbol.st_value as usize) == address
                && own.to_bytes() == name.as_bytes()
        };
        if symbols == 0 || texts == 0 || gnu_hash == 0 {
            return None;
        }
        // SAFETY: these are the tables of a module that the dynamic linker uses itself.
        let mut alike = unsafe { gnu_alike(gnu_hash as *const u32, name) };
        // SAFETY: as above.
        let symbol = |i: usize| unsafe { &*(symbols as *const libc::Elf64_Sym).add(i) };
        alike.find(|&i| is_it(symbol(i))).map(|i| symbol(i).st_info & 0xf)
    }

    /// An address of the dynamic section: glibc writes addresses in memory there, others leave those of the file.
    fn absolute(&self, value: usize) -> usize {
        if self.range.contains(&value) { value } else { self.base.wrapping_add(value) }
    }
}

/// Where a module's tables of symbols are; zero for one that it does not have.
#[derive(Default)]
struct Tables {
    symbols: usize,
    texts: usize,
    hash: usize,
    gnu_hash: usize,
}

/// The hash of a name in a table of GNU's form.
fn gnu_hash(name: &str) -> u32 {
    name.bytes().fold(5381, |hash: u32, byte| hash.wrapping_mul(33).wrapping_add(byte.into()))
}

/// The numbers of the symbols in a table of GNU's form whose names' hashes are this one's but for the last bit, which says
/// in the table that a chain ends.
///
/// # Safety
/// There is such a table, and it stays.
unsafe fn gnu_alike(table: *const u32, name: &str) -> impl Iterator<Item = usize> {
    let wanted = gnu_hash(name);
    // SAFETY: the header says how many words there are of each.
    let (chains, bucket, first) = unsafe {
        let [buckets, first, filters] = [0, 1, 2].map(|i| *table.add(i) as usize);
        let bucket = table.add(4 + 2 * filters);
        (bucket.add(buckets), *bucket.add(wanted as usize % buckets.max(1)) as usize, first)
    };
    // SAFETY: a chain's last word is odd; a bucket without symbols has zero, below the first that is in the table.
    let word = move |i: usize| unsafe { *chains.add(i - first) };
    let next = move |&i: &usize| (word(i) & 1 == 0).then_some(i + 1);
    let start = (bucket >= first).then_some(bucket);
    std::iter::successors(start, next).filter(move |&i| word(i) | 1 == wanted | 1)
}

/// The number of symbols by a table of GNU's form: buckets, and chains whose last word is odd.
///
/// # Safety
/// There is such a table.
unsafe fn gnu_count(table: *const u32) -> usize {
    // SAFETY: the header says how many words there are of each.
    unsafe {
        let [buckets, first, filters] = [0, 1, 2].map(|i| *table.add(i) as usize);
        let bucket = table.add(4 + 2 * filters);
        let chains = bucket.add(buckets);
        let mut last = (0..buckets).map(|i| *bucket.add(i) as usize).max().unwrap_or(0);
        if last < first {
            return first;
        }
        while *chains.add(last - first) & 1 == 0 {
            last += 1;
        }
        last + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_of_libc_is_found_by_an_address_in_it() {
        let address = libc::qsort as *const () as usize + 1;
        let module = module_at(address).expect("libc is there");
        assert!(module.name().starts_with(b"libc.") && module.has_tables());
        assert_eq!(module.symbol_at(address), Some((&b"qsort"[..], 1)));
        assert!(module.range.contains(&address) && module_at(8).is_none());
    }

    #[test]
    fn a_symbol_s_type_is_found_by_its_name() {
        let address = libc::qsort as *const () as usize;
        let module = module_at(address).expect("libc is there");
        // STT_FUNC.
        assert_eq!(module.type_of("qsort", address), Some(2));
        assert_eq!(module.type_of("qsort", address + 1), None);
        assert_eq!(module.type_of("no such symbol", address), None);
        let (symbols, texts) = module.symbols().expect("libc has symbols");
        let exported = symbols.iter().filter(|s| s.st_shndx != 0 && s.st_shndx < 0xff00 && s.st_value != 0);
        for symbol in exported {
            // SAFETY: as for `symbol_at`.
            let name = unsafe { CStr::from_ptr((texts + symbol.st_name as usize) as *const libc::c_char) };
            let name = name.to_str().expect("a name of C's");
            let own = symbol.st_info & 0xf;
            let found = module.type_of(name, module.base.wrapping_add(symbol.st_value as usize));
            assert_eq!(found, Some(own), "{name}");
        }
    }
}
