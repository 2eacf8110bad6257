//! The names with which people sign in: folded once, unique in the folded form.

use crate::platform::mail::address::{self, NotAnAddress};
use precis_core::profile::PrecisFastInvocation as _;
use precis_profiles::UsernameCaseMapped;

/// The maximum length in bytes.
const MAX_LENGTH: usize = 254;

/// The kind of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierKind {
    /// A name chosen for signing in.
    Username,
    Email,
}

impl IdentifierKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
        }
    }
}

/// An identifier in the form it is compared in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// Which table of names it belongs to.
    pub kind: IdentifierKind,
    /// As it is compared.
    pub folded: String,
    /// As it was typed.
    pub value: String,
}

/// Why a text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    #[error("is empty")]
    Empty,
    /// Over 254 bytes.
    #[error("is longer than 254 bytes")]
    TooLong,
    /// RFC 8265 §3.3
    #[error("has a character that RFC 8265 does not allow in user names (spaces, controls and symbols are among them)")]
    Characters,
    /// It could be mistaken for another person's name.
    #[error("looks like an id, and could be mistaken for another person's")]
    LooksLikeId,
    #[error(transparent)]
    Address(#[from] NotAnAddress),
}

impl Identifier {
    /// Folds a user name by PRECIS UsernameCaseMapped (RFC 8265 §3.3).
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn username(text: &str) -> Result<Self, IdentifierError> {
        let value = bounded(text)?;
        let folded = UsernameCaseMapped::enforce(value).map_err(|_| IdentifierError::Characters)?;
        Ok(Self { kind: IdentifierKind::Username, folded: folded.into_owned(), value: value.to_owned() })
    }

    /// A user name that somebody is to be given. What people have stays theirs.
    ///
    /// # Errors
    /// The rule that it breaks; for one, that it names a kind (`sub:…`) or has the shape of an id or a `sub`.
    pub fn new_username(text: &str) -> Result<Self, IdentifierError> {
        let username = Self::username(text)?;
        if username.looks_like_id() { Err(IdentifierError::LooksLikeId) } else { Ok(username) }
    }

    /// Whether a user name has the shape of what names people otherwise: of the ids that we make (UUIDs, with or without
    /// hyphens), or of a text that says what kind of name it is.
    pub fn looks_like_id(&self) -> bool {
        self.kind == IdentifierKind::Username
            && (uuid::Uuid::try_parse(&self.folded).is_ok()
                || ["id:", "sub:", "username:", "email:"].iter().any(|kind| self.folded.starts_with(kind)))
    }

    /// Folds a text as a name of this kind.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn of(kind: IdentifierKind, text: &str) -> Result<Self, IdentifierError> {
        match kind {
            IdentifierKind::Username => Self::username(text),
            IdentifierKind::Email => Self::email(text),
        }
    }

    /// Reads an email address into its one form.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn email(text: &str) -> Result<Self, IdentifierError> {
        let value = bounded(text)?;
        let form = address::form(value)?;
        if form.folded.len() > MAX_LENGTH {
            return Err(IdentifierError::TooLong);
        }
        Ok(Self { kind: IdentifierKind::Email, folded: form.folded, value: form.shown })
    }

    /// What a person who typed `text` may mean: a user name first, then an address. Empty for nonsense.
    pub fn candidates(text: &str) -> Vec<Self> {
        [Self::username(text).ok(), Self::of_before(text), Self::email(text).ok()].into_iter().flatten().collect()
    }

    /// The form that addresses had before they had one: as long as two people have the same address in two forms
    /// (`latchkey user resolve-addresses`), each is found by theirs.
    fn of_before(text: &str) -> Option<Self> {
        let value = bounded(text).ok()?;
        let folded = value.to_lowercase();
        let is_other = Self::email(text).map_or(true, |email| email.folded != folded);
        let has_shape = value.contains('@') && !value.contains(char::is_whitespace);
        (is_other && has_shape).then(|| Self { kind: IdentifierKind::Email, folded, value: value.to_owned() })
    }

    /// What a name is counted by where nobody has it: every spelling of it alike.
    pub fn counted(text: &str) -> String {
        let last = Self::candidates(text).pop();
        last.map_or_else(|| text.trim().to_lowercase(), |identifier| identifier.folded)
    }

    /// Whether two texts mean the same name.
    pub fn is_same(a: &str, b: &str) -> bool {
        let others = Self::candidates(b);
        Self::candidates(a).iter().any(|one| others.iter().any(|other| one.folded == other.folded))
    }

    /// What it looks like (UTS 39 §4, skeleton): names of the same skeleton can be taken for each other.
    pub fn skeleton(&self) -> String {
        skeleton(&self.folded)
    }
}

/// What a folded name looks like.
pub fn skeleton(folded: &str) -> String {
    unicode_security::skeleton(folded).collect()
}

fn bounded(text: &str) -> Result<&str, IdentifierError> {
    let text = text.trim();
    match text.len() {
        0 => Err(IdentifierError::Empty),
        length if length > MAX_LENGTH => Err(IdentifierError::TooLong),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc8265_3_3_user_names_are_folded_once() {
        for (typed, folded) in [("Ada", "ada"), (" ÅNGSTRÖM ", "ångström"), ("ｆｕｌｌ", "full")] {
            assert_eq!(Identifier::username(typed).unwrap().folded, folded);
        }
    }

    #[test]
    fn rfc8265_3_3_controls_and_spaces_are_refused() {
        for bad in ["a b", "a\u{0}b", "a\u{202e}b", "♚"] {
            assert_eq!(Identifier::username(bad), Err(IdentifierError::Characters), "{bad:?}");
        }
        assert_eq!(Identifier::username("  "), Err(IdentifierError::Empty));
        assert_eq!(Identifier::username(&"a".repeat(255)), Err(IdentifierError::TooLong));
    }

    #[test]
    fn a_new_user_name_does_not_look_like_an_id() {
        let uuid = "01a200f4-0ece-753b-b6ed-3c1933e2f898";
        let bare = uuid.replace('-', "");
        for bad in [
            uuid,
            &uuid.to_uppercase(),
            &bare,
            "sub:ada",
            "ID:7",
            "Username:x",
            "email:a",
            "ｓｕｂ:x",
            &format!("{{{uuid}}}"),
        ] {
            assert_eq!(Identifier::new_username(bad), Err(IdentifierError::LooksLikeId), "{bad}");
            assert!(Identifier::username(bad).is_ok(), "who has it signs in with it: {bad}");
        }
        for good in ["ada", "sub", "id", "subject:ada", "0123456789abcdef", "01a200f4-0ece"] {
            assert!(Identifier::new_username(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn an_address_may_be_typed_in_any_case() {
        assert_eq!(Identifier::email("Ada@Example.ORG").unwrap().folded, "ada@example.org");
        assert_eq!(Identifier::email("ada"), Err(IdentifierError::Address(NotAnAddress::Shape)));
        assert_eq!(Identifier::candidates("ada@example.org").len(), 2);
        assert!(Identifier::candidates("\u{0}").is_empty());
    }

    #[test]
    fn an_address_is_found_in_the_form_that_it_had_before() {
        let folded: Vec<_> = Identifier::candidates("Ada@Bücher.example").into_iter().map(|one| one.folded).collect();
        assert_eq!(folded[folded.len() - 2..], ["ada@bücher.example", "ada@xn--bcher-kva.example"]);
        assert!(Identifier::is_same("ada@bücher.example", "ADA@xn--bcher-kva.example."));
        assert!(Identifier::is_same("Ada", "ａｄａ") && !Identifier::is_same("ada", "eda"));
        assert_eq!(Identifier::counted("Ada@BÜCHER.example"), "ada@xn--bcher-kva.example");
    }

    #[test]
    fn uts39_names_that_look_alike_have_one_skeleton() {
        let skeleton = |text: &str| Identifier::username(text).unwrap().skeleton();
        // A Cyrillic а, a dotless ı, full-width letters that folding makes plain.
        for (a, b) in [("alice", "\u{430}lice"), ("alice", "al\u{131}ce"), ("paypal", "p\u{430}yp\u{430}l")] {
            assert_eq!(skeleton(a), skeleton(b), "{a} {b}");
        }
        assert_ne!(skeleton("alice"), skeleton("alicia"));
        assert_ne!(skeleton("андрей"), skeleton("andrey"));
    }
}
