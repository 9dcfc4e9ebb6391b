//! The JSON Schema of scenario files, for editors.

use schemars::SchemaGenerator;
use serde_json::{Value, json};

use super::file::ScenarioFile;
use crate::describe::part::PartKind;
use crate::networks::SHORT;
use crate::registry;

/// JSON Schema (draft 2020-12) of a scenario: its own keys from the structs they are read into, the
/// sections of layers and networks from what each part says of itself.
pub fn schema() -> Value {
    let mut generator = SchemaGenerator::default();
    let mut sections = serde_json::Map::new();
    let mut kinds = Vec::new();
    for part in registry::ALL.parts() {
        let section = (part.schema)(&mut generator).to_value();
        match part.kind {
            PartKind::Network => {
                for (short, _) in SHORT.iter().filter(|(_, kind)| *kind == part.name) {
                    let description = format!("Short for one [network], kind = \"{}\".", part.name);
                    let section = json!({ "description": description, "allOf": [section] });
                    sections.insert((*short).to_owned(), section);
                }
                kinds.push(json!({ "allOf": [section], "required": ["kind"] }));
            }
            _ => {
                let section = json!({ "description": part.about, "allOf": [section] });
                sections.insert(part.name.to_owned(), section);
            }
        }
    }
    let network = json!({ "anyOf": kinds });
    sections.insert("network".to_owned(), json!({
        "description": "The network by its kind, or several of them as [[network]], each with an id.",
        "anyOf": [network, { "type": "array", "items": network }],
    }));
    let mut schema = generator.into_root_schema_for::<ScenarioFile>().to_value();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.append(&mut sections);
    }
    if let Some(set) = schema.pointer_mut("/$defs/ChangeSection/properties/set") {
        set["pattern"] = json!(levers());
    }
    schema
}

/// A pattern of the keys that are levers.
fn levers() -> String {
    let escaped = |key: &str| key.replace("[0]", "\\[[0-9]+\\]").replace('.', "\\.");
    // A network may be one of several, or lie in a section that is short for it.
    let short: Vec<&str> = SHORT.iter().map(|(section, _)| *section).collect();
    let network = format!("(network(\\[[0-9]+\\])?|{})", short.join("|"));
    let below = |place: &str, names: Vec<&str>| {
        let place = escaped(place).replace("network", &network);
        format!("{place}\\.({})", escaped(&names.join("|")))
    };
    let mut keys = Vec::new();
    for part in registry::ALL.parts() {
        for table in part.parameters {
            let movable = table.specs.iter().filter(|spec| table.why_fixed(spec).is_none());
            let names: Vec<&str> = movable.map(|spec| spec.name).collect();
            keys.extend((!names.is_empty()).then(|| below(table.place, names)));
        }
        for table in part.levers {
            keys.push(below(table.place, table.levers.iter().map(|spec| spec.name).collect()));
        }
    }
    format!("^({})$", keys.join("|"))
}
