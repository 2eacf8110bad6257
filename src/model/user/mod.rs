//! People: one never-changing `sub` each, standard claims, identifiers to sign in with.

pub mod identifier;
pub mod names;
pub mod save;
pub mod schema;
pub mod store;

use crate::platform::brand::Theme;
use crate::protocol::claims::Claims;

/// Whether a person may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    Active,
    /// Kept, and refused everywhere at once.
    Disabled,
    /// Asked to be deleted, and may still come back; refused everywhere meanwhile.
    Leaving,
    /// A tombstone: its `sub` is never used again.
    Deleted,
}

impl UserStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Leaving => "leaving",
            Self::Deleted => "deleted",
        }
    }

    /// Reads the stored word; an unknown one is nobody's.
    pub fn from_stored(word: &str) -> Self {
        match word {
            "active" => Self::Active,
            "disabled" => Self::Disabled,
            "leaving" => Self::Leaving,
            _ => Self::Deleted,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Our own name for the row (UUIDv7).
    pub id: String,
    /// The subject that clients see (OpenID Connect Core §2): random, never reused.
    pub sub: String,
    /// Whether the person may sign in.
    pub status: UserStatus,
    /// Whatever was issued under a lower epoch is revoked.
    pub epoch: i64,
    /// Counts changes (ETag, If-Match).
    pub version: i64,
    pub claims: Claims,
    /// What pages shall look like.
    pub appearance: Appearance,
}

/// What a person chose of the looks of our pages. It is no claim: what applications learn of the person's language is
/// the claim `locale`, which may name one that our pages don't have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    /// The tag of one of our languages; `None` follows the browser.
    pub language: Option<String>,
    /// `None` where nothing was chosen.
    pub theme: Option<Theme>,
}

impl User {
    /// Whether the person may sign in and use what was issued.
    pub fn is_active(&self) -> bool {
        self.status == UserStatus::Active
    }

    /// What a page calls the person: name, else user name, else address.
    pub fn display_name(&self) -> &str {
        ["name", "preferred_username", "email"].into_iter().find_map(|claim| self.text(claim)).unwrap_or(&self.sub)
    }

    /// The languages that the person reads, best first, as `ui_locales` has them: the chosen one, then the claim.
    pub fn languages(&self) -> Option<String> {
        let tags: Vec<&str> = self.appearance.language.as_deref().into_iter().chain(self.text("locale")).collect();
        (!tags.is_empty()).then(|| tags.join(" "))
    }

    /// A claim that is text.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty())
    }
}
