//! With a client's secret: a token is issued, verified with the published keys, introspected and revoked.

use super::provider::{Client, error_code, is_safe, object, told};
use super::token::refuses;
use super::{Finding, Probe, Provider, Seen, send};
use crate::platform::clock::{Clock as _, SystemClock};
use crate::platform::jose::{Algorithm, ClaimRules, Rules, Typ, VerificationKeys, parse, verify};
use crate::platform::secret::Secret;
use reqwest::Method;
use serde_json::{Map, Value};

const ISSUED: Probe = Probe::new(
    "client.token",
    "RFC 6749 §4.4",
    "register client_credentials for this client and check its secret, or use another client",
);
const SIGNED: Probe = Probe::new(
    "client.signature",
    "RFC 9068 §4",
    "publish the key that signs access tokens, and include iss, iat and exp in them",
);
const GRANT: Probe =
    Probe::new("client.grant_type", "RFC 6749 §5.2", "answer an unknown grant type with 400 unsupported_grant_type");
const ACTIVE: Probe = Probe::new(
    "client.introspection",
    "RFC 7662 §2.2",
    "answer the client that a token was issued to with active: true",
);
const REVOKED: Probe = Probe::new(
    "client.revocation",
    "RFC 7009 §2.2",
    "answer a revocation with 200, and report the token as inactive afterwards",
);

/// The client's credentials, in the form that the provider accepted.
struct Lent<'a> {
    provider: &'a Provider,
    id: &'a str,
    secret: &'a Secret<String>,
    in_the_form: bool,
}

pub(super) async fn look(provider: &Provider) -> Vec<Finding> {
    let lent = provider.client.as_ref().and_then(|Client { id, secret, .. }| Some((id, secret.as_ref()?)));
    let Some((id, secret)) = lent else { return vec![ISSUED.skip("needs --client-id and --client-secret-stdin")] };
    let Some(url) = provider.text("token_endpoint") else { return vec![ISSUED.skip("no token_endpoint")] };
    if !is_safe(url) {
        return vec![ISSUED.fail("token_endpoint is plain http: the secret was not sent")];
    }
    let methods = provider.words("token_endpoint_auth_methods_supported");
    let in_the_form = !methods.is_empty() && !methods.contains(&"client_secret_basic");
    let mut lent = Lent { provider, id, secret, in_the_form };
    let form = [("grant_type", "client_credentials")];
    let mut answer = lent.post(url, &form).await;
    // Some register each client for one method.
    if !in_the_form && answer.as_ref().is_ok_and(|seen| error_code(seen) == "invalid_client") {
        lent.in_the_form = true;
        answer = lent.post(url, &form).await;
    }
    let strange = lent.post(url, &[("grant_type", "urn:latchkey:probe")]).await;
    let grant = GRANT.of(&strange, |probe, seen| match (seen.status, error_code(seen).as_str()) {
        (400, "unsupported_grant_type") => probe.ok("400 unsupported_grant_type"),
        _ => probe.fail(format!("answers {}", told(seen))),
    });
    let token = answer.as_ref().ok().and_then(access_token);
    let issued = ISSUED.of(&answer, issued);
    let Some(token) = token else { return vec![issued, grant] };
    let signed = lent.signature(&token).await;
    let mut found = vec![issued, grant, signed];
    found.extend(lent.life(&token).await);
    found
}

fn issued(probe: Probe, seen: &Seen) -> Finding {
    let answer = object(seen).unwrap_or_default();
    let bearer =
        answer.get("token_type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    match (seen.status, access_token(seen).is_some(), bearer) {
        (200, true, true) if !seen.header("cache-control").contains("no-store") => {
            probe.fail("the token may be cached")
        }
        (200, true, true) => probe.ok("got a Bearer token with client_credentials"),
        (200, ..) => probe.fail("200 without access_token and token_type"),
        _ if error_code(seen) == "unauthorized_client" => probe.skip("the client may not use client_credentials"),
        _ if refuses(seen) => probe.fail(told(seen)),
        _ => probe.fail(format!("answers {}", told(seen))),
    }
}

fn access_token(seen: &Seen) -> Option<Secret<String>> {
    let answer = object(seen).filter(|_| seen.status == 200)?;
    answer.get("access_token").and_then(Value::as_str).map(|token| Secret::new(token.to_owned()))
}

impl Lent<'_> {
    async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Seen, String> {
        let request = self.provider.outside.request(Method::POST, url);
        if self.in_the_form {
            let own = [("client_id", self.id), ("client_secret", self.secret.expose().as_str())];
            return send(request.form(&[form, &own].concat())).await;
        }
        // RFC 6749 §2.3.1: both parts are form-encoded first.
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        send(request.basic_auth(encode(self.id), Some(encode(self.secret.expose()))).form(form)).await
    }

    async fn signature(&self, token: &Secret<String>) -> Finding {
        if parse(token.expose()).is_err() {
            return SIGNED.skip("the token is opaque");
        }
        let url = self.provider.text("jwks_uri").unwrap_or_default();
        let answer = self.provider.get(url).await;
        SIGNED.of(&answer, |probe, seen| match verified(&self.provider.issuer, token.expose(), seen) {
            Ok(alg) => probe.ok(format!("{alg}, signed with a published key; issuer and times are right")),
            Err(cause) => probe.fail(cause),
        })
    }

    /// Introspected, revoked, introspected again.
    async fn life(&self, token: &Secret<String>) -> Vec<Finding> {
        let form = [("token", token.expose().as_str()), ("token_type_hint", "access_token")];
        let safe = |member: &str| self.provider.text(member).filter(|url| is_safe(url));
        let (introspection, revocation) = (safe("introspection_endpoint"), safe("revocation_endpoint"));
        let Some(introspection) = introspection else {
            return vec![ACTIVE.skip("no introspection_endpoint"), REVOKED.skip("no introspection_endpoint")];
        };
        let before = self.post(introspection, &form).await;
        let active = ACTIVE.of(&before, |probe, seen| match is_active(seen) {
            Some(true) => probe.ok("active"),
            Some(false) => probe.warn("the client that it was issued to gets active: false"),
            None => probe.fail(format!("answers {}", told(seen))),
        });
        let Some(revocation) = revocation else { return vec![active, REVOKED.skip("no revocation_endpoint")] };
        let (answer, after) = (self.post(revocation, &form).await, self.post(introspection, &form).await);
        let revoked = REVOKED.of(&answer, |probe, seen| match (seen.status, after.as_ref().ok().and_then(is_active)) {
            (200, Some(false)) => probe.ok("200, and inactive afterwards"),
            (200, Some(true)) => probe.fail("200, but still active"),
            (200, None) => probe.fail("200, but introspection does not answer"),
            _ => probe.fail(format!("answers {}", told(seen))),
        });
        vec![active, revoked]
    }
}

fn is_active(seen: &Seen) -> Option<bool> {
    object(seen).filter(|_| seen.status == 200)?.get("active")?.as_bool()
}

/// The algorithm of a token whose signature and issuer are right.
fn verified(issuer: &str, token: &str, jwks: &Seen) -> Result<String, String> {
    let set = object(jwks).ok_or("the JWKS is not a JSON object")?;
    let members = set.get("keys").and_then(Value::as_array).ok_or("the JWKS has no keys")?;
    // A key that we cannot use must not hide those that we can.
    let usable: Vec<&Map<String, Value>> =
        members.iter().filter_map(Value::as_object).filter(|key| VerificationKeys::from_jwk(key).is_ok()).collect();
    let keys = VerificationKeys::from_jwks(usable).map_err(|error| error.to_string())?;
    let rules = Rules { algorithms: &Algorithm::ALL, typ: Typ::PlainOr("at+jwt"), keys: &keys };
    let verified = verify(token, &rules).map_err(|error| error.to_string())?;
    let claims = ClaimRules::at(SystemClock.now()).issuer(issuer).check(&verified.claims);
    claims.map_err(|error| error.to_string())?;
    Ok(verified.header.alg().to_owned())
}
