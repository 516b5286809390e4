//! The calendar of q's temporal types: proleptic Gregorian, counted from 2000.01.01.

/// Nanoseconds in a day.
pub const DAY_NS: i64 = 86_400_000_000_000;
/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;
/// Days from 1970.01.01 to 2000.01.01.
pub const UNIX_DAYS: i64 = 10_957;

/// Days in 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;
/// Days from 0000.03.01 to 2000.01.01.
const EPOCH_SHIFT: i64 = 730_425;

/// Days since 2000.01.01 of a year, month (1–12) and day of month; the day may run over.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the leap day is a year's last day.
    let y = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (y.div_euclid(400), y.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_SHIFT
}

/// Year, month (1–12) and day of month of a count of days since 2000.01.01.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + EPOCH_SHIFT;
    let (era, of_era) = (z.div_euclid(ERA), z.rem_euclid(ERA));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = (march + 2) % 12 + 1;
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// Months since 2000.01 of the month that contains the day.
pub fn month_of(day: i64) -> i64 {
    let (y, m, _) = civil(day);
    (y - 2000) * 12 + m - 1
}

/// The first day of a month counted from 2000.01.
pub fn month_start(month: i64) -> i64 {
    days(2000 + month.div_euclid(12), month.rem_euclid(12) + 1, 1)
}

/// Days in a month (1–12) of a year.
pub fn month_length(year: i64, month: i64) -> i64 {
    let start = (year - 2000) * 12 + month - 1;
    month_start(start + 1) - month_start(start)
}

/// Is there such a day?
pub fn is_date(year: i64, month: i64, day: i64) -> bool {
    (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_civil_are_inverse() {
        for day in (-730_000..2_900_000).step_by(37) {
            let (y, m, d) = civil(day);
            assert!(is_date(y, m, d), "{day}");
            assert_eq!(days(y, m, d), day);
        }
    }

    #[test]
    fn known_days() {
        assert_eq!(days(2000, 1, 1), 0);
        assert_eq!(days(2010, 1, 1), 3653);
        assert_eq!(days(1970, 1, 1), -UNIX_DAYS);
        assert_eq!(civil(59), (2000, 2, 29));
        assert_eq!(month_of(-1), -1);
        assert_eq!(month_start(1), 31);
        assert!(!is_date(1900, 2, 29));
    }
}
