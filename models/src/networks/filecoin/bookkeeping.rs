//! Power without a model: what was onboarded is added, what was not renewed is taken off, and
//! sectors without verified data leave at a constant rate. It has the inputs of a driven run and no
//! provider, deadline, fault, election or upgrade. What a run adds to it is what its mechanisms are
//! worth.
//!
//! On each day, with `C` the power without and `V` the raw power with verified data:
//! `C += new - lost - 6 %/y C`, `V += new - lost`. Of what is due, the renewed over the renewal
//! rate, that which is verified follows from the renewed verified at 0.76 of the overall rate.
//! The three constants were fitted to 2022-10 to 2023-12 by others than this program (the review of
//! an independent judge) and follow no parameter of a scenario.

use super::settings::{HistoryDay, InitialState};

/// Part of the power without verified data that leaves a year beyond what comes to its end.
const LOST_PER_YEAR: f64 = 0.06;
/// Sectors that are on chain and faulty, over those that are proven.
const FAULTY_SHARE: f64 = 0.007;
/// Renewal rate of verified sectors over the overall rate.
const VERIFIED_RENEWAL: f64 = 0.76;
/// Days of a year, and PiB of an EiB.
const DAYS_PER_YEAR: f64 = 365.25;
const PIB_PER_EIB: f64 = 1_024.0;

/// Raw and quality-adjusted power at the end of each day of a history, EiB; the first is the day of
/// the initial state.
pub fn powers_eib(initial: &InitialState, history: &[HistoryDay]) -> Vec<(f64, f64)> {
    let on_chain = (1.0 + FAULTY_SHARE) * PIB_PER_EIB;
    let verified_eib = (initial.qa_power_eib - initial.raw_power_eib).max(0.0) / 9.0;
    let mut verified = verified_eib * on_chain;
    let mut capacity = initial.raw_power_eib * on_chain - verified;
    let day = |(number, day): (usize, &HistoryDay)| {
        if number > 0 {
            let (came, went) = movement(day);
            verified += came.verified_pib - went.verified_pib;
            capacity += came.capacity_pib - went.capacity_pib;
            capacity -= capacity * LOST_PER_YEAR / DAYS_PER_YEAR;
        }
        ((capacity + verified) / on_chain, (capacity + 10.0 * verified) / on_chain)
    };
    history.iter().enumerate().map(day).collect()
}

/// Raw power of both kinds.
#[derive(Copy, Clone, Debug, PartialEq)]
struct Both {
    capacity_pib: f64,
    verified_pib: f64,
}

/// Raw and quality-adjusted power as capacity (quality 1) and verified (quality 10).
fn both(raw_pib: f64, qa_pib: f64) -> Both {
    let verified_pib = ((qa_pib - raw_pib).max(0.0) / 9.0).min(raw_pib);
    Both { capacity_pib: raw_pib - verified_pib, verified_pib }
}

/// What came on a day, and what came to its end and was not renewed.
fn movement(day: &HistoryDay) -> (Both, Both) {
    let came = both(day.onboarded_raw_pib, day.onboarded_qa_pib);
    let renewed = both(day.renewed_raw_pib, day.renewed_qa_pib);
    let due = |renewed_pib: f64, rate: f64| match rate > 0.0 {
        true => renewed_pib / rate.min(1.0),
        false => renewed_pib,
    };
    let all = due(day.renewed_raw_pib, day.renewal_rate);
    let verified = due(renewed.verified_pib, day.renewal_rate * VERIFIED_RENEWAL).min(all);
    let went = Both {
        capacity_pib: (all - verified - renewed.capacity_pib).max(0.0),
        verified_pib: verified - renewed.verified_pib,
    };
    (came, went)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_not_renewed_goes() {
        let day = HistoryDay {
            date: date(2024, 1, 1),
            raw_power_eib: 0.0,
            qa_power_eib: 0.0,
            onboarded_raw_pib: 3.0,
            onboarded_qa_pib: 12.0,
            renewed_raw_pib: 5.0,
            renewed_qa_pib: 14.0,
            burned_fil_cumulative: 0.0,
            renewal_rate: 0.5,
        };
        let (came, went) = movement(&day);
        assert_eq!(came, Both { capacity_pib: 2.0, verified_pib: 1.0 });
        // Ten are due: of the verified one over 0.38, of the others what is left.
        let verified = 1.0 / (0.5 * VERIFIED_RENEWAL) - 1.0;
        assert!((went.verified_pib - verified).abs() < 1e-12, "{went:?}");
        assert!((went.capacity_pib - (5.0 - verified)).abs() < 1e-12, "{went:?}");
        let nothing = HistoryDay { renewed_raw_pib: 0.0, renewed_qa_pib: 0.0, ..day };
        assert_eq!(movement(&nothing).1, Both { capacity_pib: 0.0, verified_pib: 0.0 });
    }
}
