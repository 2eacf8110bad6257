//! Files of the looks: read once, at start, and refused when they could do more than be looked at.

use std::fs;
use std::path::Path;

/// No file is larger: people wait for it.
const LARGEST: u64 = 256 * 1024;

/// What a file must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Picture,
    Icon,
    Stylesheet,
}

/// The content, with the extension of what it is; the problem in words that follow the key.
pub(super) fn read(path: &Path, wanted: Wanted) -> Result<(&'static str, Vec<u8>), String> {
    let named = |problem: String| format!("names {}, which {problem}", path.display());
    let unreadable = |error: std::io::Error| named(format!("cannot be read: {error}"));
    let length = fs::metadata(path).map_err(unreadable)?.len();
    if length > LARGEST {
        return Err(named("is larger than 256 KiB".to_owned()));
    }
    let content = fs::read(path).map_err(unreadable)?;
    if content.is_empty() {
        return Err(named("is empty".to_owned()));
    }
    let extension = match wanted {
        Wanted::Picture => picture(&content, &["svg", "png", "webp"]),
        Wanted::Icon => picture(&content, &["svg", "png", "ico"]),
        Wanted::Stylesheet => stylesheet(&content).map(|()| "css"),
    };
    extension.map(|extension| (extension, content)).map_err(named)
}

/// By its first bytes: names lie.
fn picture(content: &[u8], allowed: &[&'static str]) -> Result<&'static str, String> {
    let kind = match content {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => "png",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        [0, 0, 1, 0, ..] => "ico",
        _ if is_svg(content) => "svg",
        _ => "",
    };
    if !allowed.contains(&kind) {
        let names: Vec<&str> = allowed
            .iter()
            .map(|name| match *name {
                "svg" => "SVG",
                "png" => "PNG",
                "webp" => "WebP",
                _ => "ICO",
            })
            .collect();
        return Err(format!(
            "is no {} or {}",
            names.get(..2).unwrap_or_default().join(", "),
            names.last().unwrap_or(&"")
        ));
    }
    if kind == "svg" {
        harmless(&String::from_utf8_lossy(content))?;
    }
    Ok(allowed.iter().find(|name| **name == kind).copied().unwrap_or_default())
}

fn is_svg(content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else { return false };
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) => ">",
            _ => break,
        };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
    rest.strip_prefix("<svg").is_some_and(|rest| rest.starts_with([' ', '>', '\t', '\n', '\r', '/']))
}

/// A drawing that acts or that fetches is refused, although browsers do neither for a picture and the policy that it is
/// served with forbids both.
fn harmless(svg: &str) -> Result<(), String> {
    let text = svg.to_ascii_lowercase();
    for (part, what) in [
        ("<script", "holds a script"),
        ("<foreignobject", "holds a document of another kind"),
        ("<!entity", "declares entities"),
        ("javascript:", "holds a script"),
        ("@import", "names something outside"),
    ] {
        if text.contains(part) {
            return Err(what.to_owned());
        }
    }
    for tag in text.split('<').skip(1).filter_map(|tag| tag.split('>').next()) {
        let mut names =
            tag.split(|c: char| c.is_whitespace() || c == '"' || c == '\'').filter_map(|part| part.strip_suffix('='));
        if let Some(event) = names.find(|name| name.starts_with("on") && name.len() > 2) {
            return Err(format!("holds the event `{event}`"));
        }
        // An id of its own, or a picture inside.
        let is_inside = |value: &str| value.starts_with('#') || value.starts_with("data:image/");
        let links = tag.split("href=").skip(1).map(|value| value.trim_start_matches(['"', '\'']));
        if links.into_iter().any(|value| !is_inside(value)) {
            return Err("names something outside of itself".to_owned());
        }
    }
    if places(&text).any(|place| !place.starts_with('#') && !place.starts_with("data:image/")) {
        return Err("names something outside of itself".to_owned());
    }
    Ok(())
}

/// What `url(…)` names.
fn places(css: &str) -> impl Iterator<Item = &str> {
    css.split("url(").skip(1).map(|rest| rest.trim_start().trim_start_matches(['"', '\'']))
}

/// Pages load from our own origin alone; what a stylesheet names elsewhere would be missing without a word.
fn stylesheet(content: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(content).map_err(|_| "is no UTF-8 text".to_owned())?.to_ascii_lowercase();
    for (at, line) in text.lines().enumerate() {
        let at = at + 1;
        if line.contains("@import") {
            return Err(format!("cannot be used: line {at} has @import"));
        }
        let leaves = |place: &str| {
            place.starts_with("//") || place.split(['/', '?', '#', ')']).next().is_some_and(|start| start.contains(':'))
        };
        if places(line).any(leaves) {
            return Err(format!("cannot be used: line {at} names another place, which the policy of pages forbids"));
        }
        if line.contains('\0') || line.contains("</") {
            return Err(format!("is no stylesheet: see line {at}"));
        }
    }
    Ok(())
}
