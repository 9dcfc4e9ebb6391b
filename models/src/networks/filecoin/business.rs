//! A provider's day: rewards vest, sectors expire or are renewed, new ones are sealed, bills are
//! paid. What it onboards and renews comes from data columns ([`super::driven`]) or from its own
//! reckoning ([`super::rational`]); the books are the same.

use pinwheel_core::{Amount, Purpose, Streams};

use super::Filecoin;
use super::rules::{Quality, SECTOR_LIFE_DAYS_MAX};
use super::sectors::{Cohort, Kind, Term};

/// Names of random streams drawn from in the hot path.
const SECTOR_KINDS: Purpose = Purpose::new("filecoin sector kinds");
const LOSSES: Purpose = Purpose::new("filecoin.losses");
const RENEWALS: [Purpose; 3] = [
    Purpose::new("filecoin.renewals_capacity"),
    Purpose::new("filecoin.renewals_deal"),
    Purpose::new("filecoin.renewals_verified"),
];

/// Days from one on which a provider may end sectors early to the next.
const LOSS_DAYS: i32 = 30;

/// What a provider does with its sectors on one day, in sectors.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Orders {
    /// New sectors without verified deals.
    pub onboard_capacity: u64,
    /// New sectors with verified deals.
    pub onboard_verified: u64,
    /// Quality-1 sectors that come to their end today, and how many of these are renewed.
    pub capacity_due: u64,
    /// Sectors without verified deals that are extended.
    pub capacity_renewed: u64,
    /// The same of verified sectors.
    pub verified_due: u64,
    /// Sectors with verified deals that are extended.
    pub verified_renewed: u64,
    /// Sectors without data that are raised to quality 10.
    pub upgraded: u64,
}

/// Most sectors of one provider: 64 EiB, more than the whole network has ever had. A cohort of all
/// of them still fits 32 bits.
const SECTORS_MAX: u64 = 1 << 31;

impl Filecoin {
    /// Whether today is the day on which provider `i` acts, of every so many days.
    pub fn is_turn_of(&self, i: usize, days: u32) -> bool {
        (self.day as u32 + i as u32).is_multiple_of(days)
    }

    /// The business of provider `i` on the current day.
    pub fn business_day(&mut self, i: usize, orders: Orders, streams: &Streams) {
        self.vest_rewards(i);
        self.prove_pre_committed(i);
        if orders != Orders::default() {
            let (due, renewed) = (orders.verified_due, orders.verified_renewed);
            self.expire(i, Kind::Verified, due, renewed, streams);
            let (due, renewed) = (orders.capacity_due, orders.capacity_renewed);
            self.expire_quality_one(i, due, renewed, streams);
            self.upgrade(i, orders.upgraded);
        }
        self.terminate_early(i, streams);
        self.terminate_lost(i);
        if orders.onboard_capacity + orders.onboard_verified > 0 {
            self.onboard(i, orders, streams);
        }
        self.pay_bills(i);
        self.cheat(i, streams);
        self.providers[i].cap_lost();
        self.update_power(i);
    }

    fn vest_rewards(&mut self, i: usize) {
        let day = self.day as u32;
        let provider = &mut self.providers[i];
        let to_vest = std::mem::take(&mut provider.to_vest);
        if to_vest > Amount::ZERO {
            provider.vesting.add(day, to_vest);
        }
        let vested = provider.vesting.release(day);
        if vested > Amount::ZERO {
            self.accounts.vest(i, vested);
        }
    }

    /// What was pre-committed on the day before is proven: its deposit comes back.
    fn prove_pre_committed(&mut self, i: usize) {
        let deposit = std::mem::take(&mut self.providers[i].pre_commit_deposit);
        if deposit > Amount::ZERO {
            self.accounts.release_pre_commit(i, deposit);
        }
    }

    /// Of the sectors of a kind that end first, `due` end today and `renewed` of them go on.
    fn expire(&mut self, i: usize, kind: Kind, due: u64, renewed: u64, streams: &Streams) {
        if due > 0 {
            let mut ended = std::mem::take(&mut self.ended);
            self.providers[i].sectors.take_first(kind, due, |cohort| ended.push(cohort));
            self.renew_first(i, kind, renewed, &ended, streams);
            ended.clear();
            self.ended = ended;
        }
    }

    /// Shares what ends between deals and committed capacity.
    fn expire_quality_one(&mut self, i: usize, due: u64, renewed: u64, streams: &Streams) {
        if due == 0 {
            return;
        }
        let book = &self.providers[i].sectors;
        let (deals, capacity) = (book.of(Kind::Deal), book.of(Kind::Capacity));
        let of_deals = match deals + capacity {
            0 => 0,
            both => (u128::from(due) * u128::from(deals) / u128::from(both)) as u64,
        };
        let of_capacity = due - of_deals;
        let deals_renewed = renewed.saturating_sub(of_capacity).min(of_deals);
        self.expire(i, Kind::Deal, of_deals, deals_renewed, streams);
        self.expire(i, Kind::Capacity, of_capacity, renewed - deals_renewed, streams);
    }

    /// Ends sectors before their time (driven behaviour). What a provider ends so adds up at a
    /// constant rate and is ended together on one day of many: losses come as jumps. The sectors
    /// are of every age. Those of broken disks are part of it ([`Self::terminate_lost`]).
    fn terminate_early(&mut self, i: usize, streams: &Streams) {
        let Some(losses) = self.derived.losses.filter(|_| !self.reckons()) else { return };
        if (self.day + i as i32) % LOSS_DAYS != 0 {
            return;
        }
        let provider = &mut self.providers[i];
        for (owed, rate) in provider.losses_owed.iter_mut().zip(losses.rate_per_day) {
            *owed += rate * f64::from(LOSS_DAYS);
        }
        let chance = streams.indexed(i as u32, LOSSES, self.day as u64).uniform();
        if chance < losses.chance_per_day * f64::from(LOSS_DAYS) {
            let owed = provider.losses_owed.map(|owed| owed.clamp(0.0, 1.0));
            provider.losses_owed = provider.losses_owed.map(|owed| owed.min(0.0));
            let verified = provider.sectors.of(Kind::Verified);
            let quality_one = provider.sectors.live() - verified;
            let capacity = (quality_one as f64 * owed[0]) as u64;
            let capacity = capacity.min(provider.sectors.of(Kind::Capacity));
            self.end_evenly(i, Kind::Capacity, capacity);
            self.end_evenly(i, Kind::Verified, (verified as f64 * owed[1]) as u64);
        }
    }

    /// Renews the first `renewed` sectors of what ended, as far as the provider wants them and the
    /// chain lets them, and lets the rest go with its pledge. An extension keeps its pledge and its
    /// activation date.
    fn renew_first(
        &mut self,
        i: usize,
        kind: Kind,
        renewed: u64,
        ended: &[Cohort],
        streams: &Streams,
    ) {
        let mut left = renewed;
        let mut released = Amount::ZERO;
        // Drawn from where providers reckon, and where clients extend claims.
        let mut draws = streams.indexed(i as u32, RENEWALS[kind as usize], self.day as u64);
        for mut cohort in ended.iter().copied() {
            let claimed = self.extend_claims(kind, &mut cohort);
            for mut cohort in [claimed, cohort] {
                let Some((next, share)) = self.next_kind(i, kind, &cohort) else {
                    released += Amount(cohort.pledge_attofil);
                    self.flows.expired_sectors += u64::from(cohort.sectors);
                    continue;
                };
                let mut kept = left.min(u64::from(cohort.sectors));
                if share < 1.0 {
                    kept = kept.min(by_chance(cohort.sectors.into(), share, draws.uniform()));
                }
                left -= kept;
                if kept > 0 {
                    self.extend(i, kind, next, cohort.split_off(kept as u32));
                }
                released += Amount(cohort.pledge_attofil);
                self.flows.expired_sectors += u64::from(cohort.sectors);
            }
        }
        let renewed_sectors = renewed - left;
        if renewed_sectors > 0 {
            self.flows.renewed_sectors += renewed_sectors;
            self.pay_gas(i, renewed_sectors * self.gas.message.renew);
        }
        if released > Amount::ZERO {
            self.return_pledge(i, released);
        }
    }

    /// Whether sectors of a kind have lost their claim on verified data: among providers who
    /// reckon, until FIP-0118 ends claims. In a driven run the data say what is renewed as what.
    fn claim_is_over(&self, kind: Kind, cohort: &Cohort) -> bool {
        kind == Kind::Verified && cohort.claim_end_day <= self.day && self.claims_bind()
    }

    /// Whether claims limit what is extended.
    fn claims_bind(&self) -> bool {
        self.reckons() && self.rules.quality == Quality::Multiplier
    }

    /// Of verified sectors whose claim does not last another term, those whose client extends it,
    /// taken out of `cohort`.
    fn extend_claims(&self, kind: Kind, cohort: &mut Cohort) -> Cohort {
        let lasts = cohort.claim_end_day - self.day >= self.derived.terms.verified_long;
        if kind != Kind::Verified || lasts || !self.claims_bind() {
            return Cohort::default();
        }
        let share = self.parameters.claim_extension_share;
        let mut claimed = cohort.split_off((f64::from(cohort.sectors) * share) as u32);
        claimed.claim_end_day = self.day + self.derived.terms.verified_long;
        claimed
    }

    /// The kind that sectors of a kind have after their extension, and the share of them that is
    /// extended; `None` if none is: they have reached the longest life of a sector, or the provider
    /// renews nothing. Under FIP-0118 an extension may upgrade to quality 10
    /// (UpgradeSectorQuality). Sectors without claim lose their quality.
    fn next_kind(&self, i: usize, kind: Kind, cohort: &Cohort) -> Option<(Kind, f64)> {
        if cohort.sectors == 0 || cohort.activation_day + SECTOR_LIFE_DAYS_MAX <= self.day {
            return None;
        }
        let kind = if self.claim_is_over(kind, cohort) { Kind::Capacity } else { kind };
        let upgrade = kind != Kind::Verified && self.rules.quality == Quality::Uniform;
        if self.reckons() {
            return self.worth_renewing(i, kind, upgrade, cohort);
        }
        Some((if upgrade { Kind::Verified } else { kind }, 1.0))
    }

    /// Commits sectors of a kind for another term, as the `next` kind; where an upgrade cannot be
    /// paid for, they keep their kind. A sector that was sealed before FIP-0100 owes the daily fee
    /// from its first extension after the grace period on. In a driven run a verified sector goes
    /// on for as long as a claim outlasts its deal.
    fn extend(&mut self, i: usize, kind: Kind, next: Kind, cohort: Cohort) {
        let mut cohort = cohort;
        let upgrade = kind != Kind::Verified && next == Kind::Verified;
        let kind = if upgrade && !self.top_up(i, &mut cohort) { kind } else { next };
        if cohort.daily_fee_attofil == 0 && !self.rules.daily_fee_grace {
            let fee = self.quote.daily_fee(kind.quality());
            cohort.daily_fee_attofil = fee.0 * u128::from(cohort.sectors);
        }
        let terms = self.derived.terms;
        let uniform = self.rules.quality == Quality::Uniform;
        let (term, days) = match kind == Kind::Verified {
            true if uniform => (Term::Medium, terms.verified_long),
            true if self.reckons() => match cohort.claim_end_day - self.day {
                left if left < terms.verified_long => (Term::Claim, left),
                _ => (Term::Long, terms.verified_long),
            },
            true => {
                cohort.claim_end_day = self.day + terms.verified_renewal;
                (Term::Long, terms.verified_renewal)
            }
            false => (Term::Short, terms.renewal),
        };
        cohort.expiry_day = self.latest_end(&cohort, days);
        self.providers[i].sectors.add(kind, term, cohort);
    }

    /// The day on which sectors end that are committed for so many days from now on: no sector is
    /// committed for longer than the rules allow or beyond its longest life.
    pub fn latest_end(&self, cohort: &Cohort, days: i32) -> i32 {
        let days = days.min(self.rules.sector_days_max as i32);
        (self.day + days).min(cohort.activation_day + SECTOR_LIFE_DAYS_MAX)
    }

    /// Raises the pledge of quality-1 sectors to that of quality-10 ones of today. False, and
    /// nothing changes, if there is not enough FIL to be had.
    pub fn top_up(&mut self, i: usize, cohort: &mut Cohort) -> bool {
        let quality = Kind::Verified.quality();
        let sectors = u128::from(cohort.sectors);
        let pledge = self.quote.pledge(quality).0 * sectors;
        let lacking = Amount(pledge.saturating_sub(cohort.pledge_attofil));
        if !self.accounts.lock_pledge(i, lacking) {
            return false;
        }
        self.providers[i].pledge += lacking;
        cohort.pledge_attofil += lacking.0;
        cohort.daily_fee_attofil = self.quote.daily_fee(quality).0 * sectors;
        cohort.day_reward_attofil = self.quote.day_reward(quality).0.saturating_mul(sectors);
        true
    }

    /// Puts new sectors on chain: pledge, gas, power. What the provider cannot pledge for is not
    /// sealed.
    fn onboard(&mut self, i: usize, orders: Orders, streams: &Streams) {
        let deals =
            share(orders.onboard_capacity, self.parameters.deal_share, i, self.day, streams);
        let short = share(
            orders.onboard_verified,
            self.parameters.verified_short_share,
            i,
            self.day,
            streams,
        );
        let terms = self.derived.terms;
        let (capacity, long) = (orders.onboard_capacity - deals, orders.onboard_verified - short);
        self.seal(i, Kind::Verified, Term::Short, terms.verified_short, short);
        self.seal(i, Kind::Verified, Term::Medium, terms.verified_long, long);
        if self.rules.quality == Quality::Uniform {
            // FIP-0118: whatever a new sector holds, it has quality 10.
            self.seal(i, Kind::Verified, Term::Medium, terms.verified_long, capacity + deals);
        } else {
            self.seal(i, Kind::Capacity, Term::Medium, terms.capacity, capacity);
            self.seal(i, Kind::Deal, Term::Medium, terms.capacity, deals);
        }
    }

    /// Seals sectors of a kind, as far as the provider has their pledge and no more than
    /// [`SECTORS_MAX`].
    fn seal(&mut self, i: usize, kind: Kind, term: Term, days: i32, sectors: u64) {
        let sectors = sectors.min(SECTORS_MAX.saturating_sub(self.providers[i].sectors.live()));
        let pledge = self.quote.pledge(kind.quality());
        let total = Amount(pledge.0 * u128::from(sectors));
        if sectors == 0 || !self.accounts.lock_pledge(i, total) {
            return;
        }
        let days = days.min(self.rules.sector_days_max as i32);
        let cohort = Cohort {
            activation_day: self.day,
            expiry_day: self.day + days,
            claim_end_day: self.day + days + self.derived.terms.verified_renewal,
            sectors: u32::try_from(sectors).expect("at most SECTORS_MAX"),
            pledge_attofil: total.0,
            daily_fee_attofil: self.quote.daily_fee(kind.quality()).0 * u128::from(sectors),
            day_reward_attofil: self
                .quote
                .day_reward(kind.quality())
                .0
                .saturating_mul(sectors.into()),
        };
        let provider = &mut self.providers[i];
        provider.pledge += total;
        provider.sectors.add(kind, term, cohort);
        provider.cost_usd += sectors as f64 * self.derived.costs.sealing_usd_per_sector;
        self.flows.onboarded_sectors += sectors;
        self.flows.onboarded_units += sectors * kind.quality();
        self.pay_onboarding(i, kind, sectors);
        self.deposit(i, kind, sectors);
    }

    /// Locks the deposits of as many sectors as are between their two messages at this pace, until
    /// the next day.
    fn deposit(&mut self, i: usize, kind: Kind, sectors: u64) {
        let quality = match self.rules.deposit_by_content {
            true => kind.quality(),
            false => Kind::Verified.quality(),
        };
        let waiting = (sectors as f64 * self.parameters.sealing_days) as u128;
        let deposit = Amount(self.quote.pre_commit_deposit(quality).0.saturating_mul(waiting));
        if self.accounts.lock_pre_commit(i, deposit) {
            self.providers[i].pre_commit_deposit += deposit;
        }
    }

    /// Running costs in USD, and the sale of FIL that is not needed for a week's pledge and fees.
    fn pay_bills(&mut self, i: usize) {
        let provider = &mut self.providers[i];
        let sectors = provider.sectors.live() as f64;
        provider.cost_usd += sectors
            * (provider.opex_usd_per_sector_day + self.derived.costs.capex_usd_per_sector_day);
        let keep = Amount(provider.pledge.0 / 100);
        self.accounts.sell_surplus(i, keep);
    }
}

/// A share of `whole`, its fraction rounded up or down by chance so that the mean is exact.
fn share(whole: u64, share: f64, i: usize, day: i32, streams: &Streams) -> u64 {
    if whole == 0 {
        return 0;
    }
    by_chance(whole, share, streams.indexed(i as u32, SECTOR_KINDS, day as u64).uniform())
}

/// The share itself, from a uniform draw.
pub fn by_chance(whole: u64, share: f64, chance: f64) -> u64 {
    ((whole as f64 * share + chance) as u64).min(whole)
}
