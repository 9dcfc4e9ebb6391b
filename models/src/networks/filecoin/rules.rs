//! Which rules are in force at an epoch: Filecoin's network upgrades, the switch to FIP-0118, and
//! the textbook's reading of the protocol.
//!
//! Units: epochs of 30 s since mainnet's genesis, 2020-08-24T22:00:00Z. Sources: upgrade epochs
//! from lotus `build/buildconstants/params_mainnet.go`; nv28 from ChainSafe/forest PR 7037.
//! Left out: everything before nv16; an earlier epoch gets the rules of nv16.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, date};
use serde::{Deserialize, Serialize};

use super::settings::RuleChoice;

/// Length of an epoch, seconds.
pub const EPOCH_SECONDS: i64 = 30;
/// Epochs of a day.
pub const EPOCHS_PER_DAY: i64 = 2_880;
/// When epoch 0 of mainnet began, UTC.
pub const GENESIS: DateTime = date(2020, 8, 24).at(22, 0, 0, 0);

/// Longest life of a sector, in days: five of the actors' years (`sector_maximum_lifetime` of the
/// miner actor's policy).
pub const SECTOR_LIFE_DAYS_MAX: i32 = (5 * EPOCHS_PER_YEAR / EPOCHS_PER_DAY) as i32;

/// The actors' own year of 31,556,925 s, in epochs (`network.rs` of the actors' runtime).
pub const EPOCHS_PER_YEAR: i64 = 1_051_897;

/// A network upgrade of mainnet.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// Version of the network from then on.
    pub network_version: u8,
    /// Its name.
    pub name: &'static str,
    /// The first epoch under its rules.
    pub epoch: i64,
}

const fn upgrade(network_version: u8, name: &'static str, epoch: i64) -> Upgrade {
    Upgrade { network_version, name, epoch }
}

/// Mainnet's upgrades since Skyr, oldest first.
pub const UPGRADES: [Upgrade; 13] = [
    upgrade(16, "Skyr", 1_960_320),
    upgrade(17, "Shark", 2_383_680),
    upgrade(18, "Hygge", 2_683_348),
    upgrade(19, "Lightning", 2_809_800),
    upgrade(20, "Thunder", 2_870_280),
    upgrade(21, "Watermelon", 3_469_380),
    upgrade(22, "Dragon", 3_855_360),
    upgrade(23, "Waffle", 4_154_640),
    upgrade(24, "TukTuk", 4_461_240),
    upgrade(25, "Teep", 4_878_840),
    upgrade(26, "Tock", 5_138_040),
    upgrade(27, "GoldenWeek", 5_348_280),
    upgrade(28, "FireHorse", 6_052_800),
];

/// How the block reward of an epoch comes about.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Minting {
    /// Mainnet: 30 % decays with time alone, 70 % is minted as power fills the baseline, so more
    /// power mints faster until the baseline is met (Filecoin spec, section 5.5).
    Baseline,
    /// Textbook (FIL-20, "more miners, less inflation"): the whole mining allocation decays with
    /// time and each epoch's part shrinks as power grows past the power of the first day.
    Textbook,
}

/// What turns raw bytes into a claim on the reward.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quality {
    /// Mainnet: quality-adjusted power, 1x for committed capacity and deals, 10x for verified.
    Multiplier,
    /// FIP-0118: every sector onboarded from the switch on counts 10x, whatever it holds.
    Uniform,
    /// Textbook (FIL-17): space times how often its content is read; see
    /// [`Rules::quality_permille`].
    AccessFrequency,
}

/// The fee of a sector terminated before its expiry.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Termination {
    /// Reward of 20 days at activation plus half the reward of up to 140 days of age.
    ExpectedReward,
    /// FIP-0098: 8.5 % of the initial pledge, less for the first 140 days, with a floor.
    PledgeShare,
}

/// How the base fee moves from one epoch to the next.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BaseFeeRule {
    /// Towards half-full blocks, as Ethereum's EIP-1559.
    Utilisation,
    /// FIP-0115: towards a premium of one eighth of the base fee at the 20th percentile.
    Premium,
}

/// A linear change of a parameter over epochs.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ramp {
    /// The epoch in which the change begins.
    pub start_epoch: i64,
    /// For how many epochs it goes on.
    pub duration_epochs: u64,
}

/// FIP-0081: gamma from 1.0 to 0.7 over 365 days from nv24.
pub const PLEDGE_RAMP: Ramp = Ramp { start_epoch: 4_461_240, duration_epochs: 1_051_200 };

/// FIP-0118 "Solstice".
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solstice {
    /// The first epoch under it.
    pub epoch: i64,
    /// It splits the block reward into streams, as proposed; otherwise it only makes every new
    /// sector count ten times.
    pub splits: bool,
}

/// The rules in force at one epoch.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Version of the network.
    pub network_version: u8,
    /// How rewards are minted.
    pub minting: Minting,
    /// What a verified sector counts.
    pub quality: Quality,
    /// FIP-0081; `None` before it, when the whole consensus pledge follows the baseline.
    pub pledge_ramp: Option<Ramp>,
    /// What ending a sector early costs.
    pub termination: Termination,
    /// FIP-0100: a daily fee a sector is owed, and batches of proofs pay no network fee.
    pub daily_fee: bool,
    /// FIP-0100: an older sector that is extended stays free of the daily fee until it is extended
    /// again (`FIP_0100_GRACE_PERIOD_END_VERSION` of the miner actor).
    pub daily_fee_grace: bool,
    /// FIP-0077: creating a provider locks a deposit.
    pub creation_deposit: bool,
    /// How the base fee follows demand.
    pub base_fee: BaseFeeRule,
    /// FIP-0034: until then the deposit of a pre-committed sector depends on what it will hold;
    /// from then on it is that of the highest quality.
    pub deposit_by_content: bool,
    /// The collateral of deals counts as locked: until FIP-0065.
    pub deal_collateral_locked: bool,
    /// Longest commitment or extension of a sector, in days: 540, from nv21 1,278 (FIP-0052).
    pub sector_days_max: u32,
    /// FIP-0118: the epoch from which the reward is split into streams.
    pub streams_from: Option<i64>,
}

impl Rules {
    /// The rules `choice` puts in force at `epoch`; `solstice` is FIP-0118, if it comes.
    pub fn at(choice: RuleChoice, epoch: i64, solstice: Option<Solstice>) -> Rules {
        let mut rules = match choice {
            RuleChoice::Mainnet => Rules::mainnet(epoch),
            RuleChoice::MainnetAt(date) => Rules::mainnet(epoch_of(date)),
            RuleChoice::Textbook => Rules {
                minting: Minting::Textbook,
                quality: Quality::AccessFrequency,
                ..Rules::mainnet(epoch)
            },
        };
        if let Some(solstice) = solstice.filter(|solstice| epoch >= solstice.epoch) {
            rules.network_version = 29;
            rules.streams_from = solstice.splits.then_some(solstice.epoch);
            if rules.quality == Quality::Multiplier {
                rules.quality = Quality::Uniform;
            }
        }
        rules
    }

    fn mainnet(epoch: i64) -> Rules {
        let version = UPGRADES
            .iter()
            .rev()
            .find(|upgrade| upgrade.epoch <= epoch)
            .map_or(UPGRADES[0].network_version, |upgrade| upgrade.network_version);
        Rules {
            network_version: version,
            minting: Minting::Baseline,
            quality: Quality::Multiplier,
            pledge_ramp: (version >= 24).then_some(PLEDGE_RAMP),
            termination: if version >= 25 {
                Termination::PledgeShare
            } else {
                Termination::ExpectedReward
            },
            daily_fee: version >= 25,
            daily_fee_grace: version == 25,
            creation_deposit: version >= 27,
            base_fee: if version >= 28 { BaseFeeRule::Premium } else { BaseFeeRule::Utilisation },
            deposit_by_content: version < 17,
            deal_collateral_locked: version < 23,
            sector_days_max: if version >= 21 { 1_278 } else { 540 },
            streams_from: None,
        }
    }

    /// Quality of a new sector in thousandths: 1,000 for 1x, 10,000 for 10x.
    ///
    /// `verified` says whether it holds verified deals, `reads_per_day` how often its content is
    /// retrieved. The textbook gives no figures; its rule here runs from 1x for data never read to
    /// 10x for data read daily or more, so that both rules span the same range.
    pub fn quality_permille(&self, verified: bool, reads_per_day: f64) -> u32 {
        match self.quality {
            Quality::Uniform => 10_000,
            Quality::Multiplier if verified => 10_000,
            Quality::Multiplier => 1_000,
            Quality::AccessFrequency => {
                let share = if reads_per_day > 0.0 { reads_per_day.min(1.0) } else { 0.0 };
                1_000 + (9_000.0 * share) as u32
            }
        }
    }
}

/// The first epoch that starts on or after midnight UTC of a date.
pub fn epoch_of(date: Date) -> i64 {
    let elapsed = date.at(0, 0, 0, 0).duration_since(GENESIS);
    elapsed.as_secs().div_euclid(EPOCH_SECONDS)
}

/// The UTC date on which an epoch starts.
pub fn date_of(epoch: i64) -> Date {
    let elapsed = SignedDuration::from_secs(epoch.saturating_mul(EPOCH_SECONDS));
    GENESIS.saturating_add(elapsed).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upgrades_fall_on_their_published_dates() {
        let dates = [
            date(2022, 7, 6),
            date(2022, 11, 30),
            date(2023, 3, 14),
            date(2023, 4, 27),
            date(2023, 5, 18),
            date(2023, 12, 12),
            date(2024, 4, 24),
            date(2024, 8, 6),
            date(2024, 11, 20),
            date(2025, 4, 14),
            date(2025, 7, 13),
            date(2025, 9, 24),
            date(2026, 5, 27),
        ];
        for (upgrade, date) in UPGRADES.iter().zip(dates) {
            assert_eq!(date_of(upgrade.epoch), date, "nv{}", upgrade.network_version);
        }
    }

    #[test]
    fn dates_and_epochs_are_inverse() {
        assert_eq!(epoch_of(date(2020, 8, 25)), 240);
        assert_eq!(date_of(0), date(2020, 8, 24));
        for epoch in [240, 240 + EPOCHS_PER_DAY * 1_000] {
            assert_eq!(epoch_of(date_of(epoch)), epoch);
        }
    }

    #[test]
    fn each_rule_changes_at_its_epoch_and_not_before() {
        let at = |epoch| Rules::at(RuleChoice::Mainnet, epoch, None);
        assert_eq!(at(0).network_version, 16);
        assert!(at(2_383_679).deposit_by_content && !at(2_383_680).deposit_by_content);
        assert!(at(4_154_639).deal_collateral_locked && !at(4_154_640).deal_collateral_locked);
        assert!(at(4_461_239).pledge_ramp.is_none() && at(4_461_240).pledge_ramp.is_some());
        assert_eq!(at(4_878_839).termination, Termination::ExpectedReward);
        assert_eq!(at(4_878_840).termination, Termination::PledgeShare);
        assert!(!at(4_878_839).daily_fee && at(4_878_840).daily_fee);
        assert!(!at(4_878_839).daily_fee_grace && at(4_878_840).daily_fee_grace);
        assert!(at(5_138_039).daily_fee_grace && !at(5_138_040).daily_fee_grace);
        assert!(!at(5_348_279).creation_deposit && at(5_348_280).creation_deposit);
        assert_eq!(at(6_052_799).base_fee, BaseFeeRule::Utilisation);
        assert_eq!(at(6_052_800).base_fee, BaseFeeRule::Premium);
        assert_eq!((at(3_469_379).sector_days_max, at(3_469_380).sector_days_max), (540, 1_278));
    }

    #[test]
    fn solstice_starts_when_the_scenario_says() {
        let solstice = |splits| Solstice { epoch: 7_000_000, splits };
        let at = |epoch| Rules::at(RuleChoice::Mainnet, epoch, Some(solstice(true)));
        assert_eq!(at(6_999_999).streams_from, None);
        assert_eq!(at(6_999_999).quality_permille(false, 0.0), 1_000);
        assert_eq!(at(7_000_000).streams_from, Some(7_000_000));
        assert_eq!(at(7_000_000).quality_permille(false, 0.0), 10_000);
        let whole = Rules::at(RuleChoice::Mainnet, 7_000_000, Some(solstice(false)));
        assert_eq!((whole.streams_from, whole.quality), (None, Quality::Uniform));
    }

    #[test]
    fn a_fixed_date_freezes_the_rules() {
        let choice = RuleChoice::MainnetAt(date(2024, 1, 12));
        assert_eq!(Rules::at(choice, 6_500_000, None), Rules::at(choice, 0, None));
        assert_eq!(Rules::at(choice, 6_500_000, None).network_version, 21);
    }

    #[test]
    fn the_textbook_rewards_reading() {
        let rules = Rules::at(RuleChoice::Textbook, 3_000_000, None);
        let qualities = [0.0, 0.5, 1.0, 9.0, f64::NAN].map(|r| rules.quality_permille(true, r));
        assert_eq!(qualities, [1_000, 5_500, 10_000, 10_000, 1_000]);
        assert_eq!(rules.minting, Minting::Textbook);
    }
}
