//! How unevenly something is held: the measures that reports and reviews take.

/// The Gini coefficient of amounts in rising order: 0 where all are equal, (n - 1) / n where one
/// of n has everything. `G = 2 sum(i x_i) / (n sum x) - (n + 1) / n` (Sen 1973).
pub fn gini(rising: &[u128]) -> f64 {
    let whole: f64 = rising.iter().map(|&amount| amount as f64).sum();
    if whole == 0.0 {
        return 0.0;
    }
    let count = rising.len() as f64;
    let ranked: f64 =
        rising.iter().enumerate().map(|(place, &amount)| (place + 1) as f64 * amount as f64).sum();
    2.0 * ranked / (count * whole) - (count + 1.0) / count
}

/// How many equal owners would be as concentrated: the inverse of the Herfindahl index (Laakso
/// and Taagepera 1979).
pub fn effective_owners(amounts: &[u128]) -> f64 {
    let whole: f64 = amounts.iter().map(|&amount| amount as f64).sum();
    let squares: f64 = amounts.iter().map(|&amount| amount as f64 * amount as f64).sum();
    if squares == 0.0 { 0.0 } else { whole * whole / squares }
}

/// How few together have more than half (Srinivasan and Lee, "Quantifying decentralization", 2017).
pub fn nakamoto(mut parts: Vec<u64>) -> u32 {
    parts.sort_unstable_by(|one, other| other.cmp(one));
    let half = parts.iter().map(|part| u128::from(*part)).sum::<u128>() / 2;
    let mut sum = 0;
    let enough = parts.iter().position(|part| {
        sum += u128::from(*part);
        sum > half
    });
    enough.map_or(0, |place| place as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concentration_has_its_closed_forms() {
        assert!(gini(&[5, 5, 5, 5]).abs() < 1e-12);
        assert!((gini(&[0, 0, 0, 9]) - 0.75).abs() < 1e-12);
        // 1, 2, ..., n: (n - 1) / 3 n... of the mean (n + 1) / 2: (n^2 - 1) / (3 n (n + 1)).
        assert!((gini(&[1, 2, 3, 4, 5]) - 24.0 / 90.0).abs() < 1e-12);
        assert!((gini(&[]) - 0.0).abs() < 1e-12);
        assert!((effective_owners(&[3, 3, 3]) - 3.0).abs() < 1e-12);
        assert!((effective_owners(&[0, 7]) - 1.0).abs() < 1e-12);
    }
}
