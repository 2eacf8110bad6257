//! The fields that an import knows, however a header spells them.

use crate::platform::config::Profile;
use crate::protocol::claims;
use std::collections::BTreeSet;

/// Fields besides claims.
const OWN: [&str; 5] = ["username", "password", "password_hash", "sub", "disabled"];
/// OpenID Connect Core §5.1.1.
const ADDRESS: [&str; 6] = ["formatted", "street_address", "locality", "region", "postal_code", "country"];
/// The similarity from which a name is suggested.
const NEAR: f64 = 0.55;

/// Known names: standard claims, the operator's own, and what is no claim.
pub(super) struct Known(BTreeSet<String>);

impl Known {
    pub(super) fn of(profile: &Profile) -> Self {
        let own = profile.fields.iter().map(|field| field.claim.clone());
        let standard = claims::standard().chain(OWN).map(str::to_owned);
        let members = ADDRESS.iter().map(|member| format!("address.{member}"));
        Self(standard.chain(members).chain(own).chain(["address".to_owned()]).collect())
    }

    /// Whether a field is known; a claim may be of a language (§5.2).
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(claims::plain(name))
    }

    /// The name that was probably meant.
    pub(super) fn nearest(&self, name: &str) -> Option<String> {
        let folded = fold(name);
        let likeness = |known: &String| {
            let is_begin = folded.len() > 3 && known.starts_with(&folded);
            let whole = strsim::normalized_damerau_levenshtein(&folded, known);
            if is_begin { whole.max(0.8) } else { whole }
        };
        // The shortest of equally similar names.
        let best = self.0.iter().rev().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(best) >= NEAR).then(|| best.clone())
    }
}

/// Reads a header's cell as a field name in another spelling: `Email Verified`, `USERNAME`.
pub(super) fn header(text: &str) -> String {
    let (first, member) = text.split_once('.').map_or((text, None), |(first, member)| (first, Some(member)));
    let folded = fold(first);
    let plain = claims::plain(&folded);
    if !OWN.contains(&plain) && claims::standard().all(|known| known != plain) {
        return text.to_owned();
    }
    match member {
        None => folded,
        Some(member) if folded == "address" => format!("{folded}.{}", fold(member)),
        // The members of a hash have names in mixed case.
        Some(member) => format!("{folded}.{member}"),
    }
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_in_any_case_and_a_slip_has_its_nearest_name() {
        for (typed, read) in [
            ("Email", "email"),
            ("EMAIL_VERIFIED", "email_verified"),
            ("Email Verified", "email_verified"),
            ("Address.Country", "address.country"),
            ("Department", "Department"),
            ("Password_Hash.passwordHash", "password_hash.passwordHash"),
        ] {
            assert_eq!(header(typed), read);
        }
        let known = Known::of(&Profile::default());
        for (typed, near) in [
            ("emial", Some("email")),
            ("enabled", Some("disabled")),
            ("phone", Some("phone_number")),
            ("address.contry", Some("address.country")),
            ("department", None),
        ] {
            assert_eq!(known.nearest(typed).as_deref(), near, "{typed}");
        }
        assert!(known.has("name#ja") && known.has("address.country") && !known.has("emial"));
    }
}
