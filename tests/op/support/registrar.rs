//! A program that registers itself.

use super::{Answer, Auth, RelyingParty, TestOp};
use latchkey::model::initial_access_token::{InitialAccessToken, store};
use latchkey::platform::crypto::{OpaqueToken, TokenKind};
use latchkey::platform::id;
use latchkey::platform::random::OsRandom;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Redirect URIs and nothing else.
pub fn plain() -> Value {
    json!({"redirect_uris": [super::relying_party::REDIRECT_URI]})
}

/// `POST /register`
pub async fn register(op: &TestOp, token: Option<&str>, metadata: &Value) -> Answer {
    send(op, Method::POST, &op.url("/register"), token, Some(metadata.to_string())).await
}

/// A registration that must succeed.
#[track_caller]
pub fn registered(answer: &Answer) -> Value {
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

/// Registers with any member changed; `null` takes it out.
pub async fn with(op: &TestOp, token: Option<&str>, changes: Value) -> Answer {
    let mut metadata = plain();
    metadata.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    register(op, token, &metadata).await
}

/// A request to a registration of one's own.
pub async fn manage(op: &TestOp, method: Method, known: &Value, body: Option<&Value>) -> Answer {
    let token = known["registration_access_token"].as_str().unwrap();
    let path = format!("/register/{}", known["client_id"].as_str().unwrap());
    send(op, method, &op.url(&path), Some(token), body.map(ToString::to_string)).await
}

pub async fn send(op: &TestOp, method: Method, url: &str, token: Option<&str>, body: Option<String>) -> Answer {
    let _ = op;
    let mut request = super::http::client().request(method, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body);
    }
    Answer::of(request).await
}

/// The relying party that a registration made.
pub async fn party(op: &TestOp, known: &Value) -> RelyingParty {
    let text = |name: &str| known[name].as_str().unwrap_or_default().to_owned();
    RelyingParty {
        client_id: text("client_id"),
        secret: text("client_secret"),
        auth: if text("client_secret").is_empty() { Auth::None } else { Auth::Basic },
        redirect_uri: known["redirect_uris"][0].as_str().unwrap_or_default().to_owned(),
        issuer: op.issuer().to_owned(),
        http: super::http::client(),
        base: op.url(""),
    }
}

/// An initial access token, as the operator's command makes it: its id and text.
pub async fn initial_token(op: &TestOp, uses: Option<i64>, lasts: Option<Duration>) -> (String, String) {
    let (kind, now) = (TokenKind::InitialAccessToken, op.now());
    let secret = OpaqueToken::new(kind, &OsRandom);
    let hash = op.op.pepper.hash(kind.as_str(), secret.expose().as_bytes());
    let id = id::new(now, &OsRandom);
    let token = InitialAccessToken {
        id: id.clone(),
        note: "test".to_owned(),
        uses_left: uses,
        created_at: now,
        expires_at: lasts.map(|lasts| now + lasts),
        revoked_at: None,
    };
    op.write(move |tx| store::insert(tx, &token, &hash)).await;
    (id, secret.expose().to_owned())
}
