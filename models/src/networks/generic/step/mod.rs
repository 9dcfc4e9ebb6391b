//! Steps: what is done with money in each period, one after the other, as a scenario lists them.
//!
//! A step is a table with one verb, `{ burn = "customers", share = 0.5 }`. What a step takes is a
//! share of what its account **has got in this period** from the steps before it, less what they
//! took out; what an account had before the period is not touched. So the list reads as money
//! flows, and a step that stands before the one that feeds it is refused when the scenario is read.
//!
//! A new step is a file with `SPEC`, a type, `read` and `run`, and a line in [`for_each_step`]:
//! the verb with did-you-mean, the keys, the schema, `pinwheel explain` and the dispatch come from
//! there.
//!
//! Invariants: a step allocates nothing; whatever can be known to be missing is refused when it is
//! read, so that no posting of a step is ever refused.

pub mod burn;
pub mod buy;
pub mod charge;
pub mod enter;
pub mod exit;
pub mod lock;
pub mod mint;
pub mod pay;
pub mod plan;
pub mod receivers;
pub mod release;
pub mod sell;
pub mod spend;

use std::borrow::Cow;

use pinwheel_core::Streams;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::state::State;
use crate::describe::Term;
use plan::StepReader;

/// What a step says of itself: one constant `SPEC` in its file.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct StepSpec {
    /// The key that makes a table this step: "burn".
    pub verb: &'static str,
    /// The keys beside it.
    pub keys: &'static [&'static str],
    /// What it does: the words of `pinwheel explain`.
    pub term: Term,
    /// As one writes it.
    pub example: &'static str,
}

/// THE registry of steps: hands the list to another macro, a line `Type = file` for each.
macro_rules! for_each_step {
    ($then:ident) => {
        $then! {
            Buy = buy,
            Burn = burn,
            Mint = mint,
            Pay = pay,
            Sell = sell,
            Exit = exit,
            Release = release,
            Enter = enter,
            Spend = spend,
            Charge = charge,
            Lock = lock,
        }
    };
}

macro_rules! steps {
    ($($variant:ident = $module:ident,)*) => {
        /// A step of a period.
        #[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Step {
            $(
                #[doc = concat!("[`", stringify!($module), "`]")]
                $variant($module::$variant),
            )*
        }

        impl Step {
            /// What each step says of itself, in the order of the registry.
            pub const SPECS: &'static [StepSpec] = &[$($module::SPEC,)*];
            /// The words of the steps, for `pinwheel explain`.
            pub const TERMS: &'static [Term] = &[$($module::SPEC.term,)*];

            /// Reads the step whose verb is at this place of [`Step::SPECS`].
            fn read(reader: &mut StepReader<'_, '_>, place: usize) -> Option<Self> {
                let mut places = 0..;
                $(
                    if places.next() == Some(place) {
                        return $module::$variant::read(reader).map(Step::$variant);
                    }
                )*
                unreachable!("a place that was found is that of a step")
            }

            /// Its verb.
            pub fn verb(&self) -> &'static str {
                match self { $(Step::$variant(_) => $module::SPEC.verb,)* }
            }

            /// Does it.
            #[inline]
            pub fn run(&self, state: &mut State, streams: &Streams) {
                match self { $(Step::$variant(step) => step.run(state, streams),)* }
            }
        }
    };
}
for_each_step!(steps);

impl Step {
    /// The share of its account that it takes, in millionths, where it takes one.
    pub fn share(&self) -> Option<u32> {
        let mut step = *self;
        step.share_mut().map(|share| *share)
    }

    /// The same, to be moved.
    pub fn share_mut(&mut self) -> Option<&mut u32> {
        match self {
            Step::Burn(step) => Some(&mut step.millionths),
            Step::Mint(step) => Some(&mut step.millionths),
            Step::Pay(step) => Some(&mut step.millionths),
            Step::Sell(step) => Some(&mut step.millionths),
            Step::Spend(step) => Some(&mut step.millionths),
            Step::Charge(step) => Some(&mut step.millionths),
            Step::Lock(step) => Some(&mut step.millionths),
            Step::Buy(_) | Step::Exit(_) | Step::Release(_) | Step::Enter(_) => None,
        }
    }
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "GenericStep".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |spec: &StepSpec| {
            let mut keys = serde_json::Map::new();
            for key in [&[spec.verb], spec.keys].concat() {
                let share = serde_json::json!({ "type": ["number", "string"] });
                let name = serde_json::json!({ "type": "string" });
                let names = serde_json::json!({ "type": ["string", "object"] });
                let shape = match key {
                    "share" => share,
                    "to" => names,
                    _ => name,
                };
                keys.insert(key.to_owned(), shape);
            }
            json_schema!({
                "type": "object",
                "description": spec.term.about,
                "properties": keys,
                "required": [spec.verb],
                "additionalProperties": false,
            })
        };
        json_schema!({ "anyOf": Step::SPECS.iter().map(one).collect::<Vec<_>>() })
    }
}

/// The source of a word that this program has made.
const MODEL: &str = "model";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_verb_of_its_own_and_an_example_that_uses_it() {
        for (place, spec) in Step::SPECS.iter().enumerate() {
            let same = Step::SPECS.iter().position(|other| other.verb == spec.verb);
            assert_eq!(same, Some(place), "{}", spec.verb);
            let example: toml::Table = format!("step = {}", spec.example).parse().unwrap();
            let keys = example["step"].as_table().unwrap();
            let known = |key: &String| key == spec.verb || spec.keys.contains(&key.as_str());
            assert!(keys.contains_key(spec.verb) && keys.keys().all(known), "{}", spec.verb);
            assert_eq!(spec.term.name, spec.verb);
        }
    }
}
