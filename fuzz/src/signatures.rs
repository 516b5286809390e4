//! Signatures by number: few enough to be compiled again and again within the memory of one run.

use ffijit::ctype::TYPES;

use crate::random::Random;

/// How many different ones there are.
pub const COUNT: usize = 1 << 12;

/// What a signature may contain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Everything.
    All,
    /// What a callback may have without q's help: no variable arguments, function pointers or K objects.
    Callbacks,
}

/// The texts of the argument types and of the result type of signature number `n`.
pub fn text(n: usize, of: Of) -> (String, String) {
    let mut random = Random::new(n as u64);
    let arity = if random.below(3) == 0 { random.below(24) } else { random.below(9) };
    let mut args: String = (0..arity).map(|_| parameter(&mut random, of)).collect();
    if of == Of::All && random.below(6) == 0 {
        // Before the last few letters or after all; within braces it is an error, which is as good.
        let at = args.len() - random.below(args.len().min(4) + 1);
        args.insert_str(at, "...");
    }
    (args, result(&mut random))
}

fn letter(random: &mut Random) -> char {
    TYPES[random.below(TYPES.len())].letter
}

fn parameter(random: &mut Random, of: Of) -> String {
    match random.below(24) {
        0..15 => letter(random).to_string(),
        15..19 => letter(random).to_ascii_uppercase().to_string(),
        19 if of == Of::All => "K".into(),
        20 if of == Of::All => "k".into(),
        21 if of == Of::All => format!("&{}", filled(random)),
        _ => structure(random, 2),
    }
}

/// What a function fills.
fn filled(random: &mut Random) -> String {
    match random.below(8) {
        0 => structure(random, 1),
        1 => "C".into(),
        _ => letter(random).to_string(),
    }
}

fn result(random: &mut Random) -> String {
    match random.below(10) {
        0 => " ".into(),
        1 => letter(random).to_ascii_uppercase().to_string(),
        2..4 => structure(random, 2),
        _ => match letter(random) {
            // Not a result type.
            'g' => "i".into(),
            letter => letter.to_string(),
        },
    }
}

/// A struct, of one kind of member often enough that homogeneous ones occur.
pub fn structure_text(n: usize) -> String {
    structure(&mut Random::new(n as u64), 3)
}

fn structure(random: &mut Random, depth: usize) -> String {
    const VALUES: &[u8] = b"bxchijfefefjlrsgpt";
    let count = 1 + random.below(5);
    let alike = VALUES[random.below(VALUES.len())] as char;
    let is_alike = random.below(3) == 0;
    let shape = random.pick(&["", "", "", "!", "|", "!|"]);
    let mut text = String::new();
    for _ in 0..count {
        if random.below(5) == 0 {
            text += &(1 + random.below(5)).to_string();
        }
        match random.below(6) {
            0 if depth > 0 => text += &structure(random, depth - 1),
            _ if is_alike => text.push(alike),
            _ => text.push(VALUES[random.below(VALUES.len())] as char),
        }
    }
    // Nothing points out of a union: the addresses of copies are not the same by every route.
    let text = if shape.contains('|') { text.replace('s', "i") } else { text };
    format!("{{{shape}{text}}}")
}
