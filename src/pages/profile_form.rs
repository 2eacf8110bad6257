//! Profile fields in forms, for the profile page and the page of a new account.

use super::pickers::{self, Group};
use crate::model::user::schema::{self, Wrong};
use crate::platform::config::{Field, FieldKind};
use crate::platform::i18n::{Texts, shown, territories};
use crate::protocol::claims::Claims;
use crate::protocol::params::Params;

/// One field as a form shows it (`templates/profile_field.html`).
#[derive(Debug)]
pub struct FormField<'a> {
    pub field: &'a Field,
    pub value: String,
    /// The stored value, where it differs.
    pub theirs: Option<String>,
    /// Why it was refused.
    pub wrong: Option<Wrong>,
}

/// The claims in a form for `fields`; an empty field removes the claim.
pub fn sent<'a>(fields: impl Iterator<Item = &'a Field>, form: &Params) -> Claims {
    let typed = |field: &Field| {
        let text = form.iter().find(|(name, _)| *name == field.name)?.1;
        Some((field.claim.clone(), schema::typed(field, text)))
    };
    fields.filter_map(typed).collect()
}

/// The label of a field.
pub fn label(field: &Field, texts: &Texts) -> String {
    match field.label_in(&texts.lang()) {
        Some(label) => shown(label),
        None => standard_label(&field.name, texts),
    }
}

fn standard_label(name: &str, texts: &Texts) -> String {
    match name {
        "name" => texts.get("profile-name"),
        "given_name" => texts.get("profile-given-name"),
        "family_name" => texts.get("profile-family-name"),
        "middle_name" => texts.get("profile-middle-name"),
        "nickname" => texts.get("profile-nickname"),
        "gender" => texts.get("profile-gender"),
        "birthdate" => texts.get("profile-birthdate"),
        "phone_number" => texts.get("profile-phone"),
        "website" => texts.get("profile-website"),
        "profile" => texts.get("profile-page"),
        "picture" => texts.get("profile-picture"),
        "zoneinfo" => texts.get("profile-zone"),
        _ => texts.get("profile-locale"),
    }
}

impl FormField<'_> {
    /// The name of the field, for `id` and `name`.
    pub fn name(&self) -> &str {
        &self.field.name
    }

    /// The name that the person gave it.
    pub fn label(&self, texts: &Texts) -> String {
        label(self.field, texts)
    }

    /// How it is written.
    pub fn hint(&self, texts: &Texts) -> Option<String> {
        match (self.field.name.as_str(), self.field.kind) {
            (_, FieldKind::Date) if self.has_date_picker() => None,
            ("birthdate", _) => Some(texts.get("profile-birthdate-hint")),
            (_, FieldKind::Date) => Some(texts.get("profile-date-hint")),
            (_, FieldKind::Zone) if pickers::zones().is_empty() => Some(texts.get("profile-zone-hint")),
            (_, FieldKind::List) => Some(texts.get("profile-list-hint")),
            _ => None,
        }
    }

    /// Why the value was refused; empty where it was not.
    pub fn problem(&self, texts: &Texts) -> String {
        match self.wrong {
            None => String::new(),
            Some(Wrong::Missing) => texts.get("profile-missing"),
            Some(Wrong::TooLong) => texts.get("profile-too-long"),
            Some(Wrong::Characters) => texts.get("profile-characters"),
            Some(Wrong::Unseen) => texts.get("profile-unseen"),
            Some(Wrong::Url) => texts.get("profile-wrong-url"),
            Some(Wrong::Date) => texts.get("profile-wrong-date"),
            Some(Wrong::Zone) => texts.get("profile-wrong-zone"),
            Some(Wrong::Locale) => texts.get("profile-wrong-locale"),
            Some(Wrong::Phone) => texts.get("profile-wrong-phone"),
            Some(Wrong::Number) => texts.get("profile-wrong-number"),
            Some(Wrong::Boolean | Wrong::Choice | Wrong::Country) => texts.get("profile-wrong-choice"),
            Some(Wrong::Pattern) => texts.get("profile-wrong-pattern"),
        }
    }

    /// A value as people read it.
    pub fn shown(&self, value: &str, texts: &Texts) -> String {
        match (self.field.kind, value) {
            (FieldKind::Boolean, "true") => texts.get("profile-yes"),
            (FieldKind::Boolean, "false") => texts.get("profile-no"),
            (FieldKind::Country, code) => {
                let known = territories(texts).find(|(known, _)| *known == code);
                known.map_or_else(|| code.to_owned(), |(_, name)| name.to_owned())
            }
            (FieldKind::List, lines) => lines.lines().collect::<Vec<_>>().join(", "),
            (_, value) => value.to_owned(),
        }
    }

    /// What can be chosen. Empty for fields that are typed.
    pub fn options(&self, texts: &Texts) -> Vec<Group> {
        let option = |value: &str| (value.to_owned(), self.shown(value, texts));
        let mut groups = match self.field.kind {
            FieldKind::Boolean => vec![Group::plain(["true", "false"].map(option).into())],
            FieldKind::Choice => vec![Group::plain(self.field.choices.iter().map(|choice| option(choice)).collect())],
            FieldKind::Zone => pickers::zones(),
            FieldKind::Locale => pickers::locales(texts),
            FieldKind::Country => pickers::countries(texts),
            _ => Vec::new(),
        };
        let is_offered = groups.iter().flat_map(|group| &group.options).any(|(value, _)| *value == self.value);
        // What is held stays to be chosen, whatever is offered.
        if !groups.is_empty() && !self.value.is_empty() && !is_offered {
            groups.insert(0, Group::plain(vec![option(&self.value)]));
        }
        groups
    }

    /// Whether it is seen at once: the others stand folded below, until something is to be said of them.
    pub fn is_common(&self) -> bool {
        const COMMON: [&str; 3] = ["name", "locale", "zoneinfo"];
        !self.field.is_standard || self.field.is_required || COMMON.contains(&self.field.name.as_str())
    }

    /// Whether it has to be seen: it is faulty, or somebody else changed it.
    pub const fn is_urgent(&self) -> bool {
        self.wrong.is_some() || self.theirs.is_some()
    }

    /// Whether it has several lines.
    pub fn is_list(&self) -> bool {
        self.field.kind == FieldKind::List
    }

    /// For the attribute `autocomplete`.
    pub fn autocomplete(&self) -> &'static str {
        match self.field.name.as_str() {
            "name" => "name",
            "given_name" => "given-name",
            "family_name" => "family-name",
            "middle_name" => "additional-name",
            "nickname" => "nickname",
            "gender" => "sex",
            "birthdate" => "bday",
            "phone_number" => "tel",
            "website" | "profile" => "url",
            "picture" => "photo",
            "locale" => "language",
            _ if self.field.kind == FieldKind::Country => "country",
            _ => "off",
        }
    }

    /// A year alone, or a day without a year (OpenID Connect Core §5.1), is no value of a date picker.
    fn has_date_picker(&self) -> bool {
        let is_day = self.value.len() == 10 && !self.value.starts_with("0000") && self.wrong.is_none();
        self.field.kind == FieldKind::Date && (self.value.is_empty() || is_day)
    }

    /// For the attributes `type` and `inputmode`.
    pub fn input(&self) -> (&'static str, Option<&'static str>) {
        match self.field.kind {
            FieldKind::Phone => ("tel", None),
            FieldKind::Url => ("url", None),
            FieldKind::Date if self.has_date_picker() => ("date", None),
            FieldKind::Number => ("text", Some("numeric")),
            _ => ("text", None),
        }
    }
}
