//! The rules of the house, read from the source itself: who may import whom, where SQL and HTTP may live, and what
//! the repository's files must and must not hold. A violation is printed as `file:line: rule`.
//!
//! The rules are the tables below; the code under them only reads. The reasons are in the crate's documentation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test that fails says so

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

// ------------------------------------------------------------------------------------------------- the tables

/// What a module is to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Words of the specifications: imports nothing of the crate.
    Protocol,
    Platform,
    Model,
    Tokens,
    /// Where slices meet; it never imports one.
    Hub,
    /// What a folder of slices shares: the files beside them.
    Common,
    /// One feature.
    Slice,
    /// The demo relying party, which may know of the provider only what everyone sees.
    Demo,
    /// A command of the binary.
    Command,
    /// `app.rs`, which knows them all.
    Roof,
}

/// Modules by path, the first that fits. `/*` is any folder in it, `/**` any folder or file.
const MODULES: &[(&str, Kind)] = &[
    ("protocol", Kind::Protocol),
    ("platform", Kind::Platform),
    ("model", Kind::Model),
    ("tokens", Kind::Tokens),
    ("op/client_auth", Kind::Hub),
    ("op/authorize", Kind::Hub),
    ("op/token", Kind::Hub),
    ("op/grants/**", Kind::Slice),
    ("op/grants", Kind::Common),
    ("op/*", Kind::Slice),
    ("op", Kind::Common),
    ("interaction/*", Kind::Slice),
    ("interaction", Kind::Common),
    ("admin/*", Kind::Slice),
    ("admin", Kind::Common),
    ("cli/**", Kind::Command),
    ("cli", Kind::Command),
    ("demo", Kind::Demo),
    ("app", Kind::Roof),
    ("main", Kind::Roof),
    ("lib", Kind::Roof),
    ("**", Kind::Slice),
];

/// What each kind may import besides its own module and the folders that it lies in.
const MAY_IMPORT: &[(Kind, &[Kind])] = &[
    (Kind::Protocol, &[]),
    (Kind::Platform, &[Kind::Protocol]),
    (Kind::Model, &[Kind::Protocol, Kind::Platform]),
    (Kind::Tokens, &[Kind::Protocol, Kind::Platform, Kind::Model]),
    (Kind::Common, &[Kind::Protocol, Kind::Platform, Kind::Model, Kind::Tokens]),
    (Kind::Hub, &[Kind::Protocol, Kind::Platform, Kind::Model, Kind::Tokens, Kind::Common, Kind::Hub]),
    // Hubs only from inside `op`: see `may_import`.
    (Kind::Slice, &[Kind::Protocol, Kind::Platform, Kind::Model, Kind::Tokens, Kind::Common, Kind::Hub]),
    (Kind::Demo, &[Kind::Protocol, Kind::Platform]),
    (Kind::Command, &[Kind::Protocol, Kind::Platform, Kind::Model, Kind::Tokens, Kind::Roof]),
];

/// A crate, the file names and the folders (ending in `/`) that may name it, and the rule in words.
const CRATES: &[(&[&str], &[&str], &str)] = &[
    (
        &["diesel", "diesel_migrations"],
        &["store.rs", "src/platform/db/", "src/platform/ephemeral/"],
        "SQL lives in files named store.rs",
    ),
    (
        &["actix_web", "actix_http"],
        &["endpoint.rs", "page.rs", "api.rs", "view.rs", "src/app.rs", "src/platform/http/", "src/platform/telemetry/"],
        "actix types live in files named endpoint.rs, page.rs and api.rs",
    ),
    (&["reqwest"], &["src/platform/egress/", "src/demo/", "src/cli/"], "every fetch passes platform::egress"),
];

/// Parts of names that say nothing, and what a definition starts with.
const EMPTY_WORDS: &[&str] = &["Manager", "Helper", "Util", "Service"];
const DEFINITIONS: &[&str] = &["struct ", "enum ", "trait "];

/// Lines of a source file up to its tests.
const LONGEST_FILE: usize = 500;

/// Hosts of package registries, in two parts so that this file does not name them either.
const REGISTRIES: &[(&str, &str)] = &[
    ("registry.npmjs", "org"),
    ("registry.yarnpkg", "com"),
    ("pythonhosted", "org"),
    ("pypi", "org"),
    ("static.crates", "io"),
    ("index.crates", "io"),
    ("proxy.golang", "org"),
    ("repo.maven.apache", "org"),
    ("repo1.maven", "org"),
    ("deb.debian", "org"),
    ("archive.ubuntu", "com"),
];

/// Folders that hold no text of ours.
const NOT_OURS: &[&str] = &[".git", "target", ".latchkey", ".test", "screenshots", "node_modules"];

// -------------------------------------------------------------------------------------------------- the tests

#[test]
fn imports_go_down_only() {
    let sources = rust_files("src");
    report(imports_that_go_up(&sources));
}

#[test]
fn sql_and_http_stay_in_their_files() {
    report(rust_files("src").iter().flat_map(strangers).collect());
}

#[test]
fn names_say_what_a_thing_is() {
    report(rust_files("src").iter().flat_map(empty_names).collect());
}

#[test]
fn files_stay_readable() {
    let too_long = |source: &Source| {
        let lines = source.code().lines().count();
        (lines > LONGEST_FILE).then(|| source.at(LONGEST_FILE, &format!("{lines} lines, at most {LONGEST_FILE}")))
    };
    report(rust_files("src").iter().chain(&rust_files("crates")).filter_map(too_long).collect());
}

#[test]
fn both_engines_have_the_same_migrations() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    let alone = sqlite.symmetric_difference(&postgres);
    report(alone.map(|name| format!("migrations/: {name} is there for one engine only")).collect());
}

#[test]
fn no_file_names_a_package_registry() {
    let hosts: Vec<String> = REGISTRIES.iter().map(|(name, top)| format!("{name}.{top}")).collect();
    let mut found = Vec::new();
    for path in files_below(Path::new(".")) {
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else { continue }; // not text
        for (number, line) in text.lines().enumerate() {
            let named = hosts.iter().filter(|host| line.contains(*host));
            found.extend(named.map(|host| format!("{}:{}: names the host {host}", path.display(), number + 1)));
        }
    }
    report(found);
}

#[test]
fn the_rules_catch_what_they_forbid() {
    let bad = [
        ("src/protocol/scope.rs", "use crate::platform::clock::Time;", "protocol"),
        ("src/platform/jose/mod.rs", "use crate::{protocol::pkce, model::client::Client};", "model/client"),
        ("src/model/user/mod.rs", "fn f() { crate::tokens::issue(); }", "tokens"),
        ("src/op/revocation/endpoint.rs", "use crate::op::introspection::active;", "op/introspection"),
        ("src/op/revocation/endpoint.rs", "use super::super::introspection::active;", "op/introspection"),
        ("src/op/token/mod.rs", "use super::grants::refresh_token;", "op/grants/refresh_token"),
        ("src/op/grants/refresh_token/mod.rs", "use super::client_credentials::f;", "op/grants/client_credentials"),
        ("src/account/page.rs", "use crate::op::authorize::decide;", "op/authorize"),
        ("src/interaction/login/page.rs", "use crate::interaction::consent::page;", "interaction/consent"),
        ("src/demo/mod.rs", "use crate::model::client::Client;", "model/client"),
        ("src/model/user/mod.rs", "use crate::app;", "app"),
    ];
    for (path, text, names) in bad {
        let found = imports_that_go_up(&tree(path, text));
        assert_eq!(found.len(), 1, "{path}: {text} gave {found:?}");
        assert!(found[0].starts_with(&format!("{path}:1: ")) && found[0].contains(names.split('/').next().unwrap()));
    }
    assert_eq!(strangers(&source("src/op/token/mod.rs", "use diesel::prelude::*;")).len(), 1);
    assert_eq!(strangers(&source("src/model/user/rules.rs", "\nfn f(r: actix_web::HttpRequest) {}")).len(), 1);
    assert_eq!(empty_names(&source("src/a.rs", "pub struct KeyManager;\npub fn get_key() {}")).len(), 2);
}

#[test]
fn the_rules_allow_what_they_should() {
    let good = [
        ("src/protocol/scope.rs", "use crate::protocol::pkce;"),
        ("src/model/user/mod.rs", "use crate::model::client::Client; use super::session;"),
        ("src/op/grants/refresh_token/mod.rs", "use crate::op::token::Grant; use crate::{op::Op, tokens::issue};"),
        ("src/op/token/mod.rs", "use crate::op::client_auth::AuthenticatedClient;"),
        ("src/op/mod.rs", "pub mod revocation; // use crate::op::revocation::endpoint"),
        ("src/op/revocation/rule.rs", "const A: &str = \"crate::op::introspection\";"),
        ("src/op/revocation/rule.rs", "\n#[cfg(test)]\nmod tests { use crate::op::introspection::f; }"),
        ("src/app.rs", "use crate::op::revocation; use crate::op::introspection;"),
        ("src/cli/serve.rs", "use crate::app; use super::Output;"),
    ];
    for (path, text) in good {
        assert_eq!(imports_that_go_up(&tree(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
    assert_eq!(strangers(&source("src/model/user/store.rs", "use diesel::prelude::*;")), Vec::<String>::new());
    assert_eq!(strangers(&source("src/op/token/endpoint.rs", "use actix_web::web;")), Vec::<String>::new());
}

// -------------------------------------------------------------------------------------------------- the rules

fn imports_that_go_up(sources: &[Source]) -> Vec<String> {
    let tree = modules(sources);
    let mut found = Vec::new();
    for source in sources {
        let (from, from_kind) = module_of(&source.module(), &tree);
        for (line, target) in source.imports() {
            let (to, to_kind) = module_of(&target, &tree);
            if !may_import(&from, from_kind, &to, to_kind) {
                let rule = format!("{from_kind:?} {from} may not import {to_kind:?} {to}");
                found.push(source.at(line, &rule));
            }
        }
    }
    found
}

fn may_import(from: &str, from_kind: Kind, to: &str, to_kind: Kind) -> bool {
    let own = from == to || to.is_empty() || from.starts_with(&format!("{to}/"));
    if own || from_kind == Kind::Roof {
        return true;
    }
    if from_kind == Kind::Slice && to_kind == Kind::Hub && !from.starts_with("op/") {
        return false;
    }
    let same_floor = from_kind == to_kind && matches!(from_kind, Kind::Protocol | Kind::Platform | Kind::Model);
    let allowed = MAY_IMPORT.iter().find(|(kind, _)| *kind == from_kind).is_some_and(|(_, to)| to.contains(&to_kind));
    same_floor || allowed
}

/// The module that a path belongs to, by [`MODULES`]: its name and its kind.
fn module_of(path: &[String], tree: &BTreeSet<String>) -> (String, Kind) {
    for (pattern, kind) in MODULES {
        let mut length = 0;
        let fits = pattern.split('/').enumerate().all(|(index, word)| {
            length = index + 1;
            match (word, path.get(index)) {
                (_, None) => false,
                ("**", Some(_)) => tree.contains(&path[..=index].join("/")) || index == 0,
                ("*", Some(_)) => is_folder(&path[..=index].join("/"), tree),
                (word, Some(name)) => word == name,
            }
        });
        if fits {
            return (path[..length].join("/"), *kind);
        }
    }
    (String::new(), Kind::Roof) // the crate itself: `crate::Name`
}

/// Every module by its path; one in a folder of its own twice, the second time with a slash at the end.
fn modules(sources: &[Source]) -> BTreeSet<String> {
    let own = sources.iter().map(|source| source.module().join("/"));
    let folders = sources.iter().filter(|source| source.path.ends_with("mod.rs"));
    own.chain(folders.map(|source| source.module().join("/") + "/")).collect()
}

fn is_folder(module: &str, tree: &BTreeSet<String>) -> bool {
    let inside = format!("{module}/");
    tree.iter().any(|other| other.starts_with(&inside))
}

fn strangers(source: &Source) -> Vec<String> {
    let path = source.path.display().to_string();
    let mut found = Vec::new();
    for (names, places, rule) in CRATES {
        let at_home = places.iter().any(|place| match place.ends_with('/') {
            true => path.starts_with(place),
            false => path.ends_with(&format!("/{place}")) || path == *place,
        });
        for (number, line) in source.code().lines().enumerate().filter(|_| !at_home) {
            if names.iter().any(|name| words(line).any(|word| word == *name)) {
                found.push(source.at(number + 1, rule));
            }
        }
    }
    found
}

fn empty_names(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in source.code().lines().enumerate() {
        if line.contains("fn get_") {
            found.push(source.at(number + 1, "a function that finds or loads says so: no get_"));
        }
        for definition in DEFINITIONS {
            let Some(name) = line.split(definition).nth(1).and_then(|rest| words(rest).next()) else { continue };
            let before = line.split(definition).next().unwrap_or_default().trim();
            let defines = before.is_empty() || before.starts_with("pub");
            if let Some(word) = EMPTY_WORDS.iter().find(|word| defines && name.contains(**word)) {
                found.push(source.at(number + 1, &format!("{name}: {word} says nothing")));
            }
        }
    }
    found
}

fn migrations(engine: &str) -> BTreeSet<String> {
    let folder = root().join("migrations").join(engine);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

// ------------------------------------------------------------------------------------------------- the reading

/// A Rust file: its path from the repository's root, and its text without comments and the insides of strings.
struct Source {
    path: PathBuf,
    plain: String,
}

impl Source {
    /// Everything before the tests at the end of the file; of a file of tests nothing.
    fn code(&self) -> &str {
        if self.path.ends_with("tests.rs") || self.path.components().any(|name| name.as_os_str() == "tests") {
            return "";
        }
        let tests =
            ["\n#[cfg(test)]\nmod ", "\n#[cfg(test)]\n#["].iter().filter_map(|start| self.plain.find(start)).min();
        &self.plain[..tests.unwrap_or(self.plain.len())]
    }

    /// The module that the file defines, its own name last.
    fn module(&self) -> Vec<String> {
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
    fn imports(&self) -> Vec<(usize, Vec<String>)> {
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

    fn at(&self, line: usize, rule: &str) -> String {
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

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> Vec<Source> {
    let paths = files_below(Path::new(folder)).into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs"));
    paths
        .map(|path| source(&path.display().to_string(), &std::fs::read_to_string(root().join(&path)).unwrap()))
        .collect()
}

fn source(path: &str, text: &str) -> Source {
    Source { path: PathBuf::from(path), plain: without_comments_and_strings(text) }
}

/// A small crate around one file, for the rules' own tests.
fn tree(path: &str, text: &str) -> Vec<Source> {
    let slices = ["op/introspection", "op/revocation", "op/grants/refresh_token", "op/grants/client_credentials"];
    let others = ["interaction/login", "interaction/consent", "model/client", "model/user"];
    let paths =
        slices.iter().chain(&others).flat_map(|name| [format!("src/{name}/mod.rs"), format!("src/{name}/page.rs")]);
    let rest = paths.filter(|other| other != path).map(|other| source(&other, ""));
    std::iter::once(source(path, text)).chain(rest).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
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

fn report(mut violations: Vec<String>) {
    violations.sort();
    assert!(violations.is_empty(), "the house has rules:\n{}\n", violations.join("\n"));
}
