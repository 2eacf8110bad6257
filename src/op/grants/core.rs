//! What the engines share: our values as oxide-auth's types.

use crate::protocol::scope::Scope;
use oxide_auth::primitives::grant::{Extensions, Grant};
use oxide_auth::primitives::registrar::RegisteredUrl;
use url::Url;

/// A placeholder where the grant core requires a redirect URI and the grant has none.
const NO_REDIRECT: &str = "urn:latchkey:no-redirect";

/// A scope as the core compares it: a set. We keep the order.
pub(super) fn set(scope: &Scope) -> oxide_auth::primitives::scope::Scope {
    // The core accepts all characters of our scopes; anything else becomes the empty set.
    scope.to_string().parse().unwrap_or_else(|_| empty())
}

fn empty() -> oxide_auth::primitives::scope::Scope {
    #[allow(clippy::expect_used, reason = "an empty text has no character that could be wrong")]
    "".parse().expect("the empty scope parses")
}

/// The sentinel as the core holds registered URLs.
pub(super) fn no_redirect() -> RegisteredUrl {
    #[allow(clippy::expect_used, reason = "a constant")]
    RegisteredUrl::Exact(NO_REDIRECT.parse().expect("a constant URN parses"))
}

/// A grant for the core. It never expires there: our clock decides lifetimes.
pub(super) fn grant(owner: &str, client_id: &str, scope: &Scope, redirect_uri: Option<Url>) -> Grant {
    Grant {
        owner_id: owner.to_owned(),
        client_id: client_id.to_owned(),
        scope: set(scope),
        redirect_uri: redirect_uri.unwrap_or_else(|| no_redirect().into_url()),
        until: chrono::DateTime::<chrono::Utc>::MAX_UTC,
        extensions: Extensions::new(),
    }
}
