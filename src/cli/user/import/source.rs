//! The file: its format, its identity and its rows.

use super::from::System;
use super::{Failure, array, comma_separated, count, json_lines};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

/// The longest row in bytes.
pub(super) const LONGEST: u64 = 1024 * 1024;
const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

/// The file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Format {
    /// A JSON array of objects
    Json,
    /// A JSON object per line
    #[value(alias = "ndjson")]
    Jsonl,
    /// Separated by commas, semicolons or tabs, with a header
    Csv,
}

impl Format {
    fn of(path: &Path) -> Self {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "jsonl" | "ndjson" => Self::Jsonl,
            "csv" | "tsv" => Self::Csv,
            _ => Self::Json,
        }
    }

    /// The number of rows in words.
    pub(super) fn rows(self, number: i64) -> String {
        count(usize::try_from(number).unwrap_or_default(), "row", "rows")
    }
}

/// The content of a row, or the error.
pub(super) type Fields = Result<Map<String, Value>, String>;

/// A file, not read yet.
pub(super) struct Source {
    path: Option<PathBuf>,
    pub(super) format: Format,
    from: Option<System>,
    /// The digest of the content; standard input has none.
    pub(super) digest: Option<String>,
}

impl Source {
    /// Checks the whole file: an array that is not valid JSON is refused before its first row is imported.
    pub(super) fn find(path: &Path, format: Option<Format>, from: Option<System>) -> Result<Self, Failure> {
        let format = format.unwrap_or_else(|| Format::of(path));
        if path == Path::new("-") {
            return Ok(Self { path: None, format, from, digest: None });
        }
        let mut source = Self { path: Some(path.to_owned()), format, from, digest: None };
        let mut hash = Sha256::new();
        std::io::copy(&mut source.open()?, &mut hash).map_err(|error| source.unreadable(&error))?;
        if format == Format::Json {
            array::check(source.text()?, source.within()).map_err(|why| source.unusable(&why))?;
        }
        // The same file with another --from is another import.
        hash.update(from.map(|system| format!("{system:?}")).unwrap_or_default());
        source.digest = Some(URL_SAFE_NO_PAD.encode(hash.finalize()));
        Ok(source)
    }

    /// Passes each row to `take` with its number, from 0, and its line; `take` returns whether to continue.
    pub(super) fn read(&self, take: &mut dyn FnMut(u64, Fields) -> bool) -> Result<(), Failure> {
        let text = self.text()?;
        let read = match self.format {
            Format::Json => array::read(text, self.within(), take),
            Format::Jsonl => json_lines::read(text, take),
            Format::Csv => comma_separated::read(text, self.from, take),
        };
        read.map_err(|why| self.unusable(&why))
    }

    fn within(&self) -> Option<&'static str> {
        self.from.and_then(System::within)
    }

    /// Skips a byte order mark.
    fn text(&self) -> Result<Box<dyn BufRead>, Failure> {
        let mut file = self.open()?;
        let mut begin = Vec::new();
        file.by_ref().take(3).read_to_end(&mut begin).map_err(|error| self.unreadable(&error))?;
        if begin == BYTE_ORDER_MARK {
            begin.clear();
        }
        Ok(Box::new(BufReader::with_capacity(64 * 1024, Cursor::new(begin).chain(file))))
    }

    fn open(&self) -> Result<Box<dyn Read>, Failure> {
        match &self.path {
            None => Ok(Box::new(std::io::stdin())),
            Some(path) => Ok(Box::new(File::open(path).map_err(|error| self.unreadable(&error))?)),
        }
    }

    fn name(&self) -> String {
        self.path.as_ref().map_or("standard input".to_owned(), |path| path.display().to_string())
    }

    fn unreadable(&self, error: &std::io::Error) -> Failure {
        Failure::new(format!("{} cannot be read: {error}", self.name()))
    }

    fn unusable(&self, why: &str) -> Failure {
        let failure = Failure::new(format!("{}: {why}", self.name()));
        failure.fix("`latchkey user import --help` describes the formats")
    }
}
