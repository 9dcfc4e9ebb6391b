//! The description of a part: a layer, a network, the review, or dated changes.

use pinwheel_core::Metric;
use schemars::{Schema, SchemaGenerator};

use super::card::Card;
use super::figure::{Chapter, Headline};
use super::flows::MoneyFlows;
use super::lever::LeverTable;
use super::metric::MetricSpec;
use super::parameter::ParameterTable;
use super::review::Source;
use super::term::Term;
use super::token::TokenDescription;

/// What a part says of itself: one constant `SPEC` in the file `spec.rs` of the part's folder,
/// listed in [`crate::registry`]. Metrics, cards, `pinwheel explain`, the JSON Schema, vector
/// suites and reports all come from there.
#[derive(Copy, Clone, Debug)]
pub struct PartSpec {
    /// The section of a scenario that asks for it, or the kind of a network.
    pub name: &'static str,
    /// What kind of part it is.
    pub kind: PartKind,
    /// One sentence: what its section describes.
    pub about: &'static str,
    /// The JSON Schema of its section.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// The path of the module that describes it: `module_path!()`.
    pub module: &'static str,
    /// The first half of the part's metric numbers; no other part has it.
    pub code: u8,
    /// What it records, in lists one behind the other; at most 256 metrics together.
    pub metrics: &'static [&'static [MetricSpec]],
    /// The tokens of its own protocol, which every scenario may name.
    pub tokens: &'static [TokenDescription],
    /// Its tables of parameters.
    pub parameters: &'static [ParameterTable],
    /// Its levers beside the parameters: numbers of its section that may be moved during a run.
    pub levers: &'static [LeverTable],
    /// The kinds of event it has; no other part has these numbers.
    pub events: &'static [EventKinds],
    /// What is modelled and what is left out.
    pub card: &'static Card,
    /// What it tells a review; `None` if nothing.
    pub review: Option<Source>,
    /// Vector files of others that it can be held against.
    pub suites: &'static [Suite],
    /// The figures of a report, by chapters.
    pub chapters: &'static [Chapter],
    /// Who pays whom, by its metrics.
    pub flows: &'static [MoneyFlows],
    /// The metrics worth a line on the screen.
    pub key_metrics: &'static [&'static str],
    /// The numbers that sum a run up.
    pub headlines: &'static [Headline],
    /// The words of its field, for `pinwheel explain`.
    pub glossary: &'static [Term],
}

/// What kind of part something is.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A layer: at most one in a world, with a section of its name.
    Layer,
    /// A network: any number in a world, each a `[[network]]` of its kind.
    Network,
    /// What looks at the others.
    Review,
    /// What moves the levers of the others at stated instants.
    Change,
}

impl PartSpec {
    /// The number of the part's metric of this name. Meant for constants, where a name that the
    /// part does not have does not compile:
    /// `const DEVICES: Metric = SPEC.metric("devices");`.
    ///
    /// # Panics
    ///
    /// If the part has no metric of this name, or more than 256 metrics.
    pub const fn metric(&self, name: &str) -> Metric {
        let (mut list, mut place) = (0, 0);
        while list < self.metrics.len() {
            let mut index = 0;
            while index < self.metrics[list].len() {
                if same(self.metrics[list][index].name, name) {
                    assert!(place <= u8::MAX as usize, "a part has at most 256 metrics");
                    return Metric::new(self.code, place as u8);
                }
                place += 1;
                index += 1;
            }
            list += 1;
        }
        panic!("this part has no metric of this name")
    }

    /// The source file that says what is modelled, relative to the root of the repository.
    pub fn source_file(&self) -> String {
        let folder = self.module.trim_start_matches("pinwheel_models::").trim_end_matches("::spec");
        format!("models/src/{}/mod.rs", folder.replace("::", "/"))
    }

    /// The entry at a place of the part's metrics.
    pub fn entry(&self, place: u8) -> Option<&'static MetricSpec> {
        let mut place = usize::from(place);
        for list in self.metrics {
            match list.get(place) {
                Some(entry) => return Some(entry),
                None => place -= list.len(),
            }
        }
        None
    }

    /// All metrics of the part with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (Metric, &'static MetricSpec)> {
        let code = self.code;
        let all = self.metrics.iter().copied().flatten();
        (0u8..).zip(all).map(move |(place, spec)| (Metric::new(code, place), spec))
    }
}

/// The kinds of event of one `enum Event`: consecutive numbers with a name each.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct EventKinds {
    /// The number of the first kind.
    pub first: u8,
    /// What happens, one name for each kind: "device fails".
    pub names: &'static [&'static str],
}

impl EventKinds {
    /// The number of the kind at this place of `names`.
    ///
    /// # Panics
    ///
    /// If there is no name at this place.
    #[inline]
    pub const fn kind(&self, place: u8) -> u8 {
        assert!((place as usize) < self.names.len(), "every kind of event has a name");
        self.first + place
    }

    /// The name of a kind, if it is one of these.
    pub fn name(&self, kind: u8) -> Option<&'static str> {
        self.names.get(usize::from(kind.checked_sub(self.first)?)).copied()
    }
}

/// Vectors made by others, against which `pinwheel conform` holds a part.
#[derive(Copy, Clone, Debug)]
pub struct Suite {
    /// As typed after `pinwheel conform`: "filecoin-pledge".
    pub name: &'static str,
    /// One sentence: what is compared with what.
    pub about: &'static str,
    /// Holds the part against the text of one vector file.
    pub run: fn(&str) -> Result<SuiteResult, String>,
}

/// What became of the vectors of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuiteResult {
    /// Vectors that were met.
    pub passed: usize,
    /// Vectors that were not.
    pub failed: usize,
    /// What differed, for the first few.
    pub failures: Vec<String>,
}

/// Whether two texts are equal, at compile time.
pub(crate) const fn same(one: &str, other: &str) -> bool {
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
