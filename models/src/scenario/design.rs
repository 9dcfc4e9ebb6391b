//! Designs of experiments in the unit cube: which values of the sampled keys each point takes.
//!
//! The order of the rows is part of each design, because whoever computes indices from the outputs
//! takes them in this order. Scrambled Sobol sequences (Sobol 1967; Burley, "Practical hash-based
//! Owen scrambling", JCGT 2020) fill the cube evenly; the scrambling hangs on the seed alone.

use pinwheel_core::Streams;
use serde::{Deserialize, Serialize};

/// Levels of a Morris coordinate (Campolongo, Cariboni and Saltelli 2007: four, with jumps of two).
const MORRIS_LEVELS: u32 = 4;

/// How the sampled keys are varied together.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Two independent samples A and B of `n` rows and, for each key, A with that key from B
    /// (Saltelli et al. 2010): `n * (keys + 2)` rows. Row by row: `A_i`, `B_i`, then `AB_i` by key.
    Sobol,
    /// `n` rows; each key takes a value from each of `n` equal intervals once (McKay 1979).
    LatinHypercube,
    /// `n` walks of `keys + 1` rows; one key changes from row to row, each once a walk
    /// (Morris 1991).
    Morris,
}

impl Kind {
    /// Rows of the design for `n` and a number of keys.
    pub fn rows(self, n: usize, keys: usize) -> usize {
        match self {
            Kind::Sobol => n * (keys + 2),
            Kind::LatinHypercube => n,
            Kind::Morris => n * (keys + 1),
        }
    }

    /// Most keys of a design: Sobol's sequence has 256 dimensions, of which a key takes two.
    pub fn keys_max(self) -> usize {
        match self {
            Kind::Sobol => 128,
            Kind::LatinHypercube | Kind::Morris => usize::MAX,
        }
    }

    /// The rows, each with a coordinate in [0, 1] for every key.
    pub fn design(self, n: usize, keys: usize, seed: u64) -> Vec<Vec<f64>> {
        match self {
            Kind::Sobol => saltelli(n, keys, seed),
            Kind::LatinHypercube => latin_hypercube(n, keys, seed),
            Kind::Morris => morris(n, keys, seed),
        }
    }
}

fn saltelli(n: usize, keys: usize, seed: u64) -> Vec<Vec<f64>> {
    let scramble = (seed ^ (seed >> 32)) as u32;
    // A and B are the two halves of one sequence, so that both are even and neither repeats.
    let coordinate = |row: usize, place: usize| {
        f64::from(sobol_burley::sample(row as u32, place as u32, scramble))
    };
    let mut rows = Vec::with_capacity(Kind::Sobol.rows(n, keys));
    for row in 0..n {
        let a: Vec<f64> = (0..keys).map(|key| coordinate(row, key)).collect();
        let b: Vec<f64> = (0..keys).map(|key| coordinate(row, keys + key)).collect();
        rows.extend([a.clone(), b.clone()]);
        for key in 0..keys {
            let mut mixed = a.clone();
            mixed[key] = b[key];
            rows.push(mixed);
        }
    }
    rows
}

fn latin_hypercube(n: usize, keys: usize, seed: u64) -> Vec<Vec<f64>> {
    let streams = Streams::new(seed, 0);
    let mut rows = vec![Vec::with_capacity(keys); n];
    for key in 0..keys {
        let mut draws = streams.stream(key as u32, "latin-hypercube");
        let mut strata: Vec<usize> = (0..n).collect();
        for place in (1..n).rev() {
            strata.swap(place, draws.below(place as u64 + 1) as usize);
        }
        for (row, stratum) in rows.iter_mut().zip(strata) {
            row.push((stratum as f64 + draws.uniform()) / n as f64);
        }
    }
    rows
}

fn morris(walks: usize, keys: usize, seed: u64) -> Vec<Vec<f64>> {
    let streams = Streams::new(seed, 0);
    let jump = MORRIS_LEVELS / 2;
    let level = |level: u32| f64::from(level) / f64::from(MORRIS_LEVELS - 1);
    let mut rows = Vec::with_capacity(Kind::Morris.rows(walks, keys));
    for walk in 0..walks {
        let mut draws = streams.stream(walk as u32, "morris");
        let mut at: Vec<u32> =
            (0..keys).map(|_| draws.below(u64::from(MORRIS_LEVELS)) as u32).collect();
        let mut order: Vec<usize> = (0..keys).collect();
        for place in (1..keys).rev() {
            order.swap(place, draws.below(place as u64 + 1) as usize);
        }
        rows.push(at.iter().copied().map(level).collect());
        for key in order {
            // From each level exactly one jump stays inside.
            at[key] = if at[key] < jump { at[key] + jump } else { at[key] - jump };
            rows.push(at.iter().copied().map(level).collect());
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_design_has_its_rows_and_stays_in_the_cube() {
        for kind in [Kind::Sobol, Kind::LatinHypercube, Kind::Morris] {
            let design = kind.design(16, 3, 7);
            assert_eq!(design.len(), kind.rows(16, 3));
            for row in &design {
                assert!(row.len() == 3 && row.iter().all(|u| (0.0..=1.0).contains(u)), "{row:?}");
            }
            assert_eq!(design, kind.design(16, 3, 7));
            assert_ne!(design, kind.design(16, 3, 8));
        }
    }

    #[test]
    fn a_sobol_design_mixes_one_key_at_a_time_and_is_even() {
        let design = Kind::Sobol.design(64, 2, 1);
        for block in design.chunks(4) {
            assert_eq!(block[2], [block[1][0], block[0][1]]);
            assert_eq!(block[3], [block[0][0], block[1][1]]);
        }
        // The first 64 points of a Sobol sequence have one point in every 64th of an axis.
        for place in [0, 1] {
            let mut cells: Vec<u32> =
                design.iter().step_by(4).map(|row| (row[place] * 64.0) as u32).collect();
            cells.sort_unstable();
            assert_eq!(cells, (0..64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_latin_hypercube_visits_every_interval_once() {
        let design = Kind::LatinHypercube.design(10, 4, 3);
        for key in 0..4 {
            let mut strata: Vec<u32> = design.iter().map(|row| (row[key] * 10.0) as u32).collect();
            strata.sort_unstable();
            assert_eq!(strata, (0..10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_walk_changes_every_key_once_by_two_thirds() {
        for walk in Kind::Morris.design(20, 5, 3).chunks(6) {
            let mut changed = Vec::new();
            for pair in walk.windows(2) {
                let moved = |key: &usize| pair[0][*key] != pair[1][*key];
                let keys: Vec<usize> = (0..5).filter(moved).collect();
                assert_eq!(keys.len(), 1);
                assert!(((pair[0][keys[0]] - pair[1][keys[0]]).abs() - 2.0 / 3.0).abs() < 1e-12);
                changed.extend(keys);
            }
            changed.sort_unstable();
            assert_eq!(changed, [0, 1, 2, 3, 4]);
        }
    }
}
