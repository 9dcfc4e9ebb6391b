//! A split: an amount is handed to several receivers by their shares.
//!
//! Rounding: each part is rounded down; the base units that are left go one by one to those who
//! lost the largest fractions, of equal ones to the first (the method of the largest remainder,
//! Hamilton 1792). So the parts of shares that add up to one are the amount, to the base unit.
//!
//! Invariants: no part is a base unit or more away from its share; what is handed out is the amount
//! times the sum of the shares, rounded down.

use pinwheel_core::Amount;

use super::share::MILLION;

/// Parts of an amount by shares in millionths, which add up to one at most, into `parts`.
///
/// ```
/// use pinwheel_core::Amount;
/// use pinwheel_models::economy::split::split;
///
/// let mut parts = [Amount::ZERO; 3];
/// split(Amount(100), &[333_333, 333_333, 333_334], &mut parts);
/// assert_eq!(parts, [Amount(33), Amount(33), Amount(34)]);
/// ```
///
/// # Panics
/// If there are not as many parts as shares.
pub fn split(amount: Amount, millionths: &[u32], parts: &mut [Amount]) {
    assert_eq!(millionths.len(), parts.len(), "a part for each share");
    let whole = u128::from(MILLION);
    // amount * share = part * million + rest, without a product beyond 128 bits.
    let (high, low) = (amount.0 / whole, amount.0 % whole);
    let rest = |share: u32| low * u128::from(share) % whole;
    let mut left = 0;
    for (part, &share) in parts.iter_mut().zip(millionths) {
        *part = Amount(high * u128::from(share) + low * u128::from(share) / whole);
        left += rest(share);
    }
    let mut served = [false; super::RECEIVERS_MAX];
    for _ in 0..left / whole {
        let waiting = millionths.iter().enumerate().filter(|(at, _)| !served[*at]);
        let next = waiting.max_by_key(|(at, share)| (rest(**share), usize::MAX - at));
        let Some((at, _)) = next else { break };
        served[at] = true;
        parts[at] += Amount(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_add_up_and_none_is_a_unit_away(
            amount in 0u128..1 << 110, shares in prop::collection::vec(1u32..1_000_000, 1..8),
        ) {
            let all: u64 = shares.iter().map(|share| u64::from(*share)).sum();
            let mut shares: Vec<u32> =
                shares.iter().map(|share| (u64::from(*share) * 1_000_000 / all) as u32).collect();
            let lacking = 1_000_000 - shares.iter().sum::<u32>();
            shares[0] += lacking;
            let mut parts = vec![Amount::ZERO; shares.len()];
            split(Amount(amount), &shares, &mut parts);
            prop_assert_eq!(parts.iter().copied().sum::<Amount>(), Amount(amount));
            for (part, share) in parts.iter().zip(&shares) {
                let exact = amount / 1_000_000 * u128::from(*share)
                    + amount % 1_000_000 * u128::from(*share) / 1_000_000;
                prop_assert!(part.0 == exact || part.0 == exact + 1);
            }
        }
        #[test]
        fn twice_the_amount_is_never_less(amount in 0u128..1 << 100, share in 0u32..1_000_000) {
            let of = |amount| {
                let mut parts = [Amount::ZERO; 2];
                split(Amount(amount), &[share, 1_000_000 - share], &mut parts);
                parts
            };
            let (once, twice) = (of(amount), of(2 * amount));
            prop_assert!(twice[0] >= once[0] && twice[1] >= once[1]);
        }
    }
}
