//! A digest of everything the clockwork computes, a line each: to find where two machines part.
//!
//! `cargo run --release -p pinwheel-core --example digests`
//!
//! Same version, same lines: in debug and release, on every processor. A line that differs names
//! the function or law that is not portable. tests/portability.sh compares them.

use pinwheel_core::distribution::*;
use pinwheel_core::fingerprint::Digest;
use pinwheel_core::queue::Timer;
use pinwheel_core::{
    Account, Amount, Context, Event, Holding, Ledger, Model, SimDuration, SimTime, Simulation,
    Stream, Streams, math,
};
use serde::{Deserialize, Serialize};

const DRAWS: usize = 20_000;
const STREAMS: Streams = Streams::new(2_024, 0);

fn main() -> Result<(), DistributionError> {
    draws("stream", Stream::next_u64);
    draws("stream below 10^12", |s| s.below(1_000_000_000_000));
    functions();
    continuous_laws()?;
    discrete_laws()?;
    draws("amount mul_div_floor", |s| {
        let wide = |s: &mut Stream| u128::from(s.next_u64()) << 32 | u128::from(s.next_u64());
        let (amount, share) = (Amount(wide(s)), wide(s));
        let part = amount.mul_div_floor(share, share.saturating_add(wide(s)).max(1)).0;
        part as u64 ^ (part >> 64) as u64
    });
    shop();
    Ok(())
}

/// Prints the digest of many words drawn from one stream, which the name alone decides.
fn draws(name: &str, mut draw: impl FnMut(&mut Stream) -> u64) {
    let (mut stream, mut digest) = (STREAMS.stream(0, name), Digest::default());
    (0..DRAWS).for_each(|_| digest.mix(draw(&mut stream)));
    println!("{name}: {:016x}", digest.value());
}

fn functions() {
    /// A function, and the range its arguments are drawn from.
    type Case = (&'static str, fn(f64) -> f64, [f64; 2]);
    let cases: [Case; 16] = [
        ("sqrt", math::sqrt, [0.0, 1e9]),
        ("cbrt", math::cbrt, [-1e9, 1e9]),
        ("exp", math::exp, [-700.0, 700.0]),
        ("expm1", math::expm1, [-2.0, 2.0]),
        ("ln", math::ln, [1e-9, 1e9]),
        ("ln_1p", math::ln_1p, [-0.999, 2.0]),
        ("log2", math::log2, [1e-9, 1e9]),
        ("log10", math::log10, [1e-9, 1e9]),
        ("pow", |x| math::pow(x, x - 7.3), [0.0, 60.0]),
        ("tanh", math::tanh, [-20.0, 20.0]),
        ("sin", math::sin, [-1e6, 1e6]),
        ("cos", math::cos, [-1e6, 1e6]),
        ("erf", math::erf, [-6.0, 6.0]),
        ("gamma", math::gamma, [0.0, 170.0]),
        ("ln_gamma", math::ln_gamma, [0.0, 1e6]),
        ("round", |x| math::round(x) + math::floor(x) / 8.0 + math::ceil(x) / 64.0, [-9.0, 9.0]),
    ];
    for (name, function, [low, high]) in cases {
        draws(name, |s| function(low + (high - low) * s.uniform()).to_bits());
    }
}

fn continuous_laws() -> Result<(), DistributionError> {
    let floats = |name: &str, sample: &dyn Fn(&mut Stream) -> f64| {
        draws(name, |s| sample(s).to_bits());
    };
    let exponential = Exponential::new(40.0)?;
    floats("exponential", &|s| exponential.sample(s));
    let weibull = Weibull::new(1_000.0, 0.7)?;
    floats("Weibull", &|s| weibull.sample(s));
    let pareto = Pareto::new(2.0, 1.2)?;
    floats("Pareto", &|s| pareto.sample(s));
    let normal = Normal::new(-3.0, 2.5)?;
    floats("normal", &|s| normal.sample(s));
    let log_normal = LogNormal::new(1.0, 0.5)?;
    floats("log-normal", &|s| log_normal.sample(s));
    for shape in [0.05, 25.0] {
        let gamma = Gamma::new(shape, 3.0)?;
        floats(&format!("gamma {shape}"), &|s| gamma.sample(s));
    }
    for shape in [0.05, 8.0] {
        let beta = Beta::new(shape, 2.0)?;
        floats(&format!("beta {shape}"), &|s| beta.sample(s));
    }
    let empirical = Empirical::new(vec![1.0, 2.0, 3.5, 80.0])?;
    floats("empirical", &|s| empirical.sample(s));
    Ok(())
}

fn discrete_laws() -> Result<(), DistributionError> {
    for mean in [5.0, 87.5, 2e5] {
        let poisson = Poisson::new(mean)?;
        draws(&format!("Poisson {mean}"), |s| poisson.sample(s));
    }
    for (trials, chance) in [(20, 0.3), (400, 0.75), (1 << 40, 0.3)] {
        let binomial = Binomial::new(trials, chance)?;
        draws(&format!("binomial {trials}"), |s| binomial.sample(s));
    }
    for exponent in [1.0, 1.8] {
        let zipf = Zipf::new(5_000, exponent)?;
        draws(&format!("Zipf {exponent}"), |s| zipf.sample(s));
    }
    let alias = AliasTable::new((1..=300).map(|n| math::pow(f64::from(n), -1.1)))?;
    draws("alias table", |s| alias.pick(s) as u64);
    Ok(())
}

/// Customers who pay a till, or leave when they have waited too long: events, ties, timers,
/// cancellations and postings.
struct Shop {
    ledger: Ledger,
    purse: Account,
    till: Account,
    /// Customers yet to be served, with the timer of their patience.
    waiting: Vec<(u32, Timer)>,
    patience: Exponential,
    bill: LogNormal,
}

#[derive(Copy, Clone, Debug, Serialize, Deserialize)]
enum Happening {
    Arrives(u32),
    Leaves(u32),
    /// The cashier calls the one who has waited longest.
    Serves,
}

impl Event for Happening {
    fn priority(&self) -> u8 {
        if matches!(self, Happening::Serves) { 200 } else { 128 }
    }
    fn kind(&self) -> u8 {
        match self {
            Happening::Arrives(_) => 0,
            Happening::Leaves(_) => 1,
            Happening::Serves => 2,
        }
    }
}

impl Model for Shop {
    type Event = Happening;

    fn start(&mut self, ctx: &mut Context<Happening>) {
        for customer in 0..20 {
            ctx.after(SimDuration::from_seconds(30), Happening::Arrives(customer));
        }
        ctx.after(SimDuration::from_seconds(60), Happening::Serves);
    }

    fn handle(&mut self, event: Happening, ctx: &mut Context<Happening>) {
        let now = ctx.now().as_nanos();
        match event {
            Happening::Arrives(customer) => {
                let mut draws = ctx.streams().indexed(customer, "patience", now);
                let patience = self.patience.sample(&mut draws);
                let patience = SimDuration::from_seconds_f64(patience);
                self.waiting.push((customer, ctx.timer(patience, Happening::Leaves(customer))));
            }
            Happening::Leaves(customer) => {
                self.waiting.retain(|(waiting, _)| *waiting != customer);
                ctx.after(SimDuration::from_seconds(600), Happening::Arrives(customer));
                ctx.fingerprint.state.mix(u64::from(customer));
            }
            Happening::Serves => {
                ctx.after(SimDuration::from_seconds(60), event);
                if self.waiting.is_empty() {
                    return;
                }
                let (customer, timer) = self.waiting.remove(0);
                ctx.cancel(timer);
                let bill = self.bill.sample(&mut ctx.streams().indexed(customer, "bill", now));
                self.ledger
                    .transfer(self.purse, self.till, Amount((bill * 1e6) as u128))
                    .expect("the purse is deep");
                ctx.fingerprint.ledger.mix(self.ledger.digest.value());
                ctx.after(SimDuration::from_seconds(300), Happening::Arrives(customer));
            }
        }
    }
}

/// Prints the fingerprint of some days in the shop.
fn shop() {
    let mut ledger = Ledger::default();
    let (purse, till) = (ledger.open(Holding::Free), ledger.open(Holding::Free));
    ledger.mint(purse, Amount(10u128.pow(30))).expect("far below the limit");
    let patience = Exponential::new(900.0).expect("a positive mean");
    let bill = LogNormal::new(3.0, 1.0).expect("a finite law");
    let shop = Shop { ledger, purse, till, waiting: vec![], patience, bill };
    let mut run = Simulation::new(shop, STREAMS);
    run.run_until(SimTime::ZERO + SimDuration::from_days(20));
    run.model.ledger.verify().expect("the books balance");
    println!("a run of {} events: {}", run.ctx.events(), run.ctx.fingerprint.hex());
}
