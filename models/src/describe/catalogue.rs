//! All parts of a program together: what is found by name, by number, by kind of event.

use pinwheel_core::Metric;

use super::metric::{MetricSpec, split_name};
use super::part::{PartSpec, Suite};
use super::token::TokenDescription;

/// A list of parts. The program's is [`crate::registry::ALL`]; a test may have its own.
#[derive(Copy, Clone, Debug)]
pub struct Catalogue(pub &'static [&'static PartSpec]);

impl Catalogue {
    /// All parts, in the order of the list.
    pub fn parts(self) -> impl Iterator<Item = &'static PartSpec> {
        self.0.iter().copied()
    }

    /// The part of this name.
    pub fn part(self, name: &str) -> Option<&'static PartSpec> {
        self.0.iter().copied().find(|part| part.name == name)
    }

    /// All metrics with their numbers, part by part.
    pub fn numbered(self) -> impl Iterator<Item = (Metric, &'static MetricSpec)> {
        self.0.iter().flat_map(|part| part.numbered())
    }

    /// All metrics, part by part.
    pub fn metrics(self) -> impl Iterator<Item = &'static MetricSpec> {
        self.numbered().map(|(_, spec)| spec)
    }

    /// The number and the entry of the metric of this name, if there is one; the subject in front
    /// of it, as in "io.minted", is left aside.
    pub fn find(self, name: &str) -> Option<(Metric, &'static MetricSpec)> {
        let (_, name) = split_name(name);
        self.numbered().find(|(_, spec)| spec.name == name)
    }

    /// The entry of a metric that some part has.
    ///
    /// # Panics
    ///
    /// If no part has a metric of this number.
    pub fn spec(self, metric: Metric) -> &'static MetricSpec {
        let part = self.0.iter().find(|part| part.code == metric.part());
        let entry = part.and_then(|part| part.entry(metric.place()));
        entry.expect("rows carry metrics of the catalogue's parts")
    }

    /// The name of a kind of event, for statistics.
    pub fn event_name(self, kind: u8) -> Option<&'static str> {
        self.0.iter().flat_map(|part| part.events).find_map(|kinds| kinds.name(kind))
    }

    /// The tokens of all parts.
    pub fn tokens(self) -> impl Iterator<Item = &'static TokenDescription> {
        self.0.iter().flat_map(|part| part.tokens)
    }

    /// All vector suites.
    pub fn suites(self) -> impl Iterator<Item = &'static Suite> {
        self.0.iter().flat_map(|part| part.suites)
    }
}
