//! What a writer saw of an object before changing it: pages and API name it by the same tags, and it is compared in the
//! transaction of the change, so that of two writers one is told.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// What was seen.
#[derive(Clone, Debug)]
pub struct Seen(Option<Vec<String>>);

impl Seen {
    /// Whatever is there: a page that shows all it changes.
    pub const fn whatever() -> Self {
        Self(None)
    }

    /// An object with one of these tags.
    pub const fn tagged(tags: Vec<String>) -> Self {
        Self(Some(tags))
    }

    /// Whether an object with this tag is what was seen.
    pub fn is(&self, tag: &str) -> bool {
        self.0.as_ref().is_none_or(|tags| tags.iter().any(|seen| seen == tag))
    }
}

/// The tag of an object, made of what of it can change.
pub fn tag(object: &impl Serialize) -> String {
    let hash = Sha256::digest(json!(object).to_string());
    URL_SAFE_NO_PAD.encode(hash.get(..12).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_the_tags_that_were_seen_is_enough_and_a_page_needs_none() {
        let seen = Seen::tagged(vec!["a".into(), "b".into()]);
        assert!(seen.is("b") && !seen.is("c") && !Seen::tagged(Vec::new()).is("a") && Seen::whatever().is("c"));
        assert_ne!(tag(&("a", 1)), tag(&("a", 2)));
    }
}
