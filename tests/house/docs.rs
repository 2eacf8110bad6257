//! Reading the pages in Markdown: where their links lead, and which files and figures they name.

use super::source::{files_below, root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// A page without its fenced blocks, which stand for themselves.
struct Page {
    path: PathBuf,
    lines: Vec<(usize, String)>,
}

impl Page {
    fn read(path: PathBuf, text: &str) -> Self {
        let mut is_fenced = false;
        let mut lines = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let is_fence = line.trim_start().starts_with("```");
            is_fenced ^= is_fence;
            if !is_fenced && !is_fence {
                lines.push((number + 1, line.to_owned()));
            }
        }
        Self { path, lines }
    }

    fn at(&self, line: usize, rule: &str) -> String {
        format!("{}:{line}: {rule}", self.path.display())
    }

    /// Targets of links and of pictures.
    fn links(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (number, line) in &self.lines {
            let plain = without_code(line);
            let inline = plain.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            let html = ["src=\"", "srcset=\"", "href=\""].into_iter().flat_map(|name| plain.split(name).skip(1));
            let html = html.filter_map(|rest| rest.split('"').next());
            found.extend(inline.chain(html).map(|target| (*number, target.to_owned())));
        }
        found
    }

    /// What stands in backticks, a line at a time.
    fn code(&self) -> Vec<(usize, String)> {
        let spans = |(number, line): &(usize, String)| {
            let spans: Vec<_> = line.split('`').skip(1).step_by(2).map(|span| (*number, span.to_owned())).collect();
            spans
        };
        self.lines.iter().flat_map(spans).collect()
    }

    /// The anchors of the headings, as GitHub makes them, and those that stand in the text.
    fn anchors(&self) -> BTreeSet<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let headings = self.lines.iter().filter_map(|(_, line)| line.starts_with('#').then(|| line.trim_matches('#')));
        let anchor = |heading: &str| {
            let slug = slug(heading);
            let times = seen.entry(slug.clone()).or_default();
            *times += 1;
            if *times == 1 { slug } else { format!("{slug}-{}", *times - 1) }
        };
        let written = self.lines.iter().flat_map(|(_, line)| line.split("<a id=\"").skip(1));
        let written = written.filter_map(|rest| rest.split('"').next().map(str::to_owned));
        headings.map(anchor).chain(written).collect()
    }
}

fn without_code(line: &str) -> String {
    line.split('`').enumerate().map(|(index, part)| if index % 2 == 0 { part } else { "code" }).collect()
}

fn slug(heading: &str) -> String {
    let small = heading.trim().to_lowercase();
    let kept = small.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A path without `.` and `..`, from the root of the repository.
fn joined(folder: &Path, target: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    path
}

fn pages() -> Vec<Page> {
    let is_page = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "md");
    let files = files_below(Path::new(".")).into_iter().filter(is_page);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(root().join(&path)).unwrap();
        Page::read(path, &text)
    };
    files.map(read).collect()
}

/// Links that lead to no file, or to no heading of it.
pub fn broken_links() -> Vec<String> {
    let pages = pages();
    assert!(pages.len() > 15, "{}", pages.len());
    let anchors: BTreeMap<_, _> = pages.iter().map(|page| (page.path.clone(), page.anchors())).collect();
    pages.iter().flat_map(|page| broken(page, &anchors, |path| root().join(path).exists())).collect()
}

fn broken(page: &Page, anchors: &BTreeMap<PathBuf, BTreeSet<String>>, is_there: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (line, target) in page.links() {
        if ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)) {
            continue;
        }
        let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
        let folder = page.path.parent().unwrap_or(Path::new(""));
        let path = if file.is_empty() { page.path.clone() } else { joined(folder, file) };
        if !is_there(&path) {
            found.push(page.at(line, &format!("links to {target}, which is not there")));
        } else if !anchor.is_empty() && !anchors.get(&path).is_some_and(|known| known.contains(anchor)) {
            found.push(page.at(line, &format!("links to {target}, and that page has no such heading")));
        }
    }
    found
}

/// Folders at the root: a path that begins with one and stands in backticks is a file of ours.
const FOLDERS: &[&str] = &[
    ".ci",
    "benches",
    "conformance",
    "docker",
    "docs",
    "examples",
    "locales",
    "migrations",
    "src",
    "static",
    "templates",
    "tests",
];

/// Files in backticks that are not there.
pub fn missing_files() -> Vec<String> {
    let mut found = Vec::new();
    // The log of what was and the suite's results name files of their day.
    for page in pages().iter().filter(|page| !page.path.ends_with("CHANGELOG.md")) {
        for (line, span) in page.code() {
            if names_a_file(&span) && !root().join(&span).exists() {
                found.push(page.at(line, &format!("names `{span}`, which is not there")));
            }
        }
    }
    found
}

fn names_a_file(span: &str) -> bool {
    let is_plain = span.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'));
    is_plain && span.split_once('/').is_some_and(|(folder, _)| FOLDERS.contains(&folder))
}

/// Figures that a page or an example names, `latchkey_…`, and the source doesn't.
pub fn unknown_figures() -> Vec<String> {
    let source: String = super::rust_files("src").iter().map(|file| file.text().to_owned()).collect();
    let known: BTreeSet<&str> = figures(&source).collect();
    assert!(known.len() > 8, "{known:?}");
    let mut found = Vec::new();
    for page in pages().iter().filter(|page| page.path.starts_with("docs")) {
        for (line, text) in &page.lines {
            let unknown = figures(text).filter(|figure| !known.contains(figure));
            found.extend(
                unknown.map(|figure| page.at(*line, &format!("names the figure {figure}, which nothing counts"))),
            );
        }
    }
    found
}

fn figures(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("latchkey_") && word.len() > "latchkey_".len())
}

#[test]
fn the_rules_tell_a_good_link_from_a_broken_one() {
    let text = "# A page, of `two` words\n\n[good](b.md#the-end) [gone](c.md) [no heading](b.md#start) [me](#a-page-of-two-words) [x](b.md#x)\n\
                ```\n[fenced](d.md)\n```\n`[code](e.md)` <img src=\"f.png\"> [away](https://example.com/)\n";
    let page = Page::read(PathBuf::from("docs/a.md"), text);
    let other = Page::read(PathBuf::from("docs/b.md"), "# The end\n<a id=\"x\"></a>More.\n");
    let anchors = [&page, &other].map(|page| (page.path.clone(), page.anchors())).into();
    let found = broken(&page, &anchors, |path| anchors.contains_key(path));
    assert_eq!(found.len(), 3, "{found:#?}");
    for (finding, end) in found.iter().zip(["c.md", "b.md#start", "f.png"]) {
        assert!(finding.contains(&format!("links to {end},")), "{finding}");
    }
    assert_eq!(slug("Mail, sign-up, and `a_b`"), "mail-sign-up-and-a_b");
    assert!(names_a_file("src/lib.rs") && !names_a_file("src/*.rs") && !names_a_file("application/json"));
    assert_eq!(figures("a `latchkey_ready{part}`, latchkey.db").collect::<Vec<_>>(), ["latchkey_ready"]);
}
