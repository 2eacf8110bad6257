//! Samples.

use super::mailbox::view::Letters;
use super::view::{Document, DocumentKind, Failed, Start, Step, StepKind, Steps};
use crate::pages::preview::{Sample, Stage};
use crate::platform::mail::Received;

/// The pages in their states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let start = |signed_out| Start { page: stage.page(), sign_in_url: "", provider_url: "", signed_out };
    let claims = format!("{:#}", serde_json::json!({ "sub": "8rjPsWkJ", "name": stage.cast.name, "amr": ["pwd"] }));
    let step = |kind| Step {
        kind,
        request: Some("GET http://localhost:8080/authorize".to_owned()),
        values: vec![("client_id".to_owned(), "harbour".to_owned()), ("scope".to_owned(), "openid email".to_owned())],
        documents: vec![Document { kind: DocumentKind::Claims, json: claims.clone() }],
    };
    let steps = Steps {
        page: stage.page(),
        person: stage.cast.name,
        steps: [StepKind::AuthorizationRequest, StepKind::Callback, StepKind::IdToken].map(step).into(),
        csrf: "sample",
        refresh_url: Some(""),
        introspect_url: Some(""),
        userinfo_url: Some(""),
        sign_out_url: "",
    };
    let failed = |code, description| Failed { page: stage.page(), code, description, retry_url: "" };
    let letter = Received {
        to: stage.cast.email.to_owned(),
        subject: "Latchkey".to_owned(),
        date: "Sat, 14 Mar 2026 14:53:20 +0000".to_owned(),
        text: "Hello,\n\n    1234 5678\n\nhttps://id.example.org/recovery/link/sample\n".to_owned(),
        headers: Vec::new(),
    };
    let mailbox = |letters| Letters { page: stage.page(), letters };
    let (fails, letters) = ("demo/failed.html", "demo/mailbox.html");
    vec![
        stage.sample("demo/start.html", ("demo", "empty"), &start(false)),
        stage.sample("demo/start.html", ("demo", "signed-out"), &start(true)),
        stage.sample("demo/steps.html", ("demo-steps", "filled"), &steps),
        stage.sample(fails, ("demo-failed", "denied"), &failed("access_denied", None)),
        stage.sample(fails, ("demo-failed", "error"), &failed("invalid_scope", Some("scope is not known"))),
        stage.sample(letters, ("demo-mailbox", "empty"), &mailbox(Vec::new())),
        stage.sample(letters, ("demo-mailbox", "filled"), &mailbox(vec![letter])),
    ]
}
