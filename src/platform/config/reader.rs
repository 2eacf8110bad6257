//! Removes known keys from the merged entries, collects every problem, and reports the rest as unknown.

use super::feature_name::FeatureName;
use super::layers::{Entries, Origin};
use super::value::{Raw, Setting};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub origin: Origin,
    /// The key and the rule it breaks; holds no secret.
    pub message: String,
}

impl Problem {
    pub(super) fn new(origin: Origin, message: String) -> Self {
        Self { origin, message }
    }

    pub(super) fn unknown_feature(name: &str, origin: Origin) -> Self {
        let hint = suggestion(name, FeatureName::ALL.iter().map(|known| known.as_str()));
        Self::new(origin, format!("`features.{name}` is not a known feature{hint}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            // Line 0: the file as a whole.
            Origin::File { path, line: 0 } => write!(f, "{path}: {}", self.message),
            origin => write!(f, "{origin}: {}", self.message),
        }
    }
}

/// Why a configuration was not taken: all its problems, one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn one(origin: Origin, message: String) -> Self {
        Self { problems: vec![Problem::new(origin, message)] }
    }
}

impl From<Vec<Problem>> for ConfigError {
    fn from(problems: Vec<Problem>) -> Self {
        Self { problems }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.problems.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ConfigError {}

/// Puts a parser's message on one line.
pub(super) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sections whose names the operator chooses: known although empty.
const NAMED: &[&str] = &[
    "branding.clients",
    "branding.dark_tokens",
    "branding.tokens",
    "features",
    "profile.fields",
    "resources",
    "scopes",
];

pub(super) struct Reader {
    entries: Entries,
    known: Vec<String>,
    origins: BTreeMap<String, Origin>,
    problems: Vec<Problem>,
    secrets: Vec<String>,
}

impl Reader {
    pub(super) fn new(entries: Entries) -> Self {
        let origins = entries.iter().map(|(path, entry)| (written(path), entry.origin.clone())).collect();
        Self { entries, known: Vec::new(), origins, problems: Vec::new(), secrets: Vec::new() }
    }

    /// Reads the key `dotted` into `slot`; an absent key leaves it as it is.
    pub(super) fn read<T: Setting>(&mut self, dotted: &str, slot: &mut T) {
        self.read_path(dotted.split('.').map(str::to_owned).collect(), slot);
    }

    /// Reads `section.name.field`, where the operator chose `name`.
    pub(super) fn read_named<T: Setting>(&mut self, section: &str, name: &str, field: &str, slot: &mut T) {
        self.read_path(vec![section.to_owned(), name.to_owned(), field.to_owned()], slot);
    }

    pub(super) fn read_path<T: Setting>(&mut self, path: Vec<String>, slot: &mut T) {
        let key = written(&path);
        if T::SECRET {
            self.secrets.push(key.clone());
        }
        if let Some(entry) = self.entries.remove(&path) {
            match T::parse(&entry.raw) {
                Ok(value) => *slot = self.placed(&key, value, &entry.origin),
                Err(rule) if T::SECRET => self.problem(&key, &rule),
                Err(rule) => self.problem(&key, &format!("{rule}; found {}", entry.raw.shown())),
            }
        }
        self.known.push(key);
    }

    /// A relative path in a file is one beside the file, wherever the process was started. Until that was so it was one in the
    /// working directory: where only that one is there, it is a mistake and no new file.
    fn placed<T: Setting>(&mut self, key: &str, value: T, origin: &Origin) -> T {
        let Origin::File { path: file, .. } = origin else { return value };
        let base = Path::new(&**file).parent().unwrap_or(Path::new(""));
        let moved = |path: &&Path| path.is_relative() && !base.join(path).exists() && path.exists();
        let strays: Vec<PathBuf> = value.paths().into_iter().filter(moved).map(Path::to_owned).collect();
        for stray in strays.iter().filter(|_| !base.as_os_str().is_empty()) {
            let beside = base.join(stray);
            let rule = format!(
                "is relative to the configuration file, but {} does not exist; {} in the working directory does: write the absolute path",
                beside.display(),
                stray.display()
            );
            self.problem(key, &rule);
        }
        value.below(base)
    }

    /// Reads a secret, or the file that `dotted` with `_file` at its end names: without white space at its end.
    pub(super) fn read_secret<T: Setting>(&mut self, dotted: &str, slot: &mut T) {
        let file_key = format!("{dotted}_file");
        let mut file: Option<PathBuf> = None;
        let is_set = self.origins.contains_key(dotted);
        self.read(dotted, slot);
        self.read(&file_key, &mut file);
        let Some(file) = file else { return };
        if is_set {
            return self.problem(&file_key, &format!("and `{dotted}` are both set: remove one of them"));
        }
        match std::fs::read_to_string(&file) {
            Err(cause) => self.problem(&file_key, &format!("names {}, which cannot be read: {cause}", file.display())),
            Ok(text) => match T::parse(&Raw::Word(text.trim_end().to_owned())) {
                Ok(value) => {
                    let origin = Origin::File { path: file.display().to_string().into(), line: 1 };
                    *slot = self.placed(&file_key, value, &origin);
                }
                Err(rule) => self.problem(&file_key, &format!("names {}, whose content {rule}", file.display())),
            },
        }
    }

    /// The names that the operator chose in `section`.
    pub(super) fn names(&self, section: &str) -> Vec<String> {
        self.names_below(&[section])
    }

    /// The same in a section of a section.
    pub(super) fn names_below(&self, section: &[&str]) -> Vec<String> {
        let is_below =
            |path: &&Vec<String>| path.iter().map(String::as_str).take(section.len()).eq(section.iter().copied());
        let mut names: Vec<_> =
            self.entries.keys().filter(is_below).filter_map(|path| path.get(section.len()).cloned()).collect();
        names.dedup();
        names
    }

    /// Records that `key` breaks `rule` unless `holds`.
    pub(super) fn require(&mut self, holds: bool, key: &str, rule: &str) {
        if !holds {
            self.problem(key, rule);
        }
    }

    fn problem(&mut self, key: &str, rule: &str) {
        let origin = self.origins.get(key).cloned().unwrap_or(Origin::Default);
        self.problems.push(Problem::new(origin, format!("`{key}` {rule}")));
    }

    pub(super) fn origins(&self) -> BTreeMap<String, Origin> {
        self.origins.clone()
    }

    pub(super) fn known(self) -> Vec<String> {
        self.known
    }

    #[cfg(test)]
    pub(super) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// Keys that were not read are unknown.
    pub(super) fn finish(mut self) -> Result<(), ConfigError> {
        let left: Vec<_> = self.entries.iter().filter(|(path, entry)| self.is_unknown(path, &entry.raw)).collect();
        let unknown: Vec<_> = left.into_iter().map(|(path, entry)| self.unknown(path, &entry.origin)).collect();
        self.problems.extend(unknown);
        self.problems.sort_by_key(|problem| problem.origin.rank());
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems.into()) }
    }

    /// A section is known by the keys below it; an unknown one is reported by its entries.
    fn is_unknown(&self, path: &[String], raw: &Raw) -> bool {
        let prefix = format!("{}.", written(path));
        let is_section =
            self.known.iter().any(|key| key.starts_with(&prefix)) || NAMED.contains(&written(path).as_str());
        let has_entries = self.entries.keys().any(|other| other.len() > path.len() && other.starts_with(path));
        !(*raw == Raw::Table && (is_section || has_entries))
    }

    fn unknown(&self, path: &[String], origin: &Origin) -> Problem {
        let key = written(path);
        let prefix = format!("{key}.");
        let is_section = NAMED.contains(&key.as_str()) || self.known.iter().any(|known| known.starts_with(&prefix));
        let message = if is_section {
            format!("`{key}` is a section, not a key with a value")
        } else {
            format!("`{key}` is not a known key{}", suggestion(&key, self.known.iter().map(String::as_str)))
        };
        Problem::new(origin.clone(), message)
    }
}

/// A path as it is written in a file, quoted where TOML wants quotes.
pub(super) fn written(path: &[String]) -> String {
    let bare = |part: &String| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    let parts: Vec<_> = path
        .iter()
        .map(|part| if bare(part) { part.clone() } else { format!("\"{}\"", part.escape_debug()) })
        .collect();
    parts.join(".")
}

/// The nearest of what is known, as the end of a sentence.
pub(super) fn suggestion<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.max_by(|a, b| likeness(key, a).total_cmp(&likeness(key, b)));
    nearest.map(|nearest| format!("; the nearest is `{nearest}`")).unwrap_or_default()
}

/// Likeness of whole keys, or a little less of their last words, so that `code` finds `tokens.code`.
fn likeness(a: &str, b: &str) -> f64 {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let whole = strsim::normalized_damerau_levenshtein(a, b);
    whole.max(0.8 * strsim::normalized_damerau_levenshtein(&last(a), &last(b)))
}
