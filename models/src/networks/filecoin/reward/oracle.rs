//! The reward actor's stepping on big integers, as the actors write it: the oracle of the
//! fixed-width stepping and the reference of its benchmark. Source: builtin-actors
//! `actors/reward/src/{logic,state,expneg}.rs`.

use fil_actors_shared::v19::reward::FilterEstimate;
use fil_actors_shared::v19::reward::math::{poly_parse, poly_val};
use fil_actors_shared::v19::reward::smooth::{AlphaBetaFilter, DEFAULT_ALPHA, DEFAULT_BETA};
use num_bigint::BigInt;

const NUMERATOR: [&str; 8] = [
    "-648770010757830093818553637600",
    "67469480939593786226847644286976",
    "-3197587544499098424029388939001856",
    "89244641121992890118377641805348864",
    "-1579656163641440567800982336819953664",
    "17685496037279256458459817590917169152",
    "-115682590513835356866803355398940131328",
    "340282366920938463463374607431768211456",
];
const DENOMINATOR: [&str; 14] = [
    "1225524182432722209606361",
    "114095592300906098243859450",
    "5665570424063336070530214243",
    "194450132448609991765137938448",
    "5068267641632683791026134915072",
    "104716890604972796896895427629056",
    "1748338658439454459487681798864896",
    "23704654329841312470660182937960448",
    "259380097567996910282699886670381056",
    "2250336698853390384720606936038375424",
    "14978272436876548034486263159246028800",
    "72144088983913131323343765784380833792",
    "224599776407103106596571252037123047424",
    "340282366920938463463374607431768211456",
];

pub struct Oracle {
    pub epoch: i64,
    pub cumsum_baseline: BigInt,
    pub cumsum_realized: BigInt,
    pub effective_network_time: i64,
    pub effective_baseline: BigInt,
    pub this_epoch_baseline: BigInt,
    pub reward: BigInt,
    pub smoothed: FilterEstimate,
    exponent: BigInt,
    lambda: BigInt,
    simple_at_start: BigInt,
    baseline_total: BigInt,
    numerator: Vec<BigInt>,
    denominator: Vec<BigInt>,
}

impl Oracle {
    /// The state after epoch 0, with the nominal baseline total.
    pub fn genesis(raw_power_bytes: u128) -> Oracle {
        let integer = |text: &str| text.parse::<BigInt>().expect("a decimal integer");
        let simple_total = integer("330000000000000000000000000");
        let mut oracle = Oracle {
            epoch: -1,
            cumsum_baseline: BigInt::default(),
            cumsum_realized: BigInt::default(),
            effective_network_time: 0,
            effective_baseline: integer("2888888880000000000"),
            this_epoch_baseline: integer("2888886975106048385"),
            reward: BigInt::default(),
            smoothed: FilterEstimate::new(
                integer("36266260308195979333"),
                integer("-109897758509"),
            ),
            exponent: integer("340282591298641078465964189926313473653"),
            lambda: integer("37396271439864487274534522888786"),
            simple_at_start: simple_total * integer("37396273494747879394193016954629"),
            baseline_total: integer("770000000000000000000000000"),
            numerator: poly_parse(&NUMERATOR).expect("decimal integers"),
            denominator: poly_parse(&DENOMINATOR).expect("decimal integers"),
        };
        oracle.mint(raw_power_bytes);
        oracle
    }

    pub fn step(&mut self, raw_power_bytes: u128) {
        self.mint(raw_power_bytes);
        let filter = AlphaBetaFilter::load(&self.smoothed, &DEFAULT_ALPHA, &DEFAULT_BETA);
        self.smoothed = filter.next_estimate(&self.reward, 1);
    }

    fn mint(&mut self, raw_power_bytes: u128) {
        let previous = self.theta();
        self.advance(raw_power_bytes);
        let current = self.theta();
        let simple: BigInt =
            (&self.simple_at_start * self.exp_neg(&(&self.lambda * self.epoch))) >> 128;
        let baseline = self.baseline_supply(current) - self.baseline_supply(previous);
        self.reward = (simple + baseline) >> 128;
    }

    pub fn advance(&mut self, raw_power_bytes: u128) {
        self.epoch += 1;
        self.this_epoch_baseline = (&self.this_epoch_baseline * &self.exponent) >> 128;
        let power = BigInt::from(raw_power_bytes);
        self.cumsum_realized += std::cmp::min(&power, &self.this_epoch_baseline);
        while self.cumsum_realized > self.cumsum_baseline {
            self.effective_network_time += 1;
            self.effective_baseline = (&self.effective_baseline * &self.exponent) >> 128;
            self.cumsum_baseline += &self.effective_baseline;
        }
    }

    fn theta(&self) -> BigInt {
        if self.effective_network_time == 0 {
            return BigInt::default();
        }
        let ahead = (&self.cumsum_baseline - &self.cumsum_realized) << 128;
        (BigInt::from(self.effective_network_time) << 128) - ahead / &self.effective_baseline
    }

    fn baseline_supply(&self, theta: BigInt) -> BigInt {
        let decayed = self.exp_neg(&((theta * &self.lambda) >> 128));
        ((BigInt::from(1) << 128) - decayed) * &self.baseline_total
    }

    fn exp_neg(&self, x: &BigInt) -> BigInt {
        (poly_val(&self.numerator, x) << 128) / poly_val(&self.denominator, x)
    }
}
