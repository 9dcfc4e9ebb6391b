//! The figures of a review: what each shows and how to read it.

use crate::describe::Section;
use crate::describe::figure::{Chapter, FigureKind, Finding, Width, figure};

/// The chapters of a report.
pub const CHAPTERS: &[Chapter] = &[
    Chapter {
        id: "review-supply",
        section: Section::Supply,
        title: "Inflation",
        lead: "How fast the supply grows, by the metrics of the review.",
        figures: &[
            figure(
                "net-inflation",
                "Net inflation",
                Width::Half,
                FigureKind::Single("net_inflation"),
                "Minted less burnt over the supply, a year. Below zero the supply shrinks.",
            )
            .finding(Finding::Mean),
            figure(
                "circulating-share",
                "In circulation",
                Width::Half,
                FigureKind::Single("circulating_share"),
                "Part of the most there can be that circulates.",
            ),
        ],
    },
    Chapter {
        id: "review-flows",
        section: Section::Flows,
        title: "Who pays for the network",
        lead: "Users or new tokens: the metrics of the review.",
        figures: &[
            figure(
                "revenue-cover",
                "Costs covered by users",
                Width::Half,
                FigureKind::Single("revenue_cover"),
                "Revenue from users over the costs of operators. At 1 the network needs no \
                 subsidy.",
            )
            .finding(Finding::Mean),
            figure(
                "subsidy",
                "Emission for each dollar of revenue",
                Width::Half,
                FigureKind::Single("subsidy_ratio"),
                "Value of new tokens over what users paid. Above 1 holders pay more than users do.",
            )
            .finding(Finding::Mean),
        ],
    },
];
