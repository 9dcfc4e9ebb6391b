//! The network on its first day: providers of heavy-tailed size, their sectors with the dates on
//! which these end, pledge, vesting rewards and machines, such that every total is that of the real
//! chain.

use pinwheel_core::distribution::{Exponential, Normal};
use pinwheel_core::{Amount, Streams, math};

use super::accounts::FIL_DECIMALS;
use super::parameters::Parameters;
use super::provider::{CONSENSUS_MINIMUM_SECTORS, Provider, SizeClass, Traits};
use super::sectors::{Cohort, Kind, SECTOR_BYTES, Term};
use super::settings::{Behaviour, InitialState, Settings};
use super::vesting::Vesting;
use super::{DAYS_PER_YEAR, Filecoin};
use crate::infrastructure::sites::OwnerPlan;
use crate::input::amount;

const EIB: f64 = (1u64 << 60) as f64;
/// Dormant providers that may join a rational run, as a share of those at the start.
const DORMANT_SHARE: f64 = 0.25;
/// Steps in which the stock's dates are spread; each provider has its own day of the week.
const STOCK_STEP_DAYS: i32 = 7;

/// Sectors of each provider at the start: quality one and verified.
struct Size {
    quality_one: u64,
    verified: u64,
}

/// Truncated Pareto sizes, scaled so that quality-1 and verified sectors sum to the network's.
fn sizes(settings: &Settings, streams: &Streams) -> Vec<Size> {
    let parameters = &settings.parameters;
    let (alpha, ratio) = (parameters.size_tail_index, parameters.size_ratio_max);
    let n = settings.providers as usize;
    let tail = 1.0 - math::pow(ratio, -alpha);
    let weight = |i: usize| {
        let u = streams.stream(i as u32, "filecoin size").uniform();
        math::pow(1.0 - u * tail, -1.0 / alpha)
    };
    let weights: Vec<f64> = (0..n).map(weight).collect();
    let initial = &settings.initial;
    // What is on chain is what is proven and what is faulty on that day.
    let on_chain = (1.0 + parameters.initial_faulty_share) * EIB / SECTOR_BYTES as f64;
    let raw = (initial.raw_power_eib * on_chain) as u64;
    let extra = (initial.qa_power_eib - initial.raw_power_eib).max(0.0);
    let verified = ((extra * on_chain / 9.0) as u64).min(raw);
    let follow = parameters.verified_size_weight;
    let luck = |i: usize| math::exp(1.5 * normal(streams, i, "filecoin verified luck"));
    let verified_weights: Vec<f64> =
        (0..n).map(|i| math::pow(weights[i], follow) * luck(i)).collect();
    let floor = CONSENSUS_MINIMUM_SECTORS.min(raw / n as u64 / 2).min((raw - verified) / n as u64);
    let quality_one = apportion(raw - verified - floor * n as u64, &weights);
    let verified = apportion(verified, &verified_weights);
    quality_one
        .into_iter()
        .zip(verified)
        .map(|(quality_one, verified)| Size { quality_one: quality_one + floor, verified })
        .collect()
}

/// Shares `total` out by weight; the parts sum to it exactly.
fn apportion(total: u64, weights: &[f64]) -> Vec<u64> {
    let sum: f64 = weights.iter().sum();
    let mut seen = 0.0;
    let mut given = 0;
    let last = weights.len() - 1;
    let part = |(i, weight): (usize, &f64)| {
        seen += weight;
        let until_here = if i == last { total } else { (total as f64 * (seen / sum)) as u64 };
        let part = until_here.saturating_sub(given);
        given += part;
        part
    };
    weights.iter().enumerate().map(part).collect()
}

fn normal(streams: &Streams, i: usize, purpose: &'static str) -> f64 {
    Normal::STANDARD.sample(&mut streams.stream(i as u32, purpose))
}

/// Providers without sectors yet, with their own costs and patience.
///
/// # Panics
///
/// If the settings have no provider, or there is no exponential law of mean 1: the latter is a
/// fault of the model.
pub fn providers(settings: &Settings, streams: &Streams) -> Vec<Provider> {
    let p = &settings.parameters;
    let sizes = sizes(settings, streams);
    let dormant =
        if settings.reckons() { (sizes.len() as f64 * DORMANT_SHARE) as usize } else { 0 };
    let exponential = Exponential::new(1.0).expect("one is a mean");
    let provider = |i: usize| {
        let stream = |purpose: &'static str| streams.stream(i as u32, purpose);
        let size = sizes.get(i);
        let mut provider = Provider {
            sectors: Default::default(),
            faults: Default::default(),
            deadline: 0,
            power: Default::default(),
            online: true,
            offline_since: Default::default(),
            missed_today: 0,
            unreachable: 0,
            lost: 0,
            lost_since_day: 0,
            disks_lost: 0,
            losses: Default::default(),
            cheater: None,
            tickets: Default::default(),
            vesting: Vesting::default(),
            to_vest: Amount::ZERO,
            pledge: Amount::ZERO,
            pre_commit_deposit: Amount::ZERO,
            class: size.map_or(SizeClass::Entrant, |s| SizeClass::of(s.quality_one + s.verified)),
            capacity_weight: size.map_or(0, |s| s.quality_one),
            verified_weight: size.map_or(0, |s| s.verified + s.quality_one / 100),
            traits: Traits {
                reads: exponential.sample(&mut stream("filecoin reads")),
                opex: normal(streams, i, "filecoin opex"),
                hurdle: normal(streams, i, "filecoin hurdle"),
                patience: exponential.sample(&mut stream("filecoin patience")),
                exit: stream("filecoin exit").uniform(),
            },
            reads_per_day: 0.0,
            opex_usd_per_sector_day: 0.0,
            hurdle_per_year: 0.0,
            patience_days: 0,
            losing_days: 0,
            losses_owed: [0.0; 2],
            leaves: false,
            intent: Default::default(),
            income: Amount::ZERO,
            cost_usd: 0.0,
        };
        provider.follow(p);
        provider
    };
    let mut all: Vec<Provider> = (0..sizes.len() + dormant).map(provider).collect();
    for (i, (provider, size)) in all.iter_mut().zip(&sizes).enumerate() {
        stock(provider, size, i as i32 % STOCK_STEP_DAYS, settings);
        if matches!(settings.behaviour, Behaviour::Driven(_)) {
            owe(
                provider,
                exponential.sample(&mut streams.stream(i as u32, "filecoin.first_losses")),
                p,
            );
        }
    }
    all
}

/// What a provider will end early, had it ended nothing for so many of the mean times between the
/// days on which it does: on average as long as it is from now to the next.
fn owe(provider: &mut Provider, intervals: f64, p: &Parameters) {
    let years = intervals * p.termination_interval / DAYS_PER_YEAR;
    let rates = [p.early_termination_rate, p.verified_termination_rate];
    provider.losses_owed = rates.map(|rate| rate * years);
}

/// Gives a provider its initial sectors, their ends by the stock's calendar, or spread evenly over
/// the longest commitment where there is none. The pledge is set later, when the network's total is
/// known.
fn stock(provider: &mut Provider, size: &Size, days_early: i32, settings: &Settings) {
    let longest = settings.parameters.stock_term_max as i32;
    let steps = (longest / STOCK_STEP_DAYS).max(1);
    for (kind, sectors) in [(Kind::Capacity, size.quality_one), (Kind::Verified, size.verified)] {
        let mut given = 0;
        for step in 1..=steps {
            let until_here = match settings.stock.as_deref() {
                Some(calendar) => calendar.until(kind, step * STOCK_STEP_DAYS, step == steps),
                None => f64::from(step) / f64::from(steps),
            };
            let until_here = (sectors as f64 * until_here) as u64;
            let sectors = (until_here - given) as u32;
            given = until_here;
            if sectors > 0 {
                let expiry_day = step * STOCK_STEP_DAYS - days_early;
                provider.sectors.add(
                    kind,
                    Term::Stock,
                    Cohort {
                        activation_day: expiry_day - longest,
                        expiry_day,
                        claim_end_day: expiry_day
                            + settings.parameters.verified_renewal_term as i32,
                        sectors,
                        ..Cohort::default()
                    },
                );
            }
        }
    }
}

/// Binds the real locked FIL to the initial sectors and to rewards that still vest.
///
/// # Panics
///
/// If the initial state locks more FIL than exist.
pub fn lock(network: &mut Filecoin, initial: &InitialState, p: &Parameters) {
    let locked = initial.locked;
    let deals = network.deal_collateral(initial.circulating);
    network.accounts.hold_for_deals(deals);
    let vesting_fil = locked.as_tokens(FIL_DECIMALS) * initial.locked_vesting_share;
    let vesting = amount::floor(vesting_fil, FIL_DECIMALS);
    let units: u64 = network.providers.iter().map(|p| p.sectors.quality_units()).sum();
    // The tilt takes from those that end last what it gives to those that end first, whatever the
    // calendar: the sum over all is what is locked.
    let tilt = |day: i32| {
        let place = (f64::from(day) / p.stock_term_max).clamp(0.0, 1.0);
        1.0 + (p.stock_pledge_tilt - 1.0) * (1.0 - 2.0 * place)
    };
    let tilted = |(kind, cohort): (Kind, &Cohort)| {
        (u64::from(cohort.sectors) * kind.quality()) as f64 * tilt(cohort.expiry_day)
    };
    let cohorts = network.providers.iter().flat_map(|provider| provider.sectors.cohorts());
    let mean =
        locked.saturating_sub(vesting + deals).0 as f64 / cohorts.map(tilted).sum::<f64>().max(1.0);
    for i in 0..network.providers.len() {
        let provider = &mut network.providers[i];
        let day_reward = network.quote.day_reward(1);
        let total = provider.sectors.set_terms(|kind, day| {
            let pledge = mean * kind.quality() as f64 * tilt(day);
            (pledge as u128, day_reward.0 * u128::from(kind.quality()))
        });
        provider.pledge = Amount(total);
        let funded = network.accounts.lock_pledge(i, Amount(total));
        assert!(funded, "the initial state locks no more than exists");
        let share = u128::from(provider.sectors.quality_units());
        let vesting = vesting.mul_div_floor(share, u128::from(units.max(1)));
        provider.vesting = Vesting::with_stock(vesting);
        network.accounts.fund_vesting(i, vesting);
    }
}

/// The machines behind the initial sectors.
pub fn sites(network: &Filecoin, regions: u16, streams: &Streams) -> Vec<OwnerPlan> {
    let plan = |(i, provider): (usize, &Provider)| {
        let disks = provider.sectors.live().div_ceil(network.derived.sectors_per_disk) as u32;
        let region = streams.stream(i as u32, "filecoin region").below(u64::from(regions)) as u16;
        let sites = 1 + u8::from(disks > 2_000) + u8::from(disks > 10_000);
        OwnerPlan { region, sites, disks }
    };
    network.providers.iter().enumerate().map(plan).collect()
}
