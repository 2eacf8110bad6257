//! What the suite's scripted browser is told: `browser.toml`.

use crate::failure::Failure;
use crate::fill::{self, Words};
use crate::plan::read;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Entries by name, and which modules take which.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Automation {
    default: Vec<String>,
    entries: BTreeMap<String, Value>,
    modules: BTreeMap<String, Vec<String>>,
}

impl Automation {
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let automation: Self = read(&folder.join("browser.toml"))?;
        let named = automation.modules.values().flatten().chain(&automation.default);
        for name in named {
            if !automation.entries.contains_key(name) {
                return Err(Failure::new(format!("browser.toml: there is no entry {name}")));
            }
        }
        Ok(automation)
    }

    /// Adds the members `browser` and `override` of the suite's configuration.
    pub(crate) fn add(&self, configuration: &mut Map<String, Value>, words: &Words<'_>) {
        configuration.insert("browser".to_owned(), self.entries(&self.default, words));
        let modules = self.modules.iter();
        let overrides = modules.map(|(module, names)| (module.clone(), json!({"browser": self.entries(names, words)})));
        configuration.insert("override".to_owned(), Value::Object(overrides.collect()));
    }

    fn entries(&self, names: &[String], words: &Words<'_>) -> Value {
        names.iter().filter_map(|name| self.entries.get(name)).map(|entry| fill::value(entry, words)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suite_is_given_entries_for_all_modules_and_for_single_ones() {
        let automation = Automation::read(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let mut configuration = Map::new();
        automation.add(&mut configuration, &[("issuer", "https://op.example"), ("username", "mary")]);
        assert_eq!(configuration["browser"][0]["match"], "https://op.example/authorize*");
        let command = &configuration["browser"][0]["tasks"][0]["commands"][0];
        assert_eq!(command, &json!(["text", "css", "#username:not([readonly])", "mary", "optional"]));
        assert!(configuration["override"]["oidcc-prompt-login"]["browser"].is_array());
    }
}
