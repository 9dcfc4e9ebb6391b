//! The figures of a token economy: what each shows and how to read it.

use crate::describe::Section;
use crate::describe::figure::{
    Chapter, FigureKind, Finding, Headline, Width, figure, headline, higher, lower,
};
use crate::describe::flows::{MoneyFlows, path, path_to_each};

/// The chapters of a report.
pub const CHAPTERS: &[Chapter] = &[
    Chapter {
        id: "tokens",
        section: Section::Supply,
        title: "Where the tokens are",
        lead: "Every token ever minted, from the ledger of the run, and what it is worth.",
        figures: &[
            figure(
                "token-stack",
                "All tokens by where they are",
                Width::Full,
                FigureKind::Stack {
                    parts: &[
                        ("tokens_locked", "In bonds"),
                        ("pool_tok", "In the pool"),
                        ("tokens_circulating", "Circulating"),
                        ("tokens_burned", "Burned"),
                    ],
                    rest: "",
                    cap: None,
                },
                "The layers add up to all tokens ever minted. What is burned never comes back.",
            ),
            figure(
                "token-price",
                "Price of the token",
                Width::Half,
                FigureKind::Single("token_price"),
                "On the exchange, at the end of a period. The band holds 90 of 100 runs.",
            ),
            figure(
                "minted-burned",
                "Minted and burned so far",
                Width::Half,
                FigureKind::Several(&[("tokens_minted", "Minted"), ("tokens_burned", "Burned")]),
                "The gap between the lines is what there is. Where burned rises faster, tokens get \
                 scarcer.",
            ),
        ],
    },
    Chapter {
        id: "revenue",
        section: Section::Flows,
        title: "Revenue against emission",
        lead: "What customers pay, what the emission is worth, and what running the network costs.",
        figures: &[
            figure(
                "revenue-emission",
                "Revenue, emission and cost",
                Width::Full,
                FigureKind::Several(&[
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
                Width::Half,
                FigureKind::Single("rewards_sold"),
                "What operators got on the exchange for the rewards they sold. 30-day mean.",
            )
            .smooth(30),
        ],
    },
    Chapter {
        id: "nodes",
        section: Section::Actors,
        title: "Nodes",
        lead: "Who takes part, who leaves, and who earns.",
        figures: &[
            figure(
                "nodes",
                "Nodes that take part",
                Width::Half,
                FigureKind::Several(&[("nodes_active", "Active"), ("nodes_online", "Online")]),
                "Active nodes take part, with their bond if there is one; those online were up when the \
                 period was settled.",
            ),
            figure(
                "entry-exit",
                "Entries and exits so far",
                Width::Half,
                FigureKind::Several(&[("nodes_entered", "Entered"), ("nodes_left", "Left")]),
                "Nodes that have lost for long leave; idle ones enter while entering pays.",
            ),
            figure(
                "losing",
                "Nodes that lose money",
                Width::Half,
                FigureKind::Single("nodes_losing_share"),
                "Share of the active nodes that earned less than they cost in a period. 30-day \
                 mean.",
            )
            .finding(Finding::Mean)
            .smooth(30),
            figure(
                "node-gini",
                "Inequality of rewards",
                Width::Half,
                FigureKind::Single("rewards_gini"),
                "Gini coefficient of a period's rewards: 0 if all are equal, near 1 if one has all.",
            )
            .finding(Finding::Mean),
        ],
    },
];

/// Who pays whom.
pub const FLOWS: &[MoneyFlows] = &[
    MoneyFlows {
        id: "flows-usd",
        title: "Where dollars flow",
        unit: "USD",
        paths: &[
            path("Customers", "Exchange", &["customers_paid"], &[]),
            path_to_each("Exchange", &["sales_proceeds"]),
            path("Operators", "Running costs", &["operators_paid"], &[]),
        ],
        break_even: Some(("token_demand", "operator_cost")),
    },
    MoneyFlows {
        id: "flows-tokens",
        title: "Where tokens flow",
        unit: "TOK",
        paths: &[
            path("Emission", "Accounts", &["tokens_minted"], &[]),
            path("Accounts", "Burned", &["tokens_burned"], &[]),
        ],
        break_even: None,
    },
];

/// The metrics worth a line on the screen.
pub const KEY_METRICS: &[&str] = &["token_price", "nodes_active", "tokens_circulating"];

/// The numbers that sum a run up.
pub const HEADLINES: &[Headline] = &[
    higher("token_price", "The price of the token"),
    higher("nodes_active", "Active nodes"),
    headline("tokens_circulating", "Tokens in circulation"),
    headline("tokens_burned", "Tokens burned"),
    higher("token_demand", "Revenue"),
    lower("nodes_losing_share", "The share of nodes that lose money"),
];
