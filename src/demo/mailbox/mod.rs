//! The mailbox of `latchkey dev`: what would have been sent, to be read in the browser.

pub mod page;
pub mod view;

use crate::platform::mail::{Received, read};
use std::path::{Path, PathBuf};

/// The number of emails shown.
const SHOWN: usize = 50;

/// The folder that emails are written into.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// `mail.folder`
    pub folder: PathBuf,
}

impl Mailbox {
    /// The newest emails, newest first: their ids begin with the time.
    fn letters(&self) -> Vec<Received> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let is_letter = |path: &PathBuf| path.extension().is_some_and(|end| end == "eml");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_letter).collect();
        paths.sort();
        paths.iter().rev().take(SHOWN).filter_map(|path| letter(path)).collect()
    }
}

fn letter(path: &Path) -> Option<Received> {
    std::fs::read_to_string(path).ok().map(|text| read(&text))
}
