//! Reading Rust files without a compiler: paths that they name, lines of code, no comments and strings.

use std::path::{Path, PathBuf};

/// Folders that hold no text of ours.
const NOT_OURS: &[&str] = &[".git", "target", ".latchkey", ".test", "screenshots", "node_modules"];

/// A Rust file: its path from the repository's root, and its text without comments and the insides of strings.
pub struct Source {
    pub path: PathBuf,
    plain: String,
}

impl Source {
    /// Everything before the tests at the end of the file; of a file of tests nothing.
    pub fn code(&self) -> &str {
        if self.path.ends_with("tests.rs") || self.path.components().any(|name| name.as_os_str() == "tests") {
            return "";
        }
        let tests =
            ["\n#[cfg(test)]\nmod ", "\n#[cfg(test)]\n#["].iter().filter_map(|start| self.plain.find(start)).min();
        &self.plain[..tests.unwrap_or(self.plain.len())]
    }

    /// The module that the file defines, its own name last.
    pub fn module(&self) -> Vec<String> {
        let inside: PathBuf = self.path.components().skip(1).collect();
        let mut names: Vec<String> = inside
            .with_extension("")
            .components()
            .map(|name| name.as_os_str().to_string_lossy().into_owned())
            .collect();
        if names.last().is_some_and(|name| name == "mod") {
            names.pop();
        }
        names
    }

    /// Every path of this crate that the code names, with its line: in `use` with its braces, and in expressions.
    pub fn imports(&self) -> Vec<(usize, Vec<String>)> {
        let code = self.code();
        let mut found = Vec::new();
        for (start, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
            let before = code[..start].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue; // the tail of another word or of another path
            }
            let line = code[..start].matches('\n').count() + 1;
            let mut paths = Vec::new();
            read_tree(&code[start..], &mut Vec::new(), &mut paths);
            found.extend(paths.into_iter().map(|path| (line, self.resolve(&path))));
        }
        found
    }

    /// A path from the crate's root. `super` counts from the file's module; in an inline module it reaches one less,
    /// which only makes the answer a module nearer.
    fn resolve(&self, path: &[String]) -> Vec<String> {
        let mut base = if path[0] == "crate" { Vec::new() } else { self.module() };
        for name in path {
            match name.as_str() {
                "crate" | "self" => {}
                "super" => drop(base.pop()),
                name => base.push(name.to_owned()),
            }
        }
        base
    }

    pub fn at(&self, line: usize, rule: &str) -> String {
        format!("{}:{line}: {rule}", self.path.display())
    }
}

/// Reads `a::b::{c, d::e}` from the start of `text`, gives each full path, and returns how much it has read.
fn read_tree(text: &str, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let depth = path.len();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        if text[at..].starts_with('{') {
            at += 1;
            while !text[at..].trim_start().starts_with('}') && at < text.len() {
                at += text[at..].find(|c: char| !c.is_whitespace() && c != ',').unwrap_or(text.len() - at);
                let read = read_tree(&text[at..], path, found);
                at += read.max(usize::from(!text[at..].starts_with('}')));
            }
            at += text[at..].find('}').map_or(0, |end| end + 1);
            break;
        }
        let name = text[at..].split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        path.push(name.to_owned());
        at += name.len();
        if !text[at..].starts_with("::") || name.is_empty() {
            found.push(path.iter().filter(|name| !name.is_empty()).cloned().collect());
            break;
        }
        at += 2;
    }
    path.truncate(depth);
    at
}

/// The same text with comments and the insides of strings blanked, lines kept.
fn without_comments_and_strings(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            'r' if rest.starts_with("r\"") => rest[2..].find('"').map_or(rest.len(), |end| end + 3),
            'r' if rest.starts_with("r#\"") => rest.find("\"#").map_or(rest.len(), |end| end + 2),
            '"' => string_length(rest),
            '\'' if rest.starts_with("'\"'") => 3,
            _ => 0,
        };
        let (skip, keep) = if skipped == 0 { (0, first.len_utf8()) } else { (skipped, 0) };
        plain.extend(rest[..skip].chars().filter(|c| *c == '\n'));
        plain.push_str(&rest[..keep]);
        rest = &rest[skip + keep..];
    }
    plain
}

fn string_length(text: &str) -> usize {
    let mut escaped = true; // the opening quote does not end it
    for (index, c) in text.char_indices() {
        match c {
            '"' if !escaped => return index + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

pub fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn rust_files(folder: &str) -> Vec<Source> {
    let paths = files_below(Path::new(folder)).into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs"));
    paths
        .map(|path| source(&path.display().to_string(), &std::fs::read_to_string(root().join(&path)).unwrap()))
        .collect()
}

pub fn source(path: &str, text: &str) -> Source {
    Source { path: PathBuf::from(path), plain: without_comments_and_strings(text) }
}

pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return found };
    for entry in entries.flatten() {
        let (name, path) = (entry.file_name(), folder.join(entry.file_name()));
        if NOT_OURS.iter().any(|skipped| name == *skipped) {
            continue;
        }
        match entry.path().is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path.strip_prefix(".").map_or(path.clone(), Path::to_path_buf)),
        }
    }
    found
}
