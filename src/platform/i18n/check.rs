//! What is wrong with a file of messages: told of the languages that we ship (by a test) and of an operator's own words
//! (at start).

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use fluent_syntax::parser;
use std::collections::{BTreeMap, BTreeSet};

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line, from 1.
    pub(super) line: usize,
    /// What is wrong, in words.
    pub(super) what: String,
}

/// What a message is made of, apart from its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Where it stands, from 1.
    pub(super) line: usize,
    variables: BTreeSet<String>,
    /// By the variable that selects: the names of the variants.
    selects: BTreeMap<String, BTreeSet<String>>,
    references: BTreeSet<String>,
    has_text: bool,
    has_attributes: bool,
    markup: Option<String>,
}

/// The messages of a file by key, and what keeps it from being read.
pub(super) fn read(text: &str) -> (BTreeMap<String, Shape>, Vec<Fault>) {
    let (resource, errors) = match parser::parse(text) {
        Ok(resource) => (resource, Vec::new()),
        Err((resource, errors)) => (resource, errors),
    };
    let mut faults: Vec<Fault> = errors
        .into_iter()
        .map(|error| Fault { line: line_at(text, error.pos.start), what: format!("cannot be read: {error}") })
        .collect();
    let mut found: BTreeMap<String, Shape> = BTreeMap::new();
    for entry in &resource.body {
        let (key, value, attributes) = match entry {
            Entry::Message(message) => (message.id.name.to_owned(), message.value.as_ref(), &message.attributes),
            Entry::Term(term) => (format!("-{}", term.id.name), Some(&term.value), &term.attributes),
            _ => continue,
        };
        let lines = lines_of(text, &key);
        let mut shape = Shape { has_attributes: !attributes.is_empty(), ..Shape::default() };
        value.into_iter().for_each(|pattern| shape.take(pattern));
        shape.line = lines.first().copied().unwrap_or(1);
        if found.contains_key(&key) {
            let again = lines.get(1).copied().unwrap_or(shape.line);
            faults.push(Fault { line: again, what: format!("`{key}` is defined twice") });
        }
        found.insert(key, shape);
    }
    (found, faults)
}

/// What is wrong with messages beside the English ones. That one is missing is not told.
pub(super) fn judge(language: &str, found: &BTreeMap<String, Shape>, english: &BTreeMap<String, Shape>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (key, shape) in found {
        let mut fault = |what: String| faults.push(Fault { line: shape.line, what });
        if let Some(unknown) = shape.references.iter().find(|name| !found.contains_key(*name)) {
            fault(format!("`{key}` refers to `{unknown}`, which is not in this file"));
        }
        let Some(ours) = english.get(key) else {
            // A term serves the messages of its file.
            if !key.starts_with('-') {
                fault(format!("there is no message `{key}`{}", nearest(key, english)));
            }
            continue;
        };
        if let Some(name) = shape.variables.difference(&ours.variables).next() {
            let known: Vec<String> = ours.variables.iter().map(|name| format!("${name}")).collect();
            let known =
                if known.is_empty() { "it takes none".to_owned() } else { format!("it takes {}", known.join(", ")) };
            fault(format!("`{key}` uses ${name}: {known}"));
        }
        if let Some(tag) = &shape.markup {
            fault(format!("`{key}` contains markup, which pages show as text: {tag}"));
        }
        if !shape.has_text {
            fault(format!("`{key}` is empty"));
        }
        if shape.has_attributes {
            fault(format!("`{key}` has attributes, which are not used"));
        }
        for (variable, variants) in &shape.selects {
            let missing = missing_plurals(language, variants);
            if !missing.is_empty() {
                fault(format!("`{key}` lacks the plural category {} of ${variable}", missing.join(", ")));
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// What a translation must keep and an operator's own words need not: every value, and every plural.
#[cfg(test)]
pub(super) fn lost(language: &str, shape: &Shape, ours: &Shape) -> Vec<String> {
    let absent = ours.variables.difference(&shape.variables).map(|name| format!("leaves out ${name}"));
    let flat = ours.selects.keys().filter(|name| plurals(language).len() > 1 && !shape.selects.contains_key(*name));
    absent.chain(flat.map(|name| format!("has no plural categories for ${name}"))).collect()
}

/// The plurals that whole numbers below a million take (CLDR), beside `other`, which every choice has.
fn plurals(language: &str) -> &'static [&'static str] {
    match language.split('-').next().unwrap_or_default() {
        "ja" | "zh" => &["other"],
        "pl" | "uk" => &["one", "few", "many"],
        "ar" => &["zero", "one", "two", "few", "many", "other"],
        _ => &["one", "other"],
    }
}

fn missing_plurals(language: &str, variants: &BTreeSet<String>) -> Vec<&'static str> {
    const NAMES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
    let is_number = |name: &String| name.parse::<f64>().is_ok();
    if !variants.iter().all(|name| NAMES.contains(&name.as_str()) || is_number(name)) {
        return Vec::new();
    }
    let stands_for = |name: &str, number: &str| variants.contains(name) || variants.contains(number);
    let has = |name: &&str| match *name {
        "zero" => stands_for("zero", "0"),
        "one" if plurals(language).len() == 2 || language == "ar" => stands_for("one", "1"),
        "two" => stands_for("two", "2"),
        name => variants.contains(name),
    };
    plurals(language).iter().copied().filter(|name| !has(name)).collect()
}

impl Shape {
    fn take(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => {
                    self.has_text |= !value.trim().is_empty();
                    self.markup = self.markup.take().or_else(|| markup(value));
                }
                PatternElement::Placeable { expression } => {
                    self.has_text = true;
                    self.take_expression(expression);
                }
            }
        }
    }

    fn take_expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.take_inline(inline),
            Expression::Select { selector, variants } => {
                self.take_inline(selector);
                if let InlineExpression::VariableReference { id } = selector {
                    let names = self.selects.entry(id.name.to_owned()).or_default();
                    names.extend(variants.iter().map(|variant| match &variant.key {
                        VariantKey::Identifier { name } => (*name).to_owned(),
                        VariantKey::NumberLiteral { value } => (*value).to_owned(),
                    }));
                }
                variants.iter().for_each(|variant| self.take(&variant.value));
            }
        }
    }

    fn take_inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => drop(self.variables.insert(id.name.to_owned())),
            InlineExpression::MessageReference { id, .. } => drop(self.references.insert(id.name.to_owned())),
            InlineExpression::TermReference { id, .. } => drop(self.references.insert(format!("-{}", id.name))),
            // There are none: `NUMBER` and its like are not given to the bundles.
            InlineExpression::FunctionReference { id, .. } => drop(self.references.insert(format!("{}()", id.name))),
            InlineExpression::Placeable { expression } => self.take_expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        }
    }
}

/// A tag or an entity: pages escape what messages say.
fn markup(text: &str) -> Option<String> {
    let tag = |at: usize| {
        let rest = text.get(at + 1..)?;
        let first = rest.chars().next()?;
        (first.is_ascii_alphabetic() || first == '/' || first == '!').then(|| rest.split('>').next()).flatten()
    };
    let tags = text.match_indices('<').filter_map(|(at, _)| tag(at)).map(|tag| format!("<{tag}>"));
    let entities = text.match_indices('&').filter_map(|(at, _)| {
        let (name, _) = text.get(at + 1..)?.split_once(';')?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
        is_name.then(|| format!("&{name};"))
    });
    tags.chain(entities).next()
}

fn nearest(key: &str, known: &BTreeMap<String, Shape>) -> String {
    let likeness = |other: &&String| strsim::normalized_damerau_levenshtein(key, other);
    let found = known.keys().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    found.map(|found| format!("; the nearest is `{found}`")).unwrap_or_default()
}

fn line_at(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}

/// The lines on which the message begins: more than one where it stands twice.
fn lines_of(text: &str, key: &str) -> Vec<usize> {
    let begins = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    text.lines().enumerate().filter(|(_, line)| begins(line)).map(|(at, _)| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(language: &str, text: &str) -> Vec<String> {
        let english =
            "hello = Hello { $name }\nwait = { $n ->\n    [one] a day\n   *[other] { $n } days\n }\nplain = Words\n";
        let (english, none) = read(english);
        assert_eq!(none, []);
        let (found, mut faults) = read(text);
        faults.extend(judge(language, &found, &english));
        faults.iter().map(|fault| format!("{}: {}", fault.line, fault.what)).collect()
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = "# words\nhelo = Hi\nplain = <b>Words</b>\nhello = Hallo { $nom }\nhello = Hallo\nwait = { $n ->\n   *[other] x\n }\nbroken words\n";
        let found = faults("de", text);
        for part in [
            "2: there is no message `helo`; the nearest is `hello`",
            "3: `plain` contains markup, which pages show as text: <b>",
            "5: `hello` is defined twice",
            "6: `wait` lacks the plural category one of $n",
            "9: cannot be read: ",
        ] {
            assert!(found.iter().any(|fault| fault.starts_with(part)), "{part} in {found:#?}");
        }
        assert!(faults("de", "hello = Hallo { $nom }\n").concat().contains("`hello` uses $nom: it takes $name"));
        assert!(faults("de", "plain = { plan } &amp; x\n").concat().contains("refers to `plan`"));
    }

    #[test]
    fn cldr_whole_numbers_take_the_plurals_of_their_language() {
        let wait = |language: &str, names: &[&str]| {
            let variants: String = names.iter().map(|name| format!("    [{name}] x\n")).collect();
            faults(language, &format!("wait = {{ $n ->\n{variants}   *[other] {{ $n }}\n }}\n")).concat()
        };
        assert_eq!(wait("pl", &["one", "few", "many"]), "");
        assert!(wait("uk", &["one", "few"]).contains("lacks the plural category many"));
        assert_eq!(wait("ar", &["zero", "one", "two", "few", "many"]), "");
        assert!(wait("ar", &["one", "few"]).contains("zero, two, many"));
        assert_eq!(wait("ja", &[]), "");
        assert_eq!(wait("fr", &["0", "one"]), "");
    }
}
