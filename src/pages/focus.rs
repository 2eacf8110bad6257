//! Where a page begins: at the first field that is faulty, whatever the template says, and without a script.

use std::borrow::Cow;

const INVALID: &str = " aria-invalid=\"true\"";
const FOCUS: &str = " autofocus";

/// Moves `autofocus` to the first field with a fault; without one the page stays as it is.
pub(super) fn on_first_fault(html: String) -> String {
    if !html.contains(INVALID) {
        return html;
    }
    let mut done = false;
    let mut out = String::with_capacity(html.len() + FOCUS.len());
    let mut rest = html.as_str();
    while let Some(start) = rest.find('<') {
        let (before, tag_on) = rest.split_at(start);
        let (tag, after) = tag_on.split_at(end_of_tag(tag_on));
        out.push_str(before);
        out.push_str(&refocused(tag, &mut done));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The length of the tag that a text begins with: its values may hold `>`.
fn end_of_tag(text: &str) -> usize {
    let mut is_quoted = false;
    let end = text.find(|c| {
        is_quoted ^= c == '"';
        c == '>' && !is_quoted
    });
    end.map_or(text.len(), |end| end + 1)
}

fn refocused<'a>(tag: &'a str, done: &mut bool) -> Cow<'a, str> {
    if !["<input", "<select", "<textarea"].iter().any(|start| tag.starts_with(start)) {
        return Cow::Borrowed(tag);
    }
    let (plain, is_faulty) = without_focus(tag);
    if is_faulty && !*done {
        *done = true;
        let name = plain.find(' ').unwrap_or(plain.len());
        let (start, attributes) = plain.split_at(name);
        return Cow::Owned(format!("{start}{FOCUS}{attributes}"));
    }
    Cow::Owned(plain)
}

/// A tag without `autofocus`, and whether it says that its field is faulty. Values are passed over.
fn without_focus(tag: &str) -> (String, bool) {
    let is_faulty = tag.contains(INVALID);
    let parts = tag.split('"').enumerate();
    let parts = parts.map(|(number, part)| if number % 2 == 0 { part.replace(FOCUS, "") } else { part.to_owned() });
    (parts.collect::<Vec<_>>().join("\""), is_faulty)
}

#[cfg(test)]
mod tests {
    use super::on_first_fault;

    #[test]
    fn the_first_faulty_field_takes_the_focus_from_every_other() {
        let page = "<p> autofocus</p><input id=\"a\" autofocus required><input id=\"b\" value=\"x> autofocus\" \
                    aria-invalid=\"true\"><select id=\"c\" aria-invalid=\"true\" autofocus></select>";
        let expected = "<p> autofocus</p><input id=\"a\" required><input autofocus id=\"b\" value=\"x> autofocus\" \
                        aria-invalid=\"true\"><select id=\"c\" aria-invalid=\"true\"></select>";
        assert_eq!(on_first_fault(page.to_owned()), expected);
    }

    #[test]
    fn a_page_without_a_fault_stays_as_it_is() {
        for page in ["<input id=\"a\" autofocus>", "", "<p", "no tag"] {
            assert_eq!(on_first_fault(page.to_owned()), page);
        }
    }
}
