//! Reading Rust files without a compiler: paths that they name, lines of code, no comments and strings.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Folders that hold no text of ours.
const NOT_OURS: &[&str] = &[".git", "target", ".latchkey", ".test", "screenshots", "node_modules"];

/// A Rust file: its path from the repository's root, and its text without comments and the insides of strings.
pub struct Source {
    pub path: PathBuf,
    text: String,
    plain: String,
}

impl Source {
    /// The whole file as it is.
    pub fn text(&self) -> &str {
        &self.text
    }

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
        found.extend(self.bare_paths());
        found
    }

    /// Paths that begin with a module of this file's own (`mod child;`, then `child::f`) or with one that it imported
    /// (`use crate::op;`, then `op::child::f`), and those that begin with `self`.
    fn bare_paths(&self) -> Vec<(usize, Vec<String>)> {
        let code = self.code();
        let known = self.names_in_scope();
        let mut found = Vec::new();
        for (start, _) in code.match_indices("::") {
            let first_at =
                code[..start].rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |before| before + 1);
            let before = code[..first_at].chars().next_back();
            let Some(base) = known.get(&code[first_at..start]).filter(|_| before != Some(':')) else { continue };
            let line = code[..first_at].matches('\n').count() + 1;
            let mut paths = Vec::new();
            read_tree(&code[start + 2..], &mut Vec::new(), &mut paths);
            found.extend(paths.into_iter().map(|path| (line, [base.clone(), path].concat())));
        }
        found
    }

    /// What the first word of a path may stand for in this file.
    fn names_in_scope(&self) -> HashMap<String, Vec<String>> {
        let (code, own) = (self.code(), self.module());
        let mut known = HashMap::from([("self".to_owned(), own.clone())]);
        for line in code.lines() {
            let line = line.trim_start();
            let line = line.strip_prefix("pub ").unwrap_or(line);
            let line =
                if line.starts_with("pub(") { line.split_once(") ").map_or(line, |(_, rest)| rest) } else { line };
            let declared = line.strip_prefix("mod ").and_then(|rest| rest.split_once(';'));
            if let Some((name, _)) = declared.filter(|(name, _)| words(name).eq([*name])) {
                known.insert(name.to_owned(), [own.clone(), vec![name.to_owned()]].concat());
            }
        }
        for (start, _) in code.match_indices("use ") {
            let rest = &code[start + 4..];
            if start > 0 && !code[..start].ends_with(['\n', ' ']) {
                continue;
            }
            let mut paths = Vec::new();
            read_tree(rest, &mut Vec::new(), &mut paths);
            for path in paths {
                let ours = matches!(path.first().map(String::as_str), Some("crate" | "super" | "self"));
                let resolved = if ours { self.resolve(&path) } else { continue };
                // A module is written in small letters; what a type's path leads to is seen at its import.
                if let Some(name) = resolved.last().filter(|name| name.chars().all(|c| !c.is_uppercase())) {
                    known.entry(name.clone()).or_insert_with(|| resolved.clone());
                }
            }
        }
        known
    }

    /// A path from the crate's root. `super` counts from the file's module; in an inline module it reaches one less,
    /// which only makes the answer a module nearer.
    fn resolve(&self, path: &[String]) -> Vec<String> {
        let mut base = if path[0] == "crate" { Vec::new() } else { self.module() }; // also of `self`
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
    Source { path: PathBuf::from(path), text: text.to_owned(), plain: without_comments_and_strings(text) }
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
