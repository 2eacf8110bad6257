//! An operator's own words: messages in files that stand before ours.

use super::check::{self, Shape};
use super::language::find;
use fluent_templates::fluent_bundle::concurrent::FluentBundle;
use fluent_templates::fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use unic_langid::LanguageIdentifier;

/// No file is read beyond this many bytes; all of ours together are a tenth of it.
const LARGEST: u64 = 1024 * 1024;

#[derive(rust_embed::RustEmbed)]
#[folder = "locales/en"]
struct English;

#[derive(Default)]
pub struct Words {
    bundles: BTreeMap<String, FluentBundle<FluentResource>>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Words").field(&self.bundles.keys()).finish()
    }
}

impl Words {
    /// Reads `<tag>.ftl` and `<tag>/*.ftl` of a folder.
    ///
    /// # Errors
    /// Everything that is wrong, each as `file:line: what`.
    pub fn load(folder: &Path) -> Result<Self, Vec<String>> {
        let (files, mut faults) = match files(folder) {
            Ok(found) => found,
            Err(error) => return Err(vec![format!("{}: {error}", folder.display())]),
        };
        let english = english();
        let mut words = Self::default();
        for (path, tag) in files {
            match words.add(&path, &tag, &english) {
                Ok(()) => {}
                Err(more) => faults.extend(more),
            }
        }
        if faults.is_empty() { Ok(words) } else { Err(faults) }
    }

    fn add(&mut self, path: &Path, tag: &str, english: &BTreeMap<String, Shape>) -> Result<(), Vec<String>> {
        let at = |line: usize, what: &str| format!("{}:{line}: {what}", path.display());
        let language: LanguageIdentifier =
            tag.parse().map_err(|_| vec![at(1, "the file name is not a language tag")])?;
        let text = read(path).map_err(|what| vec![at(1, &what)])?;
        let (found, mut faults) = check::read(&text);
        faults.extend(check::judge(tag, &found, english));
        if !faults.is_empty() {
            return Err(faults.iter().map(|fault| at(fault.line, &fault.what)).collect());
        }
        let bundle = self.bundles.entry(tag.to_owned()).or_insert_with(|| {
            let mut bundle = FluentBundle::new_concurrent(vec![language]);
            bundle.set_use_isolating(false);
            bundle
        });
        if let Some(key) = found.keys().find(|key| !key.starts_with('-') && bundle.has_message(key)) {
            let line = found.get(key).map_or(1, |shape| shape.line);
            return Err(vec![at(line, &format!("`{key}` is defined in another file of this language too"))]);
        }
        let resource = FluentResource::try_new(text).map_err(|_| vec![at(1, "cannot be read")])?;
        bundle.add_resource_overriding(resource);
        Ok(())
    }

    /// A message of ours in the operator's words.
    pub(super) fn format(
        &self,
        language: &str,
        key: &str,
        values: Option<&HashMap<Cow<'static, str>, FluentValue<'static>>>,
    ) -> Option<String> {
        let bundle = self.bundles.get(language)?;
        let pattern = bundle.get_message(key)?.value()?;
        let args: Option<FluentArgs<'_>> =
            values.map(|values| values.iter().map(|(name, value)| (name.as_ref(), value.clone())).collect());
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args.as_ref(), &mut errors).into_owned();
        // Only of values, since the files were judged: ours have them all.
        errors.is_empty().then_some(text)
    }
}

/// The shapes of our own messages.
pub(super) fn english() -> BTreeMap<String, Shape> {
    let texts = English::iter().filter_map(|name| English::get(&name));
    texts.flat_map(|file| check::read(&String::from_utf8_lossy(&file.data)).0).collect()
}

type Found = (Vec<(PathBuf, String)>, Vec<String>);

/// The files with the language of each; and what in the folder is neither.
fn files(folder: &Path) -> std::io::Result<Found> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for path in sorted(folder)? {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let folder = path.is_dir();
        if name.starts_with('.') || (!folder && !is_messages(&path)) {
            continue;
        }
        let tag = if folder { path.file_name().and_then(|name| name.to_str()).unwrap_or_default() } else { &name };
        match find(tag) {
            Some(language) if folder => {
                let inside = sorted(&path)?.into_iter().filter(|path| is_messages(path));
                found.extend(inside.map(|path| (path, language.tag.to_owned())));
            }
            Some(language) => found.push((path, language.tag.to_owned())),
            None => faults.push(format!("{}: `{tag}` is not a language of the pages", path.display())),
        }
    }
    Ok((found, faults))
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

fn is_messages(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ftl")
}

fn read(path: &Path) -> Result<String, String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > LARGEST {
        return Err("is larger than 1 MiB".to_owned());
    }
    fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}
