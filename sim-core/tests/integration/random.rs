//! Philox against its published answers, and streams that depend on their names alone.

use pinwheel_core::math;
use pinwheel_core::random::{Purpose, Stream, Streams, philox4x32_10};
use rand::Rng;

/// `kat_vectors` of Random123, Philox 4x32 with 10 rounds.
#[test]
fn philox_gives_the_published_answers() {
    let ones = u32::MAX;
    let cases = [
        ([0; 4], [0; 2], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]),
        ([ones; 4], [ones; 2], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]),
        (
            [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
            [0xa4093822, 0x299f31d0],
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
        ),
    ];
    for (counter, key, answer) in cases {
        assert_eq!(philox4x32_10(counter, key), answer);
    }
}

fn words(mut stream: Stream) -> [u64; 4] {
    [(); 4].map(|()| stream.next_u64())
}

#[test]
fn a_stream_is_what_it_was_in_the_first_release() {
    let streams = Streams::new(42, 3);
    let failure = [0x06f99fc1450b9270, 0xe6cf77362b21121f, 0xf0a74f06e0bb0427, 0x9aafd8ad7d14c468];
    assert_eq!(words(streams.stream(7, "failure")), failure);
    let wins = [0xf3bf8790674c3159, 0xd7b84929f484a020, 0xc9f097c64efa9e12, 0x6f617a2028bf398c];
    assert_eq!(words(streams.indexed(7, "wins", 1 << 40)), wins);
}

#[test]
fn every_part_of_the_name_makes_another_stream() {
    let streams = Streams::new(1, 0);
    let all = [
        streams.stream(0, "failure"),
        streams.stream(1, "failure"),
        streams.stream(0, "repair"),
        streams.stream(0, "failur"),
        streams.stream(0, ""),
        streams.stream(0, "\0"),
        streams.indexed(0, "failure", 1),
        streams.indexed(0, "failure", 1 << 32),
        Streams::new(1, 1).stream(0, "failure"),
        Streams::new(2, 0).stream(0, "failure"),
        // Seed and run may not trade places.
        Streams::new(0, 1).stream(0, "failure"),
    ];
    let mut seen: Vec<u64> = all.into_iter().flat_map(words).collect();
    let drawn = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), drawn);
}

#[test]
fn a_new_entity_or_purpose_moves_no_other_stream() {
    let streams = Streams::new(9, 2);
    let draw = |entities: u32, purposes: &[&str]| -> Vec<[u64; 4]> {
        let mut wanted = vec![];
        for entity in 0..entities {
            for purpose in purposes {
                let drawn = words(streams.stream(entity, *purpose));
                if entity < 10 && *purpose != "new" {
                    wanted.push(drawn);
                }
            }
        }
        wanted
    };
    assert_eq!(draw(10, &["failure", "repair"]), draw(25, &["new", "failure", "repair"]));
}

#[test]
fn a_part_of_the_world_draws_what_the_whole_draws() {
    let whole = Streams::new(7, 2);
    let part = whole.numbered_from(1_000);
    assert_eq!(part.stream(5, "failure"), whole.stream(1_005, "failure"));
    assert_ne!(part.stream(5, "failure"), whole.stream(5, "failure"));
    assert_eq!(part.with_run(3).stream(5, "failure"), Streams::new(7, 3).stream(1_005, "failure"));
}

#[test]
fn a_purpose_by_name_and_by_constant_is_one() {
    const WINS: Purpose = Purpose::new("wins");
    let streams = Streams::new(5, 0);
    assert_eq!(streams.indexed(3, WINS, 8), streams.indexed(3, "wins", 8));
}

#[test]
fn streams_of_neighbours_are_uncorrelated() {
    let streams = Streams::new(11, 0);
    let pairs = 50_000;
    let correlation = |left: &dyn Fn(u32) -> Stream, right: &dyn Fn(u32) -> Stream| -> f64 {
        let product = |n| (left(n).uniform() - 0.5) * (right(n).uniform() - 0.5);
        (0..pairs).map(product).sum::<f64>() * 12.0 / f64::from(pairs)
    };
    let limit = 4.0 / math::sqrt(f64::from(pairs));
    let entity = |n| streams.stream(n, "a");
    assert!(correlation(&entity, &|n| streams.stream(n + 1, "a")).abs() < limit);
    assert!(correlation(&entity, &|n| streams.stream(n, "b")).abs() < limit);
    assert!(correlation(&entity, &|n| streams.indexed(n, "a", 1)).abs() < limit);
    assert!(correlation(&entity, &|n| Streams::new(11, 1).stream(n, "a")).abs() < limit);
    assert!(correlation(&entity, &entity) > 0.9, "the measure itself can fail");
}

/// Chi-square over 256 cells: 255 degrees of freedom, p = 0.001 at 330.5.
fn assert_uniform(what: &str, cells: impl Iterator<Item = usize>) {
    let mut counts = [0u32; 256];
    let mut drawn = 0.0;
    for cell in cells.take(256_000) {
        counts[cell] += 1;
        drawn += 1.0;
    }
    let expected = drawn / 256.0;
    let excess = |count: &u32| (f64::from(*count) - expected) * (f64::from(*count) - expected);
    let statistic = counts.iter().map(excess).sum::<f64>() / expected;
    assert!(statistic < 330.5, "{what}: chi-square {statistic}");
}

#[test]
fn words_are_uniform_along_a_stream_and_across_streams() {
    let streams = Streams::new(3, 0);
    for byte in 0..8 {
        let mut stream = streams.stream(byte, "uniform");
        let cell = move || Some((stream.next_u64() >> (8 * byte)) as u8 as usize);
        assert_uniform("byte", std::iter::from_fn(cell));
    }
    let first = |entity| streams.stream(entity, "first").next_u64() as u8 as usize;
    assert_uniform("entities", (0..).map(first));
    let first = |index| streams.indexed(0, "first", index).next_u64() as u8 as usize;
    assert_uniform("indices", (0..).map(first));
    let mut stream = streams.stream(0, "floats");
    assert_uniform("floats", std::iter::from_fn(|| Some((stream.uniform() * 256.0) as usize)));
    let mut stream = streams.stream(0, "below");
    assert_uniform("below", std::iter::from_fn(|| Some(stream.below(768) as usize / 3)));
}

#[test]
fn a_range_that_is_no_power_of_two_is_without_bias() {
    // Of 3 * 2^62 values without rejection, the lower third would be drawn half as often again.
    let mut stream = Streams::new(3, 0).stream(0, "bias");
    let low = (0..60_000).filter(|_| stream.below(3 << 62) < 1 << 62).count() as f64;
    assert!((low - 20_000.0).abs() < 4.0 * math::sqrt(60_000.0 * 2.0 / 9.0), "{low} of 60,000");
    assert!((0..1_000).all(|_| stream.below(1) == 0));
}

#[test]
fn open_floats_have_a_logarithm() {
    let mut stream = Streams::new(3, 0).stream(0, "open");
    assert!((0..100_000).all(|_| (f64::MIN_POSITIVE..=1.0).contains(&stream.uniform_open())));
}

#[test]
fn a_stream_is_a_generator_of_rand_core() {
    let stream = Streams::new(1, 0).stream(0, "rand");
    let expected = words(stream.clone());
    let (mut a, mut b) = (stream.clone(), stream);
    assert_eq!([(); 4].map(|()| Rng::next_u64(&mut a)), expected);
    let mut bytes = [0; 12];
    b.fill_bytes(&mut bytes);
    assert_eq!(bytes[..8], expected[0].to_le_bytes());
    assert_eq!(bytes[8..], expected[1].to_le_bytes()[..4]);
    assert_eq!(b.next_u32(), expected[2] as u32);
}

#[test]
fn a_stream_is_small_and_survives_a_snapshot() {
    assert!(size_of::<Stream>() <= 48);
    let mut stream = Streams::new(1, 0).indexed(2, "saved", 3);
    stream.next_u64();
    let bytes = postcard::to_stdvec(&stream).expect("plain data");
    let restored: Stream = postcard::from_bytes(&bytes).expect("what was written");
    assert_eq!(words(restored), words(stream));
}
