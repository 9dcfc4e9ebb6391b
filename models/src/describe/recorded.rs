//! What the runs of a scenario record: its metrics, and the labels that are known before a run.

use std::collections::{BTreeMap, BTreeSet};

use super::metric::{Labels, MetricSpec};
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::unit::Units;

/// The metrics of the parts of a scenario, with the labels of each kind.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The metrics, in the order of the parts.
    pub metrics: Vec<MetricSpec>,
    /// Labels by their kind, such as "class". A kind that is not here is not known before the run.
    pub labels: BTreeMap<&'static str, Vec<String>>,
    /// The units that its metrics and numbers are in.
    pub units: Units,
}

impl Recorded {
    /// The metric of this name.
    pub fn find(&self, name: &str) -> Option<&MetricSpec> {
        self.metrics.iter().find(|metric| metric.name == name)
    }

    /// "did you mean ...?" over the metrics.
    pub fn did_you_mean(&self, name: &str) -> String {
        did_you_mean(name, self.metrics.iter().map(|metric| metric.name))
    }

    /// Every label that a metric is recorded with, the empty one for none; `None` if they are not
    /// all known before the run.
    pub fn labels_of(&self, metric: &MetricSpec) -> Option<BTreeSet<&str>> {
        match metric.labels {
            Labels::Plain => Some(BTreeSet::from([""])),
            Labels::Unknown => None,
            Labels::Of { kinds, plain } => {
                let mut all: BTreeSet<&str> = plain.then_some("").into_iter().collect();
                for kind in kinds {
                    all.extend(self.labels.get(kind)?.iter().map(String::as_str));
                }
                Some(all)
            }
        }
    }

    /// Why no row of a metric has this label, the empty one for none, and what to write.
    ///
    /// # Errors
    ///
    /// The message and the help, if the labels are known and this is none of them.
    pub fn has_label(&self, metric: &MetricSpec, label: &str) -> Result<(), (String, String)> {
        let Some(all) = self.labels_of(metric).filter(|all| !all.contains(label)) else {
            return Ok(());
        };
        let name = metric.name;
        let named: Vec<&str> = all.iter().copied().filter(|label| !label.is_empty()).collect();
        let kinds = match metric.labels {
            Labels::Of { kinds, .. } => kinds.join(" and "),
            Labels::Plain | Labels::Unknown => String::new(),
        };
        Err(match (label.is_empty(), named.is_empty()) {
            (_, true) if all.contains("") => {
                (format!("{name} is recorded without a label"), "take the label out".to_owned())
            }
            (_, true) => {
                let message = format!("{name} is recorded by {kinds}, and there is none");
                (message, "choose another metric".to_owned())
            }
            (true, false) => {
                let message = format!("{name} is recorded by {kinds}, not as a whole");
                (message, format!("name one of its labels: {}", named.join(", ")))
            }
            (false, false) => {
                let message = format!("{name} has no label \"{}\"", shown(label));
                (message, did_you_mean(label, named.into_iter()))
            }
        })
    }

    /// Whether a function over all labels of a metric has something to go over.
    ///
    /// # Errors
    ///
    /// The message and the help, if there are no labels.
    pub fn has_labels(&self, metric: &MetricSpec) -> Result<(), (String, String)> {
        let none = |all: &BTreeSet<&str>| all.iter().all(|label| label.is_empty());
        match self.labels_of(metric).is_some_and(|all| none(&all)) {
            true => Err((
                format!("{} is recorded without labels to go over", metric.name),
                "write the metric alone, or choose another".to_owned(),
            )),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::{Section, metric};

    #[test]
    fn what_is_not_recorded_is_told_with_what_is() {
        let plain = metric(Section::Other, "whole", "1", "A number.", "model");
        let by = MetricSpec { name: "part", ..plain }.by(&["class"]);
        let both = MetricSpec { name: "both", ..plain }.also_by(&["class"]);
        let unknown = MetricSpec { name: "map", ..plain }.by_unknown();
        let labels = BTreeMap::from([("class", vec!["server".to_owned(), "disk".to_owned()])]);
        let recorded =
            Recorded { metrics: vec![plain, by, both, unknown], labels, ..Recorded::default() };
        let told = |spec, label| {
            recorded.has_label(spec, label).map_err(|(message, help)| format!("{message}; {help}"))
        };
        assert_eq!(told(&plain, ""), Ok(()));
        let message = "whole is recorded without a label; take the label out";
        assert_eq!(told(&plain, "disk"), Err(message.to_owned()));
        let message =
            "part is recorded by class, not as a whole; name one of its labels: disk, server";
        assert_eq!(told(&by, ""), Err(message.to_owned()));
        let message = "part has no label \"sever\"; did you mean \"server\"? allowed: disk, server";
        assert_eq!(told(&by, "sever"), Err(message.to_owned()));
        assert_eq!((told(&both, ""), told(&both, "disk")), (Ok(()), Ok(())));
        assert_eq!(told(&unknown, "anything"), Ok(()));
        assert!(recorded.has_labels(&plain).is_err() && recorded.has_labels(&by).is_ok());
        let before = Recorded { labels: BTreeMap::new(), ..recorded };
        assert_eq!(before.has_label(&by, "anything"), Ok(()), "no labels are known");
    }
}
