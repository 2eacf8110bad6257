//! Where settings come from: each source becomes a flat list of path, value and origin; a later one wins.

use super::reader::{ConfigError, Problem, Reader};
use super::value::Raw;
use super::{Config, reader};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    /// A line of the configuration file.
    File {
        /// The file as it was named.
        path: Arc<str>,
        /// The line, from 1.
        line: usize,
    },
    Environment(String),
    /// A command line flag or another override by the program, named by its key.
    Flag(String),
}

impl Origin {
    /// The order for readers: the file from its top, then the layers above it.
    pub(super) const fn rank(&self) -> (u8, usize) {
        match self {
            Self::File { line, .. } => (0, *line),
            Self::Environment(_) => (1, 0),
            Self::Flag(_) => (2, 0),
            Self::Default => (3, 0),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{path}:{line}"),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::Flag(key) => write!(f, "flag {key}"),
        }
    }
}

pub(super) struct Entry {
    pub(super) raw: Raw,
    pub(super) origin: Origin,
}

pub(super) type Entries = BTreeMap<Vec<String>, Entry>;

/// The sources of a configuration, weakest first: defaults, file, environment, flags.
///
/// Not `Debug`: it contains secrets in plain text.
#[derive(Default)]
pub struct Layers {
    file: Option<PathBuf>,
    text: Option<(String, String)>,
    environment: Vec<(String, String)>,
    flags: Vec<(String, String)>,
}

/// What the names of environment variables begin with; sections are separated by two underscores.
const PREFIX: &str = "LATCHKEY__";

impl Layers {
    /// Reads the TOML file at `path`; a missing file is an error.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Reads `toml` as if it were the file `name`.
    #[must_use]
    pub fn text(mut self, name: &str, toml: &str) -> Self {
        self.text = Some((name.to_owned(), toml.to_owned()));
        self
    }

    /// Takes this process's environment.
    #[must_use]
    pub fn environment(self) -> Self {
        let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        self.variables(std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))))
    }

    /// Takes the given variables; those without our prefix are not ours, and an empty one counts as absent.
    #[must_use]
    pub fn variables(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = variables.into_iter().filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty());
        self.environment.extend(ours);
        self.environment.sort();
        self
    }

    /// Sets `key` (dotted, as in the file) above everything else.
    #[must_use]
    pub fn flag(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.flags.push((key.to_owned(), value.to_string()));
        self
    }

    /// Merges the layers and judges every key; all problems come together.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut reader = Reader::new(self.entries()?);
        let config = Config::read(&mut reader);
        reader.finish()?;
        Ok(config)
    }

    /// Every key that a configuration may hold, with `NAME` where the operator chooses a name.
    pub fn known_keys() -> Vec<String> {
        let named = ["features.NAME", "scopes.NAME.description", "resources.NAME.identifier"];
        let layers = named.iter().fold(Self::default(), |layers, key| layers.flag(key, "true"));
        let mut reader = Reader::new(layers.entries().unwrap_or_default());
        Config::read(&mut reader);
        reader.known()
    }

    fn entries(&self) -> Result<Entries, ConfigError> {
        let mut entries = Entries::new();
        if let Some(path) = &self.file {
            let text = std::fs::read_to_string(path).map_err(|cause| unreadable(path, &cause))?;
            read_toml(&path.display().to_string(), &text, &mut entries)?;
        }
        if let Some((name, text)) = &self.text {
            read_toml(name, text, &mut entries)?;
        }
        for (variable, value) in &self.environment {
            let path = variable.strip_prefix(PREFIX).unwrap_or(variable).split("__").map(str::to_lowercase).collect();
            let origin = Origin::Environment(variable.clone());
            entries.insert(path, Entry { raw: Raw::Word(value.clone()), origin });
        }
        for (key, value) in &self.flags {
            let origin = Origin::Flag(key.clone());
            entries.insert(dotted(key)?, Entry { raw: Raw::Word(value.clone()), origin });
        }
        Ok(entries)
    }
}

fn unreadable(path: &Path, cause: &std::io::Error) -> ConfigError {
    ConfigError::one(
        Origin::File { path: path.display().to_string().into(), line: 0 },
        format!("cannot be read: {cause}"),
    )
}

/// The path that a dotted key names, quotes as TOML has them.
fn dotted(key: &str) -> Result<Vec<String>, ConfigError> {
    let mut entries = Entries::new();
    read_toml("flag", &format!("{key} = 0"), &mut entries)?;
    entries
        .into_keys()
        .max_by_key(Vec::len)
        .ok_or_else(|| ConfigError::one(Origin::Flag(key.to_owned()), "is not a known key".to_owned()))
}

fn read_toml(name: &str, text: &str, entries: &mut Entries) -> Result<(), ConfigError> {
    let file = TomlFile { name: name.into(), text };
    let table = toml::de::DeTable::parse(text).map_err(|cause| {
        let line = cause.span().map_or(0, |span| file.line(span.start));
        ConfigError::from(vec![Problem::new(file.origin(line), reader::one_line(cause.message()))])
    })?;
    file.flatten(&mut Vec::new(), table.get_ref(), entries);
    Ok(())
}

struct TomlFile<'a> {
    name: Arc<str>,
    text: &'a str,
}

impl TomlFile<'_> {
    fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    fn origin(&self, line: usize) -> Origin {
        Origin::File { path: self.name.clone(), line }
    }

    fn flatten(&self, path: &mut Vec<String>, table: &toml::de::DeTable<'_>, entries: &mut Entries) {
        for (key, value) in table.iter() {
            path.push(key.get_ref().to_string());
            let origin = self.origin(self.line(key.span().start));
            entries.insert(path.clone(), Entry { raw: Raw::from(value.get_ref()), origin });
            if let toml::de::DeValue::Table(below) = value.get_ref() {
                self.flatten(path, below, entries);
            }
            path.pop();
        }
    }
}
