//! Where the fields of structs and unions lie: as gcc and clang do for System V and AAPCS64, and for bit-fields as
//! Microsoft does too.

use super::error::Name;
use super::model::Model;
use super::types::{Extent, MAX_SIZE, TypeId};

/// A member to lay out.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// Its type.
    pub ty: TypeId,
    /// Size and alignment of that.
    pub extent: Extent,
    /// How many bits it has, if it is a bit-field.
    pub bits: Option<u32>,
    /// Whether it is packed itself.
    pub packed: bool,
    /// The alignment that was asked for.
    pub aligned: Option<u32>,
}

/// What was asked for the whole.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// `__attribute__((packed))`.
    pub packed: bool,
    /// `__attribute__((aligned(n)))`.
    pub aligned: Option<u32>,
    /// `#pragma pack(n)`: no member is aligned more than that.
    pub pack: Option<u32>,
}

/// Where everything lies.
#[derive(Debug, PartialEq, Eq)]
pub struct Laid {
    /// Offsets in bits.
    pub offsets: Vec<u64>,
    /// Size and alignment in bytes.
    pub extent: Extent,
}

/// The same members with nothing asked for.
pub fn unpacked(members: &[Member]) -> Vec<Member> {
    members.iter().map(|member| Member { packed: false, aligned: None, ..member.clone() }).collect()
}

/// Lays members out, or says why they cannot be.
pub fn lay_out(model: &Model, union: bool, members: &[Member], rules: &Rules) -> Result<Laid, String> {
    let mut layout = Layout { model, rules, union, end: 0, size: 0, align: 1, unit: None };
    let mut offsets = Vec::with_capacity(members.len());
    for member in members {
        offsets.push(match member.bits {
            Some(bits) if model.microsoft => layout.microsoft(member, bits.into()),
            Some(bits) => layout.bits(member, bits.into()),
            None => layout.field(member),
        });
        if layout.size > 8 * MAX_SIZE {
            return Err("a struct that fits no memory".into());
        }
    }
    let align = u64::from(layout.align.max(rules.aligned.unwrap_or(1)));
    let size = layout.size.next_multiple_of(8 * align) / 8;
    Ok(Laid { offsets, extent: Extent { size, align: align as u32 } })
}

struct Layout<'a> {
    model: &'a Model,
    rules: &'a Rules,
    union: bool,
    /// First free bit; a union's is always 0.
    end: u64,
    /// Bits that what was laid out takes.
    size: u64,
    align: u32,
    /// Microsoft's: bytes of the unit that the last bit-field lies in, and the bits left in it.
    unit: Option<(u64, u64)>,
}

impl Layout<'_> {
    fn take(&mut self, offset: u64, bits: u64) -> u64 {
        self.size = self.size.max(offset + bits);
        if !self.union {
            self.end = offset + bits;
        }
        offset
    }

    // The alignment of a member, once all wishes are heard; pragmas come last.
    fn alignment(&self, member: &Member) -> u32 {
        let packed = self.rules.packed || member.packed;
        let natural = if packed { 1 } else { member.extent.align };
        let wished = natural.max(member.aligned.unwrap_or(1));
        self.rules.pack.map_or(wished, |pack| wished.min(pack))
    }

    fn field(&mut self, member: &Member) -> u64 {
        self.unit = None;
        let align = self.alignment(member);
        self.align = self.align.max(align);
        let offset = self.end.next_multiple_of(8 * u64::from(align));
        self.take(offset, 8 * member.extent.size)
    }

    // A bit-field lies in the next free bits, unless it would then cross a border of its type (System V ABI 3.1.2,
    // AAPCS64 8.1.8). One of no bits closes the unit.
    fn bits(&mut self, member: &Member, bits: u64) -> u64 {
        let unit = 8 * member.extent.size;
        let packed = self.rules.packed || member.packed;
        let asked = 8 * u64::from(member.aligned.unwrap_or(0));
        let most = self.rules.pack.filter(|_| bits > 0).map(|pack| 8 * u64::from(pack));
        let natural = 8 * u64::from(member.extent.align);
        let align = match most {
            Some(most) => natural.max(asked).min(most),
            // Packed, it begins at the next bit.
            None if packed && bits > 0 => asked.max(1),
            None => natural.max(asked),
        };
        let crosses = most.is_none() && self.end % align + bits > unit;
        let offset = match () {
            () if bits == 0 || crosses => self.end.next_multiple_of(align),
            () if asked > 0 && most.is_none_or(|most| asked <= most) => self.end.next_multiple_of(asked),
            () => self.end,
        };
        if member.name.is_some() || self.model.unnamed_align {
            self.align = self.align.max((align / 8) as u32);
        }
        self.take(offset, bits)
    }

    // A bit-field shares a unit of its type with those before it that have a type of that size.
    fn microsoft(&mut self, member: &Member, bits: u64) -> u64 {
        let unit = 8 * member.extent.size;
        if bits == 0 {
            return self.close_unit(member);
        }
        let align = self.unit_alignment(member);
        self.align = self.align.max(if self.union { 1 } else { align });
        if let Some((size, left)) = self.unit
            && size == unit
            && bits <= left
            && !self.union
        {
            self.unit = Some((unit, left - bits));
            return self.end - left;
        }
        let offset = self.end.next_multiple_of(8 * u64::from(align));
        self.unit = Some((unit, unit - bits));
        self.take(offset, unit)
    }

    // `packed` does not move units, pragmas do unless there are no bits.
    fn unit_alignment(&self, member: &Member) -> u32 {
        let wished = member.extent.align.max(member.aligned.unwrap_or(1));
        self.rules.pack.filter(|_| member.bits != Some(0)).map_or(wished, |pack| wished.min(pack))
    }

    // No bits: nothing after another field, else the next field begins a new unit.
    fn close_unit(&mut self, member: &Member) -> u64 {
        if self.unit.take().is_some() {
            let align = self.unit_alignment(member);
            self.align = self.align.max(if self.union { 1 } else { align });
            self.end = self.end.next_multiple_of(8 * u64::from(align));
            self.size = self.size.max(self.end);
        }
        self.end
    }
}
