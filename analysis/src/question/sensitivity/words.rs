//! Indices in plain English, by strength.

use super::{Effect, Estimate, Morris, Ranks, Sensitivity, Shares, Sobol};
use crate::wording::{format_number, grouped};

/// Shares of the variance: a clear tenth is significant, less than a twentieth does not matter.
const MUCH: f64 = 0.10;
const LITTLE: f64 = 0.05;
/// Rank correlations: 0.3 is a medium one (Cohen, "Statistical power analysis", 1988), and within
/// 0.2 of zero an input does not matter.
const RANKS_MUCH: f64 = 0.3;
const RANKS_LITTLE: f64 = 0.2;
/// Less of the ranks explained than this, and correlations are not to be trusted alone.
const MONOTONE: f64 = 0.7;

/// How much an input matters.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It decides much of the output.
    Significant,
    /// It decides some of it.
    Somewhat,
    /// The interval is too wide to tell.
    Inconclusive,
    /// It decides nothing that can be seen.
    None,
}

impl Strength {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Strength::Significant => "significant",
            Strength::Somewhat => "somewhat",
            Strength::Inconclusive => "inconclusive",
            Strength::None => "none",
        }
    }

    /// Of a share of the variance with its interval.
    fn of_share(share: Estimate) -> Strength {
        match share {
            Estimate { low, .. } if low >= MUCH => Strength::Significant,
            Estimate { high, .. } if high < LITTLE => Strength::None,
            Estimate { low, value, .. } if low > value / 3.0 => Strength::Somewhat,
            _ => Strength::Inconclusive,
        }
    }

    fn of_correlation(correlation: Estimate) -> Strength {
        let Estimate { value, low, high } = correlation;
        match (low > 0.0 || high < 0.0, value.abs() >= RANKS_MUCH) {
            (true, true) => Strength::Significant,
            (true, false) => Strength::Somewhat,
            (false, _) if low.abs().max(high.abs()) < RANKS_LITTLE => Strength::None,
            (false, _) => Strength::Inconclusive,
        }
    }
}

/// What there is to say of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct InputSentence {
    /// Its place among the inputs.
    pub input: usize,
    /// How much the input decides.
    pub strength: Strength,
    /// The same in a sentence.
    pub sentence: String,
}

/// One sentence for each input, the strongest first.
pub fn sentences(found: &Sensitivity, inputs: &[String], outcome: &str) -> Vec<InputSentence> {
    let sizes = found.sizes();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|a, b| sizes[*b].value.abs().total_cmp(&sizes[*a].value.abs()).then(a.cmp(b)));
    let tell = |input: usize| {
        let (strength, sentence) = match found {
            Sensitivity::Sobol(all) => sobol(all, all.inputs[input], outcome),
            Sensitivity::Morris(all) => morris(all, all.inputs[input], outcome),
            Sensitivity::Ranks(all) => ranks(all, all.inputs[input], outcome),
        };
        InputSentence { input, strength, sentence: sentence.replace("{input}", &inputs[input]) }
    };
    order.into_iter().map(tell).collect()
}

/// "62 % [55 %, 70 %]".
fn percent(share: Estimate) -> String {
    let whole = |share: f64| format!("{} %", grouped(share.clamp(0.0, 1.0) * 100.0, 0));
    format!("{} [{}, {}]", whole(share.value), whole(share.low), whole(share.high))
}

fn sobol(all: &Sobol, shares: Shares, outcome: &str) -> (Strength, String) {
    let Shares { first, total } = shares;
    let strength = Strength::of_share(total);
    let (alone, in_all) = (percent(first), percent(total));
    let sentence = match strength {
        Strength::None => format!(
            "{{input}} does not matter: at most {} % of the variance of {outcome}.",
            grouped((total.high * 100.0).ceil().max(1.0), 0)
        ),
        Strength::Inconclusive => format!(
            "Whether {{input}} matters cannot be told from {} base samples: {in_all} of the \
             variance of {outcome}.",
            grouped(all.base_samples as f64, 0)
        ),
        _ if first.value < total.value / 2.0 => format!(
            "{{input}} matters mostly through interactions: {in_all} of the variance of {outcome} \
             with them, {alone} alone."
        ),
        _ if total.low > first.high => format!(
            "{{input}} explains {alone} of the variance of {outcome}, and {in_all} with its \
             interactions."
        ),
        Strength::Significant => {
            format!("{{input}} explains {alone} of the variance of {outcome}.")
        }
        Strength::Somewhat => {
            format!("{{input}} matters somewhat: it explains {alone} of the variance of {outcome}.")
        }
    };
    (strength, sentence)
}

fn morris(all: &Morris, effect: Effect, outcome: &str) -> (Strength, String) {
    // A straight line of slope s over an even range has the variance s^2 / 12.
    let share = |size: f64| size * size / (12.0 * all.deviation * all.deviation);
    let Effect { size, mean, spread } = effect;
    let (value, low, high) = (share(size.value), share(size.low), share(size.high));
    let strength = Strength::of_share(Estimate { value, low, high });
    let moved = format!(
        "{} [{}, {}]",
        format_number(size.value),
        format_number(size.low),
        format_number(size.high)
    );
    let how = match mean {
        mean if mean.abs() < size.value / 2.0 => "up or down, depending on the rest,",
        mean if mean > 0.0 => "up",
        _ => "down",
    };
    let bends = match spread > size.value / 2.0 {
        true => " How far depends on the other inputs or on where in its range it is.",
        false => "",
    };
    let sentence = match strength {
        Strength::None => {
            format!("{{input}} does not matter: its whole range moves {outcome} by {moved}.")
        }
        Strength::Inconclusive => format!(
            "Whether {{input}} matters cannot be told from {} walks: its whole range moves \
             {outcome} by {moved}.",
            all.walks
        ),
        Strength::Somewhat => format!(
            "{{input}} matters somewhat: its whole range moves {outcome} {how} by {moved}.{bends}"
        ),
        Strength::Significant => {
            format!("{{input}} moves {outcome} {how} by {moved} over its whole range.{bends}")
        }
    };
    (strength, sentence)
}

fn ranks(all: &Ranks, correlation: Estimate, outcome: &str) -> (Strength, String) {
    let strength = Strength::of_correlation(correlation);
    let Estimate { value, low, high } = correlation;
    let number = |value: f64| grouped(value, 2);
    let shown =
        format!("partial rank correlation {} [{}, {}]", number(value), number(low), number(high));
    let moves = if value > 0.0 { "raises" } else { "lowers" };
    // What bends back shows no correlation: then only its absence from the ranks is known.
    let hidden = match all.explained < MONOTONE {
        true => " unless its effect bends back or works through others",
        false => "",
    };
    let sentence = match strength {
        Strength::None => {
            format!("{{input}} does not matter for {outcome}{hidden} ({shown}).")
        }
        Strength::Inconclusive => format!(
            "Whether {{input}} matters for {outcome} cannot be told from {} rows ({shown}).",
            all.rows
        ),
        Strength::Somewhat => format!("More {{input}} {moves} {outcome} somewhat ({shown})."),
        Strength::Significant => format!("More {{input}} {moves} {outcome} ({shown})."),
    };
    (strength, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate { value, low, high }
    }

    fn of_shares(first: Estimate, total: Estimate) -> (Strength, String) {
        let all = Sobol { base_samples: 64, mean: 0.0, variance: 1.0, inputs: vec![] };
        sobol(&all, Shares { first, total }, "income")
    }

    #[test]
    fn shares_of_the_variance_are_told_by_strength() {
        let price = estimate(0.62, 0.55, 0.70);
        assert_eq!(
            of_shares(price, estimate(0.65, 0.58, 0.72)),
            (
                Strength::Significant,
                "{input} explains 62 % [55 %, 70 %] of the variance of income.".to_owned()
            )
        );
        let (strength, words) = of_shares(price, estimate(0.85, 0.80, 0.90));
        assert!(words.ends_with(", and 85 % [80 %, 90 %] with its interactions."), "{words}");
        assert_eq!(strength, Strength::Significant);
        let (strength, words) = of_shares(estimate(0.0, -0.1, 0.1), estimate(0.24, 0.2, 0.3));
        assert!(words.contains("mostly through interactions: 24 %"), "{words}");
        assert_eq!(strength, Strength::Significant);
        let (strength, words) = of_shares(estimate(0.0, -0.1, 0.1), estimate(0.002, 0.0, 0.004));
        assert!(words.contains("does not matter: at most 1 %"), "{words}");
        assert_eq!(strength, Strength::None);
        let (strength, words) = of_shares(estimate(0.1, -0.1, 0.3), estimate(0.1, 0.01, 0.4));
        assert!(words.contains("cannot be told from 64 base samples"), "{words}");
        assert_eq!(strength, Strength::Inconclusive);
        assert_eq!(
            of_shares(estimate(0.06, 0.04, 0.08), estimate(0.07, 0.05, 0.08)).0,
            Strength::Somewhat
        );
    }

    #[test]
    fn effects_and_correlations_tell_their_direction() {
        let all = Morris { walks: 10, deviation: 1.0, inputs: vec![] };
        let effect = Effect { size: estimate(3.0, 2.5, 3.5), mean: -3.0, spread: 0.2 };
        let (strength, words) = morris(&all, effect, "income");
        assert_eq!(words, "{input} moves income down by 3.00 [2.50, 3.50] over its whole range.");
        assert_eq!(strength, Strength::Significant);
        let (_, words) = morris(&all, Effect { mean: 0.1, spread: 3.0, ..effect }, "income");
        assert!(words.contains("up or down") && words.contains("How far depends"), "{words}");
        let all = Ranks { rows: 40, explained: 0.9, inputs: vec![] };
        let (strength, words) = ranks(&all, estimate(-0.8, -0.9, -0.7), "income");
        assert!(words.starts_with("More {input} lowers income (partial rank"), "{words}");
        assert_eq!(strength, Strength::Significant);
        let bent = Ranks { explained: 0.2, ..all };
        let (strength, words) = ranks(&bent, estimate(0.0, -0.1, 0.1), "income");
        assert!(words.contains("unless its effect bends back"), "{words}");
        assert_eq!(strength, Strength::None);
    }
}
