//! A storage provider: its sectors, what of them is proven, and its economics.

use pinwheel_core::{Amount, SimTime, math};
use serde::{Deserialize, Serialize};

use super::cheater::Cheater;
use super::fairness::Tickets;
use super::notice::Losses;
use super::parameters::Parameters;
use super::rules::{EPOCHS_PER_DAY, Quality, Rules};
use super::sectors::Sectors;
use super::vesting::Vesting;

/// Proving deadlines in a day (`WPOST_PERIOD_DEADLINES` of the miner actor).
pub const DEADLINES: usize = 48;
/// Days a sector may stay faulty before the chain terminates it (`FAULT_MAX_AGE`, 42 days).
pub const FAULT_DAYS_MAX: u8 = 42;
/// Raw power below which a provider wins no blocks: 10 TiB in sectors of 32 GiB.
pub const CONSENSUS_MINIMUM_SECTORS: u64 = 320;

/// Sectors shared out evenly over the deadlines, as the miner actor assigns them.
///
/// # Panics
///
/// If the deadline gets 2^32 sectors or more.
pub fn share_of_deadline(sectors: u64, deadline: usize) -> u32 {
    let even =
        sectors / DEADLINES as u64 + u64::from((deadline as u64) < sectors % DEADLINES as u64);
    u32::try_from(even).expect("fewer than 2^32 sectors in a deadline")
}

/// What closing one deadline did to the provider's faults.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Proven {
    /// Faulty before and still: these pay the fault fee.
    pub continued: u32,
    /// Faulty for 42 days on end: the chain terminates these.
    pub expired: u32,
}

/// Faulty sectors of one deadline.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
struct Faulty {
    sectors: u32,
    /// Fewest in the days on end that there have been any: so many at least have been faulty
    /// throughout.
    fewest: u32,
    streak_days: u8,
}

/// Faulty sectors by deadline.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Faults {
    /// Empty until the first fault, for most providers have none for months.
    by_deadline: Vec<Faulty>,
    total: u64,
}

impl Faults {
    /// Sectors that are faulty now.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Faulty sectors of a deadline.
    pub fn in_deadline(&self, deadline: usize) -> u32 {
        self.by_deadline.get(deadline).map_or(0, |faulty| faulty.sectors)
    }

    /// More sectors of a deadline are faulty at once, `most` of them in all: their proof was shown
    /// invalid.
    pub fn dispute(&mut self, deadline: usize, sectors: u32, most: u32) {
        if self.by_deadline.is_empty() {
            self.by_deadline = vec![Faulty::default(); DEADLINES];
        }
        let faulty = &mut self.by_deadline[deadline];
        let sectors = sectors.min(most.saturating_sub(faulty.sectors));
        faulty.sectors += sectors;
        self.total += u64::from(sectors);
        if faulty.streak_days == 0 && sectors > 0 {
            faulty.streak_days = 1;
            faulty.fewest = sectors;
        }
    }

    /// Closes a deadline in which `unproven` sectors had no valid proof.
    pub fn close(&mut self, deadline: usize, unproven: u32) -> Proven {
        if self.by_deadline.is_empty() {
            self.by_deadline = vec![Faulty::default(); DEADLINES];
        }
        let faulty = &mut self.by_deadline[deadline];
        let before = std::mem::replace(&mut faulty.sectors, unproven);
        self.total = self.total - u64::from(before) + u64::from(unproven);
        let continued = before.min(unproven);
        if continued == 0 {
            faulty.streak_days = u8::from(unproven > 0);
            faulty.fewest = unproven;
            return Proven::default();
        }
        faulty.streak_days += 1;
        faulty.fewest = faulty.fewest.min(unproven);
        let mut expired = 0;
        if faulty.streak_days > FAULT_DAYS_MAX {
            expired = faulty.fewest;
            faulty.sectors -= expired;
            self.total -= u64::from(expired);
            faulty.streak_days = u8::from(faulty.sectors > 0);
            faulty.fewest = faulty.sectors;
        }
        Proven { continued, expired }
    }

    /// Forgets the faults of sectors that leave the chain, so many of each deadline.
    pub fn end(&mut self, ended: impl Fn(usize) -> u32) {
        if self.total == 0 {
            return;
        }
        for (deadline, faulty) in self.by_deadline.iter_mut().enumerate() {
            let ended = ended(deadline).min(faulty.sectors);
            faulty.sectors -= ended;
            faulty.fewest = faulty.fewest.saturating_sub(ended);
            self.total -= u64::from(ended);
            if faulty.sectors == 0 {
                faulty.streak_days = 0;
            }
        }
    }

    /// Forgets the faults of sectors that left the chain, so that none is counted beyond `live`.
    pub fn cap(&mut self, live: u64) {
        if self.total == 0 {
            return;
        }
        for (deadline, faulty) in self.by_deadline.iter_mut().enumerate() {
            let most = share_of_deadline(live, deadline);
            if faulty.sectors > most {
                self.total -= u64::from(faulty.sectors - most);
                faulty.sectors = most;
                faulty.fewest = faulty.fewest.min(most);
            }
        }
    }
}

/// Size at the start, the label of income and cost.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SizeClass {
    /// Below 1 PiB.
    Small,
    /// 1 to 10 PiB.
    Medium,
    /// 10 to 100 PiB.
    Large,
    /// 100 PiB and more.
    Giant,
    /// Came after the first day.
    Entrant,
}

impl SizeClass {
    /// Every class, in the order of its number.
    pub const ALL: [SizeClass; 5] = [
        SizeClass::Small,
        SizeClass::Medium,
        SizeClass::Large,
        SizeClass::Giant,
        SizeClass::Entrant,
    ];

    /// The class of a provider with so many sectors at the start.
    pub fn of(sectors: u64) -> Self {
        match sectors / 32_768 {
            0 => SizeClass::Small,
            1..10 => SizeClass::Medium,
            10..100 => SizeClass::Large,
            _ => SizeClass::Giant,
        }
    }
    /// The label in records.
    pub const fn name(self) -> &'static str {
        match self {
            SizeClass::Small => "below 1 PiB",
            SizeClass::Medium => "1 to 10 PiB",
            SizeClass::Large => "10 to 100 PiB",
            SizeClass::Giant => "above 100 PiB",
            SizeClass::Entrant => "joined later",
        }
    }
}

/// What a provider has decided to do until it thinks again.
#[derive(Copy, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// New sectors without verified data a day, as a share of its live ones.
    pub growth_per_day: f64,
    /// New sectors with verified data a day.
    pub verified_per_day: f64,
    /// Share of its sectors without data that it raises to quality 10 a day (FIP-0118).
    pub upgrades_per_day: f64,
    /// It extends the sectors that are worth it.
    pub renews: bool,
    /// Gives up: terminates what it has.
    pub terminates: bool,
}

/// Power that a provider contributes to the network now: live sectors less faulty ones, if they
/// reach the consensus minimum.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Power {
    /// Raw power, sectors of 32 GiB.
    pub raw_sectors: u64,
    /// Quality-adjusted power, sectors of quality one.
    pub qa_units: u64,
}

/// Where a provider stands among all, drawn once: its costs and habits follow from the parameters.
#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
pub struct Traits {
    /// Exponential with mean one: how much its data is read.
    pub reads: f64,
    /// Standard normal: the logarithm of its costs.
    pub opex: f64,
    /// Standard normal: the return it asks for.
    pub hurdle: f64,
    /// Exponential with mean one: how long it endures losses.
    pub patience: f64,
    /// Uniform: it leaves if the share of those that do is larger.
    pub exit: f64,
}

/// A storage provider: its sectors, its faults, its money and what it plans.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Provider {
    /// Its sectors, by kind and date.
    pub sectors: Sectors,
    /// Its faulty sectors, by deadline.
    pub faults: Faults,
    /// Share of its sectors that it will end early, in driven behaviour: of quality-1, of verified.
    /// Below zero where broken disks have taken more.
    pub losses_owed: [f64; 2],
    /// Next proving deadline, 0 to 47.
    pub deadline: u8,
    /// What it contributes to the network now.
    pub power: Power,

    /// Whether its main site can be reached.
    pub online: bool,
    /// Since when it cannot be.
    pub offline_since: SimTime,
    /// Deadlines missed so far today (day detail).
    pub missed_today: u8,
    /// Sectors on machines that cannot be reached now, lost ones not counted.
    pub unreachable: u64,
    /// Sectors whose data is gone, still on chain; and the day the first of them went.
    pub lost: u64,
    /// Day from which data on its disks were lost, or that it had been gone became known.
    pub lost_since_day: i32,
    /// Disks lost so far, to notice new ones.
    pub disks_lost: u64,
    /// Losses of data that the chain has not noticed yet.
    pub losses: Losses,
    /// What it does in secret, if it cheats.
    pub cheater: Option<Box<Cheater>>,
    /// Its part in the lottery since the last record.
    pub tickets: Tickets,

    /// Its block rewards that still vest.
    pub vesting: Vesting,
    /// Rewards of today that have still to enter the vesting schedule.
    pub to_vest: Amount,
    /// The pledge of all its sectors.
    pub pledge: Amount,
    /// The deposits of those it pre-commits today.
    pub pre_commit_deposit: Amount,

    /// Its size at the start.
    pub class: SizeClass,
    /// What makes it differ from the others.
    pub traits: Traits,
    /// Weight in sharing out the network's new quality-1 and verified sectors (driven behaviour).
    pub capacity_weight: u64,
    /// Its weight where verified sectors are handed out.
    pub verified_weight: u64,
    /// How often a day its data is read; counts under the textbook's rules only.
    pub reads_per_day: f64,
    /// What a sector costs a day, USD.
    pub opex_usd_per_sector_day: f64,
    /// The return a year below which it does not invest.
    pub hurdle_per_year: f64,
    /// Days at a loss after which it leaves.
    pub patience_days: u32,
    /// Days at a loss in a row so far.
    pub losing_days: u32,
    /// Has decided to leave as its commitments end, whatever it earns.
    pub leaves: bool,
    /// What it has decided to do.
    pub intent: Intent,
    /// Income and cost since the last record, USD and FIL.
    pub income: Amount,
    /// Its costs since the last record, USD.
    pub cost_usd: f64,
}

impl Provider {
    /// Takes over the parameters that its costs and habits follow from.
    pub fn follow(&mut self, p: &Parameters) {
        let spread = |sigma: f64, normal: f64| math::exp(sigma * normal - sigma * sigma / 2.0);
        let tib_per_sector = 32.0 / 1024.0;
        let opex = p.opex_usd_per_tib_month * tib_per_sector * 12.0 / 365.0;
        self.reads_per_day = p.reads_per_day * self.traits.reads;
        self.opex_usd_per_sector_day = opex * spread(p.opex_sigma, self.traits.opex);
        self.hurdle_per_year = p.hurdle_rate * spread(p.hurdle_sigma, self.traits.hurdle);
        self.patience_days = (p.patience * self.traits.patience) as u32;
        self.leaves = self.class != SizeClass::Entrant && self.traits.exit < p.exit_share;
    }

    /// Whether it is online with all its data and has no faults, and nothing to hide.
    pub fn is_whole(&self) -> bool {
        self.online
            && self.unreachable + self.lost + self.faults.total() == 0
            && self.cheater.as_ref().is_none_or(|cheater| cheater.is_clean())
    }

    /// Sectors that could not be proven in a deadline if it closed now.
    pub fn unproven(&self, deadline: usize, missed: bool) -> u32 {
        let live = self.sectors.live();
        if missed {
            return share_of_deadline(live, deadline);
        }
        let Some(cheater) = &self.cheater else {
            return share_of_deadline((self.unreachable + self.lost).min(live), deadline);
        };
        let exposed = cheater.exposed_in(deadline);
        let recovers = self.faults.in_deadline(deadline) > exposed;
        if cheater.hidden_in(deadline) > 0 && !recovers {
            return exposed;
        }
        // Of what is out of reach, a part may be gone.
        let unreachable = self.unreachable.saturating_sub(cheater.hidden() + cheater.exposed());
        let declared = share_of_deadline(unreachable.min(live), deadline);
        (declared + exposed).min(share_of_deadline(live, deadline))
    }

    /// Whether a consensus fault bars it from the lottery of an epoch.
    pub fn is_barred(&self, epoch: i64) -> bool {
        self.cheater.as_ref().is_some_and(|cheater| epoch <= cheater.barred_until_epoch)
    }

    /// For how much of the day that begins after an epoch it is barred.
    pub fn barred_share(&self, epoch: i64) -> f64 {
        let Some(cheater) = &self.cheater else { return 0.0 };
        let epochs = cheater.barred_until_epoch.saturating_sub(epoch).clamp(0, EPOCHS_PER_DAY);
        epochs as f64 / EPOCHS_PER_DAY as f64
    }

    /// The chain learns on this day of sectors that a cheater hides in a deadline.
    pub fn expose(&mut self, deadline: usize, sectors: u32, day: i32) {
        let Some(cheater) = &mut self.cheater else { return };
        if cheater.exposed() == 0 {
            self.lost_since_day = day;
        }
        cheater.expose(deadline, sectors);
    }

    /// Forgets what it had lost beyond the sectors that it still has.
    pub fn cap_lost(&mut self) {
        let live = self.sectors.live();
        self.lost = self.lost.min(live);
        self.faults.cap(live);
        if let Some(cheater) = &mut self.cheater {
            cheater.cap(live);
        }
    }

    /// Quality units that `sectors` average sectors of this provider stand for.
    pub fn units_of(&self, sectors: u64) -> u64 {
        if sectors == 0 {
            return 0;
        }
        let (live, units) = (self.sectors.live(), u128::from(self.sectors.quality_units()));
        (u128::from(sectors) * units / u128::from(live.max(1))) as u64
    }

    /// Power after faults under these rules, and none below the consensus minimum.
    pub fn effective_power(&self, rules: &Rules) -> Power {
        let live = self.sectors.live();
        let faulty = self.faults.total().min(live);
        let raw_sectors = live - faulty;
        if raw_sectors < CONSENSUS_MINIMUM_SECTORS {
            return Power::default();
        }
        let qa_units = if rules.quality == Quality::AccessFrequency {
            raw_sectors * u64::from(rules.quality_permille(false, self.reads_per_day)) / 1_000
        } else {
            self.sectors.quality_units() - self.units_of(faulty)
        };
        Power { raw_sectors, qa_units }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_share_sectors_exactly() {
        for sectors in [0, 1, 47, 48, 49, 1_000_003] {
            let sum: u64 = (0..DEADLINES).map(|d| u64::from(share_of_deadline(sectors, d))).sum();
            assert_eq!(sum, sectors);
        }
    }

    #[test]
    fn a_new_fault_is_free_a_continued_one_pays_and_the_43rd_day_terminates() {
        let mut faults = Faults::default();
        assert_eq!(faults.close(3, 10), Proven { continued: 0, expired: 0 });
        for _ in 0..41 {
            assert_eq!(faults.close(3, 10), Proven { continued: 10, expired: 0 });
        }
        assert_eq!(faults.close(3, 10), Proven { continued: 10, expired: 10 });
        assert_eq!(faults.total(), 0);
    }

    #[test]
    fn disputed_sectors_are_faulty_at_once_and_the_next_deadline_costs_what_is_still_unproven() {
        let mut faults = Faults::default();
        faults.close(3, 2);
        faults.dispute(3, 40, 30);
        assert_eq!((faults.total(), faults.in_deadline(3), faults.in_deadline(4)), (30, 30, 0));
        assert_eq!(faults.close(3, 7), Proven { continued: 7, expired: 0 });
        assert_eq!(faults.total(), 7);
        faults.dispute(9, 5, 30);
        for _ in 0..41 {
            assert_eq!(faults.close(9, 5), Proven { continued: 5, expired: 0 });
        }
        assert_eq!(faults.close(9, 5), Proven { continued: 5, expired: 5 });
    }

    #[test]
    fn a_recovered_sector_starts_anew() {
        let mut faults = Faults::default();
        faults.close(0, 10);
        faults.close(0, 4);
        assert_eq!(faults.total(), 4);
        faults.close(0, 0);
        assert_eq!(faults.close(0, 5), Proven::default());
    }
}
