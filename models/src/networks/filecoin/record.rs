//! What a day leaves behind: flows since the last record, the state at its end, and beside them
//! what was observed on the real network.

use jiff::civil::Date;
use pinwheel_core::{Amount, Context, Event as EngineEvent, Holding, Label, Metric};
use serde::{Deserialize, Serialize};

use super::accounts::FIL_DECIMALS;
use super::metrics::{CHEATER_LABEL, HONEST_LABEL};
use super::provider::SizeClass;
use super::sectors::{SECTOR_BYTES, SECTORS_PER_PIB};
use super::settings::{HistoryDay, Settings};
use super::{Filecoin, bookkeeping, fairness};
use crate::describe::metric::{BOOKKEEPING_LABEL, OBSERVED_LABEL};
use crate::describe::review::MONTH_DAYS;
use crate::input::amount;
use crate::networks::filecoin::spec::SPEC;

const EIB: f64 = (1u64 << 60) as f64;

/// What has flowed since the last record.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
pub struct Flows {
    /// Block rewards that were paid.
    pub minted: Amount,
    /// What the wins that made a block entitled to.
    pub entitled: Amount,
    /// Block rewards if every epoch had its five expected wins.
    pub scheduled: Amount,
    /// Base fees burned.
    pub burn_base_fee: Amount,
    /// Burned for gas limits that were above the gas used.
    pub burn_overestimation: Amount,
    /// Of both, what others than providers paid.
    pub burn_gas_others: Amount,
    /// Network fees of batches burned.
    pub burn_batch_fee: Amount,
    /// Fault fees burned.
    pub burn_fault_fee: Amount,
    /// Termination fees burned.
    pub burn_termination_fee: Amount,
    /// Daily sector fees burned.
    pub burn_daily_fee: Amount,
    /// Rewards burned by the streams of FIP-0118.
    pub burn_stream: Amount,
    /// Rewards paid to the service streams of FIP-0118.
    pub service_stream: Amount,
    /// Of these, what was passed on to storage providers.
    pub service_passed_on: Amount,
    /// Tips that providers got for others' messages.
    pub tips: Amount,
    /// Of penalties for invalid proofs, what was burned.
    pub burn_dispute: Amount,
    /// Of penalties for consensus faults, what was burned.
    pub burn_consensus_fault: Amount,
    /// Of both, what was paid to those who disputed and reported.
    pub slash_rewards: Amount,
    /// What the miner actor asks for invalid proofs that were disputed.
    pub dispute_penalties: ByConduct,
    /// What it asks for consensus faults.
    pub consensus_fault_penalties: ByConduct,
    /// Of all penalties, fault and termination fees, what cheaters paid.
    pub penalties_of_cheaters: Amount,
    /// Quality units that were faulty for one more day.
    pub fault_fee_units: u64,
    /// Proofs claimed without the data, of a partition each.
    pub invalid_proofs: u64,
    /// Invalid proofs that were disputed.
    pub disputes: u64,
    /// Consensus faults that were reported.
    pub consensus_faults: u64,
    /// New sectors.
    pub onboarded_sectors: u64,
    /// New sectors in units of quality one.
    pub onboarded_units: u64,
    /// Sectors extended.
    pub renewed_sectors: u64,
    /// Sectors that reached their expiry.
    pub expired_sectors: u64,
    /// Sectors raised to quality 10.
    pub upgraded_sectors: u64,
    /// Sectors ended early.
    pub terminated_sectors: u64,
    /// Election wins.
    pub wins: u64,
    /// Wins of which no block was made.
    pub wins_lost: u64,
    /// Epochs without a block.
    pub null_rounds: u64,
    /// Deadlines with sectors to prove.
    pub deadlines_due: u64,
    /// Of these, those at which nothing was proven.
    pub deadlines_missed: u64,
    /// Gas used by all blocks.
    pub gas_used: u128,
    /// Gas that all blocks could have used.
    pub gas_limit: u128,
    /// Disks that had failed at the last record.
    pub disks_failed_before: u64,
    /// Outages that had happened at the last record.
    pub outages_before: u64,
}

/// An amount of honest providers and one of those that cheat.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
pub struct ByConduct {
    honest: Amount,
    cheaters: Amount,
}

impl ByConduct {
    /// Adds an amount of a provider.
    pub fn add(&mut self, cheats: bool, amount: Amount) {
        if cheats {
            self.cheaters += amount;
        } else {
            self.honest += amount;
        }
    }
}

/// What the real network showed at the end of a day.
#[derive(Copy, Clone, Debug, Default, Serialize, Deserialize)]
pub struct Observed {
    raw_power_eib: f64,
    qa_power_eib: f64,
    burned_fil: f64,
    onboarded_pib: f64,
    renewed_pib: f64,
    locked_fil: Option<f64>,
    /// Raw and quality-adjusted power by bookkeeping, EiB; none after the cut.
    bookkeeping_eib: Option<(f64, f64)>,
}

/// The observations of every day of a history and of the days after its cut, the first one being
/// the day of the initial state.
pub fn observed(settings: &Settings, history: &[HistoryDay]) -> Vec<Observed> {
    let locked = |date: Date| {
        let observed = &settings.observed_locked_fil;
        observed.iter().find(|(of, _)| *of == date).map(|(_, fil)| *fil)
    };
    let mut bookkeeping = bookkeeping::powers_eib(&settings.initial, history).into_iter();
    let day = |day: &HistoryDay| Observed {
        raw_power_eib: day.raw_power_eib,
        qa_power_eib: day.qa_power_eib,
        burned_fil: day.burned_fil_cumulative,
        onboarded_pib: day.onboarded_raw_pib,
        renewed_pib: day.renewed_raw_pib,
        locked_fil: locked(day.date),
        bookkeeping_eib: bookkeeping.next(),
    };
    history.iter().chain(&settings.judged).map(day).collect()
}

/// One day's rows, written to the records.
struct Page<'a, E: EngineEvent> {
    ctx: &'a mut Context<E>,
}

impl<E: EngineEvent> Page<'_, E> {
    fn value(&mut self, metric: Metric, value: f64) {
        self.labelled(metric, Label::default(), value);
    }
    fn labelled(&mut self, metric: Metric, label: Label, value: f64) {
        let now = self.ctx.now();
        self.ctx.records.push(now, metric, label, value);
    }
    fn fil(&mut self, metric: Metric, amount: Amount) {
        self.fil_labelled(metric, Label::default(), amount);
    }
    fn fil_labelled(&mut self, metric: Metric, label: Label, amount: Amount) {
        let now = self.ctx.now();
        self.ctx.records.push_amount(now, metric, label, amount, FIL_DECIMALS);
    }
}

impl Filecoin {
    /// Writes the records of the day that ends.
    pub fn record_day<E: EngineEvent>(&mut self, ctx: &mut Context<E>) {
        self.traded = self.accounts.take_traded();
        self.tally_day();
        self.count_tickets();
        let mut page = Page { ctx };
        self.record_power(&mut page);
        self.record_reward(&mut page);
        self.record_supply(&mut page);
        self.record_service(&mut page);
        self.record_classes(&mut page);
        self.record_fairness(&mut page);
        self.record_notice(&mut page);
        self.record_slashing(&mut page);
        self.record_cheating(&mut page);
        self.record_observed(&mut page);
        let statistics = self.sites.statistics();
        self.flows = Flows {
            disks_failed_before: statistics.disks_failed,
            outages_before: statistics.outages.iter().sum(),
            ..Flows::default()
        };
    }

    fn record_power<E: EngineEvent>(&self, page: &mut Page<'_, E>) {
        let eib = |units: u64| units as f64 * SECTOR_BYTES as f64 / EIB;
        let pib = |sectors: u64| sectors as f64 / SECTORS_PER_PIB;
        let flows = &self.flows;
        page.value(const { SPEC.metric("raw_power") }, eib(self.power.raw_sectors));
        page.value(const { SPEC.metric("qa_power") }, eib(self.power.qa_units));
        let baseline = self.rewards.this_epoch_baseline_bytes() as f64 / EIB;
        page.value(const { SPEC.metric("baseline_power") }, baseline);
        let active = self.providers.iter().filter(|p| p.power.raw_sectors > 0).count();
        let mut largest = [0; 10];
        for provider in &self.providers {
            let units = provider.power.qa_units;
            if units > largest[9] {
                let place = largest.partition_point(|of| *of >= units);
                largest[place..].rotate_right(1);
                largest[place] = units;
            }
        }
        let share = |units: u64| units as f64 / self.power.qa_units.max(1) as f64;
        page.value(const { SPEC.metric("largest_share") }, share(largest[0]));
        page.value(const { SPEC.metric("ten_largest_share") }, share(largest.iter().sum()));
        page.value(const { SPEC.metric("providers_active") }, active as f64);
        page.value(const { SPEC.metric("onboarded_raw") }, pib(flows.onboarded_sectors));
        page.value(const { SPEC.metric("renewed_raw") }, pib(flows.renewed_sectors));
        page.value(const { SPEC.metric("upgraded_raw") }, pib(flows.upgraded_sectors));
        page.value(const { SPEC.metric("expired_raw") }, pib(flows.expired_sectors));
        page.value(const { SPEC.metric("terminated_raw") }, pib(flows.terminated_sectors));
        let faulty = self.providers.iter().map(|p| p.faults.total()).sum();
        page.value(const { SPEC.metric("faulty_raw") }, pib(faulty));
    }

    fn record_reward<E: EngineEvent>(&self, page: &mut Page<'_, E>) {
        let flows = &self.flows;
        page.fil(const { SPEC.metric("this_epoch_reward") }, self.rewards.this_epoch_reward());
        let time = self.rewards.effective_network_time() as f64;
        page.value(const { SPEC.metric("effective_network_time") }, time);
        page.fil(const { SPEC.metric("minted") }, flows.minted);
        page.fil(const { SPEC.metric("scheduled") }, flows.scheduled);
        let ratio = flows.minted.0 as f64 / flows.scheduled.0.max(1) as f64;
        page.value(const { SPEC.metric("minted_ratio") }, ratio);
        page.fil(const { SPEC.metric("pledge_per_32gib") }, self.quote.pledge(1));
        let version = f64::from(self.rules.network_version);
        page.value(const { SPEC.metric("network_version") }, version);
        page.fil(const { SPEC.metric("service_stream") }, flows.service_stream);
        page.fil(const { SPEC.metric("service_passed_on") }, flows.service_passed_on);
        page.fil(const { SPEC.metric("tips") }, flows.tips);
        page.fil(const { SPEC.metric("fil_sold") }, self.traded.sold);
        page.fil(const { SPEC.metric("fil_bought") }, self.traded.bought);
        page.value(const { SPEC.metric("wins") }, flows.wins as f64);
        page.value(const { SPEC.metric("wins_lost") }, flows.wins_lost as f64);
        page.value(const { SPEC.metric("null_rounds") }, flows.null_rounds as f64);
    }

    fn record_supply<E: EngineEvent>(&self, page: &mut Page<'_, E>) {
        let accounts = &self.accounts;
        let pledge = accounts
            .purses
            .iter()
            .map(|accounts_of_provider| accounts.ledger.balance(accounts_of_provider.pledge));
        let deposits = accounts.ledger.balance(accounts.deposits);
        let deals = accounts.ledger.balance(accounts.deal_collateral);
        let locked_pledge = pledge.sum::<Amount>() + deposits + deals;
        let locked = accounts.ledger.held(Holding::Locked);
        page.fil(const { SPEC.metric("supply_vested") }, accounts.vested_attofil);
        page.fil(const { SPEC.metric("supply_mined") }, accounts.mined_attofil);
        page.fil(const { SPEC.metric("supply_burned") }, accounts.ledger.burned());
        page.fil(const { SPEC.metric("supply_locked") }, locked);
        page.fil(const { SPEC.metric("locked_pledge") }, locked_pledge);
        page.fil(const { SPEC.metric("locked_deposits") }, deposits);
        page.fil(const { SPEC.metric("locked_deals") }, deals);
        page.fil(const { SPEC.metric("locked_vesting") }, locked - locked_pledge);
        page.fil(const { SPEC.metric("supply_circulating") }, accounts.circulating());
        page.fil(const { SPEC.metric("supply_reserve") }, accounts.ledger.held(Holding::Reserve));
        let flows = &self.flows;
        page.fil(const { SPEC.metric("burn_base_fee") }, flows.burn_base_fee);
        page.fil(const { SPEC.metric("burn_overestimation") }, flows.burn_overestimation);
        page.fil(const { SPEC.metric("burn_batch_fee") }, flows.burn_batch_fee);
        page.fil(const { SPEC.metric("burn_fault_fee") }, flows.burn_fault_fee);
        page.fil(const { SPEC.metric("burn_termination_fee") }, flows.burn_termination_fee);
        page.fil(const { SPEC.metric("burn_daily_fee") }, flows.burn_daily_fee);
        page.fil(const { SPEC.metric("burn_stream") }, flows.burn_stream);
    }

    fn record_service<E: EngineEvent>(&self, page: &mut Page<'_, E>) {
        let flows = &self.flows;
        page.value(const { SPEC.metric("base_fee") }, self.gas.base_fee_attofil as f64);
        let used = flows.gas_used as f64 / flows.gas_limit.max(1) as f64;
        page.value(const { SPEC.metric("gas_used_share") }, used);
        page.value(const { SPEC.metric("windowpost_due") }, flows.deadlines_due as f64);
        page.value(const { SPEC.metric("windowpost_missed") }, flows.deadlines_missed as f64);
        let statistics = self.sites.statistics();
        let failed = statistics.disks_failed - flows.disks_failed_before;
        page.value(const { SPEC.metric("disks_failed") }, failed as f64);
        let outages = statistics.outages.iter().sum::<u64>() - flows.outages_before;
        page.value(const { SPEC.metric("outages") }, outages as f64);
        if self.market.price_usd > 0.0 {
            page.value(const { SPEC.metric("fil_price") }, self.market.price_usd);
            let third = self.attack_cost_usd(1.0 / 3.0);
            page.value(const { SPEC.metric("attack_cost_third") }, third);
            page.value(const { SPEC.metric("attack_cost_half") }, self.attack_cost_usd(0.5));
        }
    }

    /// Income, cost and power by size class.
    fn record_classes<E: EngineEvent>(&mut self, page: &mut Page<'_, E>) {
        let mut shares = Vec::with_capacity(SizeClass::ALL.len());
        let of_all: Amount = self.providers.iter().map(|provider| provider.income).sum();
        for class in SizeClass::ALL {
            let label = page.ctx.records.label(class.name());
            let (mut members, mut units, mut income, mut cost) = (0, 0, Amount::ZERO, 0.0);
            for provider in self.providers.iter_mut().filter(|p| p.class == class) {
                members += u64::from(provider.sectors.live() > 0);
                units += provider.power.qa_units;
                income += std::mem::take(&mut provider.income);
                cost += std::mem::take(&mut provider.cost_usd);
            }
            page.labelled(const { SPEC.metric("providers") }, label, members as f64);
            let share = units as f64 / self.power.qa_units.max(1) as f64;
            page.labelled(const { SPEC.metric("power_share") }, label, share);
            page.fil_labelled(const { SPEC.metric("income") }, label, income);
            page.labelled(const { SPEC.metric("cost") }, label, cost);
            if self.market.price_usd > 0.0 {
                let income_usd = income.as_tokens(FIL_DECIMALS) * self.market.price_usd;
                let margin = income_usd - cost;
                page.labelled(const { SPEC.metric("margin") }, label, margin);
                let month = &mut self.margin_month_usd[class as usize];
                *month = match self.day {
                    1 => margin,
                    _ => *month + (margin - *month) / MONTH_DAYS,
                };
                page.labelled(const { SPEC.metric("margin_month") }, label, *month);
            }
            if members > 0 && of_all > Amount::ZERO {
                shares.push((share, income.0 as f64 / of_all.0 as f64));
            }
        }
        if let Some(slope) = fairness::slope(&shares) {
            page.value(const { SPEC.metric("reward_per_power_slope") }, slope);
        }
    }

    fn record_fairness<E: EngineEvent>(&mut self, page: &mut Page<'_, E>) {
        let tickets = self.providers.iter().map(|provider| provider.tickets);
        if let Some(dispersion) = fairness::dispersion(tickets) {
            page.value(const { SPEC.metric("wins_dispersion") }, dispersion);
        }
        for provider in &mut self.providers {
            provider.tickets.share_epochs = 0.0;
            provider.tickets.wins = 0;
        }
    }

    /// How long the chain took to notice what was lost, and whether it did.
    fn record_notice<E: EngineEvent>(&mut self, page: &mut Page<'_, E>) {
        let now = page.ctx.now();
        for provider in &mut self.providers {
            if provider.cheater.is_none() && provider.lost == 0 {
                provider.losses.clear();
            }
            self.noticed.count_missed(&mut provider.losses, now);
        }
        if let Some(share) = self.noticed.share() {
            page.value(const { SPEC.metric("loss_noticed_share") }, share);
        }
        if let Some((mean, longest)) = self.noticed.hours() {
            page.value(const { SPEC.metric("loss_notice_hours") }, mean);
            page.value(const { SPEC.metric("loss_notice_hours_max") }, longest);
        }
        self.noticed.begin_record();
        if self.flows.fault_fee_units > 0 {
            let share = self.flows.fault_fee_units as f64 / self.power.qa_units.max(1) as f64;
            let reward = self.flows.minted.0 as f64 * share;
            let days = self.flows.burn_fault_fee.0 as f64 / reward.max(1.0);
            page.value(const { SPEC.metric("fault_fee_days") }, days);
        }
    }

    fn record_slashing<E: EngineEvent>(&self, page: &mut Page<'_, E>) {
        let flows = &self.flows;
        page.value(const { SPEC.metric("invalid_proofs") }, flows.invalid_proofs as f64);
        page.value(const { SPEC.metric("disputes") }, flows.disputes as f64);
        page.value(const { SPEC.metric("consensus_faults") }, flows.consensus_faults as f64);
        page.fil(const { SPEC.metric("burn_dispute") }, flows.burn_dispute);
        page.fil(const { SPEC.metric("burn_consensus_fault") }, flows.burn_consensus_fault);
        page.fil(const { SPEC.metric("slash_rewards") }, flows.slash_rewards);
        let slashed = flows.burn_dispute + flows.burn_consensus_fault + flows.slash_rewards;
        page.fil(const { SPEC.metric("slashed") }, slashed);
        let penalties = [
            (const { SPEC.metric("penalty_dispute") }, flows.dispute_penalties),
            (const { SPEC.metric("penalty_consensus_fault") }, flows.consensus_fault_penalties),
        ];
        for (metric, by) in penalties {
            for (label, amount) in [(HONEST_LABEL, by.honest), (CHEATER_LABEL, by.cheaters)] {
                let label = page.ctx.records.label(label);
                page.fil_labelled(metric, label, amount);
            }
        }
    }

    /// What cheating has brought and cost.
    fn record_cheating<E: EngineEvent>(&mut self, page: &mut Page<'_, E>) {
        let (mut cheaters, mut hidden) = (0_u32, 0);
        let (mut saved_usd, mut kept_fil, mut lost_fil) = (0.0, 0.0, 0.0);
        for cheater in self.providers.iter_mut().filter_map(|p| p.cheater.as_mut()) {
            let account = std::mem::take(&mut cheater.account);
            cheaters += 1;
            hidden += cheater.hidden();
            saved_usd += account.saved_usd;
            kept_fil += account.kept_fil;
            lost_fil += account.penalties.as_tokens(FIL_DECIMALS) + account.forgone_fil;
        }
        let hidden_pib = hidden as f64 / SECTORS_PER_PIB;
        page.value(const { SPEC.metric("hidden_losses_raw") }, hidden_pib);
        page.value(const { SPEC.metric("cheating_saved") }, saved_usd);
        page.value(const { SPEC.metric("cheating_loss") }, lost_fil);
        page.value(const { SPEC.metric("cheating_kept") }, kept_fil);
        if self.market.price_usd > 0.0 {
            self.cheating_usd += saved_usd + (kept_fil - lost_fil) * self.market.price_usd;
            let mean = self.cheating_usd / f64::from(cheaters.max(1));
            page.value(const { SPEC.metric("cheating_value") }, mean);
        }
    }

    fn record_observed<E: EngineEvent>(&self, page: &mut Page<'_, E>) {
        let Some(observed) = self.observed.get(self.day as usize) else { return };
        let label = page.ctx.records.label(OBSERVED_LABEL);
        page.labelled(const { SPEC.metric("raw_power") }, label, observed.raw_power_eib);
        page.labelled(const { SPEC.metric("qa_power") }, label, observed.qa_power_eib);
        page.labelled(const { SPEC.metric("onboarded_raw") }, label, observed.onboarded_pib);
        page.labelled(const { SPEC.metric("renewed_raw") }, label, observed.renewed_pib);
        page.fil_labelled(
            const { SPEC.metric("supply_burned") },
            label,
            amount::floor(observed.burned_fil, FIL_DECIMALS),
        );
        if let Some(locked) = observed.locked_fil {
            let locked = amount::floor(locked, FIL_DECIMALS);
            page.fil_labelled(const { SPEC.metric("supply_locked") }, label, locked);
        }
        if let Some((raw, qa)) = observed.bookkeeping_eib {
            let label = page.ctx.records.label(BOOKKEEPING_LABEL);
            page.labelled(const { SPEC.metric("raw_power") }, label, raw);
            page.labelled(const { SPEC.metric("qa_power") }, label, qa);
        }
    }
}
