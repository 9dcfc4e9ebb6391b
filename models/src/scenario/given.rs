//! Every value of a resolved scenario by its dotted key: what a model card lists as given.

/// Longest list; a scenario with more is shown in part.
pub const GIVEN_MAX: usize = 2_000;

/// Keys with their values as TOML, in the order of the file.
pub fn given(resolved: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if let Ok(table) = resolved.parse::<toml::Table>() {
        flatten("", &toml::Value::Table(table), &mut all);
    }
    all.truncate(GIVEN_MAX);
    all
}

fn flatten(key: &str, value: &toml::Value, all: &mut Vec<(String, String)>) {
    let below = |name: &str| match key {
        "" => name.to_owned(),
        key => format!("{key}.{name}"),
    };
    match value {
        toml::Value::Table(table) => {
            table.iter().for_each(|(name, value)| flatten(&below(name), value, all));
        }
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
            for (place, item) in items.iter().enumerate() {
                flatten(&format!("{key}[{place}]"), item, all);
            }
        }
        other => all.push((key.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_dotted_keys_and_lists_of_tables_are_numbered() {
        let found =
            given("a = 1\n[b]\nc = \"2 d\"\nd = [1, 2]\n[[e]]\nf = true\n[[e]]\nf = false\n");
        let found: Vec<(&str, &str)> =
            found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let wanted = [
            ("a", "1"),
            ("b.c", "\"2 d\""),
            ("b.d", "[1, 2]"),
            ("e[0].f", "true"),
            ("e[1].f", "false"),
        ];
        assert_eq!(found, wanted);
    }
}
