//! What the runs of a scenario record: its metrics, who records each, and the labels that are known
//! before a run.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::metric::{Labels, MetricSpec, full_name, split_name, unit_of};
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::unit::Units;

/// The metrics of the parts of a scenario, with the labels of each kind.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The metrics, in the order of the parts.
    pub metrics: Vec<MetricSpec>,
    /// What the layers record; its rows have no subject.
    pub layers: Recorder,
    /// The networks, in the order of the scenario; `None` if they are at fault, so that nobody
    /// knows.
    pub networks: Option<Vec<Recorder>>,
    /// The units that its metrics and numbers are in.
    pub units: Units,
}

/// The layers together, or one network.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    /// The id of the network: the subject of its rows. Empty for the layers and for an only
    /// network without an id.
    pub id: String,
    /// The names of its metrics.
    pub metrics: BTreeSet<&'static str>,
    /// The symbol of the token it issues, where the scenario chooses it.
    pub own_token: Option<String>,
    /// Labels by their kind, such as "class". A kind that is not here is not known before the run.
    pub labels: BTreeMap<&'static str, Vec<String>>,
}

/// A metric of one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedMetric {
    /// The metric.
    pub spec: MetricSpec,
    /// Whose it is: the id of a network, or empty.
    pub subject: String,
    /// The unit of its values.
    pub unit: Cow<'static, str>,
}

impl RecordedMetric {
    /// As one writes it: "io.minted", or "devices_up".
    pub fn name(&self) -> String {
        full_name(&self.subject, self.spec.name)
    }
}

impl Recorded {
    /// The metric of this name, without a subject.
    pub fn find(&self, name: &str) -> Option<&MetricSpec> {
        self.metrics.iter().find(|metric| metric.name == name)
    }

    /// The ids of the networks that have one.
    pub fn subjects(&self) -> Vec<&str> {
        let ids = self.networks().iter().map(|network| network.id.as_str());
        ids.filter(|id| !id.is_empty()).collect()
    }

    fn networks(&self) -> &[Recorder] {
        self.networks.as_deref().unwrap_or_default()
    }

    /// The metric behind a name as typed: "devices_up", or "io.minted" of the network `io`. A
    /// metric of one network alone needs no subject.
    ///
    /// # Errors
    ///
    /// The message and the help, if there is no such metric, no such network, or several of which
    /// none is named.
    pub fn resolve(&self, name: &str) -> Result<RecordedMetric, (String, String)> {
        let (subject, metric) = split_name(name);
        let Some(spec) = self.find(metric).copied() else {
            let message = format!("unknown metric \"{}\"", shown(metric));
            let names = self.metrics.iter().map(|metric| metric.name);
            return Err((message, did_you_mean(metric, names)));
        };
        let found = |subject: &str| {
            let of = |network: &&Recorder| network.id == subject;
            let mut owner = self.networks().iter().filter(of);
            let own = owner.rfind(|network| network.metrics.contains(metric));
            let unit = unit_of(spec.unit, own.and_then(|network| network.own_token.as_deref()));
            Ok(RecordedMetric { spec, subject: subject.to_owned(), unit })
        };
        let networks = self.networks().iter();
        let owners: Vec<&str> = networks
            .filter(|network| network.metrics.contains(metric))
            .map(|network| network.id.as_str())
            .collect();
        let of_owners = || {
            let names: Vec<String> = owners.iter().map(|id| full_name(id, metric)).collect();
            names.join(", ")
        };
        if name.contains('.') {
            if self.networks.is_none() || owners.contains(&subject) && !subject.is_empty() {
                return found(subject);
            }
            if !self.subjects().contains(&subject) {
                let message = format!("unknown network \"{}\"", shown(subject));
                let help = match self.subjects() {
                    none if none.is_empty() => format!("no network has an id; write {metric}"),
                    ids => did_you_mean(subject, ids.into_iter()),
                };
                return Err((message, help));
            }
            let message = format!("{subject} does not record {metric}");
            let help = match owners.is_empty() {
                true => format!("it is recorded without a network: write {metric}"),
                false => format!("write {}", of_owners()),
            };
            return Err((message, help));
        }
        match owners.as_slice() {
            [] => found(""),
            _ if self.layers.metrics.contains(metric) => found(""),
            [one] => found(one),
            several => {
                let message = format!("{metric} is recorded by {} networks", several.len());
                Err((message, format!("name one of them: {}", of_owners())))
            }
        }
    }

    /// Every label that a metric is recorded with, the empty one for none; `None` if they are not
    /// all known before the run.
    pub fn labels_of(&self, metric: &RecordedMetric) -> Option<BTreeSet<&str>> {
        let mut owner = &self.layers;
        if !self.layers.metrics.contains(metric.spec.name) {
            let of = |network: &&Recorder| network.id == metric.subject;
            owner = self.networks().iter().find(of).unwrap_or(owner);
        }
        match metric.spec.labels {
            Labels::Plain => Some(BTreeSet::from([""])),
            Labels::Unknown => None,
            Labels::Of { kinds, plain } => {
                let mut all: BTreeSet<&str> = plain.then_some("").into_iter().collect();
                for kind in kinds {
                    all.extend(owner.labels.get(kind)?.iter().map(String::as_str));
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
    pub fn has_label(&self, metric: &RecordedMetric, label: &str) -> Result<(), (String, String)> {
        let Some(all) = self.labels_of(metric).filter(|all| !all.contains(label)) else {
            return Ok(());
        };
        let name = metric.name();
        let named: Vec<&str> = all.iter().copied().filter(|label| !label.is_empty()).collect();
        let kinds = match metric.spec.labels {
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
    pub fn has_labels(&self, metric: &RecordedMetric) -> Result<(), (String, String)> {
        let none = |all: &BTreeSet<&str>| all.iter().all(|label| label.is_empty());
        match self.labels_of(metric).is_some_and(|all| none(&all)) {
            true => Err((
                format!("{} is recorded without labels to go over", metric.name()),
                "write the metric alone, or choose another".to_owned(),
            )),
            false => Ok(()),
        }
    }

    /// Takes in what other points of the same scenario record.
    pub fn merge(&mut self, other: Recorded) {
        for metric in other.metrics {
            if !self.metrics.contains(&metric) {
                self.metrics.push(metric);
            }
        }
        self.layers.metrics.extend(other.layers.metrics);
        let Some(networks) = &mut self.networks else { return };
        for network in other.networks.unwrap_or_default() {
            if networks.iter().all(|known| known.id != network.id) {
                networks.push(network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::{Section, metric};

    fn spec(name: &'static str) -> MetricSpec {
        MetricSpec { name, ..metric(Section::Other, "any", "1", "A number.", "model") }
    }

    #[test]
    fn what_is_not_recorded_is_told_with_what_is() {
        let plain = spec("whole");
        let by = spec("part").by(&["class"]);
        let both = spec("both").also_by(&["class"]);
        let unknown = spec("map").by_unknown();
        let labels = BTreeMap::from([("class", vec!["server".to_owned(), "disk".to_owned()])]);
        let layers = Recorder { labels, ..Recorder::default() };
        let metrics = vec![plain, by, both, unknown];
        let recorded =
            Recorded { metrics, layers, networks: Some(Vec::new()), ..Recorded::default() };
        let of = |spec: &MetricSpec| RecordedMetric {
            spec: *spec,
            subject: String::new(),
            unit: spec.unit.into(),
        };
        let told = |spec: &MetricSpec, label| {
            let told = recorded.has_label(&of(spec), label);
            told.map_err(|(message, help)| format!("{message}; {help}"))
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
        assert!(recorded.has_labels(&of(&plain)).is_err() && recorded.has_labels(&of(&by)).is_ok());
        let before = Recorded { layers: Recorder::default(), ..recorded };
        assert_eq!(before.has_label(&of(&by), "anything"), Ok(()), "no labels are known");
    }

    #[test]
    fn a_metric_of_several_networks_needs_the_id_of_one() {
        let network = |id: &str, metrics: &[&'static str]| Recorder {
            id: id.to_owned(),
            metrics: metrics.iter().copied().collect(),
            ..Recorder::default()
        };
        let metrics = ["minted", "base_fee", "devices"].map(spec).to_vec();
        let layers = network("", &["devices"]);
        let networks =
            Some(vec![network("io", &["minted"]), network("fil", &["minted", "base_fee"])]);
        let recorded = Recorded { metrics, layers, networks, ..Recorded::default() };
        let told = |name: &str| match recorded.resolve(name) {
            Ok(found) => found.name(),
            Err((message, help)) => format!("{message}; {help}"),
        };
        assert_eq!(
            ["io.minted", "base_fee", "devices"].map(told),
            ["io.minted", "fil.base_fee", "devices"]
        );
        for (name, message) in [
            ("minted", "minted is recorded by 2 networks; name one of them: io.minted, fil.minted"),
            ("oi.minted", "unknown network \"oi\"; did you mean \"io\"? allowed: io, fil"),
            ("io.base_fee", "io does not record base_fee; write fil.base_fee"),
            (
                "io.devices",
                "io does not record devices; it is recorded without a network: write \
                            devices",
            ),
            (
                "io.mintd",
                "unknown metric \"mintd\"; did you mean \"minted\"? allowed: minted, \
                          base_fee, devices",
            ),
        ] {
            assert_eq!(told(name), message);
        }
        let alone = Recorded { networks: Some(vec![network("", &["minted"])]), ..recorded.clone() };
        assert_eq!(alone.resolve("minted").unwrap().name(), "minted");
        let message = alone.resolve("io.minted").unwrap_err();
        assert_eq!(message.1, "no network has an id; write minted");
    }
}
