//! What a scenario says of attacks, validated.

pub use super::committee::{CommitteeSettings, Conduct, Weighting};
pub use super::race::RaceSettings;
pub use super::selfish::SelfishSettings;
pub use super::spam::SpamSettings;

/// The attacks of a run; each stands for itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Double spending.
    pub double_spend: Option<RaceSettings>,
    /// Selfish mining.
    pub selfish_mining: Option<SelfishSettings>,
    /// Attacks on committees.
    pub committee: Option<CommitteeSettings>,
    /// Spam.
    pub spam: Option<SpamSettings>,
}
