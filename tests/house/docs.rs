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
        let headings =
            self.lines.iter().filter(|(_, line)| line.starts_with('#')).map(|(_, line)| line.trim_matches('#'));
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
    "crates",
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

/// First parts of paths that are served here.
const SERVED: &[&str] = &[
    ".well-known",
    "account",
    "api",
    "authorize",
    "check_session",
    "consent",
    "demo",
    "healthz",
    "introspect",
    "jwks",
    "login",
    "logout",
    "metrics",
    "readyz",
    "recovery",
    "register",
    "revoke",
    "signup",
    "start",
    "token",
    "userinfo",
];
/// What stands before paths that the source writes without it.
const BEFORE: &[&str] = &["/api/account/v1", "/.well-known/"];

/// Paths of ours in backticks that no code names.
pub fn unknown_paths() -> Vec<String> {
    let source: String = super::rust_files("src").iter().map(|file| file.text().to_owned()).collect();
    let mut found = Vec::new();
    for page in pages().iter().filter(|page| page.path.starts_with("docs") || page.path.parent() == Some(Path::new("")))
    {
        for (line, span) in page.code() {
            // `/login/ID`: capitals stand for what differs.
            let plain: Vec<_> = span.split('/').take_while(|part| !part.chars().any(char::is_uppercase)).collect();
            let path = plain.join("/");
            let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-'));
            let is_ours = path.strip_prefix('/').is_some_and(|rest| SERVED.contains(&rest.split('/').next().unwrap()));
            let own = BEFORE.iter().find_map(|before| path.strip_prefix(before)).filter(|own| !own.is_empty());
            let own = own.unwrap_or(&path);
            if is_ours && is_plain && !source.contains(&format!("\"{own}")) && !source.contains(&format!("{own}\"")) {
                found.push(page.at(line, &format!("names the path {path}, which nothing serves")));
            }
        }
    }
    found
}

/// Where figures are counted, and where they are described.
const COUNTED: &str = "src/platform/telemetry/metrics.rs";
const DESCRIBED: &str = "docs/operators/monitoring.md";

/// Figures that a page or an example names, `latchkey_…`, and nothing counts; and those that are counted and described nowhere.
pub fn wrong_figures() -> Vec<String> {
    let source = std::fs::read_to_string(root().join(COUNTED)).unwrap();
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let known: BTreeSet<&str> = figures(code).collect();
    assert!(known.len() > 8, "{known:?}");
    let mut found = Vec::new();
    for path in files_below(Path::new("docs")) {
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else { continue }; // a picture
        let unknown = |line: &str| figures(line).find(|figure| !known.contains(figure)).map(str::to_owned);
        let lines =
            text.lines().enumerate().filter_map(|(number, line)| unknown(line).map(|figure| (number + 1, figure)));
        let told = lines.map(|(number, figure)| format!("{}:{number}: nothing counts {figure}", path.display()));
        found.extend(told);
    }
    let page = std::fs::read_to_string(root().join(DESCRIBED)).unwrap();
    let described: BTreeSet<&str> = figures(&page).collect();
    found.extend(known.difference(&described).map(|figure| format!("{DESCRIBED}:1: {figure} is not described")));
    found
}

/// What the page for the night quotes in its first column, `…` standing for what differs, and no code says.
pub fn unknown_messages() -> Vec<String> {
    const OF_THE_SYSTEM: &str = "Address already in use";
    let source: String = super::rust_files("src").iter().map(|file| file.text().replace("\\\n", " ")).collect();
    let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let page = Path::new("docs/operators/troubleshooting.md");
    let page = Page::read(page.to_owned(), &std::fs::read_to_string(root().join(page)).unwrap());
    let mut found = Vec::new();
    let rows = page.lines.iter().filter(|(_, line)| line.starts_with("| ")).skip(1);
    for (number, line) in rows {
        let symptom = line.split('|').nth(1).unwrap_or_default();
        for quoted in symptom.split('`').skip(1).step_by(2).filter(|quoted| quoted.contains(' ')) {
            let is_said = |part: &str| part.len() < 4 || source.contains(part);
            if quoted != OF_THE_SYSTEM && !quoted.split('…').all(|part| is_said(part.trim())) {
                found.push(page.at(*number, &format!("quotes `{quoted}`, which nothing says")));
            }
        }
    }
    found
}

fn figures(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words = words.map(|word| word.strip_suffix("_bucket").unwrap_or(word));
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
