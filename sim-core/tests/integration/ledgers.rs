//! Books of many tokens: each token's are its own.

use pinwheel_core::{
    Account, Amount, DeclareError, Holding, Ledger, LedgerError, Ledgers, Posting, Token, TokenSpec,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn spec(symbol: &str, cap: Option<u128>) -> TokenSpec {
    TokenSpec { symbol: symbol.to_owned(), decimals: 6, cap: cap.map(Amount) }
}

/// `tokens` tokens, each with an account of every holding of 1,000 units.
fn books(tokens: u16) -> (Ledgers, Vec<[Account; 3]>) {
    let mut ledgers = Ledgers::default();
    let declare = |number: u16| {
        let token = ledgers.declare(spec(&format!("T{number}"), None)).expect("symbols differ");
        let accounts = Holding::ALL.map(|holding| ledgers.open(token, holding));
        for account in accounts {
            ledgers.mint(account, Amount(1_000)).expect("far below the limit");
        }
        accounts
    };
    let accounts = (0..tokens).map(declare).collect();
    (ledgers, accounts)
}

#[test]
fn a_posting_across_tokens_is_refused_and_changes_nothing() {
    let (mut ledgers, accounts) = books(3);
    let before = ledgers.clone();
    let [free, locked, _] = accounts[0];
    let [other_free, other_locked, other_reserve] = accounts[1];
    let one = Amount(1);
    let other = |account| Err(LedgerError::OtherToken { account, wanted: free.token() });
    assert_eq!(ledgers.transfer(free, other_free, one), other(other_free));
    assert_eq!(ledgers.transfer(free, other_reserve, Amount(5_000)), other(other_reserve));
    assert_eq!(ledgers.lock(free, other_locked, one), other(other_locked));
    assert_eq!(ledgers.vest(locked, other_free, one), other(other_free));
    assert_eq!(ledgers, before);
    let message = ledgers.transfer(free, other_free, one).expect_err("two tokens").to_string();
    assert_eq!(message, "Free account 0 of token 1 does not hold token 0");
}

#[test]
fn a_private_ledger_and_declared_books_share_no_account() {
    let (mut ledgers, accounts) = books(1);
    let mut chain = Ledger::default();
    let here = chain.open(Holding::Free);
    chain.mint(here, Amount(10)).expect("far below the limit");
    let (ledgers_before, chain_before) = (ledgers.clone(), chain.clone());
    let declared = accounts[0][0];
    assert_eq!((here.token(), declared.number()), (Token::PRIVATE, here.number()));
    let undeclared = Err(LedgerError::Undeclared { account: here });
    assert_eq!(ledgers.mint(here, Amount(1)), undeclared);
    assert_eq!(ledgers.burn(here, Amount(1)), undeclared);
    assert_eq!(ledgers.transfer(here, declared, Amount(1)), undeclared);
    assert!(ledgers.slash(here, Amount(1)).is_err());
    let wanted = Token::PRIVATE;
    let other = Err(LedgerError::OtherToken { account: declared, wanted });
    assert_eq!(chain.mint(declared, Amount(1)), other);
    assert_eq!(chain.burn(declared, Amount(1)), other);
    assert_eq!(chain.transfer(here, declared, Amount(1)), other);
    assert_eq!(chain.transfer(declared, here, Amount(1)), other);
    assert_eq!((ledgers, chain), (ledgers_before, chain_before));
}

#[test]
#[should_panic(expected = "the balance of Free account 0 of token 0 is in another ledger")]
fn a_balance_is_not_asked_of_another_ledger() {
    let (_, accounts) = books(1);
    let mut chain = Ledger::default();
    chain.open(Holding::Free);
    chain.balance(accounts[0][0]);
}

#[test]
fn a_mint_beyond_the_cap_is_refused() {
    let mut ledgers = Ledgers::default();
    let token = ledgers.declare(spec("CAP", Some(100))).expect("the first");
    let account = ledgers.open(token, Holding::Free);
    assert_eq!(ledgers.mint(account, Amount(60)), Ok(()));
    let before = ledgers.clone();
    let (cap, issued, wanted) = (Amount(100), Amount(60), Amount(41));
    assert_eq!(ledgers.mint(account, wanted), Err(LedgerError::Capped { cap, issued, wanted }));
    assert!(ledgers.mint(account, Amount(u128::MAX)).is_err());
    assert_eq!(ledgers, before);
    assert_eq!(ledgers.mint(account, Amount(40)), Ok(()));
    // Burned units do not come back.
    assert_eq!(ledgers.burn(account, Amount(100)), Ok(()));
    assert!(matches!(ledgers.mint(account, Amount(1)), Err(LedgerError::Capped { .. })));
    assert_eq!(ledgers.verify(), Ok(()));
}

#[test]
fn an_exchange_is_two_postings_or_none() {
    let (mut ledgers, accounts) = books(2);
    let digests = |ledgers: &Ledgers| {
        ledgers.tokens().map(|token| ledgers.ledger(token).digest).collect::<Vec<_>>()
    };
    let posting = |token: usize, from: usize, to: usize, amount| Posting {
        from: accounts[token][from],
        to: accounts[token][to],
        amount: Amount(amount),
    };
    let before = ledgers.clone();
    let (paid, bought) = (posting(0, 0, 2, 700), posting(1, 2, 0, 1_000));
    let short = posting(1, 2, 0, 1_001);
    assert!(matches!(ledgers.exchange(paid, short), Err(LedgerError::Insufficient { .. })));
    assert!(matches!(ledgers.exchange(short, paid), Err(LedgerError::Insufficient { .. })));
    let crossed = Posting { to: accounts[0][0], ..bought };
    assert!(matches!(ledgers.exchange(paid, crossed), Err(LedgerError::OtherToken { .. })));
    let token = accounts[0][0].token();
    assert_eq!(ledgers.exchange(paid, paid), Err(LedgerError::SameToken { token }));
    assert_eq!(ledgers, before);

    let mut by_hand = before.clone();
    for Posting { from, to, amount } in [paid, bought] {
        by_hand.transfer(from, to, amount).expect("covered");
    }
    assert_eq!(ledgers.exchange(paid, bought), Ok(()));
    assert_eq!(ledgers, by_hand);
    assert_ne!(digests(&ledgers)[0], digests(&before)[0]);
    assert_ne!(digests(&ledgers)[1], digests(&before)[1]);
    assert_ne!(ledgers.digest(), before.digest());
    let row = accounts.iter().map(|row| row.map(|account| ledgers.balance(account).0));
    assert_eq!(row.collect::<Vec<_>>(), [[300, 1_000, 1_700], [2_000, 1_000, 0]]);
}

#[test]
fn symbols_are_unique_and_decimals_bounded() {
    let mut ledgers = Ledgers::default();
    let fil = ledgers.declare(TokenSpec { decimals: 18, ..spec("FIL", None) }).expect("new");
    let duplicate = Err(DeclareError::Duplicate { symbol: "FIL".to_owned() });
    assert_eq!(ledgers.declare(spec("FIL", None)), duplicate);
    assert_eq!(ledgers.declare(spec("", None)), Err(DeclareError::NoSymbol));
    let wide = TokenSpec { decimals: 39, ..spec("WIDE", None) };
    assert_eq!(ledgers.declare(wide), Err(DeclareError::Decimals { decimals: 39 }));
    assert_eq!((ledgers.token("FIL"), ledgers.token("WIDE")), (Some(fil), None));
    assert_eq!(ledgers.spec(fil).decimals, 18);
    for number in 1..1_024 {
        ledgers.declare(spec(&format!("T{number}"), None)).expect("within the limit");
    }
    assert_eq!(ledgers.declare(spec("MORE", None)), Err(DeclareError::TooMany));
}

/// The same cases each time.
fn cases(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(6);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..Default::default() }
}

proptest! {
    #![proptest_config(cases(100))]

    /// A ledger alone, and the same token as the last of 1 to 129 with postings between.
    #[test]
    fn books_have_the_same_digest_alone_and_beside_others(
        tokens in 1..130u16,
        postings in prop::collection::vec((0..3usize, 0..3usize, 0..500u128), 200),
    ) {
        let (mut ledgers, accounts) = books(tokens);
        let mut alone = Ledger::default();
        let own = Holding::ALL.map(|holding| alone.open(holding));
        own.iter().for_each(|account| alone.mint(*account, Amount(1_000)).expect("no limit"));
        let beside = accounts[usize::from(tokens) - 1];
        for (number, (from, to, amount)) in postings.into_iter().enumerate() {
            let refused = alone.transfer(own[from], own[to], Amount(amount)).is_err();
            let posted = ledgers.transfer(beside[from], beside[to], Amount(amount));
            prop_assert_eq!(posted.is_err(), refused);
            if tokens > 1 {
                let other = accounts[number % (usize::from(tokens) - 1)];
                let _ = ledgers.transfer(other[to], other[from], Amount(amount));
            }
        }
        let book = ledgers.ledger(beside[0].token());
        prop_assert_eq!(book.digest, alone.digest);
        let balances =
            |of: [Account; 3], ledger: &Ledger| of.map(|account| ledger.balance(account));
        prop_assert_eq!(balances(beside, book), balances(own, &alone));
        prop_assert_eq!(ledgers.verify(), Ok(()));
        prop_assert_eq!(ledgers.residual(), Amount::ZERO);
    }
}
