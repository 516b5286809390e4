//! Integers and floats as text.

use std::io::Write;

/// Digits that tell any two reals apart.
const REAL_DIGITS: usize = 9;
/// Digits that tell any two floats apart, shown at `\P 0`.
const FLOAT_DIGITS: usize = 17;

/// Appends an integer.
pub fn integer(out: &mut Vec<u8>, n: i64) {
    let _ = write!(out, "{n}");
}

/// Appends a finite float at `precision` significant digits (0 for all), without any type suffix.
pub fn float(out: &mut Vec<u8>, x: f64, precision: usize) {
    general(out, x, if precision == 0 { FLOAT_DIGITS } else { precision.min(FLOAT_DIGITS) });
}

/// The same for a real.
pub fn real(out: &mut Vec<u8>, x: f32, precision: usize) {
    general(out, f64::from(x), if precision == 0 { REAL_DIGITS } else { precision.min(REAL_DIGITS) });
}

/// C's `%.{digits}g`.
fn general(out: &mut Vec<u8>, x: f64, digits: usize) {
    let scientific = format!("{x:.*e}", digits - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        out.extend_from_slice(scientific.as_bytes());
        return;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "{}e{sign}{:02}", without_zeros(mantissa), exponent.unsigned_abs());
    } else {
        let decimals = (digits as i32 - 1 - exponent) as usize;
        out.extend_from_slice(without_zeros(&format!("{x:.decimals$}")).as_bytes());
    }
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(x: f64, precision: usize) -> String {
        let mut out = Vec::new();
        float(&mut out, x, precision);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn seven_digits_as_percent_g() {
        let cases = [
            (0.1, "0.1"),
            (1.0, "1"),
            (-0.0, "-0"),
            (1.0 / 3.0, "0.3333333"),
            (1234567.0, "1234567"),
            (12345678.0, "1.234568e+07"),
            (1e10, "1e+10"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1e300, "1e+300"),
            (9999999.6, "1e+07"),
        ];
        for (x, text) in cases {
            assert_eq!(shown(x, 7), text);
        }
    }

    #[test]
    fn all_digits() {
        assert_eq!(shown(1.0 / 3.0, 0), "0.33333333333333331");
        assert_eq!(shown(0.1, 0), "0.10000000000000001");
        assert_eq!(shown(5.0, 0), "5");
    }
}
