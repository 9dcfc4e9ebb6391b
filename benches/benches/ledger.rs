//! What money and chance cost: postings, the proof of conservation, random words, samplers.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pinwheel_core::distribution::{
    AliasTable, Binomial, Exponential, Gamma, Normal, Poisson, Zipf,
};
use pinwheel_core::random::Purpose;
use pinwheel_core::{Account, Amount, Holding, Ledger, Ledgers, Streams, TokenSpec};

const ACCOUNTS: usize = 6_000;
const POSTINGS: usize = 4_096;

/// The books of 2,000 providers with one account of each holding.
fn books() -> (Ledger, Vec<Account>) {
    let mut ledger = Ledger::default();
    let accounts: Vec<Account> =
        (0..ACCOUNTS).map(|place| ledger.open(Holding::ALL[place % Holding::ALL.len()])).collect();
    for account in &accounts {
        ledger.mint(*account, Amount(10u128.pow(30))).expect("far below the limit");
    }
    (ledger, accounts)
}

fn ledger(criterion: &mut Criterion) {
    let (mut ledger, accounts) = books();
    let mut stream = Streams::new(1, 0).stream(0, "postings");
    let mut any = || accounts[stream.below(ACCOUNTS as u64) as usize];
    let postings: Vec<_> = (0..POSTINGS as u128).map(|n| (any(), any(), Amount(n))).collect();

    let mut group = criterion.benchmark_group("ledger");
    group.throughput(Throughput::Elements(POSTINGS as u64));
    group.bench_function("transfer", |bencher| {
        bencher.iter(|| {
            for (from, to, amount) in &postings {
                ledger.transfer(*from, *to, *amount).expect("covered");
            }
            ledger.digest
        });
    });
    group.throughput(Throughput::Elements(ACCOUNTS as u64));
    group.bench_function("verify", |bencher| bencher.iter(|| black_box(&ledger).verify()));
    group.finish();
}

/// One posting on the same accounts, in books of one token and of 129 (Bittensor's subnets and TAO).
/// The 129th token is posted to, so that the place of a token among others would show.
fn tokens(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ledgers");
    group.throughput(Throughput::Elements(POSTINGS as u64));
    for tokens in [1, 129] {
        let mut ledgers = Ledgers::default();
        let mut accounts = Vec::new();
        for number in 0..tokens {
            let spec = TokenSpec { symbol: format!("T{number}"), decimals: 9, cap: None };
            let token = ledgers.declare(spec).expect("symbols differ");
            let holding = |place: usize| Holding::ALL[place % Holding::ALL.len()];
            accounts =
                (0..ACCOUNTS).map(|place| ledgers.open(token, holding(place))).collect::<Vec<_>>();
            for account in &accounts {
                ledgers.mint(*account, Amount(10u128.pow(30))).expect("far below the limit");
            }
        }
        let mut stream = Streams::new(1, 0).stream(0, "postings");
        let mut any = || accounts[stream.below(ACCOUNTS as u64) as usize];
        let postings: Vec<_> = (0..POSTINGS as u128).map(|n| (any(), any(), Amount(n))).collect();
        group.bench_function(format!("transfer among {tokens} tokens"), |bencher| {
            bencher.iter(|| {
                for (from, to, amount) in &postings {
                    ledgers.transfer(*from, *to, *amount).expect("covered");
                }
                black_box(&ledgers);
            });
        });
    }
    group.finish();
}

fn random(criterion: &mut Criterion) {
    const WINS: Purpose = Purpose::new("wins");
    let streams = Streams::new(1, 0);
    let mut group = criterion.benchmark_group("random");
    let mut stream = streams.stream(0, WINS);
    group.bench_function("next_u64", |bencher| bencher.iter(|| stream.next_u64()));
    let mut epoch = 0;
    group.bench_function("indexed and two draws", |bencher| {
        bencher.iter(|| {
            epoch += 1;
            let mut stream = black_box(streams).indexed(7, WINS, epoch);
            stream.next_u64() ^ stream.next_u64()
        });
    });
    group.finish();
}

fn samplers(criterion: &mut Criterion) {
    const OK: &str = "allowed parameters";
    let mut stream = Streams::new(1, 0).stream(0, "samplers");
    let mut group = criterion.benchmark_group("sampler");
    let law = Exponential::new(40.0).expect(OK);
    group.bench_function("exponential", |bencher| bencher.iter(|| law.sample(&mut stream)));
    let law = Normal::new(0.0, 1.0).expect(OK);
    group.bench_function("normal", |bencher| bencher.iter(|| law.sample(&mut stream)));
    let law = Gamma::new(2.5, 1.0).expect(OK);
    group.bench_function("gamma 2.5", |bencher| bencher.iter(|| law.sample(&mut stream)));
    for mean in [0.0025, 5.0, 100.0] {
        let law = Poisson::new(mean).expect(OK);
        let name = format!("poisson {mean}");
        group.bench_function(name, |bencher| bencher.iter(|| law.sample(&mut stream)));
    }
    group.bench_function("poisson 5, built for each draw", |bencher| {
        bencher.iter(|| Poisson::new(black_box(5.0)).expect(OK).sample(&mut stream));
    });
    let law = Binomial::new(1_000_000, 0.001).expect(OK);
    group.bench_function("binomial mean 1000", |bencher| bencher.iter(|| law.sample(&mut stream)));
    let law = Zipf::new(100_000, 1.1).expect(OK);
    group.bench_function("zipf", |bencher| bencher.iter(|| law.sample(&mut stream)));
    let weights = |n: u32| (1..=n).map(|rank| 1.0 / f64::from(rank));
    let mut table = AliasTable::new(weights(2_000)).expect(OK);
    group.bench_function("alias pick of 2000", |bencher| bencher.iter(|| table.pick(&mut stream)));
    group.bench_function("alias rebuild of 2000", |bencher| {
        bencher.iter(|| table.rebuild(weights(2_000)).expect(OK));
    });
    group.finish();
}

criterion_group!(benches, ledger, tokens, random, samplers);
criterion_main!(benches);
