//! How long a round trip takes: real matrices between sites, and a law of the distance.

use std::sync::Arc;

use pinwheel_core::distribution::LogNormal;
use pinwheel_core::{Stream, math};
use serde::{Deserialize, Serialize};

use super::settings::{Latency, Settings};
use crate::input::shared;
use crate::part::{Around, Members};

/// Most sites of a matrix: its cells are the square of this.
pub const SITES_MAX: usize = 1_000;
/// Longest round trip that is read as one: 60 s.
const RTT_MS_MAX: f64 = 60_000.0;
/// Light in fibre covers a kilometre and back in so many milliseconds: 2 / (299,792 / 1.468).
const FIBRE_MS_PER_KM: f64 = 2.0 * 1.468 / 299.792_458;
/// Mean round trip between cities by their distance, fitted to 59,244 pairs of city pings (2018).
const BASE_MS: f64 = 31.7;
const MS_PER_KM: f64 = 0.017_42;
/// Round trip over light in fibre in the same pings: tenth, fiftieth and ninetieth percentile.
pub const INFLATION: [f64; 3] = [1.53, 2.05, 3.71];
/// Standard normal deviate of the ninetieth percentile.
const Z_90: f64 = 1.281_551_565_544_600_4;

/// Measured round trips between sites, in microseconds, row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    sites: usize,
    #[serde(with = "shared")]
    rtt_micros: Arc<[u32]>,
}

/// Where a text is no matrix, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl Matrix {
    /// Reads lines of comma-separated milliseconds: all of a square, or row `i` with `i + 1` values
    /// where both directions are alike.
    ///
    /// # Errors
    ///
    /// [`MatrixError`] if a cell is no number from 0 to 60,000, a line has too few or too many of
    /// them, or there are fewer than two or more than [`SITES_MAX`] sites.
    pub fn parse(text: &str) -> Result<Matrix, MatrixError> {
        let mut rows: Vec<Vec<u32>> = Vec::new();
        for (place, line) in text.trim_end().lines().enumerate() {
            let fault = |message| MatrixError { line: place + 1, message };
            if place >= SITES_MAX {
                return Err(fault(format!("more than {SITES_MAX} sites")));
            }
            let cells = line.split(',').take(SITES_MAX + 1).map(|cell| micros(cell.trim()));
            rows.push(cells.collect::<Result<_, _>>().map_err(fault)?);
        }
        let sites = rows.len();
        if sites < 2 {
            let message = "a matrix has at least two sites".to_owned();
            return Err(MatrixError { line: 1, message });
        }
        let square = rows[0].len() == sites;
        for (place, row) in rows.iter().enumerate() {
            let wanted = if square { sites } else { place + 1 };
            if row.len() != wanted {
                let message = format!("{} values where {wanted} are due", row.len());
                return Err(MatrixError { line: place + 1, message });
            }
        }
        let cell = |i: usize, j: usize| match square {
            true => rows[i][j],
            false => rows[i.max(j)][i.min(j)],
        };
        let cells = (0..sites * sites).map(|place| cell(place / sites, place % sites));
        Ok(Matrix { sites, rtt_micros: cells.collect() })
    }

    /// How many sites there are.
    pub fn sites(&self) -> usize {
        self.sites
    }
    /// The round trip between two sites, microseconds.
    pub fn rtt_micros(&self, from: usize, to: usize) -> u32 {
        self.rtt_micros[from * self.sites + to]
    }
    /// The site with the least median round trip from all others: where one would put a server.
    pub fn centre(&self) -> usize {
        let median = |site: &usize| {
            let mut row: Vec<u32> = (0..self.sites)
                .filter(|other| other != site)
                .map(|other| self.rtt_micros(other, *site))
                .collect();
            row.sort_unstable();
            row[row.len() / 2]
        };
        (0..self.sites).min_by_key(median).unwrap_or(0)
    }
}

fn micros(cell: &str) -> Result<u32, String> {
    let shown: String = cell.chars().take(20).collect();
    let value: f64 = cell.parse().map_err(|_| format!("\"{shown}\" is not a number"))?;
    match (0.0..=RTT_MS_MAX).contains(&value) {
        true => Ok(math::round(value * 1_000.0) as u32),
        false => Err(format!("{shown} ms is out of range: 0 to {RTT_MS_MAX} ms")),
    }
}

/// Round trips by distance: their mean is the fitted line, their spread that of the measured
/// inflation over light in fibre. The inflation follows the log-normal law with a threshold that
/// passes through all three percentiles, `a + (m - a) exp(s Z)`; here it is divided by its mean.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Geodesic {
    threshold: f64,
    excess: LogNormal,
    mean: f64,
}

impl Default for Geodesic {
    fn default() -> Self {
        let [low, median, high] = INFLATION;
        // (m - a)^2 = (h - a)(l - a): the logarithms of the excess lie evenly.
        let threshold = (low * high - median * median) / (low + high - 2.0 * median);
        let sigma = math::ln((high - threshold) / (median - threshold)) / Z_90;
        let excess = median - threshold;
        let mean = threshold + excess * math::exp(sigma * sigma / 2.0);
        let law = LogNormal::new(math::ln(excess), sigma).expect("finite by its percentiles");
        Geodesic { threshold, excess: law, mean }
    }
}

impl Geodesic {
    /// The mean round trip at this distance.
    pub fn mean_ms(distance_km: f64) -> f64 {
        BASE_MS + MS_PER_KM * distance_km
    }
    /// Nothing is faster than light in fibre.
    pub fn floor_ms(distance_km: f64) -> f64 {
        FIBRE_MS_PER_KM * distance_km
    }
    /// The distance at which the mean inflation is that of all measured pairs.
    pub fn typical_km(&self) -> f64 {
        BASE_MS / (self.mean * FIBRE_MS_PER_KM - MS_PER_KM)
    }
    /// The round trip of one pair of places; a pair keeps it.
    pub fn draw_ms(&self, distance_km: f64, draws: &mut Stream) -> f64 {
        let inflation = self.threshold + self.excess.sample(draws);
        let rtt = Self::mean_ms(distance_km) * inflation / self.mean;
        rtt.max(Self::floor_ms(distance_km))
    }
}

/// Draws each entity's round trip to the platform.
pub(super) struct RoundTrips<'a> {
    latency: &'a Latency,
    members: &'a Members,
    around: &'a Around<'a>,
    centre: usize,
    law: Geodesic,
}

impl<'a> RoundTrips<'a> {
    /// For senders who are these members of the layer.
    pub fn new(settings: &'a Settings, members: &'a Members, around: &'a Around<'a>) -> Self {
        let centre = match &settings.latency {
            Latency::Matrix(matrix) => matrix.centre(),
            _ => 0,
        };
        let (latency, law) = (&settings.latency, Geodesic::default());
        RoundTrips { latency, members, around, centre, law }
    }
    pub fn draw(&self, entity: u32) -> u32 {
        let mut draws = self.members.stream(entity, "connection.place", 0, self.around.streams);
        match self.latency {
            Latency::Fixed { rtt_seconds } => (rtt_seconds * 1e6) as u32,
            Latency::Matrix(matrix) => {
                let other = draws.below(matrix.sites() as u64 - 1) as usize;
                let site = if other >= self.centre { other + 1 } else { other };
                matrix.rtt_micros(site, self.centre)
            }
            Latency::Geodesic { radius_km } => {
                let distance_km = radius_km * math::sqrt(draws.uniform());
                (self.law.draw_ms(distance_km, &mut draws) * 1e3) as u32
            }
            Latency::Regions { rtt_seconds } => {
                let device = self.members.device(entity) as usize;
                let region = self.around.devices.region[device];
                (rtt_seconds[usize::from(region)] * 1e6) as u32
            }
        }
    }
}
