//! Passkeys work only under the host name that they were created for.

use super::{Finding, Site, count};
use crate::model::credential::passkey::store;

pub(in crate::cli) async fn look(site: &Site) -> Option<Finding> {
    let name = site.config.rp_id().unwrap_or_default().to_owned();
    let shown = name.clone();
    // A database that does not answer is reported elsewhere.
    let elsewhere = site.read(move |connection| store::bound_elsewhere(connection, &name)).await.ok()?;
    judge(&shown, usize::try_from(elsewhere).unwrap_or_default())
}

fn judge(name: &str, elsewhere: usize) -> Option<Finding> {
    if elsewhere == 0 {
        return name.is_empty().then(|| Finding::ok("the issuer's host is an address: passkeys are off"));
    }
    let what = format!(
        "{} created for another name than `{name}`: browsers do not offer them here",
        count(elsewhere, "passkey was", "passkeys were")
    );
    let fix = "set `webauthn.rp_id` back to the name that they were created for (`rp_id` in the table passkeys); people \
               whose passkeys are lost sign in by password and recovery code, or need `latchkey user reset-factors`";
    Some(Finding::fail(what, fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_of_another_name_are_a_failure() {
        assert!(judge("id.example.com", 0).is_none());
        assert!(judge("id.example.com", 2).is_some_and(|finding| finding.what.starts_with("2 passkeys were created")));
        assert!(judge("", 0).is_some_and(|finding| finding.what.contains("off")));
    }
}
