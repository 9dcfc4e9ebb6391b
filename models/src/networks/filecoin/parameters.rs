//! Every number of the Filecoin model that is not a rule of the protocol, with unit and source.

crate::parameters! {
    /// Parameters of providers, their machines and the market around the chain.
    pub struct Parameters {
        /// Share of wins lost to late or orphaned blocks of a provider that is online.
        orphan_share: "1" = 0.015, in 0.0 ..= 0.5, "calibrated 2022-10..2023-12; real minted/scheduled 0.971..0.991";
    }
}
