//! The figures of a Filecoin network: what each shows and how to read it.

use crate::describe::Section;
use crate::describe::figure::{Chapter, FigureKind, Finding, Headline, Width, figure, headline};
use crate::describe::flows::{MoneyFlows, path};

/// All FIL there will ever be (Filecoin spec, "token allocation").
const FIL_MAX: f64 = 2e9;

/// The chapters of a report.
pub const CHAPTERS: &[Chapter] = &[
    Chapter {
        id: "supply",
        section: Section::Supply,
        title: "Where the FIL is",
        lead: "Where every FIL is, from the ledger of the run.",
        figures: &[
            figure(
                "supply-stack",
                "All FIL by where it is",
                Width::Full,
                FigureKind::Stack {
                    parts: &[
                        ("supply_locked", "Locked"),
                        ("supply_burned", "Burnt"),
                        ("supply_circulating", "Circulating"),
                        ("supply_reserve", "Not yet issued"),
                    ],
                    rest: "supply_reserve",
                    cap: Some((FIL_MAX, "cap: 2 billion FIL")),
                },
                "The layers add up to all FIL there will ever be. Issue moves FIL from the top \
                 layer down; what is burned never comes back.",
            ),
            figure(
                "locked",
                "Locked FIL",
                Width::Half,
                FigureKind::Single("supply_locked"),
                "Pledge of providers and rewards that still vest. Dots are the real chain.",
            ),
            figure(
                "locked-parts",
                "What is locked",
                Width::Half,
                FigureKind::Several(&[("locked_pledge", "Pledge"), ("locked_vesting", "Vesting")]),
                "Pledge returns to its owner when a sector expires; three quarters of each reward \
                 vest over 180 days.",
            ),
        ],
    },
    Chapter {
        id: "power",
        section: Section::Actors,
        title: "Power",
        lead: "Storage proven to the chain, simulated over real.",
        figures: &[
            figure(
                "raw-power",
                "Raw power",
                Width::Full,
                FigureKind::Single("raw_power"),
                "Bold is simulated, the thin line is the real network. Right of the dashed line is \
                 time that calibration has not seen.",
            ),
            figure(
                "qa-power",
                "Quality-adjusted power",
                Width::Half,
                FigureKind::Single("qa_power"),
                "Sectors with verified data count ten times. Rewards follow this power.",
            ),
            figure(
                "baseline",
                "Raw power against the baseline",
                Width::Half,
                FigureKind::Several(&[("raw_power", "Raw power"), ("baseline_power", "Baseline")]),
                "Below the baseline, the network earns only part of the baseline reward.",
            ),
            figure(
                "sector-flows",
                "Sectors that come and go",
                Width::Half,
                FigureKind::Several(&[
                    ("onboarded_raw", "Onboarded"),
                    ("renewed_raw", "Renewed"),
                    ("expired_raw", "Expired"),
                    ("terminated_raw", "Terminated"),
                ]),
                "Power grows while onboarding is above expiry and termination. 7-day means.",
            )
            .smooth(7),
            figure(
                "active",
                "Providers with power",
                Width::Half,
                FigureKind::Single("providers_active"),
                "Providers that hold at least one proven sector.",
            ),
        ],
    },
    Chapter {
        id: "reward",
        section: Section::Supply,
        title: "Reward and pledge",
        lead: "What a block earns, and what a sector must lock to take part.",
        figures: &[
            figure(
                "epoch-reward",
                "Reward of an epoch",
                Width::Half,
                FigureKind::Single("this_epoch_reward"),
                "For all winners of a 30-second epoch together. It decays by half every six years \
                 and moves with power against the baseline.",
            )
            .close_up(),
            figure(
                "pledge",
                "Pledge of a 32 GiB sector",
                Width::Half,
                FigureKind::Single("pledge_per_32gib"),
                "What a provider locks for a new sector without deals.",
            ),
            figure(
                "minted",
                "Minted and scheduled rewards",
                Width::Half,
                FigureKind::Several(&[("scheduled", "Scheduled"), ("minted", "Minted")]),
                "Scheduled is what five wins an epoch would pay; minted is what was paid. 7-day \
                 means.",
            )
            .close_up()
            .smooth(7),
            figure(
                "minted-ratio",
                "Minted over scheduled",
                Width::Half,
                FigureKind::Single("minted_ratio"),
                "Below one by the wins that late blocks and offline providers lose. 30-day mean.",
            )
            .share()
            .finding(Finding::Mean)
            .close_up()
            .smooth(30),
        ],
    },
    Chapter {
        id: "burn",
        section: Section::Flows,
        title: "Burn and fees",
        lead: "FIL that leaves for good, and why.",
        figures: &[
            figure(
                "burned",
                "FIL burned since genesis",
                Width::Half,
                FigureKind::Single("supply_burned"),
                "Simulated and real. The slope is what matters: the start is given.",
            )
            .close_up(),
            figure(
                "burn-parts",
                "Burn by cause",
                Width::Half,
                FigureKind::Stack {
                    parts: &[
                        ("burn_base_fee", "Base fees"),
                        ("burn_overestimation", "Gas limits"),
                        ("burn_batch_fee", "Batch fees"),
                        ("burn_daily_fee", "Daily fees"),
                        ("burn_fault_fee", "Fault fees"),
                        ("burn_termination_fee", "Termination"),
                        ("burn_dispute", "Disputes"),
                        ("burn_consensus_fault", "Consensus faults"),
                        ("burn_stream", "Solstice burn"),
                    ],
                    rest: "",
                    cap: None,
                },
                "FIL a day, 7-day means.",
            )
            .smooth(7),
            figure(
                "base-fee",
                "Base fee",
                Width::Half,
                FigureKind::Single("base_fee"),
                "Price of a unit of gas. It rises while blocks are more than half full. 7-day \
                 mean.",
            )
            .smooth(7),
            figure(
                "gas",
                "Gas used",
                Width::Half,
                FigureKind::Single("gas_used_share"),
                "Share of the block gas limit. 7-day mean.",
            )
            .finding(Finding::Mean)
            .smooth(7),
            figure(
                "service-stream",
                "Paid to service streams",
                Width::Half,
                FigureKind::Single("service_stream"),
                "Share of rewards that Solstice (FIP-0118) pays to services.",
            ),
        ],
    },
    Chapter {
        id: "providers",
        section: Section::Actors,
        title: "Providers",
        lead: "Who earns, and whether it covers the cost.",
        figures: &[
            figure(
                "income",
                "Income by size class",
                Width::Half,
                FigureKind::Classes("income"),
                "Rewards of all providers of a class together. 30-day means.",
            )
            .smooth(30),
            figure(
                "margin",
                "Margin by size class",
                Width::Half,
                FigureKind::Classes("margin"),
                "Income less cost at the scenario's FIL price. Below zero a class loses money. \
                 30-day means.",
            )
            .smooth(30),
            figure(
                "power-share",
                "Share of power by size class",
                Width::Half,
                FigureKind::Classes("power_share"),
                "Share of quality-adjusted power: who decides and who earns.",
            ),
            figure(
                "margin-bars",
                "Cost and margin by size class",
                Width::Full,
                FigureKind::ClassBars(&[("cost", "Cost"), ("margin", "Margin")]),
                "Means over the last 90 days.",
            ),
            figure(
                "price",
                "FIL price",
                Width::Half,
                FigureKind::Single("fil_price"),
                "Given by the scenario, not an outcome.",
            ),
        ],
    },
    Chapter {
        id: "faults",
        section: Section::Security,
        title: "Faults",
        lead: "Machines fail, proofs are missed, and it costs.",
        figures: &[
            figure(
                "faulty",
                "Faulty power",
                Width::Half,
                FigureKind::Single("faulty_raw"),
                "Power that misses its proofs. It recovers when the machine does, or is terminated \
                 after 42 days.",
            )
            .finding(Finding::Peak),
            figure(
                "missed",
                "Missed WindowPoSt proofs",
                Width::Half,
                FigureKind::Single("windowpost_missed"),
                "Proofs not given by their deadline. Spikes are common causes: a site, a power \
                 feed, an operator.",
            )
            .finding(Finding::Peak),
            figure(
                "fault-fees",
                "Fault and termination fees",
                Width::Half,
                FigureKind::Several(&[
                    ("burn_fault_fee", "Fault fees"),
                    ("burn_termination_fee", "Termination"),
                ]),
                "Burnt. 7-day means.",
            )
            .smooth(7),
            figure(
                "failures",
                "Disks and outages",
                Width::Half,
                FigureKind::Several(&[("disks_failed", "Disks failed"), ("outages", "Outages")]),
                "What went wrong in the machine rooms. 7-day means.",
            )
            .smooth(7),
            figure(
                "wins-lost",
                "Wins that made no block",
                Width::Half,
                FigureKind::Several(&[("wins_lost", "Wins lost"), ("null_rounds", "Null rounds")]),
                "Election wins of offline or late providers, and epochs without any block. 7-day \
                 means.",
            )
            .smooth(7),
        ],
    },
];

/// Who pays whom.
pub const FLOWS: &[MoneyFlows] = &[MoneyFlows {
    id: "flows-fil",
    title: "Where FIL flows",
    unit: "FIL",
    paths: &[
        path("Block rewards", "Providers", &["minted"], &["service_stream", "burn_stream"]),
        path("Block rewards", "Services", &["service_stream"], &[]),
        path("Block rewards", "Burnt", &["burn_stream"], &[]),
        path("Genesis allocations", "Holders", &["supply_vested"], &[]),
        path("Providers", "Burnt: faults", &["burn_fault_fee"], &[]),
        path("Providers", "Burnt: terminations", &["burn_termination_fee"], &[]),
        path("Providers", "Burnt: slashing", &["burn_dispute", "burn_consensus_fault"], &[]),
        path("Providers", "Disputers", &["slash_rewards"], &[]),
        path("Providers", "Burnt: daily fees", &["burn_daily_fee"], &[]),
        path("Users of gas", "Burnt: base fees", &["burn_base_fee"], &[]),
        path("Users of gas", "Burnt: gas limits", &["burn_overestimation"], &[]),
        path("Providers", "Burnt: batch fees", &["burn_batch_fee"], &[]),
    ],
    break_even: None,
}];

/// The metrics worth a line on the screen.
pub const KEY_METRICS: &[&str] = &[
    "raw_power",
    "qa_power",
    "this_epoch_reward",
    "pledge_per_32gib",
    "supply_circulating",
    "supply_locked",
    "supply_burned",
];

/// The numbers that sum a run up.
pub const HEADLINES: &[Headline] = &[
    headline("raw_power", "Raw power"),
    headline("qa_power", "Quality-adjusted power"),
    headline("this_epoch_reward", "The reward of an epoch"),
    headline("pledge_per_32gib", "The pledge of a 32 GiB sector"),
    headline("supply_circulating", "Circulating supply"),
    headline("supply_locked", "Locked FIL"),
    headline("supply_burned", "FIL burned since genesis"),
    headline("providers_active", "Providers with power"),
];
