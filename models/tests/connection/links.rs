//! Latency against what was measured, losses against their laws, matrices against bad files.

use pinwheel_core::{Streams, math};
use pinwheel_models::connection::Settings;
use pinwheel_models::connection::channel::{Channel, Loss};
use pinwheel_models::connection::latency::{Geodesic, INFLATION, Matrix};
use pinwheel_models::connection::settings::{Latency, Protocol};

const PLANETLAB: &str = include_str!("../../../scenarios/data/latency/planetlab.csv");
const SEATTLE: &str = include_str!("../../../scenarios/data/latency/seattle.csv");

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[(share * (values.len() - 1) as f64) as usize]
}

#[test]
fn the_matrices_have_the_published_quantiles() {
    let matrix = Matrix::parse(PLANETLAB).expect("the shipped matrix");
    assert_eq!(matrix.sites(), 490);
    let pairs = (0..490).flat_map(|i| (0..i).map(move |j| (i, j)));
    let mut all: Vec<f64> = pairs.map(|(i, j)| f64::from(matrix.rtt_micros(i, j)) / 1e3).collect();
    // Median 135 ms, 5 % below 19.3 ms, 95 % below 324.9 ms, in the data as published.
    for (share, published) in [(0.05, 19.3), (0.5, 135.0), (0.95, 324.9)] {
        let found = quantile(&mut all, share);
        assert!((found / published - 1.0).abs() < 0.01, "{share}: {found} ms");
    }
    let seattle = Matrix::parse(SEATTLE).expect("the shipped matrix");
    assert_eq!(seattle.sites(), 99);
    assert_ne!(seattle.rtt_micros(0, 1), seattle.rtt_micros(1, 0), "two directions");
}

#[test]
fn deliveries_take_half_the_matrixs_round_trips() {
    let matrix = Matrix::parse(PLANETLAB).expect("the shipped matrix");
    let centre = matrix.centre();
    let others = (0..490).filter(|site| *site != centre);
    let mut row: Vec<f64> =
        others.map(|site| f64::from(matrix.rtt_micros(site, centre)) / 2e6).collect();
    let mut channel = Settings::default().channel;
    channel.bytes_per_second = 1e12;
    let settings = Settings {
        devices: 20_000,
        latency: Latency::Matrix(matrix),
        channel,
        protocol: Protocol::Datagram,
        ..Settings::default()
    };
    let run = crate::run(&settings, 1, 200);
    let latency = &run.model.connection.account().latency;
    for share in [0.1, 0.25, 0.5, 0.75, 0.9] {
        let (expected, found) = (quantile(&mut row, share), latency.quantile(share).as_seconds());
        assert!((found / expected - 1.0).abs() < 0.09, "{share}: {found} s, not {expected} s");
    }
}

#[test]
fn a_text_that_is_no_matrix_is_refused_with_its_line() {
    let rows = |count: usize| "1\n".repeat(count);
    for (text, line, part) in [
        ("".to_owned(), 1, "two sites"),
        ("0\n".to_owned(), 1, "two sites"),
        ("0,1\n1\n".to_owned(), 2, "1 values where 2"),
        ("0\n1,0\n1,2\n".to_owned(), 3, "2 values where 3"),
        ("0\n1,x\n".to_owned(), 2, "\"x\" is not a number"),
        ("0\n-1,0\n".to_owned(), 2, "out of range"),
        ("0\nnan,0\n".to_owned(), 2, "out of range"),
        ("0\ninf,0\n".to_owned(), 2, "out of range"),
        ("0\n1e9,0\n".to_owned(), 2, "out of range"),
        (rows(1_001), 1_001, "more than 1000 sites"),
        (format!("{}1\n0\n", "0,".repeat(100_000)), 1, "1001 values where 1"),
    ] {
        let error = Matrix::parse(&text).expect_err("no matrix");
        assert!(error.line == line && error.message.contains(part), "{error:?} for {part}");
    }
}

#[test]
fn the_geodesic_law_has_the_measured_mean_and_spread() {
    let law = Geodesic::default();
    let mut draws = Streams::new(1, 0).stream(0, "test");
    // The spread, at the distance where the line and the inflation have one mean.
    let distance = law.typical_km();
    let floor = Geodesic::floor_ms(distance);
    let mut inflation: Vec<f64> =
        (0..100_000).map(|_| law.draw_ms(distance, &mut draws) / floor).collect();
    for (share, measured) in [0.1, 0.5, 0.9].into_iter().zip(INFLATION) {
        let found = quantile(&mut inflation, share);
        assert!((found / measured - 1.0).abs() < 0.02, "{share}: {found}, not {measured}");
    }
    // The mean, by least squares over distances between cities.
    let pairs: Vec<(f64, f64)> = (0..200_000)
        .map(|_| {
            let km = 500.0 + 15_000.0 * draws.uniform();
            (km, law.draw_ms(km, &mut draws))
        })
        .collect();
    let count = pairs.len() as f64;
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>() / count;
    let (x, y) = (mean(&|p| p.0), mean(&|p| p.1));
    let slope = mean(&|p| (p.0 - x) * (p.1 - y)) / mean(&|p| (p.0 - x) * (p.0 - x));
    assert!((slope / 0.017_42 - 1.0).abs() < 0.03, "{slope} ms a km");
    assert!((y - slope * x - 31.7).abs() < 3.0, "{} ms at no distance", y - slope * x);
    assert!(pairs.iter().all(|(km, rtt)| *rtt >= Geodesic::floor_ms(*km)), "faster than light");
}

#[test]
fn bursts_have_their_share_and_their_length() {
    for (share, packets) in [(0.05, 4.0), (0.3, 10.0)] {
        let channel = Channel {
            loss: Loss::bursts(share, packets),
            jitter_seconds: 0.0,
            bytes_per_second: 1e6,
        };
        assert!((channel.loss.share() - share).abs() < 1e-12);
        let mut draws = Streams::new(1, 0).stream(0, "bursts");
        let (mut bad, mut lost, mut bursts, mut before) = (false, 0.0, 0.0, false);
        const PACKETS: usize = 1_000_000;
        for _ in 0..PACKETS {
            let gone = channel.transmit(100, &mut draws, &mut bad).is_none();
            lost += f64::from(u8::from(gone));
            bursts += f64::from(u8::from(gone && !before));
            before = gone;
        }
        let (share_found, length) = (lost / PACKETS as f64, lost / bursts);
        assert!((share_found / share - 1.0).abs() < 0.05, "{share_found} of {share}");
        assert!((length / packets - 1.0).abs() < 0.05, "{length} of {packets}");
    }
}

#[test]
fn jitter_and_rate_delay_a_packet() {
    let mut channel = Settings::default().channel;
    (channel.jitter_seconds, channel.bytes_per_second) = (0.02, 1_000.0);
    let mut draws = Streams::new(1, 0).stream(0, "jitter");
    let delay = |_| channel.transmit(50, &mut draws, &mut false).expect("no loss") as f64 / 1e6;
    let delays: Vec<f64> = (0..100_000).map(delay).collect();
    let mean = delays.iter().sum::<f64>() / delays.len() as f64;
    assert!((mean - 0.07).abs() < 0.001, "50 ms on the wire and 20 ms of jitter: {mean}");
    let late = delays.iter().filter(|delay| **delay > 0.05 + 0.02 * math::ln(100.0)).count();
    assert!((late as f64 / 1e5 - 0.01).abs() < 0.002, "one in a hundred, exponential: {late}");
}
