//! General-purpose registers in x86-64 machine code.

/// A register: what ModRM bytes and opcodes have of its number, and what the REX prefix has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Register {
    /// The three low bits.
    pub low: u8,
    /// The fourth: r8 to r15.
    pub extended: bool,
}

impl Register {
    /// r11.
    pub const R11: Register = Register { low: 3, extended: true };

    /// Its number, 0 for rax to 15 for r15.
    pub fn number(self) -> u8 {
        8 * u8::from(self.extended) + self.low
    }

    /// Whether a callee may change it under System V (3.2.1, figure 3.4): rax, rcx, rdx, rsi, rdi and r8 to r11.
    pub fn is_callers(self) -> bool {
        if self.extended { self.low <= 3 } else { matches!(self.low, 0..=2 | 6 | 7) }
    }

    /// CALL through it: FF /2 (Intel SDM volume 2), with REX.B for r8 to r15.
    pub fn call(self) -> Vec<u8> {
        self.transfer(0xd0)
    }

    /// JMP through it: FF /4.
    pub fn jump(self) -> Vec<u8> {
        self.transfer(0xe0)
    }

    fn transfer(self, modrm: u8) -> Vec<u8> {
        let mut bytes = vec![0xff, modrm + self.low];
        if self.extended {
            bytes.insert(0, 0x41);
        }
        bytes
    }

    /// The register of the CALL that ends the code.
    pub fn called_before(code: &[u8]) -> Option<Self> {
        match *code {
            [.., before, 0xff, modrm @ 0xd0..=0xd7] => {
                Some(Self { low: modrm - 0xd0, extended: before == 0x41 })
            }
            [0xff, modrm @ 0xd0..=0xd7] => Some(Self { low: modrm - 0xd0, extended: false }),
            _ => None,
        }
    }
}
