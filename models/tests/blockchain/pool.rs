//! The pool: order, replacement, bound, patience; and what a block takes of it.

use pinwheel_core::{Amount, SimDuration};
use pinwheel_models::blockchain::contracts::TRANSACTION_GAS;
use pinwheel_models::blockchain::mempool::PoolError;
use pinwheel_models::blockchain::{Call, FeeRule, Mempool, Outcome, Transaction};

use crate::{ALICE, BOB, PROPOSER, proposal, seconds, small_chain, transfer};

fn bid(transaction: Transaction, fee_max: u128) -> Transaction {
    Transaction { fee_max, tip_max: fee_max, ..transaction }
}

#[test]
fn the_highest_bid_goes_first_and_nonces_keep_their_order() {
    let mut chain = small_chain(10 * TRANSACTION_GAS);
    chain.head.state.rules.fee = FeeRule::FirstPrice { minimum: 1 };
    // Alice's second bids most but must wait for her first.
    for transaction in [
        bid(transfer(ALICE, 0, PROPOSER, 1), 2),
        bid(transfer(ALICE, 1, PROPOSER, 1), 9),
        bid(transfer(BOB, 0, PROPOSER, 1), 5),
    ] {
        chain.submit(transaction, seconds(1)).expect("room");
    }
    let settled = chain.append(proposal(10));
    let order: Vec<_> =
        settled.inclusions.iter().map(|i| (i.receipt.sender, i.receipt.nonce)).collect();
    assert_eq!(order, [(BOB, 0), (ALICE, 0), (ALICE, 1)]);
    assert!(chain.mempool.is_empty());
}

#[test]
fn a_replacement_bids_a_tenth_more() {
    let mut chain = small_chain(TRANSACTION_GAS);
    chain.head.state.rules.fee = FeeRule::FirstPrice { minimum: 1 };
    chain.submit(bid(transfer(ALICE, 0, BOB, 1), 100), seconds(1)).expect("room");
    let again = |fee| bid(transfer(ALICE, 0, BOB, 2), fee);
    assert_eq!(chain.submit(again(109), seconds(2)), Err(PoolError::Underpriced));
    assert_eq!(chain.submit(again(110), seconds(2)), Ok(()));
    assert_eq!(chain.mempool.len(), 1);
    chain.append(proposal(10));
    assert_eq!(chain.state().accounts.balance(BOB), Amount(1_000_000_002));
}

#[test]
fn a_full_pool_drops_the_cheapest_tail_for_a_higher_bid() {
    let mut chain = small_chain(100 * TRANSACTION_GAS);
    chain.mempool = Mempool::new(3, SimDuration::from_hours(1));
    for (nonce, fee) in [(0, 50), (1, 10), (2, 20)] {
        chain.submit(bid(transfer(ALICE, nonce, BOB, 1), fee), seconds(1)).expect("room");
    }
    assert_eq!(chain.submit(bid(transfer(BOB, 0, ALICE, 1), 20), seconds(2)), Err(PoolError::Full));
    assert_eq!(chain.submit(bid(transfer(BOB, 0, ALICE, 1), 21), seconds(2)), Ok(()));
    assert_eq!((chain.mempool.losses.evicted, chain.mempool.losses.refused), (1, 1));
    // Alice's last is gone, not her cheapest: no gap opened.
    assert_eq!(chain.next_nonce(ALICE), 2);
    let gap = chain.submit(bid(transfer(ALICE, 3, BOB, 1), 99), seconds(3));
    assert_eq!(gap, Err(PoolError::Gap { expected: 2 }));
}

#[test]
fn what_waits_too_long_is_withdrawn_with_all_that_follows() {
    let mut chain = small_chain(TRANSACTION_GAS);
    chain.head.state.rules.fee = FeeRule::Fixed { price: 5 };
    for nonce in 0..3 {
        chain.submit(transfer(ALICE, nonce, BOB, 1), seconds(1 + nonce)).expect("room");
    }
    chain.append(proposal(3_600));
    assert_eq!(chain.mempool.len(), 3, "an hour is not over, and the bids are too low");
    chain.append(proposal(3_601));
    assert_eq!((chain.mempool.len(), chain.mempool.losses.withdrawn), (0, 3));
    assert_eq!(chain.next_nonce(ALICE), 0);
}

#[test]
fn fees_rewards_and_failures_are_booked_to_the_unit() {
    let mut chain = small_chain(200_000);
    chain.submit(transfer(ALICE, 0, BOB, 1_000), seconds(1)).expect("room");
    let call = Call::Work { gas: 50_000 };
    let short = Transaction { call, gas_limit: 40_000, ..transfer(ALICE, 1, BOB, 0) };
    chain.submit(short, seconds(1)).expect("room");
    let settled = chain.append(proposal(10));
    let receipts: Vec<_> = settled.inclusions.iter().map(|i| i.receipt).collect();
    assert_eq!(
        receipts.iter().map(|r| r.outcome).collect::<Vec<_>>(),
        [Outcome::Done, Outcome::OutOfGas]
    );
    assert_eq!(receipts[1].gas_used, 40_000, "who runs out pays the whole limit");
    let accounts = &chain.state().accounts;
    assert_eq!(accounts.balance(ALICE), Amount(1_000_000_000 - 1_000 - 21_000 - 40_000));
    assert_eq!(accounts.balance(BOB), Amount(1_000_001_000));
    assert_eq!(accounts.balance(PROPOSER), Amount(7 + 21_000 + 40_000));
    assert_eq!(accounts.ledger().verify(), Ok(()));
}

#[test]
fn what_cannot_be_paid_leaves_the_pool_with_what_follows() {
    let mut chain = small_chain(200_000);
    chain.submit(transfer(ALICE, 0, BOB, 1_000_000_000), seconds(1)).expect("room");
    chain.submit(transfer(ALICE, 1, BOB, 1), seconds(1)).expect("room");
    let settled = chain.append(proposal(10));
    assert!(settled.inclusions.is_empty());
    assert_eq!((chain.mempool.len(), chain.next_nonce(ALICE)), (0, 0));
}

#[test]
fn a_block_passes_over_what_does_not_fit() {
    let mut chain = small_chain(60_000);
    chain.head.state.rules.fee = FeeRule::FirstPrice { minimum: 1 };
    let large = Transaction { gas_limit: 50_000, ..bid(transfer(ALICE, 0, BOB, 1), 9) };
    let larger = Transaction { gas_limit: 55_000, ..bid(transfer(BOB, 0, ALICE, 1), 8) };
    for transaction in [large, larger] {
        chain.submit(transaction, seconds(1)).expect("room");
    }
    // Alice's uses 21,000 of its limit, but a block reserves the limit until it is executed.
    assert_eq!(chain.append(proposal(10)).inclusions.len(), 1);
    assert_eq!(chain.append(proposal(20)).inclusions.len(), 1);
    assert!(chain.mempool.is_empty());
}
