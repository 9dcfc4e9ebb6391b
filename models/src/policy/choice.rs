//! How a scenario names a policy: its name, a number in the name, and keys beside it.

use std::ops::RangeInclusive;

use pinwheel_core::SimDuration;
use schemars::{Schema, json_schema};

use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::ValueId;

/// What a policy says of itself: one constant `SPEC` in its file.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct PolicySpec {
    /// As typed in a scenario: "random". With a number, what stands before it: "sq" of "sq2".
    pub name: &'static str,
    /// The least and the greatest number that stands behind the name, if one does.
    pub number: Option<(u32, u32)>,
    /// The keys beside the name that it reads: "period".
    pub keys: &'static [&'static str],
    /// One sentence: what it chooses.
    pub about: &'static str,
    /// Which reports it looks at.
    pub sees: &'static str,
    /// Who described it.
    pub source: &'static str,
}

impl PolicySpec {
    /// A name that a scenario may use: "random", "sq2".
    pub fn example(&self) -> String {
        match self.number {
            Some((least, _)) => format!("{}{least}", self.name),
            None => self.name.to_owned(),
        }
    }
    /// Whether `text` names the policy, with a number or as the name stands before one.
    pub fn is_called(&self, text: &str) -> bool {
        text == self.name || self.number_in(text).is_some()
    }
    /// The number in `text` if that names this policy: zero for one without a number.
    fn number_in(&self, text: &str) -> Option<u32> {
        let rest = text.strip_prefix(self.name)?;
        match self.number {
            None => rest.is_empty().then_some(0),
            Some((least, most)) => {
                rest.parse().ok().filter(|number| (least..=most).contains(number))
            }
        }
    }
}

/// A kind of decision and the policies that can make it.
#[derive(Copy, Clone, Debug)]
pub struct PolicyFamily {
    /// The folder of the family: "balancing".
    pub name: &'static str,
    /// The key that names one of its policies: "service.station.dispatch".
    pub key: &'static str,
    /// One sentence: what is decided.
    pub about: &'static str,
    /// Its policies, in the order of the registry.
    pub policies: &'static [PolicySpec],
}

/// A policy as typed: the value that names it and the values of keys beside it.
#[derive(Debug)]
pub struct Given<'g, 'c> {
    /// Where faults are noted.
    pub checker: &'g mut Checker<'c>,
    /// The table it stands in: "service.station[0]".
    pub table: &'g str,
    /// The key of the name: "dispatch".
    pub key: &'static str,
    /// The name as typed; where it is left out, the first policy of the registry is meant.
    pub name: Option<ValueId>,
    /// Keys of the same table that policies of this family may have, with what was typed there.
    pub beside: &'g [(&'static str, &'g [ValueId])],
}

impl Given<'_, '_> {
    /// The place of the named policy in `specs`, and the number in its name (zero without one);
    /// `None`, and a fault with the name that is nearest, if there is no such policy.
    pub fn find(&mut self, specs: &[PolicySpec]) -> Option<(usize, u32)> {
        let Some(name) = self.name else {
            let number = specs.first()?.number.map_or(0, |(least, _)| least);
            return Some((0, number));
        };
        let key = format!("{}.{}", self.table, self.key);
        let text = self.checker.text(Some(name), &key)?;
        let numbered = specs.iter().map(|spec| spec.number_in(&text)).enumerate();
        let found = numbered.filter_map(|(place, number)| Some((place, number?))).next();
        if found.is_none() {
            let names: Vec<String> = specs.iter().map(PolicySpec::example).collect();
            let help = did_you_mean(&text, names.iter().map(String::as_str));
            let message = format!("unknown value \"{}\"", shown(&text));
            self.checker.fault(name, &key, message, help);
        }
        self.refuse_idle(specs, found?.0);
        found
    }

    /// Notes of each key beside the name whether the policy at `place` of `specs` reads it.
    fn refuse_idle(&mut self, specs: &[PolicySpec], place: usize) {
        for &(key, typed) in self.beside {
            let reads = |spec: &&PolicySpec| spec.keys.contains(&key);
            let readers: Vec<String> =
                specs.iter().filter(reads).map(|spec| format!("\"{}\"", spec.example())).collect();
            let noun = if readers.len() == 1 { "policy" } else { "policies" };
            let whom = format!("the {noun} {}", readers.join(" and "));
            let has_effect = reads(&&specs[place]);
            self.checker.refuse_idle(
                self.table,
                &[(key, typed.first().copied(), has_effect, whom.as_str())],
            );
        }
    }

    /// The values typed at a key beside the name: the items of a list, or at most one.
    ///
    /// # Panics
    ///
    /// If the section does not hand over what was typed at this key.
    pub fn values(&self, key: &str) -> &[ValueId] {
        let known = self.beside.iter().find(|(name, _)| *name == key);
        known.expect("a section hands over the keys its policies have").1
    }

    /// A length of time typed at a key beside the name; a fault if it is missing or, in seconds,
    /// out of range.
    ///
    /// # Panics
    ///
    /// If the section does not hand over what was typed at this key.
    pub fn time(
        &mut self,
        key: &str,
        example: &str,
        range: RangeInclusive<f64>,
    ) -> Option<SimDuration> {
        let given = self.values(key).first().copied();
        let key = format!("{}.{key}", self.table);
        let given = self.checker.required(given, &key, example);
        let seconds = self.checker.quantity(given, &key, "s", false, range)?;
        Some(SimDuration::from_seconds_f64(seconds))
    }
}

/// The JSON Schema of a policy's name: one of the names, each with its sentence.
pub fn schema(specs: &[PolicySpec]) -> Schema {
    let one = |spec: &PolicySpec| match spec.number {
        None => json_schema!({ "const": spec.name, "description": spec.about }),
        Some(_) => json_schema!({
            "type": "string",
            "pattern": format!("^{}[0-9]+$", spec.name),
            "description": spec.about,
        }),
    };
    json_schema!({ "anyOf": specs.iter().map(one).collect::<Vec<_>>() })
}

/// Writes the sum of a family's policies as a scenario names them, from the family's registry: a
/// line `Variant(parameter: Type) = file` for each. The file has the policy's `SPEC` and, where
/// there is a parameter, a function `parameter(&mut Given, number) -> Option<Type>` that reads it.
macro_rules! choice {
    // A pattern for the parameter, whatever it is.
    (@any $parameter:ident) => { _ };
    (
        $(#[$meta:meta])*
        $name:ident;
        $($variant:ident $(($parameter:ident: $type:ty))? = $module:ident,)*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(
                #[doc = concat!("[`", stringify!($module), "`]")]
                $variant $(($type))?,
            )*
        }

        impl $name {
            /// What each policy says of itself, in the order of the registry.
            pub const SPECS: &'static [$crate::policy::choice::PolicySpec] =
                &[$($module::SPEC,)*];

            /// What this policy says of itself.
            pub fn spec(&self) -> &'static $crate::policy::choice::PolicySpec {
                match self {
                    $($name::$variant $((choice!(@any $parameter)))? => &$module::SPEC,)*
                }
            }

            /// The policy that a scenario names; a fault if there is none.
            pub fn read(given: &mut $crate::policy::choice::Given<'_, '_>) -> Option<Self> {
                let (place, _number) = given.find(Self::SPECS)?;
                let mut places = 0..;
                $(
                    if places.next() == Some(place) {
                        return Some($name::$variant $(({
                            let read: Option<$type> = $module::parameter(given, _number);
                            read?
                        }))?);
                    }
                )*
                unreachable!("a place that was found is that of a policy")
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::policy::choice::schema(Self::SPECS)
            }
        }
    };
}
pub(crate) use choice;

#[cfg(test)]
mod tests {
    use crate::policy::FAMILIES;

    #[test]
    fn every_policy_is_found_by_its_own_name_and_no_other() {
        for family in FAMILIES {
            for (place, spec) in family.policies.iter().enumerate() {
                let name = spec.example();
                let called = family.policies.iter().map(|other| other.number_in(&name).is_some());
                let only = (0..family.policies.len()).map(|other| other == place);
                assert!(called.eq(only), "{} {name}", family.name);
            }
        }
    }

    #[test]
    fn a_number_in_a_name_is_within_its_range() {
        let spec = crate::policy::balancing::shortest_of_sampled::SPEC;
        let number = |text: &str| spec.number_in(text);
        assert_eq!(["sq2", "sq100"].map(number), [Some(2), Some(100)]);
        assert_eq!(["sq", "sq1", "sq101", "sq2x", "distinct_sq2"].map(number), [None; 5]);
    }
}
