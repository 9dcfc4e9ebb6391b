//! From the loss of data to the deadline at which the chain notices it.
//!
//! Data is lost at an instant; each of the provider's 48 deadlines that closes after it finds the
//! sectors it is due for unproven. What a cheater hides is noticed when a proof is disputed, or not
//! at all. Sectors are counted as they were when their data was lost.
//!
//! Left out: sectors that come to their end before their deadline does.

use pinwheel_core::SimTime;
use serde::{Deserialize, Serialize};

use super::provider::DEADLINES;

/// Age from which a loss counts as missed if nobody has noticed it: two proving periods.
const MISSED_HOURS: f64 = 48.0;
/// Most losses of one provider that are remembered; beyond it the oldest is forgotten.
const LOSSES_MAX: usize = 4_096;

/// Data lost at one instant, and in which deadlines nobody has noticed it yet.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Loss {
    at: SimTime,
    /// In each of the deadlines; on average where they differ by one.
    sectors_per_deadline: f64,
    /// The deadlines, a bit each.
    unnoticed: u64,
    /// Whether it is old enough to be counted as missed, and was.
    missed: bool,
}

impl Loss {
    fn age_hours(&self, now: SimTime) -> f64 {
        now.since(self.at).as_seconds() / 3_600.0
    }

    fn unnoticed_sectors(&self) -> f64 {
        self.sectors_per_deadline * f64::from(self.unnoticed.count_ones())
    }
}

/// Losses of one provider that the chain has not noticed yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Losses(Vec<Loss>);

impl Losses {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sectors of all deadlines were lost.
    pub fn add(&mut self, at: SimTime, sectors: u64) {
        let sectors_per_deadline = sectors as f64 / DEADLINES as f64;
        self.push(at, sectors_per_deadline, (1 << DEADLINES) - 1);
    }

    /// Sectors of one deadline were lost.
    pub fn add_one(&mut self, at: SimTime, deadline: usize, sectors: u32) {
        self.push(at, f64::from(sectors), 1 << deadline);
    }

    fn push(&mut self, at: SimTime, sectors_per_deadline: f64, unnoticed: u64) {
        if sectors_per_deadline > 0.0 {
            if self.0.len() == LOSSES_MAX {
                self.0.remove(0);
            }
            self.0.push(Loss { at, sectors_per_deadline, unnoticed, missed: false });
        }
    }

    /// Sectors left the chain with what was not noticed.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// What has been noticed of all losses.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
pub struct Noticed {
    /// Sectors whose loss was noticed since the last record.
    sectors: f64,
    /// The hours that it took, summed over them, and most of them.
    sector_hours: f64,
    hours_max: f64,
    /// Sectors since the start whose loss was noticed within 48 hours, and the others.
    in_time: f64,
    missed: f64,
}

impl Noticed {
    /// A deadline finds out what of it was lost.
    pub fn notice(&mut self, losses: &mut Losses, deadline: usize, now: SimTime) {
        self.take(losses, 1 << deadline, now, now);
    }

    /// A dispute finds out what of a deadline was lost when its proof was claimed.
    pub fn notice_claimed(
        &mut self,
        losses: &mut Losses,
        deadline: usize,
        claimed: SimTime,
        now: SimTime,
    ) {
        self.take(losses, 1 << deadline, claimed, now);
    }

    /// A provider says what it has lost.
    pub fn notice_all(&mut self, losses: &mut Losses, now: SimTime) {
        self.take(losses, u64::MAX, now, now);
    }

    fn take(&mut self, losses: &mut Losses, deadlines: u64, lost_by: SimTime, now: SimTime) {
        for loss in losses.0.iter_mut().filter(|loss| loss.at <= lost_by) {
            let found = Loss { unnoticed: loss.unnoticed & deadlines, ..*loss };
            if found.unnoticed == 0 {
                continue;
            }
            let (sectors, hours) = (found.unnoticed_sectors(), loss.age_hours(now));
            self.sectors += sectors;
            self.sector_hours += sectors * hours;
            self.hours_max = self.hours_max.max(hours);
            if hours <= MISSED_HOURS {
                self.in_time += sectors;
            } else if !loss.missed {
                self.missed += sectors;
            }
            loss.unnoticed &= !deadlines;
        }
        losses.0.retain(|loss| loss.unnoticed != 0);
    }

    /// Counts what is too old to be noticed in time.
    pub fn count_missed(&mut self, losses: &mut Losses, now: SimTime) {
        for loss in &mut losses.0 {
            if !loss.missed && loss.age_hours(now) > MISSED_HOURS {
                loss.missed = true;
                self.missed += loss.unnoticed_sectors();
            }
        }
    }

    /// Share of the sectors whose data was lost that were noticed within 48 hours; `None` before
    /// one was noticed or missed.
    pub fn share(&self) -> Option<f64> {
        let all = self.in_time + self.missed;
        (all > 0.0).then(|| self.in_time / all)
    }

    /// Mean and longest time to notice a loss, hours, of those since the last record.
    pub fn hours(&self) -> Option<(f64, f64)> {
        (self.sectors > 0.0).then(|| (self.sector_hours / self.sectors, self.hours_max))
    }

    /// Begins a new record.
    pub fn begin_record(&mut self) {
        *self = Noticed { in_time: self.in_time, missed: self.missed, ..Noticed::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pinwheel_core::SimDuration;

    fn hour(hours: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_hours(hours)
    }

    #[test]
    fn each_deadline_notices_its_part() {
        let (mut losses, mut noticed) = (Losses::default(), Noticed::default());
        losses.add(hour(1), 96);
        for deadline in 0..DEADLINES {
            noticed.notice(&mut losses, deadline, hour(1 + deadline as u64 / 2));
        }
        assert!(losses.is_empty());
        assert_eq!((noticed.share(), noticed.hours()), (Some(1.0), Some((11.5, 23.0))));
        noticed.begin_record();
        assert_eq!((noticed.share(), noticed.hours()), (Some(1.0), None));
    }

    #[test]
    fn what_nobody_notices_in_two_days_is_missed_once() {
        let (mut losses, mut noticed) = (Losses::default(), Noticed::default());
        losses.add_one(hour(0), 3, 30);
        losses.add_one(hour(40), 4, 10);
        noticed.notice(&mut losses, 4, hour(50));
        assert_eq!(noticed.share(), Some(1.0));
        for now in [48, 49, 72] {
            noticed.count_missed(&mut losses, hour(now));
        }
        assert_eq!(noticed.share(), Some(0.25));
        noticed.notice(&mut losses, 3, hour(100));
        assert_eq!((noticed.share(), noticed.hours()), (Some(0.25), Some((77.5, 100.0))));
    }

    #[test]
    fn a_dispute_notices_what_was_lost_before_the_claim() {
        let (mut losses, mut noticed) = (Losses::default(), Noticed::default());
        losses.add_one(hour(0), 3, 30);
        losses.add_one(hour(12), 3, 10);
        noticed.notice_claimed(&mut losses, 3, hour(10), hour(20));
        assert_eq!(noticed.hours(), Some((20.0, 20.0)));
        noticed.notice(&mut losses, 3, hour(34));
        assert_eq!((noticed.hours(), losses.is_empty()), (Some((20.5, 22.0)), true));
    }

    #[test]
    fn what_a_provider_says_itself_is_noticed() {
        let (mut losses, mut noticed) = (Losses::default(), Noticed::default());
        losses.add(hour(0), 5);
        noticed.notice_all(&mut losses, hour(10));
        assert_eq!((noticed.share(), losses.is_empty()), (Some(1.0), true));
    }
}
