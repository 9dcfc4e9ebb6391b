//! Every metric of the program in one list: a [`Metric`] is a place in it.

use pinwheel_core::{Metric, MetricSpec};

use crate::networks::filecoin;
use crate::{blockchain, connection, data, economy, infrastructure, review, service};

/// The lists of the networks and layers, one behind the other.
const PARTS: [&[MetricSpec]; 9] = [
    filecoin::metrics::METRICS,
    infrastructure::metrics::METRICS,
    infrastructure::operation::metrics::METRICS,
    service::metrics::METRICS,
    connection::metrics::METRICS,
    blockchain::metrics::METRICS,
    data::metrics::METRICS,
    economy::metrics::METRICS,
    &review::metrics::METRICS,
];

const COUNT: usize = {
    let (mut count, mut part) = (0, 0);
    while part < PARTS.len() {
        count += PARTS[part].len();
        part += 1;
    }
    count
};

/// All metrics, by number.
pub static METRICS: [MetricSpec; COUNT] = {
    let mut all = [PARTS[0][0]; COUNT];
    let (mut place, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut index = 0;
        while index < PARTS[part].len() {
            all[place] = PARTS[part][index];
            place += 1;
            index += 1;
        }
        part += 1;
    }
    all
};

/// An entry of a layer's or a network's list.
pub const fn metric(
    name: &'static str,
    unit: &'static str,
    about: &'static str,
    source: &'static str,
) -> MetricSpec {
    MetricSpec { name, unit, about, source }
}

/// The number of the metric of this name. Meant for constants, where a name that no layer has
/// does not compile: `const DELIVERED: Metric = metric::number("delivered_share");`.
pub const fn number(name: &str) -> Metric {
    let (mut place, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut index = 0;
        while index < PARTS[part].len() {
            if same(PARTS[part][index].name, name) {
                return Metric(place);
            }
            place += 1;
            index += 1;
        }
        part += 1;
    }
    panic!("no layer and no network has a metric of this name")
}

/// The number and the entry of the metric of this name, if there is one.
pub fn find(name: &str) -> Option<(Metric, &'static MetricSpec)> {
    let place = METRICS.iter().position(|metric| metric.name == name)?;
    Some((Metric(u16::try_from(place).ok()?), &METRICS[place]))
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut place = 0;
    while place < one.len() {
        if one[place] != other[place] {
            return false;
        }
        place += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::quantity::Unit;
    use std::collections::BTreeSet;

    #[test]
    fn a_name_is_one_metric_and_its_number_is_its_place() {
        let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len(), "a name is given twice");
        for (place, metric) in METRICS.iter().enumerate() {
            assert_eq!(usize::from(number(metric.name).0), place);
        }
    }

    #[test]
    fn every_unit_is_one_that_expressions_can_reckon_with() {
        for MetricSpec { name, unit, .. } in &METRICS {
            assert!(Unit::parse(unit).is_ok(), "{name}: {unit}");
            assert_eq!(find(name).map(|(number, _)| number), Some(super::number(name)));
        }
    }

    #[test]
    fn every_metric_has_a_unit_a_sentence_and_a_source() {
        for MetricSpec { name, unit, about, source } in &METRICS {
            assert!(!unit.is_empty() && about.len() > 10 && !source.is_empty(), "{name}");
        }
    }
}
