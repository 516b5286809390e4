//! Names that were meant.

/// The name nearest to one that is unknown, if there is one so near that it may have been meant.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Every short name is near to others, and long ones take long.
    const LENGTHS: std::ops::RangeInclusive<usize> = 3..=40;
    let most = if name.len() <= 4 { 1 } else { 2 };
    if !LENGTHS.contains(&name.len()) {
        return None;
    }
    let near = known.filter(|other| other.len().abs_diff(name.len()) <= most && *other != name);
    near.map(|other| (distance(name.as_bytes(), other.as_bytes()), other))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

// Letters to insert, remove, replace, or exchange with the next, to make one name of the other.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (row[j] + usize::from(x != y)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_not() {
        let known = ["size_t", "uint32_t", "uint8_t", "FILE", "sqlite3"];
        for (name, near) in [
            ("sizet", Some("size_t")),
            ("szie_t", Some("size_t")),
            ("unit32_t", Some("uint32_t")),
            ("FIEL", Some("FILE")),
            ("FELIX", None),
            ("gzFile", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), near, "{name}");
        }
    }
}
