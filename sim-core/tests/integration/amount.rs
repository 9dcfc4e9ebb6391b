//! Exact shares and exact text.

use pinwheel_core::Amount;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// `a * b` by long multiplication in base 2^32, lowest digit first: a reference that shares no step
/// with the code under test.
fn long_product(a: u128, b: u128) -> [u32; 8] {
    let digits = |n: u128| [0, 32, 64, 96].map(|shift| (n >> shift) as u32);
    let mut product = [0u32; 8];
    for (i, x) in digits(a).into_iter().enumerate() {
        let mut carry = 0u64;
        for (j, y) in digits(b).into_iter().enumerate() {
            carry += u64::from(x) * u64::from(y) + u64::from(product[i + j]);
            product[i + j] = carry as u32;
            carry >>= 32;
        }
        product[i + 4] = carry as u32;
    }
    product
}

fn minus(mut a: [u32; 8], b: [u32; 8]) -> Option<[u32; 8]> {
    let mut borrow = false;
    for (x, y) in a.iter_mut().zip(b) {
        let (first, under) = x.overflowing_sub(y);
        let (second, under_again) = first.overflowing_sub(u32::from(borrow));
        (*x, borrow) = (second, under || under_again);
    }
    (!borrow).then_some(a)
}

/// True if `quotient` is `a * n / d` rounded down.
fn is_floor(quotient: u128, a: u128, n: u128, d: u128) -> bool {
    let Some(rest) = minus(long_product(a, n), long_product(quotient, d)) else { return false };
    minus(long_product(d, 1), rest).is_some_and(|room| room.iter().any(|digit| *digit > 0))
}

/// Amounts of every length in bits.
fn any_length() -> impl Strategy<Value = u128> {
    (any::<u128>(), 0..128u32).prop_map(|(word, shift)| word >> shift)
}

/// The same cases each time.
fn cases(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(4);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..Default::default() }
}

proptest! {
    #![proptest_config(cases(20_000))]

    #[test]
    fn a_share_is_exact(a in any_length(), n in any_length(), d in any_length()) {
        // The larger of the two below makes the result fit without making the product small.
        let d = d.max(n).max(1);
        let share = Amount(a).mul_div_floor(n, d);
        prop_assert!(is_floor(share.0, a, n, d), "{a} * {n} / {d} = {share}");
    }

    #[test]
    fn a_multiple_is_exact_where_it_fits(a in any_length(), n in any_length(), d in any_length()) {
        let d = d.max(1);
        let fits = minus(long_product(u128::MAX, d), long_product(a, n)).is_some();
        if fits {
            let share = Amount(a).mul_div_floor(n, d);
            prop_assert!(is_floor(share.0, a, n, d), "{a} * {n} / {d} = {share}");
        }
    }
}

#[test]
fn shares_at_the_edge_of_128_bits() {
    let largest = Amount(u128::MAX);
    assert_eq!(largest.mul_div_floor(u128::MAX, u128::MAX), largest);
    assert_eq!(largest.mul_div_floor(u128::MAX - 1, u128::MAX), Amount(u128::MAX - 1));
    assert_eq!(largest.mul_div_floor(3, 4), Amount(3 << 126) - Amount(1));
    assert!(!is_floor(2, 10, 1, 4 + 2), "the reference itself can fail");
}

#[test]
#[should_panic(expected = "does not fit 128 bits")]
fn a_share_that_does_not_fit_is_a_fault() {
    let _ = Amount(u128::MAX).mul_div_floor(3, 2);
}

#[test]
fn amounts_print_exactly_in_tokens() {
    let text = |units, decimals| Amount(units).display(decimals).to_string();
    assert_eq!(text(1_234_000_000_000_000_000_001, 18), "1234.000000000000000001");
    assert_eq!(text(1_500_000, 6), "1.500000");
    assert_eq!(text(7, 3), "0.007");
    assert_eq!(text(0, 2), "0.00");
    assert_eq!(text(42, 0), "42");
    assert_eq!(text(u128::MAX, 38), "3.40282366920938463463374607431768211455");
    assert_eq!(text(1, 40), "0.0000000000000000000000000000000000000001");
    assert_eq!(format!("{:>8}", Amount(25).display(1)), "     2.5");
}
