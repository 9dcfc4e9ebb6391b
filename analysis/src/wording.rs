//! Numbers and counts as people read them: the same in tables, sentences and charts.

/// A number with thousands separated: 1,234.5; a true minus sign.
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut digits = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            digits.push(',');
        }
        digits.push(digit);
    }
    let negative = value < 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0');
    let sign = if negative { "\u{2212}" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{digits}{point}{fraction}")
}

/// A number between two others: "0.951 [0.886, 1.02]", in brackets only what says more than it.
pub fn format_range(low_middle_high: [f64; 3]) -> String {
    let [low, middle, high] = low_middle_high.map(format_number);
    if low == high { middle } else { format!("{middle} [{low}, {high}]") }
}

/// The chance that a test gives to what it found: "p < 0.001", or "p 0.034".
pub fn chance_words(p_value: f64) -> String {
    match p_value < 0.001 {
        true => "p < 0.001".to_owned(),
        false => format!("p {p_value:.3}"),
    }
}

/// A number for prose: three or four digits that matter, and words for large ones.
pub fn format_number(value: f64) -> String {
    let (divisor, word) = match value.abs() {
        v if v >= 1e9 => (1e9, " billion"),
        v if v >= 1e6 => (1e6, " million"),
        _ => (1.0, ""),
    };
    let shown = value / divisor;
    let decimals = match shown.abs() {
        s if s >= 100.0 => 0,
        s if s >= 10.0 => 1,
        s if s >= 1.0 => 2,
        s if s >= 0.01 => 3,
        0.0 => 0,
        _ => 5,
    };
    format!("{}{word}", grouped(shown, decimals))
}

/// The same with its first letter a capital.
pub fn sentence_case(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

/// The same with its first letter small, unless it is a name: "FIP-0118", "TiB".
pub fn uncapitalised(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return String::new() };
    let rest = characters.as_str();
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    match word.chars().any(char::is_uppercase) {
        true => text.to_owned(),
        false => first.to_lowercase().chain(rest.chars()).collect(),
    }
}

/// "4.2 EiB", "31 %", "0.2".
pub fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        "" | "1" => format_number(value),
        "share" => percent(value),
        unit => format!("{} {unit}", format_number(value)),
    }
}

/// A change as a percentage with its sign: "+3.2 %".
pub fn signed_percent(change: f64) -> String {
    match change {
        c if c > 0.0 => format!("+{}", percent(c)),
        c if c < 0.0 => format!("\u{2212}{}", percent(-c)),
        _ => "0 %".to_owned(),
    }
}

/// "1 day", "30 days".
pub fn plural(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(count as f64, 0))
}

/// A length of time in the largest unit that it is a whole number of: "3 days", "14 hours",
/// "72 minutes", "12 seconds".
pub fn duration_words(millis: i64) -> String {
    let units = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")];
    let whole = units.into_iter().find(|(unit, _)| millis >= *unit && millis % unit == 0);
    match whole {
        Some((unit, name)) => plural((millis / unit).unsigned_abs(), name),
        None => format!("{} seconds", format_number(millis as f64 / 1e3)),
    }
}

/// A share as a percentage with the digits that matter.
pub fn percent(share: f64) -> String {
    let decimals = match share.abs() {
        s if s < 0.01 => 2,
        s if s < 1.0 => 1,
        _ => 0,
    };
    let text = format!("{:.decimals$}", share * 100.0);
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}\u{a0}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_put_in_words() {
        assert_eq!(grouped(1234567.0, 0), "1,234,567");
        assert_eq!(grouped(-0.25, 2), "\u{2212}0.25");
        assert_eq!(grouped(-0.001, 2), "0.00");
        assert_eq!(grouped(123.0, 1), "123.0");
        assert_eq!(format_number(1.9998e9), "2.00 billion");
        assert_eq!(format_number(0.0), "0");
    }

    #[test]
    fn names_keep_their_capitals() {
        for (text, small) in [
            ("Pledge", "pledge"),
            ("The reward of FIL", "the reward of FIL"),
            ("FIP-0118", "FIP-0118"),
            ("TiB month", "TiB month"),
            ("", ""),
        ] {
            assert_eq!(uncapitalised(text), small);
        }
    }

    #[test]
    fn a_time_is_told_in_the_unit_it_is_whole_in() {
        for (millis, words) in [
            (86_400_000, "1 day"),
            (50_400_000, "14 hours"),
            (4_320_000, "72 minutes"),
            (12_000, "12 seconds"),
            (1_500, "1.50 seconds"),
        ] {
            assert_eq!(duration_words(millis), words);
        }
    }

    #[test]
    fn one_day_is_no_days() {
        assert_eq!(plural(1, "day"), "1 day");
        assert_eq!(plural(1_825, "day"), "1,825 days");
    }
}
