//! The finding in the title of a figure: the words that follow its subject.

use pinwheel_models::describe::Finding;
use pinwheel_models::scenario::Measure;

use crate::judge::verdict::{Window, measure};
use crate::show::plot::Line;
use crate::statistics::median;
use crate::wording::{format_number, percent, uncapitalised};

/// A change smaller than this share of the start is called none.
const STEADY: f64 = 0.005;
/// Most parts that a title names.
const PARTS_MAX: usize = 4;

/// " fell from 16.7 to 3.89 EiB, 0.96 % off the real network".
pub fn finding(kind: Finding, line: &Line, observed: Option<&Line>, unit: &str) -> String {
    let values: Vec<f64> = line.points.iter().map(|(_, value)| *value).collect();
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return String::new();
    };
    let unit = spaced(unit);
    match kind {
        Finding::Moved => {
            let change = (last - first) / first.abs().max(f64::MIN_POSITIVE);
            let off = observed.map_or(String::new(), |observed| off(line, observed));
            match change {
                c if c > STEADY => {
                    format!(
                        " rose from {} to {}{unit}{off}",
                        format_number(*first),
                        format_number(*last)
                    )
                }
                c if c < -STEADY => {
                    format!(
                        " fell from {} to {}{unit}{off}",
                        format_number(*first),
                        format_number(*last)
                    )
                }
                _ => format!(" stayed near {}{unit}{off}", format_number(*last)),
            }
        }
        Finding::Peak => {
            let usual = median(&values).unwrap_or(0.0);
            let worst = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            format!(": usually {}, at worst {}{unit}", format_number(usual), format_number(worst))
        }
        Finding::Mean => {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            format!(": {} on average", format_number(mean))
        }
    }
}

fn off(line: &Line, observed: &Line) -> String {
    let error = Measure::MeanAbsoluteError { limit: 0.0 };
    measure(&error, &line.points, &observed.points, Window::default())
        .map(|found| format!(", {} off the real network", percent(found.value)))
        .unwrap_or_default()
}

fn spaced(unit: &str) -> String {
    match unit {
        "" | "share" => String::new(),
        unit => format!(" {unit}"),
    }
}

/// " at the end: pledge 125 million, vesting 7.12 million FIL".
pub fn at_the_end(lines: &[Line], unit: &str) -> String {
    let part = |line: &Line| {
        let (_, value) = line.points.last()?;
        Some(format!("{} {}", uncapitalised(&line.label), format_number(*value)))
    };
    let parts: Vec<String> = lines.iter().filter_map(part).collect();
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return String::new();
    }
    format!(" at the end: {}{}", parts.join(", "), spaced(unit))
}

/// ": in the end 1 to 10 PiB leads with 41,918 FIL/d".
pub fn largest(lines: &[Line], unit: &str) -> String {
    let end = |line: &Line| line.points.last().map_or(f64::NEG_INFINITY, |(_, value)| *value);
    let leader = lines.iter().max_by(|a, b| end(a).total_cmp(&end(b)));
    leader.map_or(String::new(), |line| {
        format!(
            ": in the end {} leads with {}{}",
            line.label,
            format_number(end(line)),
            spaced(unit)
        )
    })
}

/// " ends at 4.2 EiB under today, 4.5 under FIP-0118".
pub fn of_variants(lines: &[Line], unit: &str) -> String {
    let part = |(place, line): (usize, &Line)| {
        let (_, value) = line.points.last()?;
        let unit = if place == 0 { spaced(unit) } else { String::new() };
        Some(format!("{}{unit} under {}", format_number(*value), line.label))
    };
    let parts: Vec<String> = lines.iter().enumerate().filter_map(part).collect();
    if parts.is_empty() || parts.len() > PARTS_MAX {
        return String::new();
    }
    format!(" ends at {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::Instant;
    use crate::show::plot::{Ink, Stroke};
    use jiff::civil::date;

    fn line(label: &str, values: &[f64]) -> Line {
        let at = |day| Instant::of_date(date(2024, 1, 1 + day as i8));
        let dated = values.iter().enumerate().map(|(day, value)| (at(day), *value));
        Line {
            label: label.to_owned(),
            ink: Ink::Series(0),
            stroke: Stroke::Bold,
            points: dated.collect(),
            band: vec![],
        }
    }

    #[test]
    fn a_title_says_what_moved_what_peaked_and_how_far_off_it_is() {
        let simulated = line("", &[20.0, 10.0, 5.0]);
        let real = line("observed", &[20.0, 10.0, 4.0]);
        let text = finding(Finding::Moved, &simulated, Some(&real), "EiB").replace('\u{a0}', " ");
        assert_eq!(text, " fell from 20.0 to 5.00 EiB, 8.3 % off the real network");
        assert_eq!(
            finding(Finding::Peak, &simulated, None, "PiB"),
            ": usually 10.0, at worst 20.0 PiB"
        );
        assert_eq!(
            finding(Finding::Mean, &line("", &[0.5, 1.0]), None, "share"),
            ": 0.750 on average"
        );
        assert_eq!(
            finding(Finding::Moved, &line("", &[2.0, 2.001]), None, ""),
            " stayed near 2.00"
        );
        assert_eq!(finding(Finding::Moved, &line("", &[]), None, ""), "");
    }

    #[test]
    fn parts_and_variants_are_named_with_their_last_values() {
        let lines = [line("Pledge", &[1.0, 125e6]), line("Vesting", &[7.12e6])];
        let text = at_the_end(&lines, "FIL");
        assert_eq!(text, " at the end: pledge 125 million, vesting 7.12 million FIL");
        assert_eq!(largest(&lines, "FIL"), ": in the end Pledge leads with 125 million FIL");
        let text = of_variants(&lines, "FIL");
        assert_eq!(text, " ends at 125 million FIL under Pledge, 7.12 million under Vesting");
    }
}
