//! The bridge's contract, called directly: what it honours, what it refuses, and that a refusal
//! changes nothing.

use pinwheel_core::{Amount, SimDuration, SimTime};
use pinwheel_models::blockchain::contracts::bridge::{
    Authority, Backing, Bridge, Claim, Known, Order, Terms, packet,
};
use pinwheel_models::blockchain::contracts::{Env, Failure, Meter};
use pinwheel_models::blockchain::hash::{Hash, RECEIPT, digest, root};
use pinwheel_models::blockchain::inclusion::Path;
use pinwheel_models::blockchain::{Address, Call, Outcome, Receipt, Transaction};

const HERE: u16 = 0;
const THERE: u16 = 1;
const USER: Address = Address(7);
const NONCE: u64 = 3;
const SENT: Amount = Amount(500);
const DEADLINE: SimTime = SimTime::from_nanos(1_000);

fn contract(authority: Authority) -> Bridge {
    let backing = Backing::Voucher;
    Bridge::new(Terms { authority, backing, fee_basis_points: 100, other: THERE })
}

fn light() -> Bridge {
    contract(Authority::LightClient { signatures: 3 })
}

fn relayers() -> Bridge {
    contract(Authority::Relayers { relayers: 5, needed: 3 })
}

fn call(bridge: &mut Bridge, order: Order, now: SimTime) -> Result<(), Failure> {
    let env = Env { chain: HERE, number: 9, time: now, base_fee: 0, proposer: Address(0) };
    bridge.call(&order, USER, NONCE, &env, &mut Meter::new(10_000_000))
}

/// A transaction of the other chain in a block of three, with its path, and the block's header.
fn happened(order: Order, outcome: Outcome) -> (Claim, Known) {
    let transaction = Transaction {
        sender: USER,
        nonce: NONCE,
        gas_limit: 1,
        fee_max: 1,
        tip_max: 0,
        call: Call::Bridge(order),
    };
    let receipt = Receipt {
        chain: THERE,
        block: 40,
        index: 1,
        transaction: transaction.hash(),
        sender: USER,
        nonce: NONCE,
        outcome,
        gas_used: 1,
        gas_price: 1,
        burned_price: 0,
        time: SimTime::ZERO,
    };
    let leaves = [digest(RECEIPT, &1u8), digest(RECEIPT, &receipt), digest(RECEIPT, &2u8)];
    let path = Path::of(&leaves, 1);
    let known = Known { number: 40, receipts_root: root(leaves), signatures: 3 };
    (Claim { transaction, receipt, path, signers: vec![] }, known)
}

fn sent() -> (Claim, Known) {
    happened(Order::Send { amount: SENT, deadline: DEADLINE }, Outcome::Done)
}

fn name() -> Hash {
    packet(THERE, USER, NONCE)
}

fn receive(bridge: &mut Bridge, claim: Claim, now: SimTime) -> Result<(), Failure> {
    let claim = bridge.attach_claim(claim);
    call(bridge, Order::Receive { packet: name(), claim }, now)
}

fn learn(bridge: &mut Bridge, known: Known) -> Result<(), Failure> {
    let header = bridge.attach_header(known);
    call(bridge, Order::Learn { header }, SimTime::ZERO)
}

#[test]
fn a_proven_transfer_is_received_once() {
    let mut bridge = light();
    let (claim, known) = sent();
    assert_eq!(receive(&mut bridge, claim.clone(), SimTime::ZERO), Err(Failure::Refused));
    learn(&mut bridge, known).expect("signed by enough");
    receive(&mut bridge, claim.clone(), SimTime::ZERO).expect("proven");
    // One per cent is the bridge's.
    assert_eq!((bridge.balance(USER), bridge.supply()), (Amount(495), SENT));
    let before = bridge.clone();
    assert_eq!(receive(&mut bridge, claim, SimTime::ZERO), Err(Failure::Refused));
    assert_eq!((bridge.supply(), bridge.root()), (before.supply(), before.root()));
}

#[test]
fn a_light_client_refuses_what_did_not_happen() {
    let mut bridge = light();
    let (claim, known) = sent();
    let few = Known { signatures: 2, ..known };
    assert_eq!(learn(&mut bridge, few), Err(Failure::Refused));
    learn(&mut bridge, known).expect("signed by enough");
    let mut larger = claim.clone();
    larger.transaction.call = Call::Bridge(Order::Send { amount: Amount(900), deadline: DEADLINE });
    let mut matching = larger.clone();
    matching.receipt.transaction = matching.transaction.hash();
    let mut elsewhere = claim.clone();
    elsewhere.path = Path::default();
    let (failed, _) = happened(claim_order(), Outcome::Refused);
    let mut foreign = claim.clone();
    foreign.receipt.chain = 2;
    for forged in [larger, matching, elsewhere, failed, foreign] {
        let root = bridge.root();
        assert_eq!(receive(&mut bridge, forged, SimTime::ZERO), Err(Failure::Refused));
        assert_eq!(bridge.root(), root);
    }
    receive(&mut bridge, claim, SimTime::ZERO).expect("the true one");
}

fn claim_order() -> Order {
    Order::Send { amount: SENT, deadline: DEADLINE }
}

#[test]
fn a_signature_counts_once_and_a_strangers_not_at_all() {
    let signed = |signers: &[u32]| {
        let mut bridge = relayers();
        let (mut claim, _) = sent();
        claim.signers = signers.to_vec();
        receive(&mut bridge, claim, SimTime::ZERO)
    };
    for few in [&[][..], &[0, 1], &[0, 1, 1, 1], &[0, 1, 5], &[0, 1, 99, 100]] {
        assert_eq!(signed(few), Err(Failure::Refused), "{few:?}");
    }
    assert_eq!(signed(&[4, 0, 2]), Ok(()));
}

#[test]
fn a_transfer_is_received_before_its_deadline_or_expires_after_it() {
    let (mut claim, _) = sent();
    claim.signers = vec![0, 1, 2];
    let expire = |bridge: &mut Bridge, now| {
        let claim = bridge.attach_claim(claim.clone());
        call(bridge, Order::Expire { packet: name(), claim }, now)
    };
    let late = DEADLINE + SimDuration::from_nanos(1);
    let mut bridge = relayers();
    assert_eq!(expire(&mut bridge, SimTime::ZERO), Err(Failure::Refused), "too early");
    assert_eq!(receive(&mut bridge, claim.clone(), DEADLINE), Err(Failure::Refused), "too late");
    expire(&mut bridge, DEADLINE).expect("at the deadline");
    assert_eq!(expire(&mut bridge, late), Err(Failure::Refused), "twice");
    assert_eq!(receive(&mut bridge, claim.clone(), SimTime::ZERO), Err(Failure::Refused));
    let mut received = relayers();
    receive(&mut received, claim.clone(), SimTime::ZERO).expect("in time");
    assert_eq!(expire(&mut received, late), Err(Failure::Refused), "received before");
}

#[test]
fn only_an_expired_transfer_of_this_chain_is_refunded_and_once() {
    let mut bridge = relayers();
    bridge.issue(USER, SENT);
    let own = packet(HERE, USER, NONCE);
    call(&mut bridge, claim_order(), SimTime::ZERO).expect("covered");
    assert_eq!((bridge.balance(USER), bridge.supply()), (Amount(0), Amount(0)));
    let refund = |bridge: &mut Bridge, packet, order| {
        let (mut claim, _) = happened(order, Outcome::Done);
        claim.signers = vec![0, 1, 2];
        let claim = bridge.attach_claim(claim);
        call(bridge, Order::Refund { packet, claim }, SimTime::ZERO)
    };
    let expired = |packet| Order::Expire { packet, claim: Hash::default() };
    let received = Order::Receive { packet: own, claim: Hash::default() };
    assert_eq!(refund(&mut bridge, own, received), Err(Failure::Refused), "it was received");
    assert_eq!(refund(&mut bridge, own, expired(name())), Err(Failure::Refused), "another");
    assert_eq!(refund(&mut bridge, name(), expired(name())), Err(Failure::Refused), "never sent");
    refund(&mut bridge, own, expired(own)).expect("expired");
    assert_eq!((bridge.balance(USER), bridge.supply()), (SENT, SENT));
    assert_eq!(refund(&mut bridge, own, expired(own)), Err(Failure::Refused), "twice");
    assert_eq!(bridge.ledger().verify(), Ok(()));
}

#[test]
fn nobody_sends_what_they_do_not_have_and_gas_is_paid_first() {
    let mut bridge = relayers();
    assert_eq!(call(&mut bridge, claim_order(), SimTime::ZERO), Err(Failure::Refused));
    bridge.issue(USER, SENT);
    let env = Env { chain: 0, number: 1, time: SimTime::ZERO, base_fee: 0, proposer: USER };
    let mut meter = Meter::new(30_000);
    let order = claim_order();
    assert_eq!(bridge.call(&order, USER, 0, &env, &mut meter), Err(Failure::OutOfGas));
    assert_eq!(bridge.balance(USER), SENT);
}
