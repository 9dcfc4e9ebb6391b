//! A chain at its genesis, from its settings: accounts, stakes, contracts, and who makes blocks.

use pinwheel_core::{Amount, Holding, Label, Scope, Streams};

use super::ChainInstance;
use super::activity::Applications;
use super::activity::attestation::AttestationActivity;
use super::activity::devices::Devices;
use super::activity::dispatch::DispatchActivity;
use super::activity::escrow::EscrowActivity;
use super::activity::load::Load;
use super::activity::telemetry::Telemetry;
use super::audit::Auditor;
use super::chain::{Chain, Head};
use super::consensus::authority::Authority;
use super::consensus::expected::{RoundParameters, Rounds};
use super::consensus::stake::{Conduct, Stake, StakeParameters};
use super::consensus::work::{RaceRules, Work, WorkParameters};
use super::consensus::{Consensus, geometric_shares};
use super::contracts::staking::Slashing;
use super::mempool::Mempool;
use super::money;
use super::settings::{ChainSettings, ConsensusSettings, TravelLaw};
use super::state::{Rules, State};
use super::tally::Tally;
use crate::part::{Around, DeviceSet, Members};

/// Blocks that are kept of a chain; the hash chain needs no more.
const BLOCKS_KEPT: usize = 64;
/// Proposers of a chain by authority.
const AUTHORITIES: u32 = 4;

/// The chain of these settings, number `chain` of the scenario.
pub(super) fn chain_instance(
    settings: &ChainSettings,
    chain: u16,
    around: &Around<'_>,
) -> ChainInstance {
    let scope = Scope::of(&settings.id);
    let (people, streams) = (around.streams, &around.streams.within(scope));
    let rules = Rules {
        chain,
        fee: settings.fee,
        gas_limit: settings.gas_limit,
        block_reward: settings.block_reward,
    };
    let mut state = State::new(rules);
    let around = Around { streams, ..*around };
    let consensus = consensus(settings, &mut state, &around);
    let load = settings.load.as_ref().map(|load| Load::new(load, &mut state, people, streams));
    let applications = applications(settings, &mut state, &around);
    let head = Head::new(state, settings.base_fee);
    let auditor = settings.audit.map(|trials| Auditor::new(head.clone(), trials));
    let blocks_kept = if auditor.is_some() { usize::MAX } else { BLOCKS_KEPT };
    let mempool = Mempool::new(settings.pool, settings.patience);
    ChainInstance {
        id: settings.id.clone(),
        scope,
        label: Label::default(),
        block_time: settings.block_time,
        chain: Chain::new(head, mempool, blocks_kept),
        consensus,
        load,
        applications,
        auditor,
        tally: Tally::default(),
    }
}

fn applications(settings: &ChainSettings, state: &mut State, around: &Around<'_>) -> Applications {
    let slot = settings.block_time;
    let of = |on: &Option<DeviceSet>| Members::new(on.as_ref(), around.devices);
    let ChainSettings { devices, attestation, dispatch, escrow, telemetry, on, .. } = settings;
    Applications {
        devices: devices
            .as_ref()
            .map(|p| Devices::new(p, of(&on.devices), slot, state, around.streams)),
        attestation: attestation
            .as_ref()
            .map(|p| AttestationActivity::new(p, of(&on.attestation), state)),
        dispatch: dispatch.as_ref().map(|p| DispatchActivity::new(p, of(&on.dispatch), state)),
        escrow: escrow.as_ref().map(|p| EscrowActivity::new(p, state)),
        telemetry: telemetry.as_ref().map(|t| Telemetry::new(t, of(&t.on), state)),
    }
}

fn consensus(settings: &ChainSettings, state: &mut State, around: &Around<'_>) -> Consensus {
    let slot = settings.block_time;
    match &settings.consensus {
        ConsensusSettings::Authority => {
            let open = |_| state.open(Holding::Free, Amount::ZERO);
            Consensus::Authority(Authority::new(slot, (0..AUTHORITIES).map(open).collect()))
        }
        ConsensusSettings::Stake(parameters) => {
            let validators = settings.on.validators.as_ref();
            let members = Members::new(validators, around.devices);
            Consensus::Stake(Box::new(stake(parameters, settings, members, state)))
        }
        ConsensusSettings::Expected(RoundParameters { participants, power_ratio, wins }) => {
            let powers = geometric_shares(*participants as u32, *power_ratio);
            let open = |power| (state.open(Holding::Free, Amount::ZERO), power);
            let participants = powers.into_iter().map(open).collect();
            let rounds = Rounds::new(slot, *wins, participants);
            Consensus::Expected(rounds.expect("the scenario bounds wins and powers"))
        }
        ConsensusSettings::Work(parameters, law) => {
            Consensus::Work(Box::new(work(parameters, *law, settings, state, around.streams)))
        }
    }
}

fn stake(
    parameters: &StakeParameters,
    settings: &ChainSettings,
    members: Members,
    state: &mut State,
) -> Stake {
    let p = parameters;
    state.contracts.staking.set_slashing(Slashing {
        taken_permille: (p.slashed * 1000.0) as u32,
        reporter_permille: (p.reporter * 1000.0) as u32,
    });
    for share in geometric_shares(p.validators as u32, p.stake_ratio) {
        let stake = money::times(p.stake, share);
        state.contracts.staking.enter(stake, &mut state.accounts);
    }
    let conduct = Conduct { offline_share: p.offline, equivocation_share: p.equivocation };
    Stake::new(settings.block_time, p.epoch_slots as u64, conduct, members)
}

fn work(
    parameters: &WorkParameters,
    law: TravelLaw,
    settings: &ChainSettings,
    state: &mut State,
    streams: &Streams,
) -> Work {
    let p = parameters;
    let rates = geometric_shares(p.miners as u32, p.hash_ratio);
    let open = |rate| (state.open(Holding::Free, Amount::ZERO), rate);
    let miners = rates.into_iter().map(open).collect();
    let rules = RaceRules {
        block_seconds: settings.block_time.as_seconds(),
        travel: law.of(p.travel),
        retarget_blocks: p.retarget as u64,
        confirmations: p.confirmations as u64,
        growth_per_day: p.growth,
    };
    Work::new(rules, miners, Work::stream(streams))
}
