//! Block rewards of one provider on their way to being spendable.
//!
//! Three quarters of a reward vest in equal daily parts over 180 days (`REWARD_VESTING_SPEC` and
//! `locked_reward_from_reward` of `fil_actor_miner_state`). The actors keep a table of epochs and
//! amounts and merge every award into it; a run makes millions of awards, so this keeps one ring
//! of 180 daily amounts a provider and merges a day's awards at once, in constant time.
//!
//! Units: attoFIL; days since the start of the run. What differs from the actors: they round each
//! part down and its time up to a 12 h quantum of the provider's proving period. Here an award is
//! 180 parts of `award / 180`, the remainder with the last. For awards entered on a quantum the
//! sums released agree to 180 attoFIL an award on every day; for awards at other times a part may
//! fall due up to a day earlier or later, and after the last day nothing differs.
//!
//! Invariant: `locked` is what was added less what was released or taken, to the attoFIL.

use pinwheel_core::Amount;
use serde::{Deserialize, Serialize};

/// Days over which a reward vests.
pub const VESTING_DAYS: u32 = 180;
const PARTS: u128 = VESTING_DAYS as u128;

/// The rewards of one provider that are still locked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vesting {
    /// Amounts by the day on which their last part falls due, as a ring over `day % 180`; empty
    /// until the first award.
    daily: Vec<Slot>,
    /// Sum of the daily parts now running.
    part_per_day: u128,
    /// Of the schedule, what has still to fall due.
    vesting: u128,
    /// Of that, what penalties have taken: the parts that fall due first.
    taken: u128,
    /// Fallen due and not yet released.
    due: u128,
    /// The last day that fell due.
    today: u32,
}

/// The awards of one day.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Slot {
    /// Paid on each of 180 days.
    part: u128,
    /// Paid with the last part.
    remainder: u128,
}

impl Vesting {
    /// `stock` locked on day 0, as if equal awards had been made on each of the last 180 days: it
    /// is released from day 1 on, at a rate that declines to nothing in 180 days.
    pub fn with_stock(stock: Amount) -> Vesting {
        let mut vesting = Vesting::default();
        if stock == Amount::ZERO {
            return vesting;
        }
        // The award of d days ago has 180 - d parts to go: 1 + 2 + ... + 180 parts in all.
        let parts = PARTS * (PARTS + 1) / 2;
        for parts_left in 1..=VESTING_DAYS {
            vesting.slot(parts_left).part = stock.0 / parts;
        }
        vesting.slot(VESTING_DAYS).remainder = stock.0 % parts;
        vesting.part_per_day = stock.0 / parts * PARTS;
        vesting.vesting = stock.0;
        vesting
    }

    /// Locks the awards of one day; the first part falls due the day after.
    pub fn add(&mut self, day: u32, amount: Amount) {
        self.advance(day);
        if amount == Amount::ZERO {
            return;
        }
        let slot = self.slot(day + VESTING_DAYS);
        slot.part += amount.0 / PARTS;
        slot.remainder += amount.0 % PARTS;
        self.part_per_day += amount.0 / PARTS;
        self.vesting += amount.0;
    }

    /// Releases what has fallen due up to and including `day`.
    pub fn release(&mut self, day: u32) -> Amount {
        self.advance(day);
        Amount(std::mem::take(&mut self.due))
    }

    /// Lets parts fall due up to and including `day`.
    fn advance(&mut self, day: u32) {
        assert!(day >= self.today, "days do not run backwards");
        while self.today < day {
            if self.vesting == 0 {
                self.today = day;
                return;
            }
            self.today += 1;
            let today = self.today;
            let last = std::mem::take(self.slot(today));
            let due = self.part_per_day + last.remainder;
            self.part_per_day -= last.part;
            self.vesting -= due;
            let gone = due.min(self.taken);
            self.taken -= gone;
            self.due += due - gone;
        }
    }

    /// Takes up to `target` from what is locked, for a penalty, and returns what was there. What
    /// would vest first goes first, as in the actors.
    pub fn take(&mut self, target: Amount) -> Amount {
        let from_due = target.0.min(self.due);
        self.due -= from_due;
        let from_schedule = (target.0 - from_due).min(self.vesting - self.taken);
        self.taken += from_schedule;
        Amount(from_due + from_schedule)
    }

    /// What the provider cannot spend yet, with what has fallen due and was not released.
    pub fn locked(&self) -> Amount {
        Amount(self.vesting - self.taken + self.due)
    }

    /// What falls due on each of the days ahead, from the next one on, if nothing is added.
    pub fn ahead(&self) -> impl Iterator<Item = Amount> {
        let (mut part_per_day, mut taken) = (self.part_per_day, self.taken);
        (1..=VESTING_DAYS).filter(|_| !self.daily.is_empty()).map(move |days| {
            let last = self.daily[((self.today + days) % VESTING_DAYS) as usize];
            let due = part_per_day + last.remainder;
            part_per_day -= last.part;
            let gone = due.min(taken);
            taken -= gone;
            Amount(due - gone)
        })
    }

    fn slot(&mut self, last_day: u32) -> &mut Slot {
        if self.daily.is_empty() {
            self.daily = vec![Slot::default(); VESTING_DAYS as usize];
        }
        &mut self.daily[(last_day % VESTING_DAYS) as usize]
    }
}

#[cfg(test)]
mod tests {
    use fil_actor_miner_state::v19::{REWARD_VESTING_SPEC, VestingFunds};
    use fvm_shared::econ::TokenAmount;
    use proptest::prelude::*;

    use super::super::rules::EPOCHS_PER_DAY;
    use super::*;

    /// The actors' table fed with the same awards at the end of each day.
    struct Table {
        store: fvm_ipld_blockstore::MemoryBlockstore,
        funds: VestingFunds,
    }

    impl Table {
        fn add(&mut self, day: u32, amount: u128) -> u128 {
            let epoch = i64::from(day) * EPOCHS_PER_DAY;
            let amount = TokenAmount::from_atto(amount);
            let spec = &REWARD_VESTING_SPEC;
            atto(self.funds.add_locked_funds(&self.store, epoch, &amount, 0, spec).unwrap())
        }
        fn release(&mut self, day: u32) -> u128 {
            // Funds vest the epoch after the one they are entered under.
            let epoch = i64::from(day) * EPOCHS_PER_DAY + 1;
            atto(self.funds.unlock_vested_funds(&self.store, epoch).unwrap())
        }
    }

    fn atto(tokens: TokenAmount) -> u128 {
        u128::try_from(tokens.atto()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn follows_the_actors_table(awards in prop::collection::vec(0u128..1 << 72, 1..60)) {
            let mut ours = Vesting::default();
            let mut table = Table { store: Default::default(), funds: VestingFunds::new() };
            let (mut released, mut released_by_table) = (0u128, 0u128);
            for day in 0..awards.len() as u32 + VESTING_DAYS + 2 {
                released += ours.release(day).0;
                released_by_table += table.release(day);
                let bound = awards.len() as u128 * PARTS;
                prop_assert!(released.abs_diff(released_by_table) <= bound, "day {day}");
                if let Some(award) = awards.get(day as usize) {
                    ours.add(day, Amount(*award));
                    released_by_table += table.add(day, *award);
                }
            }
            prop_assert_eq!(released, released_by_table);
            prop_assert_eq!(released, awards.iter().sum::<u128>());
            prop_assert_eq!(ours.locked(), Amount::ZERO);
        }

        /// One award at any time of day 0, in any proving period: at the end of each day the sums
        /// released differ by at most one daily part either way.
        #[test]
        fn a_day_s_quantum_moves_a_part_by_a_day_at_most(
            award in 1_000u128..1 << 72,
            time_of_day in 0..EPOCHS_PER_DAY,
            period_start in 0..EPOCHS_PER_DAY,
        ) {
            let mut ours = Vesting::default();
            let mut table = Table { store: Default::default(), funds: VestingFunds::new() };
            let amount = TokenAmount::from_atto(award);
            let spec = &REWARD_VESTING_SPEC;
            let Table { store, funds } = &mut table;
            funds.add_locked_funds(store, time_of_day, &amount, period_start, spec).unwrap();
            ours.add(0, Amount(award));
            let (mut released, mut released_by_table) = (0, 0);
            for day in 1..=VESTING_DAYS + 2 {
                released += ours.release(day).0;
                released_by_table += table.release(day + 1);
                let bound = award / PARTS + PARTS;
                prop_assert!(released.abs_diff(released_by_table) <= bound, "day {day}");
            }
            prop_assert_eq!((released, released_by_table), (award, award));
        }

        #[test]
        fn nothing_is_lost(
            stock in 0u128..1 << 80,
            steps in prop::collection::vec((0u128..1 << 75, 0u128..1 << 74, 1u32..9), 1..80),
        ) {
            let mut vesting = Vesting::with_stock(Amount(stock));
            let (mut day, mut added, mut gone) = (0, stock, 0);
            for (award, fee, days) in steps {
                vesting.add(day, Amount(award));
                added += award;
                gone += vesting.take(Amount(fee)).0;
                prop_assert_eq!(vesting.locked().0, added - gone);
                day += days;
                gone += vesting.release(day).0;
                prop_assert_eq!(vesting.locked().0, added - gone);
            }
            gone += vesting.release(day + VESTING_DAYS).0;
            prop_assert_eq!((vesting.locked(), gone), (Amount::ZERO, added));
        }
    }

    /// A penalty takes what vests first, in the actors and here.
    #[test]
    fn a_penalty_takes_what_vests_first() {
        let mut ours = Vesting::default();
        let mut table = Table { store: Default::default(), funds: VestingFunds::new() };
        for day in 0..30 {
            table.add(day, 1_800_000);
            ours.add(day, Amount(1_800_000));
            assert_eq!(ours.release(day + 1).0, table.release(day + 1));
        }
        let target = TokenAmount::from_atto(3_333_333);
        let Table { store, funds } = &mut table;
        let epoch = 30 * EPOCHS_PER_DAY + 1;
        let (_, taken) = funds.unlock_vested_and_unvested_funds(store, epoch, &target).unwrap();
        assert_eq!((ours.take(Amount(3_333_333)).0, atto(taken)), (3_333_333, 3_333_333));
        for day in 31..=212 {
            assert_eq!(ours.release(day).0, table.release(day), "day {day}");
        }
        assert_eq!(ours.locked(), Amount::ZERO);
    }

    #[test]
    fn what_lies_ahead_is_what_will_be_released() {
        let mut vesting = Vesting::with_stock(Amount(16_290_007));
        vesting.add(0, Amount(1_000_003));
        vesting.release(3);
        vesting.add(3, Amount(77_777));
        vesting.take(Amount(400_000));
        let ahead: Vec<_> = vesting.ahead().collect();
        assert_eq!(ahead.iter().copied().sum::<Amount>(), vesting.locked());
        for (day, amount) in (4..).zip(ahead) {
            assert_eq!(vesting.release(day), amount, "day {day}");
        }
        assert_eq!(Vesting::default().ahead().count(), 0);
    }

    #[test]
    fn a_stock_runs_out_in_180_days_at_a_falling_rate() {
        let mut vesting = Vesting::with_stock(Amount(16_290_000));
        assert_eq!(vesting.release(1), Amount(180_000));
        assert_eq!(vesting.release(2), Amount(179_000));
        vesting.release(179);
        assert_eq!(vesting.release(180), Amount(1_000));
        assert_eq!(vesting.locked(), Amount::ZERO);
    }

    #[test]
    fn a_bill_above_the_stock_takes_all_there_is() {
        let mut vesting = Vesting::with_stock(Amount(1_000));
        assert_eq!(vesting.take(Amount(1_500)), Amount(1_000));
        assert_eq!(vesting.release(400), Amount::ZERO);
    }
}
