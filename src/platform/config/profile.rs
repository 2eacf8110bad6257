//! `profile.*`: the data stored about people, who sees and edits it, and which claim it becomes.

use super::reader::{Reader, written};
use super::value::{Raw, Setting, one_of};
use crate::protocol::claims;
use regex::Regex;
use std::collections::BTreeMap;

/// What a field holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Text,
    Number,
    Boolean,
    /// `YYYY-MM-DD`, or the year alone (OpenID Connect Core §5.1, birthdate).
    Date,
    /// An address that begins with `https://` or `http://`.
    Url,
    Phone,
    /// A name such as `Europe/Berlin`.
    Zone,
    /// A language tag (BCP 47).
    Locale,
    /// Two letters of ISO 3166-1.
    Country,
    /// One of `choices`.
    Choice,
    List,
}

impl Setting for FieldKind {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let words = [
            ("text", Self::Text),
            ("number", Self::Number),
            ("boolean", Self::Boolean),
            ("date", Self::Date),
            ("url", Self::Url),
            ("phone", Self::Phone),
            ("zone", Self::Zone),
            ("locale", Self::Locale),
            ("country", Self::Country),
            ("choice", Self::Choice),
            ("list", Self::List),
        ];
        one_of(raw, &words)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Who {
    /// The person and operators.
    #[default]
    Person,
    Operator,
}

impl Setting for Who {
    fn parse(raw: &Raw) -> Result<Self, String> {
        one_of(raw, &[("person", Self::Person), ("operator", Self::Operator)])
    }
}

/// A rule that a whole value must fit.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// Whether all of `value` fits. Takes time in proportion to its length, whatever the pattern.
    pub fn fits(&self, value: &str) -> bool {
        self.0.is_match(value)
    }
}

impl Setting for Pattern {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let text = raw.text("must be a regular expression in quotes")?;
        let whole = Regex::new(&format!("^(?:{text})$"));
        whole.map(Self).map_err(|_| "must be a regular expression without look-around and back-references".to_owned())
    }
}

/// One field of a profile.
#[derive(Debug, Clone)]
pub struct Field {
    /// The operator's name of it, or that of a standard claim.
    pub name: String,
    /// The claim that it is kept as and becomes.
    pub claim: String,
    /// What pages call it; empty for standard claims that the operator gave no name.
    pub label: String,
    /// The same by language tag.
    pub labels: BTreeMap<String, String>,
    pub kind: FieldKind,
    /// Whether a profile is saved only with it.
    pub is_required: bool,
    /// Who sees it. What operators alone see is in no page, no API answer and no claim that is asked for by name.
    pub view: Who,
    pub edit: Who,
    /// Whether it is asked for when an account is made.
    pub at_sign_up: bool,
    /// For [`FieldKind::Choice`].
    pub choices: Vec<String>,
    /// What a text must fit.
    pub pattern: Option<Pattern>,
    /// The most characters that a text has.
    pub longest: u32,
    /// The scope that opens it to applications, besides those of `scopes`.
    pub scope: Option<String>,
    /// Whether it is a claim of OpenID Connect Core §5.1.
    pub is_standard: bool,
}

/// `profile.*`
#[derive(Debug, Clone)]
pub struct Profile {
    /// In the order in which pages show them.
    pub fields: Vec<Field>,
}

const LONGEST: u32 = 200;
const LONGEST_URL: u32 = 1000;

/// The standard claims that a person edits. Addresses and user name are not among them: they are what a person signs in
/// with.
const STANDARD: [(&str, FieldKind); 13] = [
    ("name", FieldKind::Text),
    ("given_name", FieldKind::Text),
    ("family_name", FieldKind::Text),
    ("middle_name", FieldKind::Text),
    ("nickname", FieldKind::Text),
    ("gender", FieldKind::Text),
    ("birthdate", FieldKind::Date),
    ("phone_number", FieldKind::Phone),
    ("website", FieldKind::Url),
    ("profile", FieldKind::Url),
    ("picture", FieldKind::Url),
    ("zoneinfo", FieldKind::Zone),
    ("locale", FieldKind::Locale),
];

impl Default for Profile {
    fn default() -> Self {
        let standard = |(name, kind): (&str, FieldKind)| Field {
            kind,
            is_standard: true,
            longest: if kind == FieldKind::Url { LONGEST_URL } else { LONGEST },
            ..Field::own(name)
        };
        Self { fields: STANDARD.into_iter().map(standard).collect() }
    }
}

impl Profile {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut profile = Self::default();
        for name in reader.names_below(&["profile", "fields"]) {
            let known = profile.fields.iter().position(|field| field.name == name);
            let mut field = known.map_or_else(|| Field::own(&name), |at| profile.fields.remove(at));
            field.read(reader);
            profile.fields.insert(known.unwrap_or(profile.fields.len()), field);
        }
        let mut order: Vec<String> = Vec::new();
        reader.read("profile.order", &mut order);
        let all_known = order.iter().all(|name| profile.fields.iter().any(|field| field.name == *name));
        reader.require(all_known, "profile.order", "must name fields of `profile.fields` or standard claims");
        let rank = |field: &Field| order.iter().position(|name| *name == field.name).unwrap_or(order.len());
        profile.fields.sort_by_key(rank);
        let claims = |at: usize| profile.fields.iter().skip(at.saturating_add(1)).map(|field| field.claim.as_str());
        for (at, field) in profile.fields.iter().enumerate() {
            let is_only = claims(at).all(|other| other != field.claim);
            reader.require(is_only, &field.key(), "must become a different claim than every other field");
        }
        profile
    }

    /// The field that becomes `claim`.
    pub fn of_claim(&self, claim: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.claim == claim)
    }

    /// Whether only operators see `claim`.
    pub fn is_hidden(&self, claim: &str) -> bool {
        self.of_claim(claims::plain(claim)).is_some_and(|field| field.view == Who::Operator)
    }

    /// The claims that `scope` opens because a field says so.
    pub fn opened_by(&self, scope: &str) -> impl Iterator<Item = &str> {
        let opened = move |field: &&Field| field.scope.as_deref() == Some(scope);
        self.fields.iter().filter(opened).map(|field| field.claim.as_str())
    }

    /// The fields that a new account begins with.
    pub fn at_sign_up(&self) -> impl Iterator<Item = &Field> {
        // The name has its own place there.
        self.fields.iter().filter(|field| (field.at_sign_up || field.is_required) && field.name != "name")
    }
}

impl Field {
    fn own(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            claim: name.to_owned(),
            label: String::new(),
            labels: BTreeMap::new(),
            kind: FieldKind::Text,
            is_required: false,
            view: Who::Person,
            edit: Who::Person,
            at_sign_up: false,
            choices: Vec::new(),
            pattern: None,
            longest: LONGEST,
            scope: None,
            is_standard: false,
        }
    }

    /// What pages call an operator's field, in a language or what is nearest.
    pub fn label_in(&self, language: &str) -> Option<&str> {
        let general = language.split('-').next().unwrap_or(language);
        let translated = self.labels.get(language).or_else(|| self.labels.get(general));
        let label = translated.unwrap_or(&self.label);
        (!label.is_empty()).then_some(label.as_str())
    }

    /// Whether the person changes it themselves.
    pub fn is_editable(&self) -> bool {
        self.edit == Who::Person
    }

    fn key(&self) -> String {
        written(&["profile".to_owned(), "fields".to_owned(), self.name.clone()])
    }

    fn read(&mut self, reader: &mut Reader) {
        let path = |last: &[&str]| {
            let parts = ["profile", "fields", &self.name].into_iter().chain(last.iter().copied());
            parts.map(str::to_owned).collect::<Vec<_>>()
        };
        let (kind, claim) = (self.kind, self.claim.clone());
        reader.read_path(path(&["type"]), &mut self.kind);
        reader.read_path(path(&["claim"]), &mut self.claim);
        reader.read_path(path(&["label"]), &mut self.label);
        for tag in reader.names_below(&["profile", "fields", &self.name, "labels"]) {
            let mut label = String::new();
            reader.read_path(path(&["labels", &tag]), &mut label);
            self.labels.insert(tag, label);
        }
        reader.read_path(path(&["required"]), &mut self.is_required);
        reader.read_path(path(&["view"]), &mut self.view);
        // People cannot edit what they cannot see; a contradicting file is refused below.
        self.edit = self.view;
        reader.read_path(path(&["edit"]), &mut self.edit);
        reader.read_path(path(&["sign_up"]), &mut self.at_sign_up);
        reader.read_path(path(&["choices"]), &mut self.choices);
        reader.read_path(path(&["pattern"]), &mut self.pattern);
        reader.read_path(path(&["max_length"]), &mut self.longest);
        reader.read_path(path(&["scope"]), &mut self.scope);
        self.judge(reader, kind, &claim);
    }

    fn judge(&self, reader: &mut Reader, standard_kind: FieldKind, standard_claim: &str) {
        let key = self.key();
        let mut rule = |holds: bool, rule: &str| reader.require(holds, &key, rule);
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        rule(!self.name.is_empty() && letters(&self.name), "must be named with letters, digits and `_`");
        if self.is_standard {
            let is_kept = self.kind == standard_kind && self.claim == standard_claim;
            rule(is_kept, "is a standard claim: it keeps its `type` and its `claim`");
        } else {
            rule(!self.label.is_empty(), "must have a `label` for the profile page");
            let fixed = ["sub", "preferred_username", "email", "email_verified", "phone_number_verified", "address"];
            let is_free = !claims::is_protocol(&self.claim)
                && !fixed.contains(&self.claim.as_str())
                && claims::standard().all(|standard| standard != self.claim)
                && !self.claim.contains(['#', ' ']);
            rule(is_free, "must become a custom `claim`: not one that the protocol or OpenID Connect Core defines");
        }
        let has_choices = (self.kind == FieldKind::Choice) != self.choices.is_empty();
        rule(has_choices, "must have `choices` if and only if its type is `choice`");
        let has_text = matches!(self.kind, FieldKind::Text | FieldKind::List);
        rule(self.pattern.is_none() || has_text, "can have a `pattern` only with the types `text` and `list`");
        rule((1..=10_000).contains(&self.longest), "must have a `max_length` from 1 to 10000");
        let sees = self.view == Who::Person;
        rule(sees || self.edit == Who::Operator, "cannot be edited by people who may not see it");
        let edits = self.edit == Who::Person;
        let asked = self.is_required || self.at_sign_up;
        rule(edits || !asked, "cannot be `required` or asked for at `sign_up` when only operators edit it");
    }
}
