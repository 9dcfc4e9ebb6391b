//! `[blockchain.attack]` as typed, and its checks.

use std::ops::RangeInclusive;

use pinwheel_core::{Amount, SimDuration, SimTime};
use schemars::JsonSchema;
use serde::Deserialize;

use super::settings::{
    CommitteeSettings, Conduct, RaceSettings, SelfishSettings, Settings, SpamSettings, Weighting,
};
use crate::blockchain::money::{NANOTOKEN, TOKEN};
use crate::input::NumberOrText;
use crate::input::check::Checker;
use crate::input::dates::DAY_SECONDS;
use crate::input::keys::Keys;
use crate::input::tree::ValueId;

const BLOCKS_MAX: i64 = 10_000;
const SEATS_MAX: i64 = 10_000;
const OPERATORS_MAX: i64 = 1_000_000;
const DOLLARS: RangeInclusive<f64> = 0.0..=1e15;
const TOKENS_MAX: f64 = 1e9;
/// 10 billionths of a token.
const BASE_FEE_DEFAULT: Amount = Amount(10_000_000_000);
const INTERVAL_SECONDS: f64 = 600.0;
const SLOT_SECONDS: f64 = 12.0;

/// Attacks on consensus; each stands for itself.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "AttackSection")]
pub struct AttackSection {
    /// Double spending against a merchant who waits for confirmations.
    #[schemars(with = "DoubleSpendSection")]
    pub double_spend: Option<ValueId>,
    /// A pool that withholds its blocks.
    #[schemars(with = "SelfishSection")]
    pub selfish_mining: Option<ValueId>,
    /// Committees with an attacker's seats.
    #[schemars(with = "CommitteeSection")]
    pub committee: Option<ValueId>,
    /// Transactions that only crowd others out.
    #[schemars(with = "SpamSection")]
    pub spam: Option<ValueId>,
}

/// An attacker who pays and mines a branch without the payment.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DoubleSpendSection {
    /// The attacker's share of the hash power.
    #[schemars(with = "NumberOrText")]
    pub share: Option<ValueId>,
    /// Blocks the merchant waits for. Default 6.
    #[schemars(with = "u32")]
    pub confirmations: Option<ValueId>,
    /// Mean time between blocks. Default "10 min".
    #[schemars(with = "String")]
    pub interval: Option<ValueId>,
    /// Blocks behind at which the attacker stops. Default 100.
    #[schemars(with = "u32")]
    pub give_up: Option<ValueId>,
    /// Nodes keep a branch that is so many blocks ahead of the fork. Default: no checkpoint.
    #[schemars(with = "u32")]
    pub checkpoint: Option<ValueId>,
    /// What the merchant delivers. Default "100000 USD".
    #[schemars(with = "String")]
    pub payment: Option<ValueId>,
    /// Price of the hash work of a block. Default "200000 USD".
    #[schemars(with = "String")]
    pub work: Option<ValueId>,
    /// What a block earns. Default: its work.
    #[schemars(with = "String")]
    pub reward: Option<ValueId>,
}

/// A pool that keeps its blocks back.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SelfishSection {
    /// The pool's share of the hash power, below one half.
    #[schemars(with = "NumberOrText")]
    pub share: Option<ValueId>,
    /// Share of the honest power on the pool's side in a tie. Default 0.
    #[schemars(with = "NumberOrText")]
    pub gamma: Option<ValueId>,
    /// Mean time between blocks. Default "10 min".
    #[schemars(with = "String")]
    pub interval: Option<ValueId>,
}

/// Committees drawn by weight, with an attacker among the operators.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CommitteeSection {
    /// Seats of a committee; 0 for leaders alone. Default 128.
    #[schemars(with = "u32")]
    pub seats: Option<ValueId>,
    /// Time between slots. Default "12 s".
    #[schemars(with = "String")]
    pub slot: Option<ValueId>,
    /// A block is final with more than this share of the seats. Default two thirds.
    #[schemars(with = "NumberOrText")]
    pub quorum: Option<ValueId>,
    /// "stake" or "identity". Default "stake".
    #[schemars(with = "String", extend("enum" = ["stake", "identity"]))]
    pub weighting: Option<ValueId>,
    /// Honest operators. Default 1000.
    #[schemars(with = "u32")]
    pub operators: Option<ValueId>,
    /// Identities of the attacker. Default 100.
    #[schemars(with = "u32")]
    pub identities: Option<ValueId>,
    /// The attacker's share of the stake.
    #[schemars(with = "NumberOrText")]
    pub share: Option<ValueId>,
    /// "honest", "equivocate", "withhold" or "censor". Default "honest".
    #[schemars(with = "String", extend(
        "enum" = ["honest", "equivocate", "withhold", "censor"]))]
    pub conduct: Option<ValueId>,
    /// All stake. Default "1000000000 USD".
    #[schemars(with = "String")]
    pub stake: Option<ValueId>,
    /// What an identity loses for signing two blocks. Default 0.
    #[schemars(with = "NumberOrText")]
    pub slash: Option<ValueId>,
    /// Price of an identity. Default "10 USD".
    #[schemars(with = "String")]
    pub identity_price: Option<ValueId>,
}

/// An attacker who fills every block of a chain with EIP-1559 fees.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SpamSection {
    /// What there is to spend, such as "100 token".
    #[schemars(with = "String")]
    pub budget: Option<ValueId>,
    /// When the attack begins. Default "6 h".
    #[schemars(with = "String")]
    pub begins: Option<ValueId>,
    /// Time between blocks. Default "12 s".
    #[schemars(with = "String")]
    pub interval: Option<ValueId>,
    /// Gas a block may hold. Default 30,000,000.
    #[schemars(with = "u64")]
    pub gas_limit: Option<ValueId>,
    /// Base fee at the start. Default "10 nanotoken".
    #[schemars(with = "String")]
    pub base_fee: Option<ValueId>,
    /// Mean number of honest transactions for a block, of 100,000 gas each. Default 140.
    #[schemars(with = "f64")]
    pub users_per_block: Option<ValueId>,
    /// Median of what users pay at most for gas, over the first base fee. Default 3.
    #[schemars(with = "f64")]
    pub willing: Option<ValueId>,
    /// Standard deviation of its logarithm. Default 1.
    #[schemars(with = "f64")]
    pub willing_spread: Option<ValueId>,
    /// Users withdraw after this. Default "10 min".
    #[schemars(with = "String")]
    pub patience: Option<ValueId>,
}

/// Checks `[blockchain.attack]` of a run of so many days.
pub fn settings(checker: &mut Checker<'_>, given: ValueId, days: u32) -> Option<Settings> {
    let path = "blockchain.attack";
    let typed: AttackSection = checker.read(given, path);
    checker.tree.table(given)?;
    let mut part = |name: &str| format!("{path}.{name}");
    let keys = ["double_spend", "selfish_mining", "committee", "spam"].map(&mut part);
    let [double_spend, selfish_mining, committee, spam] = keys;
    Some(Settings {
        double_spend: typed
            .double_spend
            .and_then(|given| race(&mut Keys { checker, path: double_spend }, given)),
        selfish_mining: typed
            .selfish_mining
            .and_then(|given| selfish(&mut Keys { checker, path: selfish_mining }, given)),
        committee: typed
            .committee
            .and_then(|given| seats(&mut Keys { checker, path: committee }, given, days)),
        spam: typed.spam.and_then(|given| flood(&mut Keys { checker, path: spam }, given)),
    })
}

/// What a time of this section may be.
const SECONDS: RangeInclusive<f64> = 0.1..=DAY_SECONDS;

impl Keys<'_, '_> {
    /// A share that must be given, in a range without its ends' attacks being pointless.
    fn attacker(&mut self, given: Option<ValueId>, maximum: f64) -> Option<f64> {
        let key = self.key("share");
        let given = self.checker.required(given, &key, "\"30 %\"");
        self.checker.quantity(given, &key, "1", true, 1e-3..=maximum)
    }
}

fn race(keys: &mut Keys<'_, '_>, given: ValueId) -> Option<RaceSettings> {
    let typed: DoubleSpendSection = keys.checker.read(given, &keys.path);
    keys.checker.tree.table(given)?;
    let share = keys.attacker(typed.share, 0.99);
    let work = keys.usd(typed.work, "work", 200_000, DOLLARS);
    let reward = typed.reward.map(|given| keys.usd(Some(given), "reward", 0, DOLLARS));
    let checkpoint = typed.checkpoint;
    let confirmations = keys.count(typed.confirmations, "confirmations", 6, 1..=BLOCKS_MAX);
    Some(RaceSettings {
        share: share?,
        confirmations,
        interval: keys.duration(typed.interval, "interval", INTERVAL_SECONDS, SECONDS),
        give_up: keys.count(typed.give_up, "give_up", 100, 1..=BLOCKS_MAX),
        checkpoint: checkpoint
            .map(|given| keys.count(Some(given), "checkpoint", 1, 1..=BLOCKS_MAX)),
        payment: keys.usd(typed.payment, "payment", 100_000, DOLLARS),
        work,
        reward: reward.unwrap_or(work),
    })
}

fn selfish(keys: &mut Keys<'_, '_>, given: ValueId) -> Option<SelfishSettings> {
    let typed: SelfishSection = keys.checker.read(given, &keys.path);
    keys.checker.tree.table(given)?;
    // The pool's lead has no mean from one half on.
    let share = keys.attacker(typed.share, 0.49);
    Some(SelfishSettings {
        share: share?,
        gamma: keys.share(typed.gamma, "gamma", 0.0, 1.0),
        interval: keys.duration(typed.interval, "interval", INTERVAL_SECONDS, SECONDS),
    })
}

fn seats(keys: &mut Keys<'_, '_>, given: ValueId, days: u32) -> Option<CommitteeSettings> {
    let typed: CommitteeSection = keys.checker.read(given, &keys.path);
    keys.checker.tree.table(given)?;
    let share = keys.attacker(typed.share, 0.99);
    let weightings = [("stake", Weighting::Stake), ("identity", Weighting::Identity)];
    let key = keys.key("weighting");
    let weighting = keys.checker.choice(typed.weighting, &key, &weightings);
    let conducts = [
        ("honest", Conduct::Honest),
        ("equivocate", Conduct::Equivocate),
        ("withhold", Conduct::Withhold),
        ("censor", Conduct::Censor),
    ];
    let key = keys.key("conduct");
    let conduct = keys.checker.choice(typed.conduct, &key, &conducts);
    let seats = keys.count(typed.seats, "seats", 128, 0..=SEATS_MAX);
    if let (0, Some(given), Some(Conduct::Equivocate | Conduct::Withhold)) =
        (seats, typed.conduct, conduct)
    {
        let key = keys.key("conduct");
        let message = "there are no seats to sign".to_owned();
        keys.checker.fault(given, &key, message, "give seats, or write conduct = \"censor\"");
    }
    let stake = keys.usd(typed.stake, "stake", 1_000_000_000, DOLLARS);
    let honest = keys.count(typed.operators, "operators", 1_000, 1..=OPERATORS_MAX);
    let honest_units = stake.0 as f64 * (1.0 - share.unwrap_or(0.0));
    if let (true, Some(given)) = (honest_units < f64::from(honest), typed.stake) {
        let message = format!("less than the smallest unit for each of {honest} operators");
        keys.checker.fault(given, &keys.key("stake"), message, "give more stake");
    }
    let whom = "attackers who sign two blocks: conduct = \"equivocate\"";
    let two = conduct == Some(Conduct::Equivocate);
    let seated = "committees with seats";
    keys.checker.refuse_idle(
        &keys.path,
        &[("slash", typed.slash, two, whom), ("quorum", typed.quorum, seats > 0, seated)],
    );
    let slot = keys.duration(typed.slot, "slot", SLOT_SECONDS, SECONDS);
    let day = SimDuration::from_days(1).as_nanos();
    Some(CommitteeSettings {
        slot,
        seats,
        quorum: keys.share(typed.quorum, "quorum", 2.0 / 3.0, 1.0),
        weighting: weighting.unwrap_or(Weighting::Stake),
        honest,
        identities: keys.count(typed.identities, "identities", 100, 0..=OPERATORS_MAX),
        share: share?,
        conduct: conduct.unwrap_or(Conduct::Honest),
        stake,
        slash: keys.share(typed.slash, "slash", 0.0, 1.0),
        identity_price: keys.usd(typed.identity_price, "identity_price", 10, DOLLARS),
        slots: u64::from(days) * day / slot.as_nanos(),
    })
}

/// Most transactions of users that may wait in a flood.
const WAITING_MAX: f64 = 1e6;

fn flood(keys: &mut Keys<'_, '_>, given: ValueId) -> Option<SpamSettings> {
    let typed: SpamSection = keys.checker.read(given, &keys.path);
    keys.checker.tree.table(given)?;
    let key = keys.key("budget");
    let budget = keys.checker.required(typed.budget, &key, "\"100 token\"");
    let budget = keys.checker.amount(budget, &key, TOKEN, 1e-9..=TOKENS_MAX);
    let key = keys.key("base_fee");
    let range = 1e-6..=1e6;
    let base_fee = keys.checker.amount(typed.base_fee, &key, NANOTOKEN, range);
    let mut plain = |given, name: &str, default: f64, maximum: f64| {
        let key = keys.key(name);
        let number = keys.checker.quantity(given, &key, "1", true, 1e-3..=maximum);
        number.unwrap_or(default)
    };
    let users_per_block = plain(typed.users_per_block, "users_per_block", 140.0, 10_000.0);
    let willing_median = plain(typed.willing, "willing", 3.0, 1e6);
    let willing_sigma = plain(typed.willing_spread, "willing_spread", 1.0, 10.0);
    let key = keys.key("gas_limit");
    let gas_limit = keys.checker.integer(typed.gas_limit, &key, 1_000_000..=1_000_000_000);
    let interval = keys.duration(typed.interval, "interval", SLOT_SECONDS, SECONDS);
    let patience = keys.duration(typed.patience, "patience", 600.0, SECONDS);
    let waiting = users_per_block * patience.as_seconds() / interval.as_seconds();
    if let (true, Some(given)) = (waiting > WAITING_MAX, typed.patience) {
        let message = format!("{waiting:.0} transactions of patient users would wait");
        let help = format!("at most {WAITING_MAX}: less patience, fewer users or longer blocks");
        keys.checker.fault(given, &keys.key("patience"), message, help);
    }
    let begins = keys.duration(typed.begins, "begins", 6.0 * 3_600.0, SECONDS);
    keys.checker.refuse_late(typed.begins, &keys.key("begins"), begins);
    Some(SpamSettings {
        interval,
        gas_limit: gas_limit.unwrap_or(30_000_000),
        base_fee: base_fee.unwrap_or(BASE_FEE_DEFAULT).0,
        users_per_block,
        willing_median,
        willing_sigma,
        patience,
        begins: SimTime::ZERO + begins,
        budget: budget?,
    })
}
