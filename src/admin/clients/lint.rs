//! Finds what is unsafe or cannot work in a registration, with a fix for each.

use crate::model::client::Client;
use crate::platform::clock::Time;
use crate::platform::config::{Config, RequirePkce};
use crate::protocol::client_metadata::{At, ClientAuthMethod, ClientMetadata};
use crate::protocol::redirect_uri;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Works, and could be safer.
    Warn,
    /// Unsafe, or cannot work.
    Fail,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Lint {
    pub level: Level,
    pub what: String,
    /// What to do about it.
    pub fix: &'static str,
}

/// Looks at one registration.
pub fn lint(client: &Client, config: &Config, now: Time) -> Vec<Lint> {
    let metadata = &client.metadata;
    let mut found = Vec::new();
    let mut add = |level, what: String, fix| found.push(Lint { level, what, fix });
    for invalid in metadata.check().err().into_iter().flatten() {
        add(Level::Fail, invalid.to_string(), "correct it with `latchkey client update`");
    }
    for refused in [At::Tokens, At::Introspection].into_iter().filter_map(|at| metadata.usable_at(at).err()) {
        add(Level::Fail, refused.description, "remove the member, if the application does not need it");
    }
    pkce(metadata, config, &mut add);
    redirects(metadata, &mut add);
    authentication(client, now, &mut add);
    grants(metadata, &mut add);
    found
}

type Add<'a> = &'a mut dyn FnMut(Level, String, &'static str);

fn pkce(metadata: &ClientMetadata, config: &Config, add: Add<'_>) {
    if metadata.require_pkce == Some(false) {
        let level = if metadata.is_public() { Level::Fail } else { Level::Warn };
        add(
            level,
            "require_pkce is false: a stolen code can be used (RFC 9700 section 2.1.1)".to_owned(),
            "make the application send code_challenge, then remove require_pkce",
        );
    } else if metadata.require_pkce.is_none()
        && config.require_pkce == RequirePkce::Off
        && metadata.allows_grant("authorization_code")
    {
        add(
            Level::Warn,
            "is not required to use PKCE, because pkce.require is off".to_owned(),
            "set pkce.require to rfc9700, or require_pkce here",
        );
    }
}

fn redirects(metadata: &ClientMetadata, add: Add<'_>) {
    let is_web = metadata.application_type.as_deref() != Some("native");
    for uri in &metadata.redirect_uris {
        let local = uri.starts_with("http://localhost")
            || uri.starts_with("http://127.0.0.1")
            || uri.starts_with("http://[::1]");
        let overridden = redirect_uri::check(uri).err().filter(|unfit| unfit.can_be_overridden(uri));
        if let Some(unfit) = overridden.filter(|_| metadata.insecure_redirect_uris) {
            add(
                Level::Warn,
                format!("{uri} {unfit}, but insecure_redirect_uris allows it: codes can be intercepted"),
                "give the application an https address or a scheme with a period, then remove insecure_redirect_uris",
            );
        } else if uri.starts_with("http://") && !local {
            add(Level::Fail, format!("{uri} is plain http: codes can be intercepted"), "register the https address");
        } else if local && is_web && metadata.redirect_uris.len() > 1 {
            add(
                Level::Warn,
                format!("{uri} can reach any program on a visitor's machine"),
                "remove it outside development, or set application_type to native",
            );
        } else if uri.starts_with("http://localhost") && !is_web {
            add(
                Level::Warn,
                format!("{uri} can resolve to another machine (RFC 8252 section 8.3)"),
                "use http://127.0.0.1 and http://[::1]",
            );
        } else if !uri.starts_with("http") && !metadata.is_public() {
            add(
                Level::Warn,
                format!("{uri} belongs to an installed application, which cannot keep a secret"),
                "set token_endpoint_auth_method to none",
            );
        }
    }
}

fn authentication(client: &Client, now: Time, add: Add<'_>) {
    let metadata = &client.metadata;
    let live = client.live_secrets(now).count();
    match metadata.auth_method() {
        None => add(
            Level::Fail,
            format!(
                "token_endpoint_auth_method {} is not supported: it cannot authenticate",
                metadata.token_endpoint_auth_method.as_deref().unwrap_or_default()
            ),
            "use private_key_jwt or client_secret_basic",
        ),
        Some(
            ClientAuthMethod::ClientSecretBasic
            | ClientAuthMethod::ClientSecretPost
            | ClientAuthMethod::ClientSecretJwt,
        ) if live == 0 => {
            add(
                Level::Fail,
                "has no valid secret: it cannot authenticate".to_owned(),
                "`latchkey client rotate-secret`",
            );
        }
        Some(ClientAuthMethod::ClientSecretPost) => {
            add(
                Level::Warn,
                "sends its secret in the body, where logs and proxies may record it".to_owned(),
                "use client_secret_basic, or private_key_jwt",
            );
        }
        Some(ClientAuthMethod::PrivateKeyJwt)
            if metadata.jwks.is_some() && client.keys.as_ref().is_none_or(|keys| keys.is_empty()) =>
        {
            add(
                Level::Fail,
                "jwks contains no usable key: it cannot authenticate".to_owned(),
                "register an RSA, EC or Ed25519 public key",
            );
        }
        _ => {}
    }
    if live > 0 && client.lacks_text(now) {
        add(
            Level::Fail,
            "has a secret of which only a hash is stored, but an HMAC needs the secret itself".to_owned(),
            "`latchkey client rotate-secret`: rotate the secret",
        );
    }
    if live > 1 {
        add(
            Level::Warn,
            format!("{live} secrets are valid at the same time"),
            "rotate again once the application uses the new one",
        );
    }
    if metadata.jwks_uri.as_deref().is_some_and(|uri| !uri.starts_with("https://")) {
        add(
            Level::Fail,
            "jwks_uri is not https: a man in the middle can replace keys".to_owned(),
            "serve the keys by https",
        );
    }
}

fn grants(metadata: &ClientMetadata, add: Add<'_>) {
    let grants: Vec<&str> = metadata.grant_types.iter().flatten().map(String::as_str).collect();
    for grant in grants.iter().filter(|grant| ["implicit", "password"].contains(grant)) {
        add(
            Level::Warn,
            format!("grant type {grant} exposes tokens or passwords (RFC 9700 section 2)"),
            "use authorization_code with PKCE",
        );
    }
    if metadata.is_public() && grants.len() > 2 {
        add(
            Level::Warn,
            format!("is public and has {} grants: each adds attack surface", grants.len()),
            "keep authorization_code and refresh_token",
        );
    }
    if metadata.is_public() && metadata.trusted {
        add(
            Level::Warn,
            "is public and trusted: anyone can use its client_id to skip the consent page".to_owned(),
            "remove trusted, or let it authenticate",
        );
    }
    for kind in metadata.response_types.iter().flatten().filter(|kind| kind.split(' ').any(|word| word == "token")) {
        add(Level::Warn, format!("response type {kind} puts access tokens into the address bar"), "use code");
    }
    if metadata.id_token_signed_response_alg.as_deref() == Some("none") {
        add(
            Level::Fail,
            "id_token_signed_response_alg is none: anyone can forge its ID tokens".to_owned(),
            "use RS256 or ES256",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::client::{ClientSecret, Origin};
    use serde_json::{Value, json};

    fn client(metadata: Value) -> Client {
        Client {
            id: "c".into(),
            enabled: true,
            version: 1,
            origin: Origin::Operator,
            metadata: serde_json::from_value(metadata).unwrap(),
            logo: None,
            secrets: vec![],
            keys: None,
        }
    }

    fn found(client: &Client) -> Vec<String> {
        lint(client, &Config::default(), Time::default()).into_iter().map(|lint| lint.what).collect()
    }

    fn lints(metadata: Value) -> Vec<String> {
        found(&client(metadata))
    }

    #[test]
    fn a_sound_public_client_has_no_finding() {
        let sound = json!({"redirect_uris": ["https://rp.example/cb"], "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"]});
        assert_eq!(lints(sound), Vec::<String>::new());
    }

    #[test]
    fn what_is_unsafe_is_found() {
        let bad = json!({"redirect_uris": ["http://rp.example/cb"], "require_pkce": false, "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "implicit", "password"], "trusted": true, "response_types": ["code", "id_token token"]});
        let found = lints(bad).join("\n");
        for word in ["plain http", "require_pkce", "implicit", "3 grants", "trusted", "address bar"] {
            assert!(found.contains(word), "{word} in {found}");
        }
    }

    #[test]
    fn what_is_let_pass_for_one_client_is_told_and_so_is_what_it_demands_in_vain() {
        let overridden = json!({"redirect_uris": ["myapp:/cb", "http://10.1.2.3/cb"], "insecure_redirect_uris": true,
            "token_endpoint_auth_method": "none", "dpop_bound_access_tokens": true});
        let found = lints(overridden);
        assert_eq!(found.iter().filter(|what| what.contains("insecure_redirect_uris")).count(), 2, "{found:?}");
        assert!(found.iter().any(|what| what.contains("dpop_bound_access_tokens")), "{found:?}");
    }

    #[test]
    fn a_hashed_secret_cannot_make_an_hmac() {
        let mut client = client(
            json!({"redirect_uris": ["https://rp.example/cb"], "token_endpoint_auth_method": "client_secret_jwt"}),
        );
        let hash = crate::platform::crypto::TokenHash::from_stored("x".into());
        client.secrets.push(ClientSecret { id: "1".into(), hash, expires_at: None, sealed: None });
        assert!(found(&client).iter().any(|what| what.contains("needs the secret itself")));
        client.secrets[0].sealed = Some(crate::platform::crypto::Sealed::from_stored("x".into()));
        assert_eq!(found(&client), Vec::<String>::new());
    }

    #[test]
    fn a_client_without_a_live_secret_cannot_authenticate() {
        assert!(
            lints(json!({"redirect_uris": ["https://rp.example/cb"]}))
                .iter()
                .any(|what| what.contains("no valid secret"))
        );
    }
}
