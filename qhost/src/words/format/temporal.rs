//! Dates and times as text. All take finite values; nulls and infinities are the caller's.

use crate::words::calendar::{DAY_MS, DAY_NS, civil, days};
use std::io::Write;

const SECOND_NS: i64 = 1_000_000_000;

/// `2000.01.31` for days since 2000.01.01; `0000.00.00` outside the years 1 to 9999.
pub fn date(out: &mut Vec<u8>, day: i64) {
    if (days(1, 1, 1)..=days(9999, 12, 31)).contains(&day) {
        let (y, m, d) = civil(day);
        let _ = write!(out, "{y:04}.{m:02}.{d:02}");
    } else {
        out.extend_from_slice(b"0000.00.00");
    }
}

/// `2000.01` for months since 2000.01.
pub fn month(out: &mut Vec<u8>, months: i64) {
    let _ = write!(out, "{:04}.{:02}", 2000 + months.div_euclid(12), months.rem_euclid(12) + 1);
}

/// `2000.01.01D00:00:00.000000000` for nanoseconds since 2000.01.01.
pub fn timestamp(out: &mut Vec<u8>, ns: i64) {
    date(out, ns.div_euclid(DAY_NS));
    let of_day = ns.rem_euclid(DAY_NS);
    out.push(b'D');
    clock(out, of_day / SECOND_NS);
    let _ = write!(out, ".{:09}", of_day % SECOND_NS);
}

/// `0D00:00:00.000000000`, with a minus sign in front when negative.
pub fn timespan(out: &mut Vec<u8>, ns: i64) {
    let size = sign(out, ns);
    let _ = write!(out, "{}D", size / DAY_NS as u64);
    clock(out, (size % DAY_NS as u64) as i64 / SECOND_NS);
    let _ = write!(out, ".{:09}", size % SECOND_NS as u64);
}

/// `00:00`.
pub fn minute(out: &mut Vec<u8>, minutes: i64) {
    let size = sign(out, minutes);
    let _ = write!(out, "{:02}:{:02}", size / 60, size % 60);
}

/// `00:00:00`.
pub fn second(out: &mut Vec<u8>, seconds: i64) {
    let size = sign(out, seconds);
    clock(out, size as i64);
}

/// `00:00:00.000`.
pub fn time(out: &mut Vec<u8>, ms: i64) {
    let size = sign(out, ms);
    clock(out, size as i64 / 1000);
    let _ = write!(out, ".{:03}", size % 1000);
}

/// `2000.01.01T00:00:00.000` for days since 2000.01.01, to the nearest millisecond.
pub fn datetime(out: &mut Vec<u8>, days: f64) {
    let ms = (days * DAY_MS as f64).round();
    let ms = if ms.abs() < 1e17 { ms as i64 } else { i64::MAX };
    date(out, ms.div_euclid(DAY_MS));
    out.push(b'T');
    time(out, ms.rem_euclid(DAY_MS));
}

fn sign(out: &mut Vec<u8>, n: i64) -> u64 {
    if n < 0 {
        out.push(b'-');
    }
    n.unsigned_abs()
}

/// `hh:mm:ss` of a count of seconds that is not negative.
fn clock(out: &mut Vec<u8>, seconds: i64) {
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown<T>(form: fn(&mut Vec<u8>, T), value: T) -> String {
        let mut out = Vec::new();
        form(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn moments() {
        assert_eq!(shown(date, -365), "1999.01.01");
        assert_eq!(shown(date, -800_000), "0000.00.00");
        assert_eq!(shown(month, -1), "1999.12");
        assert_eq!(shown(timestamp, -1), "1999.12.31D23:59:59.999999999");
        assert_eq!(shown(timestamp, i64::MAX - 1), "2292.04.10D23:47:16.854775806");
        assert_eq!(shown(datetime, 0.5), "2000.01.01T12:00:00.000");
    }

    #[test]
    fn spans() {
        assert_eq!(shown(timespan, -1), "-0D00:00:00.000000001");
        assert_eq!(shown(timespan, i64::MAX - 1), "106751D23:47:16.854775806");
        assert_eq!(shown(minute, -61), "-01:01");
        assert_eq!(shown(second, 360_000), "100:00:00");
        assert_eq!(shown(time, 1), "00:00:00.001");
    }
}
