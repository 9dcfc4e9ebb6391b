//! The JSON Schema of scenario files, for editors.

use super::file::ScenarioFile;

/// JSON Schema (draft 2020-12) of a scenario, from the structs it is read into.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(ScenarioFile).to_value()
}
