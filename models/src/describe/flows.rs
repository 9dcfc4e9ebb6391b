//! Who pays whom, by the metrics in which a part records it.

/// Who is paid.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Payee {
    /// This one.
    One(&'static str),
    /// Whoever a label of the metric names, each by itself.
    EachLabel,
}

/// One payer, one payee or several, and the metrics whose sum less others' has flowed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct MoneyPath {
    /// Who pays.
    pub from: &'static str,
    /// Who is paid.
    pub to: Payee,
    /// Metrics that are added; at least one.
    pub plus: &'static [&'static str],
    /// Metrics that are taken off.
    pub minus: &'static [&'static str],
}

/// The flows of one unit of money, for one chart.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct MoneyFlows {
    /// Unique on a page: "flows-usd".
    pub id: &'static str,
    /// The heading of the chart.
    pub title: &'static str,
    /// The unit of all paths.
    pub unit: &'static str,
    /// The paths, in the order of the table.
    pub paths: &'static [MoneyPath],
    /// The metrics of what users pay and of what running the network costs, to tell when the one
    /// covers the other.
    pub break_even: Option<(&'static str, &'static str)>,
}

/// A path of the sum of some metrics less that of others.
pub const fn path(
    from: &'static str,
    to: &'static str,
    plus: &'static [&'static str],
    minus: &'static [&'static str],
) -> MoneyPath {
    MoneyPath { from, to: Payee::One(to), plus, minus }
}

/// A path to each of those whom the labels of a metric name. A chart writes a label with a capital
/// in front, so that the payee "operators" is the payer "Operators" of another path.
pub const fn path_to_each(from: &'static str, metric: &'static [&'static str]) -> MoneyPath {
    MoneyPath { from, to: Payee::EachLabel, plus: metric, minus: &[] }
}
