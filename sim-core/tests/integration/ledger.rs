//! Money is neither made nor lost by a posting.

use pinwheel_core::{Account, Amount, Holding, Ledger, LedgerError};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Three accounts of each holding, every one with 1,000 units.
fn books() -> (Ledger, Vec<Account>) {
    let mut ledger = Ledger::default();
    let holdings = [Holding::ALL; 3].into_iter().flatten();
    let accounts: Vec<_> = holdings.map(|holding| ledger.open(holding)).collect();
    for account in &accounts {
        ledger.mint(*account, Amount(1_000)).expect("far below the limit");
    }
    (ledger, accounts)
}

#[derive(Copy, Clone, Debug)]
enum Posting {
    Mint,
    Burn,
    Transfer,
    Lock,
    Vest,
    Slash,
}

fn postings() -> impl Strategy<Value = Vec<(Posting, usize, usize, u128)>> {
    use Posting::*;
    let kind = prop::sample::select(vec![Mint, Burn, Transfer, Transfer, Lock, Vest, Slash]);
    // Mostly small amounts, some that no account can cover.
    let amount = prop_oneof![8 => 0..400u128, 1 => 0..20_000u128, 1 => any::<u128>()];
    prop::collection::vec((kind, 0..9usize, 0..9usize, amount), 1_000)
}

fn post(
    ledger: &mut Ledger,
    posting: Posting,
    from: Account,
    to: Account,
    amount: Amount,
) -> Result<(), LedgerError> {
    match posting {
        Posting::Mint => ledger.mint(to, amount),
        Posting::Burn => ledger.burn(from, amount),
        Posting::Transfer => ledger.transfer(from, to, amount),
        Posting::Lock => ledger.lock(from, to, amount),
        Posting::Vest => ledger.vest(from, to, amount),
        Posting::Slash => ledger.slash(from, amount),
    }
}

/// The same cases each time.
fn cases(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(5);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..Default::default() }
}

proptest! {
    // 100 schedules of 1,000 postings.
    #![proptest_config(cases(100))]

    #[test]
    fn units_are_conserved_and_refusals_change_nothing(schedule in postings()) {
        let (mut ledger, accounts) = books();
        let mut refused = 0;
        for (posting, from, to, amount) in schedule {
            let before = ledger.clone();
            let (from, to, amount) = (accounts[from], accounts[to], Amount(amount));
            match post(&mut ledger, posting, from, to, amount) {
                Ok(()) => prop_assert_ne!(ledger.digest, before.digest),
                Err(_) => {
                    prop_assert_eq!(&ledger, &before);
                    refused += 1;
                }
            }
            prop_assert_eq!(ledger.verify(), Ok(()));
        }
        prop_assert!((1..1_000).contains(&refused), "{} of 1,000 refused", refused);
        for holding in Holding::ALL {
            let of_holding = accounts.iter().filter(|account| account.holding() == holding);
            let sum: Amount = of_holding.map(|account| ledger.balance(*account)).sum();
            prop_assert_eq!(sum, ledger.held(holding));
        }
        let sum: Amount = accounts.iter().map(|account| ledger.balance(*account)).sum();
        prop_assert_eq!(sum, ledger.issued() - ledger.burned());
    }
}

#[test]
fn each_posting_moves_what_its_name_says() {
    let (mut ledger, accounts) = books();
    let [free, locked, reserve, ..] = accounts[..] else { panic!("nine accounts") };
    let held = |ledger: &Ledger| Holding::ALL.map(|holding| ledger.held(holding).0);
    assert_eq!(ledger.lock(free, locked, Amount(300)), Ok(()));
    assert_eq!(held(&ledger), [2_700, 3_300, 3_000]);
    assert_eq!(ledger.vest(locked, free, Amount(100)), Ok(()));
    assert_eq!(held(&ledger), [2_800, 3_200, 3_000]);
    assert_eq!(ledger.slash(locked, Amount(50)), Ok(()));
    assert_eq!(held(&ledger), [2_800, 3_150, 3_000]);
    assert_eq!(ledger.transfer(reserve, free, Amount(1)), Ok(()));
    assert_eq!(held(&ledger), [2_801, 3_150, 2_999]);
    assert_eq!((ledger.issued(), ledger.burned()), (Amount(9_000), Amount(50)));
    assert_eq!(ledger.balance(free), Amount(801));
}

#[test]
fn named_postings_refuse_the_wrong_holding() {
    let (mut ledger, accounts) = books();
    let [free, locked, reserve, ..] = accounts[..] else { panic!("nine accounts") };
    let before = ledger.clone();
    let wrong = |account, wanted| Err(LedgerError::WrongHolding { account, wanted });
    let one = Amount(1);
    assert_eq!(ledger.lock(locked, locked, one), wrong(locked, Holding::Free));
    assert_eq!(ledger.lock(free, reserve, one), wrong(reserve, Holding::Locked));
    assert_eq!(ledger.vest(reserve, free, one), wrong(reserve, Holding::Locked));
    assert_eq!(ledger.vest(locked, reserve, one), wrong(reserve, Holding::Free));
    assert_eq!(ledger.slash(free, one), wrong(free, Holding::Locked));
    assert_eq!(ledger, before);
    let message = ledger.slash(reserve, one).expect_err("a reserve is no collateral").to_string();
    assert_eq!(message, "Reserve account 0 is not of the holding Locked");
}

#[test]
fn a_transfer_to_oneself_keeps_the_balance() {
    let (mut ledger, accounts) = books();
    let account = accounts[1];
    assert_eq!(ledger.transfer(account, account, Amount(1_000)), Ok(()));
    assert_eq!(ledger.balance(account), Amount(1_000));
    let refused = ledger.transfer(account, account, Amount(1_001));
    let balance = Amount(1_000);
    let insufficient = LedgerError::Insufficient { account, balance, wanted: Amount(1_001) };
    assert_eq!(refused, Err(insufficient));
    assert_eq!(ledger.verify(), Ok(()));
}

#[test]
fn an_issue_beyond_128_bits_is_refused() {
    let mut ledger = Ledger::default();
    let (a, b) = (ledger.open(Holding::Free), ledger.open(Holding::Reserve));
    assert_eq!(ledger.mint(a, Amount(u128::MAX)), Ok(()));
    let before = ledger.clone();
    let overflow = LedgerError::Overflow { issued: Amount(u128::MAX), wanted: Amount(1) };
    assert_eq!(ledger.mint(b, Amount(1)), Err(overflow));
    assert_eq!(ledger, before);
    assert_eq!(ledger.transfer(a, b, Amount(u128::MAX)), Ok(()));
    assert_eq!(ledger.burn(b, Amount(u128::MAX)), Ok(()));
    assert_eq!(ledger.verify(), Ok(()));
}

#[test]
fn the_digest_tells_the_order_and_the_parties() {
    let postings = |which: [(usize, usize, u128); 2]| {
        let (mut ledger, accounts) = books();
        for (from, to, amount) in which {
            ledger.transfer(accounts[from], accounts[to], Amount(amount)).expect("covered");
        }
        ledger.digest.value()
    };
    let one = postings([(0, 1, 5), (1, 0, 7)]);
    assert_eq!(one, postings([(0, 1, 5), (1, 0, 7)]));
    for other in [[(1, 0, 7), (0, 1, 5)], [(0, 1, 7), (1, 0, 5)], [(0, 4, 5), (1, 0, 7)]] {
        assert_ne!(one, postings(other));
    }
}
