//! The plans: a file of `plans/` for each certification profile, and the runs that its variants make.

use crate::failure::Failure;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// Values by the names of variant parameters.
pub(crate) type Variant = BTreeMap<String, String>;

/// A certification profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// The file's name.
    #[serde(skip)]
    pub(crate) name: String,
    /// What the Foundation calls it.
    #[serde(rename = "profile")]
    pub(crate) title: String,
    /// What the suite calls its plan.
    pub(crate) plan: String,
    /// Every value of each parameter: each combination is a run.
    #[serde(default)]
    pub(crate) variants: BTreeMap<String, Vec<String>>,
    /// What the plan needs of each client, besides `clients.toml`.
    #[serde(default)]
    pub(crate) client: Map<String, Value>,
}

/// A plan with one value for each parameter.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) profile: Profile,
    pub(crate) variant: Variant,
}

/// Every profile, by name.
pub(crate) fn profiles(folder: &Path) -> Result<Vec<Profile>, Failure> {
    let plans = folder.join("plans");
    let entries = std::fs::read_dir(&plans).map_err(Failure::at(plans.display()))?;
    let files = entries.flatten().map(|entry| entry.path());
    let mut profiles = Vec::new();
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "toml")) {
        let mut profile: Profile = read(&file)?;
        profile.name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        profiles.push(profile);
    }
    profiles.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(profiles)
}

/// A file in TOML.
pub(crate) fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    let text = std::fs::read_to_string(file).map_err(Failure::at(file.display()))?;
    toml::from_str(&text).map_err(Failure::at(file.display()))
}

impl Profile {
    pub(crate) fn runs(&self) -> Vec<Run> {
        let mut variants = vec![Variant::new()];
        for (parameter, values) in &self.variants {
            let with = |variant: &Variant, value: &String| {
                let mut variant = variant.clone();
                variant.insert(parameter.clone(), value.clone());
                variant
            };
            variants =
                variants.iter().flat_map(|variant| values.iter().map(move |value| with(variant, value))).collect();
        }
        variants.into_iter().map(|variant| Run { profile: self.clone(), variant }).collect()
    }
}

impl Run {
    /// The values that tell it from the plan's other runs, in one word each.
    pub(crate) fn values(&self) -> Vec<&str> {
        let several = |parameter: &str| self.profile.variants.get(parameter).is_some_and(|values| values.len() > 1);
        let told = self.variant.iter().filter(|(parameter, _)| several(parameter));
        told.map(|(_, value)| value.trim_end_matches("_client")).collect()
    }

    /// For people: `hybrid (static)`.
    pub(crate) fn name(&self) -> String {
        match self.values().as_slice() {
            [] => self.profile.name.clone(),
            values => format!("{} ({})", self.profile.name, values.join(", ")),
        }
    }

    /// What its addresses at the suite are made of. Each run has its own, because a module interrupts the one that runs
    /// under the same alias.
    pub(crate) fn alias(&self) -> String {
        let mut words = vec!["latchkey", &self.profile.name];
        words.extend(self.values());
        words.join("-").replace([' ', '_'], "-")
    }

    pub(crate) fn registers_itself(&self) -> bool {
        self.variant.get("client_registration").is_none_or(|value| value == "dynamic_client")
    }

    pub(crate) fn has(&self, wanted: &[(String, String)]) -> bool {
        wanted.iter().all(|(name, value)| self.variant.get(name) == Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plans_of_the_repository_can_be_read_and_their_aliases_differ() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let runs: Vec<_> = profiles(folder).unwrap().iter().flat_map(Profile::runs).collect();
        let aliases: std::collections::BTreeSet<_> = runs.iter().map(Run::alias).collect();
        assert_eq!(aliases.len(), runs.len());
        assert!(aliases.contains("latchkey-hybrid-static"), "{aliases:?}");
        assert!(aliases.contains("latchkey-frontchannel-logout-dynamic-code-id-token"), "{aliases:?}");
    }
}
