//! Self-describing model parameters: one table gives the default, the unit, the allowed range and
//! the source; the scenario reader, the JSON Schema and `pinwheel explain` all read it.

use std::collections::BTreeMap;

use pinwheel_core::Amount;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::lever::LeverSpec;
use super::part::same;
use crate::input::NumberOrText;
use crate::input::amount;
use crate::input::check::Checker;
use crate::input::diagnostic::{did_you_mean, shown};
use crate::input::tree::ValueId;
use crate::input::unit::Units;

/// The description of one parameter. `unit` is the unit of the plain number in the model.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct ParameterSpec {
    /// Its key in a scenario: "orphan_share".
    pub name: &'static str,
    /// One sentence: what it is in the domain.
    pub about: &'static str,
    /// The unit of the number in the model: "USD/d".
    pub unit: &'static str,
    /// Its value where a scenario says nothing, in the unit.
    pub default: f64,
    /// The least value allowed, in the unit.
    pub minimum: f64,
    /// The greatest value allowed, in the unit.
    pub maximum: f64,
    /// Where the default comes from.
    pub source: &'static str,
    /// Why it is no lever; `None` if it may be moved while a run goes on.
    pub fixed: Option<&'static str>,
}

impl ParameterSpec {
    /// The parameter as a lever, whose value is typed as [`read`] reads it.
    pub const fn lever(&self) -> LeverSpec {
        LeverSpec {
            name: self.name,
            about: self.about,
            unit: self.unit,
            minimum: self.minimum,
            maximum: self.maximum,
            whole: false,
            millionths: false,
            plain: same(self.unit, "1"),
            source: self.source,
        }
    }
}

/// A parameter with the value that a scenario gives it.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct ParameterValue {
    /// The description of the parameter.
    pub spec: &'static ParameterSpec,
    /// Its value, in the unit of the description.
    pub value: f64,
}

/// A table of parameters that a scenario may set.
#[derive(Copy, Clone, Debug)]
pub struct ParameterTable {
    /// What has them: "filecoin", "a chain's load".
    pub owner: &'static str,
    /// The key they are set below: "network.parameters".
    pub place: &'static str,
    /// The parameters, in the order of the table.
    pub specs: &'static [ParameterSpec],
    /// Why none of them is a lever; `None` if all are that do not say otherwise of themselves.
    pub fixed: Option<&'static str>,
}

impl ParameterTable {
    /// Why a parameter of the table is no lever; `None` if it is one.
    pub fn why_fixed(&self, spec: &ParameterSpec) -> Option<&'static str> {
        self.fixed.or(spec.fixed)
    }
}

/// The word behind `fixed` in a table of parameters, if there is one.
pub const fn fixed_word(words: &[&'static str]) -> Option<&'static str> {
    match words {
        [] => None,
        [word, ..] => Some(word),
    }
}

/// The JSON Schema of a table of parameters: each with its description, unit, default and range.
pub fn schema<'s>(
    specs: impl Iterator<Item = &'s ParameterSpec>,
    generator: &mut SchemaGenerator,
) -> Schema {
    let either = generator.subschema_for::<NumberOrText>();
    let property = |spec: &ParameterSpec| {
        let schema = json_schema!({
            "allOf": [either.clone()],
            "description": format!("{} Source: {}.", spec.about, spec.source),
            "unit": spec.unit,
            "default": spec.default,
            "minimum": spec.minimum,
            "maximum": spec.maximum,
        });
        (spec.name.to_owned(), schema.to_value())
    };
    let properties: serde_json::Map<_, _> = specs.map(property).collect();
    json_schema!({
        "type": "object",
        "description": "Parameters of the model; a plain number counts in the parameter's unit.",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The default of a parameter that is money, from the number as it is written in the table.
///
/// # Panics
/// When it is no exact amount of the unit: a fault of the table.
pub fn default_amount(number: &str, unit: &str) -> Amount {
    let (text, units) = (format!("{number} {unit}"), Units::default());
    let decimals = units.decimals(unit).expect("a parameter's unit is one of money");
    amount::parse(&text, unit, decimals, &units).expect("a default is an exact amount")
}

/// A struct that [`parameters!`](crate::parameters) declares, as [`read`] sees it.
pub trait Table: Default {
    /// The description of each parameter.
    const SPECS: &'static [ParameterSpec];
    /// The parameter of this name, to set; `None` if it is an amount or there is none.
    fn get_mut(&mut self, name: &str) -> Option<&mut f64>;
    /// The amount of this name, to set; `None` if it is no amount.
    fn amount_mut(&mut self, name: &str) -> Option<&mut Amount>;
}

/// Reads a table of parameters that lies at `key`; what is not given is at its default. A name that
/// the table does not have, a wrong unit and a value outside the range are faults.
///
/// # Panics
/// When the unit of an amount is not one of money: a fault of the table.
pub fn read<T: Table>(
    checker: &mut Checker<'_>,
    typed: &BTreeMap<String, ValueId>,
    key: &str,
) -> T {
    let mut values = T::default();
    for (name, &given) in typed {
        let key = format!("{key}.{}", shown(name));
        let Some(spec) = T::SPECS.iter().find(|spec| spec.name == name) else {
            let help = did_you_mean(name, T::SPECS.iter().map(|spec| spec.name));
            checker.fault(given, &key, "unknown parameter".to_owned(), help);
            continue;
        };
        let range = spec.minimum..=spec.maximum;
        if let Some(slot) = values.amount_mut(name) {
            let decimals = checker.units.decimals(spec.unit).expect("a parameter's unit is money");
            let unit = (spec.unit, decimals);
            *slot = checker.amount(Some(given), &key, unit, range).unwrap_or(*slot);
            continue;
        }
        let plain = spec.unit == "1";
        let value = checker.quantity(Some(given), &key, spec.unit, plain, range);
        if let (Some(value), Some(slot)) = (value, values.get_mut(name)) {
            *slot = value;
        }
    }
    values
}

/// Every parameter of a table with its value.
///
/// # Panics
/// When the unit of an amount is not one of money: a fault of the table.
pub fn values<T: Table + Clone>(table: &T) -> Vec<ParameterValue> {
    let (mut table, units) = (table.clone(), Units::default());
    let decimals = |unit| units.decimals(unit).expect("a parameter's unit is money");
    let value = |spec: &'static ParameterSpec| {
        let amount = table.amount_mut(spec.name).copied();
        let value = match amount {
            Some(amount) => amount.as_tokens(decimals(spec.unit)),
            None => *table.get_mut(spec.name)?,
        };
        Some(ParameterValue { spec, value })
    };
    T::SPECS.iter().filter_map(value).collect()
}

/// Declares a struct of `f64` parameters, and of [`Amount`]s below `amounts`, and its table of
/// [`ParameterSpec`]. An amount counts in base units in the struct and in its unit in the table.
/// Every number is a lever unless `fixed` says behind its source why it is none; an amount is none.
#[macro_export]
macro_rules! parameters {
    ($(#[$outer:meta])* $vis:vis struct $name:ident {
        $( #[doc = $about:literal] $field:ident: $unit:literal = $default:expr,
           in $minimum:literal ..= $maximum:literal, $source:literal
           $(, fixed $fixed:literal)?; )*
    }
    $( amounts {
        $( #[doc = $a_about:literal] $a_field:ident: $a_unit:literal = $a_default:literal,
           in $a_minimum:literal ..= $a_maximum:literal, $a_source:literal; )*
    } )? ) => {
        $(#[$outer])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        $vis struct $name {
            $( #[doc = $about] pub $field: f64, )*
            $( $( #[doc = $a_about] pub $a_field: pinwheel_core::Amount, )* )?
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $( $field: $default, )*
                    $( $( $a_field: $crate::describe::parameter::default_amount(
                        stringify!($a_default), $a_unit), )* )?
                }
            }
        }

        impl $name {
            /// Every parameter, in the order of the file.
            pub const SPECS: &'static [$crate::describe::parameter::ParameterSpec] = &[
                $( $crate::describe::parameter::ParameterSpec {
                    name: stringify!($field), about: $about.trim_ascii_start(), unit: $unit,
                    default: $default, minimum: $minimum, maximum: $maximum, source: $source,
                    fixed: $crate::describe::parameter::fixed_word(&[$($fixed)?]),
                }, )*
                $( $( $crate::describe::parameter::ParameterSpec {
                    name: stringify!($a_field), about: $a_about.trim_ascii_start(), unit: $a_unit,
                    default: $a_default, minimum: $a_minimum, maximum: $a_maximum,
                    source: $a_source,
                    fixed: Some("it is an amount of money, which is set once"),
                }, )* )?
            ];
            /// The parameter of this name, to read or to set; `None` if it is an amount.
            pub fn get_mut(&mut self, name: &str) -> Option<&mut f64> {
                match name { $( stringify!($field) => Some(&mut self.$field), )* _ => None }
            }
            /// The amount of this name, to read or to set.
            pub fn amount_mut(&mut self, name: &str) -> Option<&mut pinwheel_core::Amount> {
                match name {
                    $( $( stringify!($a_field) => Some(&mut self.$a_field), )* )?
                    _ => None,
                }
            }
        }

        impl $crate::describe::parameter::Table for $name {
            const SPECS: &'static [$crate::describe::parameter::ParameterSpec] = $name::SPECS;
            fn get_mut(&mut self, name: &str) -> Option<&mut f64> {
                $name::get_mut(self, name)
            }
            fn amount_mut(&mut self, name: &str) -> Option<&mut pinwheel_core::Amount> {
                $name::amount_mut(self, name)
            }
        }
    };
}
