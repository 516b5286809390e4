//! What memory this process has mapped, and how: `proc_pid_maps(5)`.

/// A line of `/proc/self/maps`.
#[derive(Debug)]
pub struct Mapping {
    /// Addresses.
    pub range: std::ops::Range<usize>,
    /// `rwxp`.
    pub access: String,
    /// File, or what the kernel calls it; empty for anonymous memory.
    pub path: String,
}

impl Mapping {
    /// Whether one address can be written to and executed.
    pub fn is_writable_code(&self) -> bool {
        self.access.contains('w') && self.access.contains('x')
    }

    /// Whether it holds code that was made in this process.
    pub fn is_generated_code(&self) -> bool {
        self.access.contains('x') && (self.path.is_empty() || self.path.ends_with("(deleted)"))
    }
}

/// All mappings of this process.
pub fn mappings() -> Vec<Mapping> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux");
    maps.lines().map(|line| parse(line).unwrap_or_else(|| panic!("{line}"))).collect()
}

fn parse(line: &str) -> Option<Mapping> {
    let mut fields = line.split_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let address = |hex| usize::from_str_radix(hex, 16).ok();
    let access = fields.next()?.into();
    let path = fields.skip(3).collect::<Vec<_>>().join(" ");
    Some(Mapping { range: address(start)?..address(end)?, access, path })
}

/// The mapping that an address lies in.
pub fn mapping_of(address: usize) -> Option<Mapping> {
    mappings().into_iter().find(|m| m.range.contains(&address))
}
