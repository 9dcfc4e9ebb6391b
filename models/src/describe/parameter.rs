//! Self-describing model parameters: one table gives the default, the unit, the allowed range and
//! the source; the scenario reader, the JSON Schema and `pinwheel explain` all read it.

use pinwheel_core::Amount;
use schemars::{Schema, SchemaGenerator, json_schema};

use crate::input::NumberOrText;
use crate::input::amount;
use crate::input::unit::Units;

/// The description of one parameter. `unit` is the unit of the plain number in the model.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct ParameterSpec {
    pub name: &'static str,
    pub about: &'static str,
    pub unit: &'static str,
    pub default: f64,
    pub minimum: f64,
    pub maximum: f64,
    pub source: &'static str,
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

/// Declares a struct of `f64` parameters, and of [`Amount`]s below `amounts`, and its table of
/// [`ParameterSpec`]. An amount counts in base units in the struct and in its unit in the table.
#[macro_export]
macro_rules! parameters {
    ($(#[$outer:meta])* $vis:vis struct $name:ident {
        $( #[doc = $about:literal] $field:ident: $unit:literal = $default:expr,
           in $minimum:literal ..= $maximum:literal, $source:literal; )*
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
                }, )*
                $( $( $crate::describe::parameter::ParameterSpec {
                    name: stringify!($a_field), about: $a_about.trim_ascii_start(), unit: $a_unit,
                    default: $a_default, minimum: $a_minimum, maximum: $a_maximum,
                    source: $a_source,
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
    };
}
