//! What a scenario says of attacks, validated.

pub use super::committee::{CommitteeSettings, Conduct, Weighting};
pub use super::race::RaceSettings;
pub use super::selfish::SelfishSettings;
pub use super::spam::SpamSettings;

/// The attacks of a run; each stands for itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub double_spend: Option<RaceSettings>,
    pub selfish_mining: Option<SelfishSettings>,
    pub committee: Option<CommitteeSettings>,
    pub spam: Option<SpamSettings>,
}
