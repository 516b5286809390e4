//! q's patterns: `?`, `*`, `[abc]`, `[^a-z]`, for `like`, `ss` and `ssr`.

use kapi::error::{QError, R};

/// One place of a pattern.
#[derive(Debug)]
enum Piece {
    /// `?`
    Any,
    /// `*`
    Run,
    /// A character.
    One(u8),
    /// A class: which bytes it takes.
    Class(Box<[bool; 256]>),
}

/// A parsed pattern.
#[derive(Debug)]
pub struct Pattern(Vec<Piece>);

impl Pattern {
    /// Parses the text of a pattern.
    ///
    /// # Errors
    /// `unmatched ]` for a class that does not end.
    pub fn parse(mut text: &[u8]) -> R<Pattern> {
        let mut pieces = Vec::new();
        while let Some((&b, rest)) = text.split_first() {
            text = rest;
            pieces.push(match b {
                b'?' => Piece::Any,
                b'*' => Piece::Run,
                b'[' => {
                    let (class, rest) = class(text)?;
                    text = rest;
                    class
                }
                _ => Piece::One(b),
            });
        }
        Ok(Pattern(pieces))
    }

    /// Does the whole text match?
    pub fn matches(&self, text: &[u8]) -> bool {
        // Greedy with one point to return to: a later `*` makes an earlier one's choice final.
        let (mut p, mut t, mut retry) = (0, 0, None);
        loop {
            match self.0.get(p) {
                Some(Piece::Run) => {
                    p += 1;
                    retry = Some((p, t));
                    continue;
                }
                Some(piece) if t < text.len() && piece.takes(text[t]) => {
                    (p, t) = (p + 1, t + 1);
                    continue;
                }
                None if t == text.len() => return true,
                _ => {}
            }
            match retry {
                Some((after, from)) if from < text.len() => {
                    (p, t) = (after, from + 1);
                    retry = Some((after, from + 1));
                }
                _ => return false,
            }
        }
    }

    /// The places in the text where the pattern matches, none overlapping; and its length.
    ///
    /// # Errors
    /// `length` for an empty pattern or one with `*`.
    pub fn find_all(&self, text: &[u8]) -> R<Vec<usize>> {
        let n = self.0.len();
        if n == 0 || self.0.iter().any(|piece| matches!(piece, Piece::Run)) {
            return Err(QError::length());
        }
        let mut found = Vec::new();
        let mut i = 0;
        while i + n <= text.len() {
            if self.0.iter().zip(&text[i..]).all(|(piece, b)| piece.takes(*b)) {
                found.push(i);
                i += n;
            } else {
                i += 1;
            }
        }
        Ok(found)
    }

    /// How many characters a pattern without `*` matches.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl Piece {
    fn takes(&self, b: u8) -> bool {
        match self {
            Piece::Any => true,
            Piece::Run => false,
            Piece::One(one) => *one == b,
            Piece::Class(members) => members[usize::from(b)],
        }
    }
}

/// The class whose text starts after its `[`, and what follows it. A `]` that comes first is a member.
fn class(text: &[u8]) -> R<(Piece, &[u8])> {
    let negated = text.first() == Some(&b'^') && text.get(1) != Some(&b']');
    let text = if negated { &text[1..] } else { text };
    let end = text.iter().skip(1).position(|b| *b == b']').ok_or_else(|| QError::named("unmatched ]"))? + 1;
    let mut members = Box::new([negated; 256]);
    let body = &text[..end];
    let mut i = 0;
    while i < body.len() {
        let (high, length) = match body.get(i + 1..i + 3) {
            Some([b'-', high]) => (*high, 3),
            _ => (body[i], 1),
        };
        (body[i]..=high).for_each(|b| members[usize::from(b)] = !negated);
        i += length;
    }
    Ok((Piece::Class(members), &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(text: &str, pattern: &str) -> bool {
        Pattern::parse(pattern.as_bytes()).unwrap().matches(text.as_bytes())
    }

    #[test]
    fn wildcards() {
        assert!(like("brown", "?rown") && like("brwn", "br*wn") && like("broom of your own", "br*wn"));
        assert!(!like("brown", "br?") && like("", "*") && like("abab", "*ab") && !like("abac", "*ab"));
        assert!(like("a1b2", "*[0-9]b*") && like("xyz", "***"));
    }

    #[test]
    fn classes() {
        assert!(like("brown", "[bf]rown") && !like("brown", "[^bf]rown") && like("br]wn", "br[]]wn"));
        assert!(like("br0wn", "br[0-3]wn") && !like("br4wn", "br[0-3]wn") && like("a-c", "a[-x]c"));
        assert!(like("ab^c", "ab[*^]c") && like("a[c", "a[[]c"));
        assert!(Pattern::parse(b"a[bc").is_err());
    }

    #[test]
    fn places() {
        let find = |p: &str, t: &str| Pattern::parse(p.as_bytes()).unwrap().find_all(t.as_bytes());
        assert_eq!(find("t?r", "toronto ontario").unwrap(), [0, 10]);
        assert_eq!(find("aa", "aaaa").unwrap(), [0, 2]);
        assert!(find("", "a").is_err() && find("a*", "a").is_err());
    }
}
