//! The shape of a number in the JSON Schema.

use schemars::JsonSchema;

/// A plain number, or a string with a unit. Only the schema uses it: values are read as
/// [`super::tree::ValueId`] and checked with the rules of their key.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
pub enum NumberOrText {
    /// A plain number.
    Number(f64),
    /// A number with its unit, such as "21 d".
    Text(String),
}
