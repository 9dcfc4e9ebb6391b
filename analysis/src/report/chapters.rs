//! The figures of the networks that are known by name: what each shows and how to read it.

use pinwheel_models::describe::Section;

use super::figure::{Chapter, Figure, Kind, figure};
use super::tell::Tell;
use crate::plot::Size;

/// All FIL there will ever be (Filecoin spec, "token allocation").
const FIL_MAX: f64 = 2e9;

pub const CHAPTERS: &[Chapter] = &[
    Chapter {
        id: "supply",
        place: Section::Supply,
        title: "Where the FIL is",
        lead: "Where every FIL is, from the ledger of the run.",
        figures: &[
            figure(
                "supply-stack",
                "All FIL by where it is",
                Size::Full,
                Kind::Stack(
                    &[
                        ("supply_locked", "Locked"),
                        ("supply_burned", "Burned"),
                        ("supply_circulating", "Circulating"),
                        ("supply_reserve", "Not yet issued"),
                    ],
                    Some((FIL_MAX, "cap: 2 billion FIL")),
                ),
                "The layers add up to all FIL there will ever be. Issue moves FIL from the top \
                 layer down; what is burned never comes back.",
            ),
            figure(
                "locked",
                "Locked FIL",
                Size::Half,
                Kind::Single("supply_locked"),
                "Pledge of providers and rewards that still vest. Dots are the real chain.",
            ),
            figure(
                "locked-parts",
                "What is locked",
                Size::Half,
                Kind::Several(&[("locked_pledge", "Pledge"), ("locked_vesting", "Vesting")]),
                "Pledge returns to its owner when a sector expires; three quarters of each reward \
                 vest over 180 days.",
            ),
        ],
    },
    Chapter {
        id: "power",
        place: Section::Actors,
        title: "Power",
        lead: "Storage proven to the chain, simulated over real.",
        figures: &[
            figure(
                "raw-power",
                "Raw power",
                Size::Full,
                Kind::Single("raw_power"),
                "Bold is simulated, the thin line is the real network. Right of the dashed line is \
                 time that calibration has not seen.",
            ),
            figure(
                "qa-power",
                "Quality-adjusted power",
                Size::Half,
                Kind::Single("qa_power"),
                "Sectors with verified data count ten times. Rewards follow this power.",
            ),
            figure(
                "baseline",
                "Raw power against the baseline",
                Size::Half,
                Kind::Several(&[("raw_power", "Raw power"), ("baseline_power", "Baseline")]),
                "Below the baseline, the network earns only part of the baseline reward.",
            ),
            figure(
                "sector-flows",
                "Sectors that come and go",
                Size::Half,
                Kind::Several(&[
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
                Size::Half,
                Kind::Single("providers_active"),
                "Providers that hold at least one proven sector.",
            ),
        ],
    },
    Chapter {
        id: "reward",
        place: Section::Supply,
        title: "Reward and pledge",
        lead: "What a block earns, and what a sector must lock to take part.",
        figures: &[
            figure(
                "epoch-reward",
                "Reward of an epoch",
                Size::Half,
                Kind::Single("this_epoch_reward"),
                "For all winners of a 30-second epoch together. It decays by half every six years \
                 and moves with power against the baseline.",
            )
            .close_up(),
            figure(
                "pledge",
                "Pledge of a 32 GiB sector",
                Size::Half,
                Kind::Single("pledge_per_32gib"),
                "What a provider locks for a new sector without deals.",
            ),
            figure(
                "minted",
                "Minted and scheduled rewards",
                Size::Half,
                Kind::Several(&[("scheduled", "Scheduled"), ("minted", "Minted")]),
                "Scheduled is what five wins an epoch would pay; minted is what was paid. 7-day \
                 means.",
            )
            .close_up()
            .smooth(7),
            figure(
                "minted-ratio",
                "Minted over scheduled",
                Size::Half,
                Kind::Single("minted_ratio"),
                "Below one by the wins that late blocks and offline providers lose. 30-day mean.",
            )
            .told(Tell::Mean)
            .close_up()
            .smooth(30),
        ],
    },
    Chapter {
        id: "burn",
        place: Section::Flows,
        title: "Burn and fees",
        lead: "FIL that leaves for good, and why.",
        figures: &[
            figure(
                "burnt",
                "FIL burned since genesis",
                Size::Half,
                Kind::Single("supply_burned"),
                "Simulated and real. The slope is what matters: the start is given.",
            )
            .close_up(),
            figure(
                "burn-parts",
                "Burn by cause",
                Size::Half,
                Kind::Stack(
                    &[
                        ("burn_base_fee", "Base fees"),
                        ("burn_daily_fee", "Daily fees"),
                        ("burn_fault_fee", "Fault fees"),
                        ("burn_termination_fee", "Termination"),
                        ("burn_stream", "Solstice burn"),
                    ],
                    None,
                ),
                "FIL a day, 7-day means.",
            )
            .smooth(7),
            figure(
                "base-fee",
                "Base fee",
                Size::Half,
                Kind::Single("base_fee"),
                "Price of a unit of gas. It rises while blocks are more than half full. 7-day \
                 mean.",
            )
            .smooth(7),
            figure(
                "gas",
                "Gas used",
                Size::Half,
                Kind::Single("gas_used_share"),
                "Share of the block gas limit. 7-day mean.",
            )
            .told(Tell::Mean)
            .smooth(7),
            figure(
                "service-stream",
                "Paid to service streams",
                Size::Half,
                Kind::Single("service_stream"),
                "Share of rewards that Solstice (FIP-0118) pays to services.",
            ),
        ],
    },
    Chapter {
        id: "providers",
        place: Section::Actors,
        title: "Providers",
        lead: "Who earns, and whether it covers the cost.",
        figures: &[
            figure(
                "income",
                "Income by size class",
                Size::Half,
                Kind::Classes("income"),
                "Rewards of all providers of a class together. 30-day means.",
            )
            .smooth(30),
            figure(
                "margin",
                "Margin by size class",
                Size::Half,
                Kind::Classes("margin"),
                "Income less cost at the scenario's FIL price. Below zero a class loses money. \
                 30-day means.",
            )
            .smooth(30),
            figure(
                "power-share",
                "Share of power by size class",
                Size::Half,
                Kind::Classes("power_share"),
                "Share of quality-adjusted power: who decides and who earns.",
            ),
            figure(
                "margin-bars",
                "Cost and margin by size class",
                Size::Full,
                Kind::ClassBars(&[("cost", "Cost"), ("margin", "Margin")]),
                "Means over the last 90 days.",
            ),
            figure(
                "price",
                "FIL price",
                Size::Half,
                Kind::Single("fil_price"),
                "Given by the scenario, not an outcome.",
            ),
        ],
    },
    Chapter {
        id: "faults",
        place: Section::Security,
        title: "Faults",
        lead: "Machines fail, proofs are missed, and it costs.",
        figures: &[
            figure(
                "faulty",
                "Faulty power",
                Size::Half,
                Kind::Single("faulty_raw"),
                "Power that misses its proofs. It recovers when the machine does, or is terminated \
                 after 42 days.",
            )
            .told(Tell::Peak),
            figure(
                "missed",
                "Missed WindowPoSt proofs",
                Size::Half,
                Kind::Single("windowpost_missed"),
                "Proofs not given by their deadline. Spikes are common causes: a site, a power \
                 feed, an operator.",
            )
            .told(Tell::Peak),
            figure(
                "fault-fees",
                "Fault and termination fees",
                Size::Half,
                Kind::Several(&[
                    ("burn_fault_fee", "Fault fees"),
                    ("burn_termination_fee", "Termination"),
                ]),
                "Burned. 7-day means.",
            )
            .smooth(7),
            figure(
                "failures",
                "Disks and outages",
                Size::Half,
                Kind::Several(&[("disks_failed", "Disks failed"), ("outages", "Outages")]),
                "What went wrong in the machine rooms. 7-day means.",
            )
            .smooth(7),
            figure(
                "wins-lost",
                "Wins that made no block",
                Size::Half,
                Kind::Several(&[("wins_lost", "Wins lost"), ("null_rounds", "Null rounds")]),
                "Election wins of offline or late providers, and epochs without any block. 7-day \
                 means.",
            )
            .smooth(7),
        ],
    },
    Chapter {
        id: "tokens",
        place: Section::Supply,
        title: "Where the tokens are",
        lead: "Every token ever minted, from the ledger of the run, and what it is worth.",
        figures: &[
            figure(
                "token-stack",
                "All tokens by where they are",
                Size::Full,
                Kind::Stack(
                    &[
                        ("tokens_locked", "In bonds"),
                        ("pool_tok", "In the pool"),
                        ("tokens_circulating", "Circulating"),
                        ("tokens_burned", "Burned"),
                    ],
                    None,
                ),
                "The layers add up to all tokens ever minted. What is burned never comes back.",
            ),
            figure(
                "token-price",
                "Price of the token",
                Size::Half,
                Kind::Single("token_price"),
                "On the exchange, at the end of the day. The band holds 90 of 100 runs.",
            ),
            figure(
                "minted-burned",
                "Minted and burned so far",
                Size::Half,
                Kind::Several(&[("tokens_minted", "Minted"), ("tokens_burned", "Burned")]),
                "The gap between the lines is what there is. Where burned rises faster, tokens get \
                 scarcer.",
            ),
        ],
    },
    Chapter {
        id: "revenue",
        place: Section::Flows,
        title: "Revenue against emission",
        lead: "What customers pay, what the emission is worth, and what running the network costs.",
        figures: &[
            figure(
                "revenue-emission",
                "Revenue, emission and cost",
                Size::Full,
                Kind::Several(&[
                    ("token_demand", "Revenue"),
                    ("emission_value", "Emission"),
                    ("operator_cost", "Cost"),
                ]),
                "30-day means. Above the cost line, revenue alone keeps the network running; below \
                 it, new tokens pay the rest.",
            )
            .smooth(30),
            figure(
                "sold",
                "Rewards sold",
                Size::Half,
                Kind::Single("rewards_sold"),
                "What providers got on the exchange for the rewards they sold. 30-day mean.",
            )
            .smooth(30),
        ],
    },
    Chapter {
        id: "nodes",
        place: Section::Actors,
        title: "Nodes",
        lead: "Who takes part, who leaves, and who earns.",
        figures: &[
            figure(
                "nodes",
                "Nodes that take part",
                Size::Half,
                Kind::Several(&[("nodes_active", "Active"), ("nodes_online", "Online")]),
                "Active nodes have a bond; those online were up when the day was settled.",
            ),
            figure(
                "entry-exit",
                "Entries and exits so far",
                Size::Half,
                Kind::Several(&[("nodes_entered", "Entered"), ("nodes_left", "Left")]),
                "Nodes that have lost for long leave; idle ones enter while entering pays.",
            ),
            figure(
                "losing",
                "Nodes that lose money",
                Size::Half,
                Kind::Single("nodes_losing_share"),
                "Share of the active nodes that earned less than they cost on the day. 30-day \
                 mean.",
            )
            .told(Tell::Mean)
            .smooth(30),
            figure(
                "node-gini",
                "Inequality of rewards",
                Size::Half,
                Kind::Single("rewards_gini"),
                "Gini coefficient of the day's rewards: 0 if all are equal, near 1 if one has all.",
            )
            .told(Tell::Mean),
        ],
    },
    Chapter {
        id: "review-supply",
        place: Section::Supply,
        title: "Inflation",
        lead: "How fast the supply grows, by the metrics of the review.",
        figures: &[
            figure(
                "net-inflation",
                "Net inflation",
                Size::Half,
                Kind::Single("net_inflation"),
                "Minted less burned over the supply, a year. Below zero the supply shrinks.",
            )
            .told(Tell::Mean),
            figure(
                "circulating-share",
                "In circulation",
                Size::Half,
                Kind::Single("circulating_share"),
                "Part of the most there can be that circulates.",
            ),
        ],
    },
    Chapter {
        id: "review-flows",
        place: Section::Flows,
        title: "Who pays for the network",
        lead: "Users or new tokens: the metrics of the review.",
        figures: &[
            figure(
                "revenue-cover",
                "Costs covered by users",
                Size::Half,
                Kind::Single("revenue_cover"),
                "Revenue from users over the costs of operators. At 1 the network needs no \
                 subsidy.",
            )
            .told(Tell::Mean),
            figure(
                "subsidy",
                "Emission for each dollar of revenue",
                Size::Half,
                Kind::Single("subsidy_ratio"),
                "Value of new tokens over what users paid. Above 1 holders pay more than users do.",
            )
            .told(Tell::Mean),
        ],
    },
];

/// The figure that shows a metric, for links from sentences.
pub fn figure_of(metric: &str) -> Option<&'static str> {
    let figures = || CHAPTERS.iter().flat_map(|chapter| chapter.figures);
    let single = |figure: &&Figure| matches!(figure.kind, Kind::Single(shown) if shown == metric);
    figures().find(single).or_else(|| figures().find(|f| f.shows(metric))).map(|f| f.id)
}
