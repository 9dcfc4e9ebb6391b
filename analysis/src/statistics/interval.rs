//! Confidence intervals of shares and means, and how many runs an interval wants.

use pinwheel_core::distribution::Normal;
use pinwheel_core::math;

use super::{mean, variance};

/// The confidence of every interval that does not say otherwise.
const CONFIDENCE: f64 = 0.95;
/// Halvings of a bracket: enough for the last bit of a double.
const HALVINGS: usize = 64;
/// From here on Student's t is expanded about the normal law: the first term left out is below
/// 1e-10 of it up to a confidence of 99 %.
const EXPANDED_FROM: u64 = 200;
/// More runs than this are not advised: the answer is then "too many".
const RUNS_MAX: u64 = 1_000_000;

/// The interval in which the true share lies when something `held` in `made` trials, for the
/// normal quantile `z` (Wilson 1927; recommended for small numbers by Brown, Cai and DasGupta,
/// "Interval estimation for a binomial proportion", 2001). No trials say nothing: 0 to 1.
///
/// # Panics
///
/// If `held` is more than `made`.
pub fn wilson(held: u64, made: u64, z: f64) -> (f64, f64) {
    assert!(held <= made, "nothing holds more often than it was tried");
    if made == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (made as f64, held as f64 / made as f64);
    let square = z * z;
    let middle = share + square / (2.0 * n);
    let spread = z * math::sqrt(share * (1.0 - share) / n + square / (4.0 * n * n));
    let scale = 1.0 + square / n;
    // The ends are exact, rounding must not move them past what is possible.
    let low = if held == 0 { 0.0 } else { (middle - spread) / scale };
    let high = if held == made { 1.0 } else { (middle + spread) / scale };
    (low, high)
}

/// Student's t for a two-sided interval: the value that a share `confidence` of the distribution
/// with `degrees` of freedom does not exceed in size.
fn student_t(confidence: f64, degrees: u64) -> f64 {
    assert!(degrees > 0, "Student's t wants a degree of freedom");
    assert!((0.0..1.0).contains(&confidence), "confidence lies between 0 and 1");
    if degrees < EXPANDED_FROM {
        bisected_t(confidence, degrees)
    } else {
        expanded_t(confidence, degrees as f64)
    }
}

/// The distribution function has a closed form in the angle `atan(t / sqrt(degrees))` (Abramowitz
/// and Stegun, "Handbook of mathematical functions", 26.7.3 and 26.7.4), which is bisected.
fn bisected_t(confidence: f64, degrees: u64) -> f64 {
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    for _ in 0..HALVINGS {
        let angle = (low + high) / 2.0;
        if within(angle, degrees) < confidence {
            low = angle;
        } else {
            high = angle;
        }
    }
    math::sqrt(degrees as f64) * math::sin(low) / math::cos(low)
}

/// The series in one over the degrees of freedom (Abramowitz and Stegun, 26.7.5).
fn expanded_t(confidence: f64, degrees: f64) -> f64 {
    let x = Normal::STANDARD.quantile(0.5 + confidence / 2.0);
    let s = x * x;
    let first = (s + 1.0) / 4.0;
    let second = ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    let third = (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    let fourth = ((((79.0 * s + 776.0) * s + 1_482.0) * s - 1_920.0) * s - 945.0) / 92_160.0;
    let series = first + (second + (third + fourth / degrees) / degrees) / degrees;
    x * (1.0 + series / degrees)
}

/// The probability that Student's t with `degrees` of freedom is at most `t` in size.
pub(super) fn student_share(t: f64, degrees: u64) -> f64 {
    assert!(degrees > 0 && t >= 0.0, "a size, with a degree of freedom");
    within(math::atan2(t, math::sqrt(degrees as f64)), degrees)
}

/// The probability that Student's t lies within an angle of the middle.
fn within(angle: f64, degrees: u64) -> f64 {
    let (sine, cosine) = (math::sin(angle), math::cos(angle));
    let odd = degrees % 2 == 1;
    // The terms grow by even over odd numbers for odd degrees, by odd over even for even ones.
    let (mut term, mut sum) = if odd { (cosine, cosine) } else { (1.0, 1.0) };
    let first = if odd { 3 } else { 2 };
    for place in (first..degrees.saturating_sub(1)).step_by(2) {
        term *= cosine * cosine * (place - 1) as f64 / place as f64;
        sum += term;
    }
    match (odd, degrees) {
        (false, _) => sine * sum,
        (true, 1) => angle * std::f64::consts::FRAC_2_PI,
        (true, _) => (angle + sine * sum) * std::f64::consts::FRAC_2_PI,
    }
}

/// Half the width of the 95 % confidence interval of the mean of independent values; `None` below
/// two values.
pub fn half_width(values: &[f64]) -> Option<f64> {
    half_width_at(values, CONFIDENCE)
}

fn half_width_at(values: &[f64], confidence: f64) -> Option<f64> {
    let error = math::sqrt(variance(values)? / values.len() as f64);
    Some(student_t(confidence, values.len() as u64 - 1) * error)
}

/// The least number of runs, not below those given, whose mean has a 95 % half-width of at most a
/// share `precision` of the true mean if the variance stays as estimated; `None` below two values,
/// for a mean of zero, and above a million.
///
/// A. M. Law, "Simulation modeling and analysis" (2015), 9.4.1: the error relative to the
/// *estimate* must be at most `precision / (1 + precision)`.
pub fn replications_needed(values: &[f64], precision: f64) -> Option<u64> {
    replications_at(values, precision, CONFIDENCE)
}

fn replications_at(values: &[f64], precision: f64, confidence: f64) -> Option<u64> {
    assert!(precision > 0.0, "a precision is positive");
    let (mean, variance) = (mean(values)?, variance(values)?);
    let allowed = math::abs(mean) * precision / (1.0 + precision);
    let enough =
        |runs: u64| student_t(confidence, runs - 1) * math::sqrt(variance / runs as f64) <= allowed;
    let given = values.len() as u64;
    if enough(given) {
        return Some(given);
    }
    // More runs are never worse: doubled until enough, then halved into the gap.
    let (mut few, mut many) = (given, given);
    while !enough(many) {
        few = many;
        many = many.checked_mul(2).filter(|many| *many <= RUNS_MAX && allowed > 0.0)?;
    }
    while few + 1 < many {
        let middle = few + (many - few) / 2;
        (few, many) = if enough(middle) { (few, middle) } else { (middle, many) };
    }
    Some(many)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Average delays of ten replications of a bank with 0.9 load, Law (2015), example 9.14: mean
    /// 2.03, variance 0.31.
    const BANK: [f64; 10] = [1.53, 1.66, 1.24, 2.34, 2.00, 1.69, 2.69, 2.86, 1.70, 2.60];

    #[test]
    fn wilson_gives_the_intervals_of_newcombe() {
        // R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998),
        // table I, method 3.
        let published = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (held, made, low, high) in published {
            let found = wilson(held, made, 1.959_964);
            assert!((found.0 - low).abs() < 6e-5 && (found.1 - high).abs() < 6e-5, "{found:?}");
        }
        assert_eq!(wilson(0, 0, 1.96), (0.0, 1.0));
        assert_eq!(wilson(7, 7, 1.96).1, 1.0);
    }

    #[test]
    fn students_t_is_that_of_the_tables() {
        // NIST/SEMATECH e-Handbook of statistical methods, 1.3.6.7.2, with two more digits.
        let published = [
            (0.95, 1, 12.70620),
            (0.95, 2, 4.30265),
            (0.95, 3, 3.18245),
            (0.95, 4, 2.77645),
            (0.95, 5, 2.57058),
            (0.95, 9, 2.26216),
            (0.95, 10, 2.22814),
            (0.95, 30, 2.04227),
            (0.95, 31, 2.03951),
            (0.95, 100, 1.98397),
            (0.95, 1_000, 1.96234),
            (0.95, 1_000_000, 1.95997),
            (0.90, 9, 1.83311),
            (0.99, 29, 2.75639),
        ];
        for (confidence, degrees, value) in published {
            let found = student_t(confidence, degrees);
            assert!((found - value).abs() < 1e-5, "{degrees} degrees: {found} is not {value}");
        }
    }

    #[test]
    fn series_and_closed_form_of_students_t_meet() {
        for confidence in [0.5, 0.9, 0.95, 0.99] {
            for degrees in [EXPANDED_FROM, 999, 1_000] {
                let (series, closed) =
                    (expanded_t(confidence, degrees as f64), bisected_t(confidence, degrees));
                assert!((series - closed).abs() < 1e-10 * closed, "{series} is not {closed}");
            }
        }
    }

    #[test]
    fn the_share_within_students_t_is_its_confidence() {
        for (confidence, degrees) in [(0.5, 1), (0.9, 2), (0.95, 7), (0.99, 60), (0.95, 500)] {
            let found = student_share(student_t(confidence, degrees), degrees);
            assert!((found - confidence).abs() < 1e-9, "{found} is not {confidence}");
        }
        assert_eq!(student_share(0.0, 3), 0.0);
    }

    #[test]
    fn the_mean_of_the_bank_is_known_as_well_as_law_says() {
        let found = half_width_at(&BANK, 0.90).unwrap();
        assert!((mean(&BANK).unwrap() - 2.03).abs() < 0.005 && (found - 0.32).abs() < 0.005);
        assert!(half_width(&BANK).unwrap() > found);
        assert_eq!((half_width(&[1.0]), half_width(&[2.0, 2.0])), (None, Some(0.0)));
    }

    #[test]
    fn the_bank_wants_twenty_seven_replications() {
        // The same example: a relative error of 0.10 with 90 % confidence.
        assert_eq!(replications_at(&BANK, 0.10, 0.90), Some(27));
        assert_eq!(replications_needed(&BANK, 1.0), Some(10), "never fewer than there are");
        assert_eq!(replications_needed(&[1.0, -1.0], 0.1), None, "no share of nothing");
        assert_eq!(replications_needed(&[1.0, 1.0], 1e-9), Some(2));
        assert_eq!(replications_needed(&BANK, 1e-6), None, "too many");
        assert_eq!(replications_needed(&[1.0], 0.1), None);
    }
}
