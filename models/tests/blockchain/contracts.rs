//! Contracts: who may do what, and that a refused step changes nothing but the fee.

use pinwheel_core::{Amount, Holding, SimDuration};
use pinwheel_models::blockchain::chain::Chain;
use pinwheel_models::blockchain::contracts::attestation::{self, Attestation, Terms, Verdict};
use pinwheel_models::blockchain::contracts::dispatch::{self, ACTION_GAS, Dispatch, Progress};
use pinwheel_models::blockchain::contracts::escrow::{self, Escrow};
use pinwheel_models::blockchain::contracts::{Notice, registry};
use pinwheel_models::blockchain::{Address, Call, Outcome, Transaction};

use crate::{ALICE, BOB, proposal, seconds, small_chain, transfer};

/// Sends a call and returns how it ended, in a block of its own.
fn outcome(chain: &mut Chain, sender: Address, call: Call, time: u64) -> Outcome {
    let nonce = chain.next_nonce(sender);
    let transaction = Transaction { call, gas_limit: 100_000, ..transfer(sender, nonce, BOB, 0) };
    chain.submit(transaction, seconds(time)).expect("room");
    let settled = chain.append(proposal(time));
    settled.inclusions[0].receipt.outcome
}

#[test]
fn the_registry_takes_each_change_once_and_from_the_owner() {
    let mut chain = small_chain(1_000_000);
    let enter = Call::Registry(registry::Order::Enter);
    assert_eq!(outcome(&mut chain, ALICE, enter, 1), Outcome::Done);
    let report = |change, up| Call::Registry(registry::Order::Report { device: 0, change, up });
    assert_eq!(outcome(&mut chain, BOB, report(1, false), 2), Outcome::Refused);
    assert_eq!(outcome(&mut chain, ALICE, report(2, false), 3), Outcome::Refused);
    assert_eq!(outcome(&mut chain, ALICE, report(1, false), 4), Outcome::Done);
    assert_eq!(outcome(&mut chain, ALICE, report(1, false), 5), Outcome::Refused);
    assert_eq!(outcome(&mut chain, ALICE, report(2, false), 6), Outcome::Refused);
    assert_eq!(outcome(&mut chain, ALICE, report(2, true), 7), Outcome::Done);
    let device = chain.state().contracts.registry.device(0).expect("entered");
    assert_eq!((device.changes, device.up, device.reported), (2, true, seconds(7)));
}

#[test]
fn escrow_pays_the_seller_on_release_and_the_buyer_after_the_deadline() {
    let mut chain = small_chain(1_000_000);
    let mut state = chain.head.state.clone();
    state.contracts.escrow = Some(Escrow::new(&mut state.accounts));
    chain.head = pinwheel_models::blockchain::Head::new(state, 0);
    let open = |tag| {
        let (amount, deadline) = (Amount(500), seconds(1_000));
        Call::Escrow(escrow::Order::Open { seller: BOB, amount, deadline, tag })
    };
    let release = |deal| Call::Escrow(escrow::Order::Release { deal });
    let refund = |deal| Call::Escrow(escrow::Order::Refund { deal });
    for time in [1, 2] {
        assert_eq!(outcome(&mut chain, ALICE, open(0), time), Outcome::Done);
    }
    let before = chain.state().accounts.balance(BOB);
    assert_eq!(outcome(&mut chain, BOB, release(0), 3), Outcome::Refused, "not the buyer");
    assert_eq!(outcome(&mut chain, ALICE, refund(0), 999), Outcome::Refused, "too early");
    assert_eq!(outcome(&mut chain, ALICE, release(0), 1_001), Outcome::Done);
    assert_eq!(outcome(&mut chain, ALICE, release(0), 1_002), Outcome::Refused, "only once");
    let fee = chain.blocks()[2].receipts[0].fee();
    assert_eq!(chain.state().accounts.balance(BOB) + fee, before + Amount(500));
    let before = chain.state().accounts.balance(ALICE);
    assert_eq!(outcome(&mut chain, ALICE, refund(1), 1_003), Outcome::Done);
    let fee = chain.blocks().back().expect("a block").receipts[0].fee();
    assert_eq!(chain.state().accounts.balance(ALICE) + fee, before + Amount(500));
    let state = chain.state();
    assert!(state.contracts.escrow.as_ref().expect("there").conserved(&state.accounts));
}

#[test]
fn dispatch_acts_in_order_within_its_allowance_and_drops_what_cannot_pay() {
    let mut chain = small_chain(1_000_000);
    let mut state = chain.head.state.clone();
    state.contracts.dispatch = Some(Dispatch::new(2 * ACTION_GAS, &mut state.accounts));
    chain.head = pinwheel_models::blockchain::Head::new(state, 10);
    let plan = |due, prepaid| {
        let (due, prepaid) = (seconds(due), Amount(prepaid));
        Call::Dispatch(dispatch::Order::Plan { device: 0, action: 1, due, prepaid })
    };
    let enough = 10 * u128::from(ACTION_GAS);
    for (number, prepaid) in [enough, enough - 1, enough, enough].into_iter().enumerate() {
        // The fixed price sets the base fee to zero; the plan's own test sets it again.
        assert_eq!(
            outcome(&mut chain, ALICE, plan(100, prepaid), 1 + number as u64),
            Outcome::Done
        );
    }
    let acted = |chain: &mut Chain, time| {
        chain.head.base_fee = 10;
        let settled = chain.append(proposal(time));
        let progress = |notice: &Notice| match notice {
            Notice::Acted { action, progress, .. } => Some((*action, *progress)),
            _ => None,
        };
        settled.notices.iter().filter_map(progress).collect::<Vec<_>>()
    };
    assert_eq!(acted(&mut chain, 99), []);
    let first = [(0, Progress::Done), (1, Progress::OutOfGas), (2, Progress::Done)];
    assert_eq!(acted(&mut chain, 100), first);
    assert_eq!(acted(&mut chain, 112), [(3, Progress::Done)]);
    assert_eq!(chain.blocks().back().expect("a block").header.gas_used, ACTION_GAS);
}

#[test]
fn a_panel_votes_once_each_and_a_quorum_pays() {
    let mut chain = small_chain(1_000_000);
    let mut state = chain.head.state.clone();
    let verifiers: Vec<_> =
        (0..9).map(|_| state.open(Holding::Free, Amount(1_000_000_000))).collect();
    let (reward, window) = (Amount(1_000), SimDuration::from_seconds(500));
    let terms = Terms { panel: 5, quorum: 3, reward, window };
    let contract = Attestation::new(terms, Amount(1_500), verifiers.clone(), &mut state.accounts);
    state.contracts.attestation = Some(contract);
    chain.head = pinwheel_models::blockchain::Head::new(state, 0);
    let claim = |round| Call::Attestation(attestation::Order::Claim { device: 0, round });
    let vote = |claim, honest| Call::Attestation(attestation::Order::Vote { claim, honest });
    let contract = |chain: &Chain| chain.state().contracts.attestation.clone().expect("there");
    assert_eq!(outcome(&mut chain, ALICE, claim(1), 1), Outcome::Done);
    let panel = contract(&chain).panel(0);
    let member = |seat: usize| verifiers[panel[seat] as usize];
    let outsider = (0..9).find(|v| !panel.contains(v)).expect("nine verifiers");
    let outsider = verifiers[outsider as usize];
    assert_eq!(outcome(&mut chain, outsider, vote(0, true), 2), Outcome::Refused);
    assert_eq!(outcome(&mut chain, member(0), vote(0, true), 3), Outcome::Done);
    assert_eq!(outcome(&mut chain, member(0), vote(0, true), 4), Outcome::Refused, "twice");
    assert_eq!(outcome(&mut chain, member(1), vote(0, false), 5), Outcome::Done);
    assert_eq!(outcome(&mut chain, member(2), vote(0, true), 6), Outcome::Done);
    let before = chain.state().accounts.balance(ALICE);
    assert_eq!(outcome(&mut chain, member(3), vote(0, true), 7), Outcome::Done);
    assert_eq!(contract(&chain).claim(0).expect("made").verdict, Verdict::Accepted);
    assert_eq!(chain.state().accounts.balance(ALICE), before + Amount(1_000));
    assert_eq!(outcome(&mut chain, member(4), vote(0, true), 8), Outcome::Refused, "too late");
    // A claim that nobody votes on is void at its deadline.
    assert_eq!(outcome(&mut chain, ALICE, claim(2), 10), Outcome::Done);
    chain.append(proposal(509));
    assert_eq!(contract(&chain).claim(1).expect("made").verdict, Verdict::Open);
    chain.append(proposal(510));
    assert_eq!(contract(&chain).claim(1).expect("made").verdict, Verdict::Void);
}
