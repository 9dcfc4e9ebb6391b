//! What a metric is: the entry behind `pinwheel explain`, and its section of a report.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The label of rows that were observed on the real network, not simulated.
pub const OBSERVED_LABEL: &str = "observed";
/// The label of rows that a bookkeeping without a model gives: what came is added, what went is
/// taken off, with rates that are constant.
pub const BOOKKEEPING_LABEL: &str = "bookkeeping";

/// Whether rows of this label stand beside what is simulated and are no part of it.
pub fn is_beside(label: &str) -> bool {
    label == OBSERVED_LABEL || label == BOOKKEEPING_LABEL
}

/// Which way a number is better.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// The higher, the better.
    Higher,
    /// The lower, the better.
    Lower,
}

/// The section of a report's outline that shows a metric.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Where the tokens are: minted, locked, burned, in circulation.
    Supply,
    /// Who pays whom: fees, burns, revenue, prices.
    Flows,
    /// Who takes part and who earns.
    Actors,
    /// What users get: availability, latency, losses.
    Service,
    /// Attacks, faults and what they cost.
    Security,
    /// Whatever has no section of its own.
    Other,
}

/// One metric of a part.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct MetricSpec {
    /// Unique over all parts: "devices_up".
    pub name: &'static str,
    /// The unit of a row's value: "FIL", "PiB", "1" for a share.
    pub unit: &'static str,
    /// One sentence: what is measured.
    pub about: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// Where a report shows it.
    pub section: Section,
    /// With which labels it is recorded.
    pub labels: Labels,
}

/// With which labels a metric is recorded.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Labels {
    /// With none.
    Plain,
    /// With the labels of these kinds, such as "class"; and with none too where `plain`.
    Of {
        /// Kinds of labels, as the part names them in its `labels` of a scenario.
        kinds: &'static [&'static str],
        /// Whether there is a row without a label beside them.
        plain: bool,
    },
    /// With labels that are not known before the run, or with none.
    Unknown,
}

impl MetricSpec {
    /// The same, recorded with the labels of these kinds only.
    pub const fn by(self, kinds: &'static [&'static str]) -> Self {
        MetricSpec { labels: Labels::Of { kinds, plain: false }, ..self }
    }

    /// The same, recorded with the labels of these kinds and without one.
    pub const fn also_by(self, kinds: &'static [&'static str]) -> Self {
        MetricSpec { labels: Labels::Of { kinds, plain: true }, ..self }
    }

    /// The same, recorded with labels that are not known before the run.
    pub const fn by_unknown(self) -> Self {
        MetricSpec { labels: Labels::Unknown, ..self }
    }
}

/// The name of a series: the metric, with its subject in front where it has one: "io.minted".
pub fn full_name(subject: &str, metric: &str) -> String {
    if subject.is_empty() { metric.to_owned() } else { format!("{subject}.{metric}") }
}

/// Subject and metric of a name such as "io.minted"; the subject is empty where there is none.
pub fn split_name(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or(("", name))
}

/// In the unit of a metric, the token that the network of the row issues. Its symbol is the
/// network's matter ([`NetworkSettings::own_token`](super::NetworkSettings::own_token)).
pub const OWN_TOKEN: &str = "TOK";

/// The unit of a metric where the network of the row issues the token `own`: "IO/d" of "TOK/d".
pub fn unit_of(unit: &'static str, own: Option<&str>) -> Cow<'static, str> {
    match own.filter(|own| *own != OWN_TOKEN && unit.split('/').any(|word| word == OWN_TOKEN)) {
        None => unit.into(),
        Some(own) => {
            let words = unit.split('/').map(|word| if word == OWN_TOKEN { own } else { word });
            words.collect::<Vec<_>>().join("/").into()
        }
    }
}

/// An entry of a part's list of metrics, recorded without a label.
pub const fn metric(
    section: Section,
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    source: &'static str,
) -> MetricSpec {
    MetricSpec { name, unit, about, source, section, labels: Labels::Plain }
}
