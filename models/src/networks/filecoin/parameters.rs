//! Every number of the Filecoin model that is not a rule of the protocol, with unit and source.
//!
//! "Calibrated" parameters were fitted on 2022-10 to 2023-12 only (VALIDATION.md). "Estimate" marks
//! a number for which no better source than an order of magnitude was found.

crate::parameters! {
    /// Providers, their sectors and the market around the chain.
    pub struct Parameters {
        /// Pareto tail index of provider sizes at the start.
        size_tail_index: "1" = 0.5, in 0.3 ..= 5.0, "with the next: the largest provider holds 2.6 % and the ten largest 21 % on average, as explorers showed in 2022",
            fixed "it shapes the sizes of the first day";
        /// Largest provider over smallest at the start.
        size_ratio_max: "1" = 3000.0, in 1.0 ..= 1000000.0, "about 160 TiB to about 450 PiB at 2,000 providers",
            fixed "it shapes the sizes of the first day";
        /// Share of the verified sectors' weight that follows size; the rest is spread by chance.
        verified_size_weight: "1" = 0.5, in 0.0 ..= 1.0, "estimate",
            fixed "it shapes the sizes of the first day";
        /// Share of newly onboarded quality-1 sectors that hold a deal.
        deal_share: "1" = 0.03, in 0.0 ..= 1.0, "active regular deals 3.9 PiB of 16.6 EiB, 2022-11";

        /// Commitment of newly onboarded sectors without verified data.
        capacity_term: "d" = 540.0, in 180.0 ..= 1278.0, "mainnet maximum before FIP-0052, the common choice";
        /// How long a claim outlasts its deal; a driven run renews verified sectors for that long.
        verified_renewal_term: "d" = 90.0, in 1.0 ..= 1278.0, "built-in market: term_max = deal duration + 90 d (MARKET_DEFAULT_ALLOCATION_TERM_BUFFER)";
        /// Share of verified sectors whose client extends the claim when it ends.
        claim_extension_share: "1" = 0.9, in 0.0 ..= 1.0, "calibrated: half of what ended from 2023-08 to 2023-12 was renewed with quality 10";
        /// Commitment of renewed sectors without verified data.
        renewal_term: "d" = 193.0, in 180.0 ..= 1278.0, "live over due of quality 1, 2022-10 to 2023-12";
        /// Commitment of the shorter verified deals.
        verified_short_term: "d" = 365.0, in 180.0 ..= 1278.0, "calibrated";
        /// Commitment of the longer verified deals.
        verified_long_term: "d" = 540.0, in 180.0 ..= 1278.0, "maximum deal duration before FIP-0052";
        /// Share of verified sectors with the shorter commitment.
        verified_short_share: "1" = 0.07, in 0.0 ..= 1.0, "calibrated: verified power lost from 2023-07 to 2023-12";
        /// Renewal rate of verified sectors over the overall one, where a forecast learns.
        verified_renewal_relative: "1" = 0.76, in 0.05 ..= 5.0, "calibrated on quality-adjusted power",
            fixed "it shapes what a forecast learns before the run";
        /// Verified sectors that providers end before their time (driven behaviour).
        verified_termination_rate: "1/y" = 0.009, in 0.0 ..= 1.0, "terminated over locked pledge, 2022-01 to 2022-10: 2,760 FIL a day of 115 M";
        /// Mean time between the days on which one provider ends sectors early (driven behaviour).
        termination_interval: "d" = 120.0, in 30.0 ..= 3650.0, "between what the clustering of terminations in 2022-01 to 2022-10 asks (270 d) and what the path of raw power to 2023-12 allows (100 d)";
        /// Quality-1 sectors that providers end before their time (driven behaviour).
        early_termination_rate: "1/y" = 0.055, in 0.0 ..= 1.0, "calibrated on raw power; the balance of the real series loses 1.2 PiB a day beyond expirations";
        /// Sectors that are faulty on the first day and recover, over those that are proven.
        initial_faulty_share: "1" = 0.007, in 0.0 ..= 0.5, "calibrated; the network's power rose by 0.55 % on 2022-10-11 alone",
            fixed "it shapes the faults of the first day";
        /// Longest remaining commitment in the initial stock.
        stock_term_max: "d" = 540.0, in 1.0 ..= 1278.0, "mainnet maximum before FIP-0052",
            fixed "it shapes the sectors of the first day";
        /// Pledge per unit of quality of the stock that expires first, over the stock's mean.
        stock_pledge_tilt: "1" = 1.15, in 0.5 ..= 1.5, "scheduled pledge release of 2022-11 (0.215 FIL per 32 GiB) over the mean (0.187)",
            fixed "it shapes the pledges of the first day";

        /// Time between the pre-commitment of a sector and its proof, in which a deposit is locked.
        sealing_days: "d" = 1.0, in 0.0 ..= 30.0, "150 epochs at least; C2, batching and queues: estimate";
        /// Share of wins lost to late or orphaned blocks of a provider that is online.
        orphan_share: "1" = 0.022, in 0.0 ..= 0.5, "calibrated; real minted/scheduled 0.971..0.991";
        /// Uptime within a 30-minute deadline that suffices to submit its proof.
        proving_slack: "min" = 10.0, in 0.0 ..= 30.0, "one partition takes minutes on a GPU";
        /// Time until a provider terminates sectors whose data is gone.
        loss_detection: "d" = 2.0, in 1.0 ..= 41.0, "estimate";

        /// Factor on the fault fee, as a proposal could change it.
        fault_fee_scale: "1" = 1.0, in 0.0 ..= 100.0, "1 in all rules so far: 3.51 days of expected reward";

        /// Share of providers that claim proofs of data which is gone instead of declaring a fault.
        cheater_share: "1" = 0.0, in 0.0 ..= 1.0, "scenario",
            fixed "who cheats is drawn on the first day";
        /// Share of a cheater's sectors whose data it deletes to save the cost of keeping it.
        cheater_drop_rate: "1/y" = 0.0, in 0.0 ..= 365.0, "scenario";
        /// Consensus faults of a cheater, each reported at once: at most one a day.
        consensus_faults_per_year: "1/y" = 0.0, in 0.0 ..= 365.0, "scenario";
        /// Share of deadlines with invalid proofs of which somebody disputes all in the window.
        dispute_share: "1" = 1.0, in 0.0 ..= 1.0, "estimate: one lotus disputer that watches all deadlines suffices";
        /// Time from the end of a deadline to the dispute of its invalid proofs.
        dispute_delay: "h" = 1.0, in 0.0 ..= 15.0, "estimate; the window of 1,800 epochs is the maximum (FIP-0010)";

        /// Share of deadlines that the real code proves and verifies with proofs = "sampled".
        proof_sample_share: "1" = 0.00005, in 0.0 ..= 1.0, "about five a day among two thousand providers";

        /// Share of new raw power in sectors of 64 GiB, which need one message for two of 32 GiB.
        large_sector_share: "1" = 0.35, in 0.0 ..= 1.0, "onboarding by sector size, 2022: 0.27 to 0.41 a month";
        /// Gas to pre-commit one sector in a batch.
        pre_commit_gas: "gas" = 27700000.0, in 1000.0 ..= 10000000000.0, "CryptoNet 2023, see gas.rs";
        /// Gas to prove one sector alone.
        prove_commit_gas: "gas" = 103000000.0, in 1000.0 ..= 10000000000.0, "CryptoNet 2023, see gas.rs";
        /// Gas to prove one sector within an aggregate, beside the network fee (FIP-0013).
        prove_aggregate_gas: "gas" = 12000000.0, in 1000.0 ..= 10000000000.0, "estimate: 2,000 M for 170 sectors of one aggregate";
        /// Gas to publish the deal of one sector.
        publish_deal_gas: "gas" = 204000000.0, in 0.0 ..= 10000000000.0, "CryptoNet 2023, see gas.rs; verified sectors and those with deals";
        /// Gas to renew one sector in a batch of extensions.
        renew_gas: "gas" = 1000000.0, in 1000.0 ..= 1000000000.0, "ExtendSectorExpiration2 in a large batch; estimate, see gas.rs";
        /// Gas of a WindowPoSt message for one partition of 2,349 sectors.
        window_post_gas: "gas" = 40000000.0, in 1000.0 ..= 10000000000.0, "about 10 % of all gas in 2023 (CryptoNet), see gas.rs";
        /// Premium that wallets bid for a unit of gas unless blocks are scarce, attoFIL (FIP-0115).
        gas_premium: "1" = 200000.0, in 0.0 ..= 1e12, "lotus default premium of 100,000 to 300,000 attoFIL; estimate";
        /// Gas limit of a message over the gas it uses.
        gas_limit_margin: "1" = 1.25, in 1.0 ..= 10.0, "lotus multiplies its estimate by 1.25 (GasLimitOverestimation)";
        /// Gas that everybody else would use if it were free, as a share of the block target.
        other_gas_share: "1" = 0.152, in 0.0 ..= 10.0, "calibrated on burn";
        /// Base fee at which half of that is still wanted, attoFIL.
        other_gas_limit_price: "1" = 408000000.0, in 100.0 ..= 1e15, "calibrated on burn";
        /// How fast demand falls there: exponent of the log-logistic law of the most that is paid.
        other_gas_limit_steepness: "1" = 1.94, in 0.1 ..= 20.0, "calibrated on burn";
        /// Standard deviation of the logarithm of that demand from epoch to epoch.
        other_gas_sigma: "1" = 0.2, in 0.0 ..= 3.0, "estimate";

        /// Cost of keeping one TiB of raw capacity online that would end without it: power, space.
        opex_usd_per_tib_month: "USD/TiB/mo" = 0.2, in 0.0 ..= 100.0, "calibrated on renewals; between 0.12 (16 TB at 8 W, hosts as much, 0.12 USD/kWh) and 0.55 (CEL cost explorer)";
        /// Spread of that cost between providers, standard deviation of its logarithm.
        opex_sigma: "1" = 1.0, in 0.0 ..= 3.0, "estimate";
        /// Price of one TiB of raw capacity with its share of hosts.
        capex_usd_per_tib: "USD/TiB" = 18.0, in 0.0 ..= 1000.0, "disk about 15 USD/TB in 2023, plus hosts";
        /// Life over which capacity is written off.
        hardware_life: "y" = 5.0, in 0.5 ..= 20.0, "common warranty period";
        /// Cost of sealing one TiB.
        sealing_usd_per_tib: "USD/TiB" = 1.3, in 0.0 ..= 100.0, "CEL cost explorer, 2023 to 2025";
        /// Relative growth of a provider's sectors a day where they earn twice their cost.
        sealing_rate: "1/d" = 0.001, in 0.0 ..= 1.0, "calibrated on onboarding without verified data";
        /// Mean return a year that a provider asks on its pledge.
        hurdle_rate: "1/y" = 0.1, in 0.0 ..= 10.0, "calibrated on renewals; borrowed FIL costs more: GLIF, 15 to 16 % a year, 2023 to 2025";
        /// Spread of that return between providers, standard deviation of its logarithm.
        hurdle_sigma: "1" = 0.4, in 0.0 ..= 3.0, "estimate";
        /// Horizon over which a provider sums its expected return.
        planning_horizon: "d" = 360.0, in 30.0 ..= 1278.0, "about one commitment";
        /// Mean time a provider endures losses before it leaves.
        patience: "d" = 120.0, in 1.0 ..= 3650.0, "estimate";
        /// Income from a verified client for one TiB, beside block rewards.
        deal_usd_per_tib_month: "USD/TiB/mo" = 0.0, in 0.0 ..= 100.0, "most Fil+ deals pay nothing";
        /// Verified data that clients offer; after a history, what they brought last.
        client_demand: "PiB/d" = 6.5, in 0.0 ..= 1000.0, "3.8 a day were onboarded, 2022-10 to 2023-12, by 58 % of the providers";
        /// Standard deviation of the logarithm of what clients offer over a year.
        client_volatility: "1/sqrt(y)" = 0.5, in 0.0 ..= 10.0, "verified onboarding by 30 and 56 days, 2022-10 to 2023-12";
        /// Standard deviation of the log odds with which all providers renew at a time.
        renewal_mood: "1" = 0.4, in 0.0 ..= 10.0, "renewal rates by fortnight, 2022-10 to 2023-12";
        /// Time in which that mood is forgotten.
        mood_time: "d" = 14.0, in 1.0 ..= 3650.0, "renewal rates by fortnight, 2022-10 to 2023-12";
        /// Share of verified data that goes into sectors that exist (SnapDeals).
        snap_share: "1" = 0.05, in 0.0 ..= 1.0, "estimate; the balance of raw power leaves little room for more";
        /// Time in which a provider upgrades the sectors that are worth it (FIP-0118).
        upgrade_time: "d" = 180.0, in 1.0 ..= 3650.0, "estimate";
        /// How sharply sectors that pay are told from others: exponent of a log-logistic law.
        choice_steepness: "1" = 0.4, in 0.1 ..= 100.0, "calibrated on renewals";
        /// Mean time from the wish for more capacity to its sealing.
        hardware_lead_time: "d" = 60.0, in 1.0 ..= 730.0, "estimate: order, delivery, racking";
        /// Most FIL that a provider can borrow in a year, over its pledge.
        credit_rate: "1/y" = 1.0, in 0.0 ..= 1000.0, "estimate";
        /// How often a day a provider's data is read, mean over providers (textbook rules only).
        reads_per_day: "1/d" = 0.3, in 0.0 ..= 1000.0, "estimate; the textbook gives no figure";
        /// Share of rational providers that leave from the first day: they renew and seal no more.
        exit_share: "1" = 0.0, in 0.0 ..= 1.0, "scenario";
        /// New providers a day at twice the break-even return, as a share of those active.
        entry_rate: "1/d" = 0.0005, in 0.0 ..= 1.0, "estimate";
        /// Volume through Filecoin Pay in the first quarter of FIP-0118.
        pay_volume_usd: "USD" = 3500.0, in 0.0 ..= 1000000000000.0, "FIP-0118, first gate";
        /// Share of the service stream that its recipients pass on to storage providers.
        service_pass_through: "1" = 0.0, in 0.0 ..= 1.0, "FIP-0118 leaves it to the orchestrators; scenario";
        /// What datacap for one TiB costs where it is bought, FIL.
        datacap_price: "1" = 5.0, in 0.0 ..= 1000000.0, "FIP-0118, rationale: 5 FIL a TiB";
        /// Dollars in the pool that sales beyond those of the first month meet; 0 for no pool.
        market_depth: "USD" = 0.0, in 0.0 ..= 1000000000000.0, "scenario";
        /// Growth of that volume from quarter to quarter.
        pay_volume_growth: "1" = 2.7, in 0.0 ..= 100.0, "FIP-0118, the gates grow by 2.7";
    }
}
