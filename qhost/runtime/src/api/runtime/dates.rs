//! Dates as numbers.

use crate::api::I;
use crate::object::Null;

/// Days from 0000.03.01 to 2000.01.01.
const EPOCH: i64 = 730_425;
/// Days in 400 years.
const CYCLE: i64 = 146_097;

/// The date number of a day of the Gregorian calendar; null when there is no such day.
#[unsafe(no_mangle)]
pub extern "C" fn ymd(year: I, month: I, day: I) -> I {
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return I::NULL;
    }
    // Years start in March, so that the leap day is the last.
    let (y, m, d) = (i64::from(year) - i64::from(month < 3), i64::from(month + 9) % 12, i64::from(day));
    let days = 365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + d - 1;
    I::try_from(days - EPOCH).unwrap_or(I::NULL)
}

/// The day of a date number as `yyyymmdd`. Null and years of more than five digits give null.
#[unsafe(no_mangle)]
pub extern "C" fn dj(date: I) -> I {
    let (year, month, day) = civil(date);
    let number = i64::from(year) * 10_000 + i64::from(month * 100 + day);
    I::try_from(number).ok().filter(|_| !date.is_null()).unwrap_or(I::NULL)
}

/// Version of the C API this host stands for, as `yyyymmdd`: the release whose documentation it follows.
#[unsafe(no_mangle)]
pub extern "C" fn ver() -> I {
    20_231_122
}

/// Year, month and day of a date number.
pub fn civil(date: I) -> (I, I, I) {
    let days = i64::from(date) + EPOCH;
    let (cycle, day) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    ((year + cycle * 400) as I + I::from(month < 3), month as I, day as I)
}

fn days_in(year: I, month: I) -> I {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + I::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values printed by KX's own C library.
    #[test]
    fn agrees_with_kdb() {
        let days = [0, -1, 59, 60, 7396, 36525, -36524, 1_000_000, 2_921_939, -730_119, -730_120];
        let dates = [
            20000101, 19991231, 20000229, 20000301, 20200401, 21000101, 19000101, 47371128, 99991231, 10101,
            1231,
        ];
        assert_eq!(days.map(|date| dj(date)), dates);
        assert_eq!([ymd(1, 1, 1), ymd(0, 1, 1), ymd(10000, 1, 1)], [-730_119, -730_485, 2_921_940]);
        let none = [(2020, 2, 30), (2020, 13, 1), (2020, 0, 1), (1900, 2, 29), (2020, 4, 31), (2020, 1, 0)];
        assert!(none.iter().all(|&(y, m, d)| ymd(y, m, d) == I::NULL));
        assert_eq!((dj(I::NULL), dj(I::MAX)), (I::NULL, I::NULL));
    }

    #[test]
    fn every_day_of_a_cycle_goes_there_and_back() {
        for date in -200_000..200_000 {
            let (y, m, d) = civil(date);
            assert_eq!(ymd(y, m, d), date);
        }
    }
}
