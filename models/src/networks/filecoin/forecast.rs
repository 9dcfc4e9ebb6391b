//! What goes on after the last day of a history that is cut: the flows of power continued from
//! what the days before the cut show, as one of many paths.
//!
//! Four flows are followed: new quality-1 and new verified sectors a day, and the share of the
//! quality-1 and of the verified sectors that leaves a day because it ends and is not renewed.
//! Each goes on as
//!
//! `level * exp(trend * damped days) * exp(walk) * residual`
//!
//! - level: its mean over the last days; trend of new sectors: the logarithm of the second half of
//!   the window over the first; it fades with the damping time, for no trend has lasted. (Damped
//!   trend: Gardner and McKenzie, "Forecasting Trends in Time Series", Management Science 31,
//!   1985.)
//! - walk: a random walk, as wide as the flow itself moved over eight weeks before the cut;
//! - residual: the flow over its trend on the days of the window, in blocks drawn with
//!   replacement, all four flows on the same days (moving blocks: Künsch, Annals of Statistics
//!   17, 1989).
//!
//! What is due follows from the loss and the window's share of renewals. With [`Ends::Schedule`],
//! verified sectors come due at least as their own dates say; quality-1 sectors never do, because
//! the commitments that providers really chose are not in the data and the model's dates drift
//! away from the real ones.
//!
//! Left out: what one knows from elsewhere, such as announced upgrades or a price. Invariant:
//! nothing here has seen a day after the cut, for [`Outlook::new`] is given none.

use pinwheel_core::distribution::Normal;
use pinwheel_core::{Purpose, Streams, math};
use serde::{Deserialize, Serialize};

use super::Filecoin;
use super::driven::DayTotals;
use super::sectors::{Kind, SECTORS_PER_PIB};
use super::settings::{Ends, HistoryDay, Trend};

/// Lag over which a flow's movement sizes its random walk: short enough that three months give a
/// month of overlapping differences, long enough that a week's noise does not count as movement.
const WALK_LAG_DAYS: usize = 56;
/// Days that are averaged before the movement is taken.
const WALK_MEAN_DAYS: usize = 7;
/// Most of a kind of sectors that may come due in a day, so that no path empties the network at
/// once.
const DUE_SHARE_MAX: f64 = 0.05;
const PIB_PER_EIB: f64 = 1_024.0;

const WALK: Purpose = Purpose::new("filecoin forecast walk");
const BLOCK: Purpose = Purpose::new("filecoin forecast block");

/// The four flows, in the order of every array here.
const FLOWS: usize = 4;
const NEW_CAPACITY: usize = 0;
const NEW_VERIFIED: usize = 1;
const LOST_CAPACITY: usize = 2;
const LOST_VERIFIED: usize = 3;

/// How one flow goes on.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Flow {
    /// New sectors in PiB a day; lost ones as a share of the live a day.
    level: f64,
    trend_per_day: f64,
    /// Standard deviation of a day's step of the logarithm.
    walk_per_day: f64,
}

/// The days after the cut, one path of many; a path differs from another by its random streams.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    flows: [Flow; FLOWS],
    /// Share of what is due that is renewed: quality-1, verified.
    renewed: [f64; 2],
    /// Each flow over its trend on the days of the window.
    residuals: Vec<[f64; FLOWS]>,
    damping_days: f64,
    block_days: usize,
    ends: Ends,
    /// Days since the cut, where the walks stand, and the day of the window that comes next.
    day: u64,
    walks: [f64; FLOWS],
    place: usize,
}

/// One day's flows, in PiB and shares.
#[derive(Copy, Clone, Debug, Default)]
struct Seen {
    flows: [f64; FLOWS],
    /// Due and renewed, PiB: quality-1, verified.
    due: [f64; 2],
    renewed: [f64; 2],
    live: [f64; 2],
}

impl Seen {
    fn new(day: &HistoryDay, verified_renewal_relative: f64) -> Self {
        let totals = DayTotals::new(day, verified_renewal_relative);
        let pib = |sectors: u64| sectors as f64 / SECTORS_PER_PIB;
        let verified = (day.qa_power_eib - day.raw_power_eib).max(0.0) / 9.0 * PIB_PER_EIB;
        let live = [(day.raw_power_eib * PIB_PER_EIB - verified).max(1.0), verified.max(1.0)];
        let due = [pib(totals.capacity_due), pib(totals.verified_due)];
        let renewed = [pib(totals.capacity_renewed), pib(totals.verified_renewed)];
        let lost = [0, 1].map(|kind: usize| (due[kind] - renewed[kind]).max(0.0) / live[kind]);
        let new = [pib(totals.onboarded_capacity), pib(totals.onboarded_verified)];
        Seen { flows: [new[0], new[1], lost[0], lost[1]], due, renewed, live }
    }
}

impl Outlook {
    /// Learns from a history that ends on the day of the cut and has at least the window's days.
    pub fn new(settings: &Trend, history: &[HistoryDay], relative: f64) -> Self {
        let seen: Vec<Seen> = history.iter().map(|day| Seen::new(day, relative)).collect();
        let window = &seen[seen.len().saturating_sub(settings.window_days as usize)..];
        let recent = &window[window.len().saturating_sub(settings.level_days as usize)..];
        let series = |days: &[Seen], flow: usize| -> Vec<f64> {
            days.iter().map(|day| day.flows[flow]).collect()
        };
        let losses = [0, 1].map(|kind| loss(window, kind));
        let mut flows = [Flow::default(); FLOWS];
        for (place, flow) in flows.iter_mut().enumerate() {
            flow.walk_per_day = settings.spread * movement(&series(&seen, place));
        }
        // Few verified sectors have ended before mid-2023: their own losses are too few to size a
        // walk. The same providers decide on both kinds, so both walk as the quality-1 sectors do.
        flows[LOST_VERIFIED].walk_per_day = flows[LOST_CAPACITY].walk_per_day;
        for flow in [NEW_CAPACITY, NEW_VERIFIED] {
            flows[flow].trend_per_day = trend(&series(window, flow));
            // The mean stands for the middle of its days; the trend carries it to the cut.
            let middle = (recent.len() as f64 - 1.0) / 2.0;
            let carried = math::exp(flows[flow].trend_per_day * middle);
            flows[flow].level = mean(&series(recent, flow)) * carried;
        }
        flows[LOST_CAPACITY].level = losses[0].0;
        flows[LOST_VERIFIED].level = losses[1].0;
        Outlook {
            residuals: residuals(window, &flows),
            flows,
            renewed: losses.map(|(_, renewed)| renewed),
            damping_days: settings.damping_days,
            block_days: settings.block_days as usize,
            ends: settings.ends,
            day: 0,
            walks: [0.0; FLOWS],
            place: 0,
        }
    }

    /// The flows of the next day: new quality-1 and verified PiB, lost shares of both kinds.
    fn next(&mut self, streams: &Streams) -> [f64; FLOWS] {
        let day = self.day;
        if day.is_multiple_of(self.block_days as u64) {
            let starts = self.residuals.len().saturating_sub(self.block_days) as u64 + 1;
            self.place = streams.indexed(0, BLOCK, day).below(starts) as usize;
        }
        let residual = self.residuals[self.place];
        self.place = (self.place + 1) % self.residuals.len();
        self.day += 1;
        let faded = math::exp(-(self.day as f64) / self.damping_days);
        let damped = self.damping_days * (1.0 - faded);
        let mut now = [0.0; FLOWS];
        for place in 0..FLOWS {
            let flow = self.flows[place];
            // Both kinds of losses take the same steps.
            let walker = place.min(LOST_CAPACITY) as u32;
            let step = Normal::STANDARD.sample(&mut streams.indexed(walker, WALK, day));
            self.walks[place] += flow.walk_per_day * step;
            let grown = math::exp(flow.trend_per_day * damped + self.walks[place]);
            now[place] = flow.level * grown * residual[place];
        }
        now
    }

    /// The next day's totals for a network with so many live sectors (quality-1, verified), of
    /// which so many verified ones end on that day by their own dates.
    pub fn totals(&mut self, live: [u64; 2], scheduled: u64, streams: &Streams) -> DayTotals {
        let flows = self.next(streams);
        let sectors = |pib: f64| (pib * SECTORS_PER_PIB + 0.5) as u64;
        let due = |kind: usize, lost: f64| {
            let due = (lost / (1.0 - self.renewed[kind])).min(DUE_SHARE_MAX);
            (live[kind] as f64 * due + 0.5) as u64
        };
        let capacity_due = due(0, flows[LOST_CAPACITY]);
        let mut verified_due = due(1, flows[LOST_VERIFIED]);
        if self.ends == Ends::Schedule {
            verified_due = verified_due.max(scheduled);
        }
        let renewed = |kind: usize, due: u64| (due as f64 * self.renewed[kind]) as u64;
        DayTotals {
            onboarded_capacity: sectors(flows[NEW_CAPACITY]),
            onboarded_verified: sectors(flows[NEW_VERIFIED]),
            capacity_due,
            capacity_renewed: renewed(0, capacity_due),
            verified_due,
            verified_renewed: renewed(1, verified_due),
        }
    }
}

impl Filecoin {
    /// The totals of a day after the last known one: nothing happens where no forecast was asked
    /// for.
    pub fn forecast_day(&mut self, streams: &Streams) -> DayTotals {
        let Some(outlook) = &mut self.outlook else { return DayTotals::default() };
        let (mut all, mut verified, mut scheduled) = (0, 0, 0);
        for provider in &self.providers {
            all += provider.sectors.live();
            verified += provider.sectors.of(Kind::Verified);
            scheduled += provider.sectors.ending_on(Kind::Verified, self.day);
        }
        outlook.totals([all - verified, verified], scheduled, streams)
    }
}

/// Highest share of renewals: what is due follows from the loss over one less this.
const RENEWED_MAX: f64 = 0.98;
/// Share of renewals where nothing has come due yet.
const RENEWED_UNKNOWN: f64 = 0.5;

/// Share of the live sectors of a kind that was lost a day, and share of the due that was renewed.
fn loss(window: &[Seen], kind: usize) -> (f64, f64) {
    let sum =
        |value: fn(&Seen, usize) -> f64| -> f64 { window.iter().map(|day| value(day, kind)).sum() };
    let (due, renewed) = (sum(|day, kind| day.due[kind]), sum(|day, kind| day.renewed[kind]));
    let lost = (due - renewed).max(0.0) / sum(|day, kind| day.live[kind]);
    let share = if due > 0.0 { (renewed / due).min(RENEWED_MAX) } else { RENEWED_UNKNOWN };
    (lost, share)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Growth a day of the logarithm, from the means of both halves; none where one of them is empty.
fn trend(values: &[f64]) -> f64 {
    let half = values.len() / 2;
    let (before, after) = (mean(&values[..half]), mean(&values[values.len() - half..]));
    if before <= 0.0 || after <= 0.0 {
        return 0.0;
    }
    math::ln(after / before) / half as f64
}

/// Standard deviation of a day's step such that a random walk moves over [`WALK_LAG_DAYS`] as far
/// as the logarithm of the values' weekly mean did; zero where they are too few.
fn movement(values: &[f64]) -> f64 {
    let weekly: Vec<f64> = values.windows(WALK_MEAN_DAYS).map(mean).collect();
    let moves: Vec<f64> = weekly
        .iter()
        .zip(weekly.iter().skip(WALK_LAG_DAYS))
        .filter(|(before, after)| **before > 0.0 && **after > 0.0)
        .map(|(before, after)| math::ln(after / before))
        .map(|change| change * change)
        .collect();
    math::sqrt(mean(&moves) / WALK_LAG_DAYS as f64)
}

/// The flows of each day of the window over what level and trend give for it, with mean one.
fn residuals(window: &[Seen], flows: &[Flow; FLOWS]) -> Vec<[f64; FLOWS]> {
    let last = window.len() as f64 - 1.0;
    let fitted = |flow: Flow, day: usize| math::exp(flow.trend_per_day * (day as f64 - last));
    let ratio = |day: usize, place: usize| window[day].flows[place] / fitted(flows[place], day);
    let ratios: Vec<[f64; FLOWS]> =
        (0..window.len()).map(|day| std::array::from_fn(|place| ratio(day, place))).collect();
    let means: [f64; FLOWS] =
        std::array::from_fn(|place| mean(&ratios.iter().map(|day| day[place]).collect::<Vec<_>>()));
    let share = |value: f64, mean: f64| if mean > 0.0 { value / mean } else { 1.0 };
    ratios.iter().map(|day| std::array::from_fn(|at| share(day[at], means[at]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const DAYS: usize = 120;

    /// Days on which so many PiB are onboarded, half of what is due is renewed, nothing is
    /// verified.
    fn history(onboarded_pib: impl Fn(usize) -> f64) -> Vec<HistoryDay> {
        let day = |day: usize| HistoryDay {
            date: date(2023, 1, 1),
            raw_power_eib: 10.0,
            qa_power_eib: 10.0,
            onboarded_raw_pib: onboarded_pib(day),
            onboarded_qa_pib: onboarded_pib(day),
            renewed_raw_pib: 10.24,
            renewed_qa_pib: 10.24,
            burned_fil_cumulative: 0.0,
            renewal_rate: 0.5,
        };
        (0..DAYS).map(day).collect()
    }

    fn settings(spread: f64) -> Trend {
        Trend {
            window_days: 90,
            level_days: 30,
            damping_days: 30.0,
            block_days: 7,
            spread,
            ends: Ends::Schedule,
        }
    }

    #[test]
    fn what_stood_still_stands_still() {
        let mut outlook = Outlook::new(&settings(1.0), &history(|_| 4.0), 1.0);
        for run in 0..3 {
            let live = 10 * 1_024 * 32_768;
            let totals = outlook.totals([live, 0], 0, &Streams::new(7, run));
            assert_eq!((totals.onboarded_capacity, totals.onboarded_verified), (4 * 32_768, 0));
            // A thousandth of 10 EiB is lost a day: twice that is due, half of it renewed.
            assert!(totals.capacity_due.abs_diff(live / 500) <= 2, "{totals:?}");
            assert!(totals.capacity_renewed.abs_diff(live / 1_000) <= 2, "{totals:?}");
        }
    }

    #[test]
    fn a_trend_is_found_and_fades() {
        let growing = history(|day| math::exp(0.01 * day as f64));
        let mut outlook = Outlook::new(&settings(0.0), &growing, 1.0);
        let flow = outlook.flows[NEW_CAPACITY];
        assert!((flow.trend_per_day - 0.01).abs() < 1e-6, "{flow:?}");
        let streams = Streams::new(7, 0);
        let days: Vec<f64> = (0..400).map(|_| outlook.next(&streams)[NEW_CAPACITY]).collect();
        // The mean of the days behind the level, carried by half of them, is close to the last day.
        let last = math::exp(0.01 * (DAYS as f64 - 1.0));
        assert!((days[0] / last - math::exp(0.01)).abs() < 0.01, "{} {last}", days[0]);
        // Thirty days of growth are all that is left of it in the long run.
        assert!((days[399] / last - math::exp(0.3)).abs() < 0.02, "{}", days[399] / last);
    }

    #[test]
    fn paths_differ_by_run_as_much_as_the_past_moved() {
        // A flow that jumps by a factor of e every eight weeks, up and down.
        let jumps = history(|day| if (day / WALK_LAG_DAYS).is_multiple_of(2) { 1.0 } else { 2.7 });
        let path = |run: u32, spread: f64| {
            let mut outlook = Outlook::new(&settings(spread), &jumps, 1.0);
            for _ in 0..WALK_LAG_DAYS {
                outlook.next(&Streams::new(7, run));
            }
            outlook.walks[NEW_CAPACITY]
        };
        let ends: Vec<f64> = (0..400).map(|run| path(run, 1.0)).collect();
        let spread = math::sqrt(mean(&ends.iter().map(|end| end * end).collect::<Vec<_>>()));
        // Most of the eight-week differences of this series are close to one.
        assert!((0.75..1.1).contains(&spread), "{spread}");
        assert_eq!(path(1, 0.0), 0.0);
        assert_ne!(path(1, 1.0), path(2, 1.0));
    }

    #[test]
    fn verified_sectors_whose_date_has_come_are_due() {
        let still = history(|_| 4.0);
        let due = |ends| {
            let settings = Trend { ends, ..settings(0.0) };
            let mut outlook = Outlook::new(&settings, &still, 1.0);
            outlook.totals([1_000_000, 50_000], 1_234, &Streams::new(7, 0)).verified_due
        };
        assert_eq!((due(Ends::Rate), due(Ends::Schedule)), (0, 1_234));
    }
}
