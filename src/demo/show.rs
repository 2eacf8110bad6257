//! Messages and tokens as steps to look at.

use super::{
    view::{Document, DocumentKind, Step, StepKind},
    wire::Exchange,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use url::Url;

/// What went with the browser to a URL.
pub(super) fn navigation(kind: StepKind, url: &Url) -> Step {
    let mut endpoint = url.clone();
    endpoint.set_query(None);
    Step {
        kind,
        request: Some(format!("GET {endpoint}")),
        values: url.query_pairs().into_owned().collect(),
        documents: vec![],
    }
}

/// What went from server to server.
pub(super) fn exchange(kind: StepKind, exchange: Option<Exchange>) -> Step {
    let Some(Exchange { request, form, answer }) = exchange else {
        return Step { kind, request: None, values: vec![], documents: vec![] };
    };
    let documents = answer.iter().map(|answer| document(DocumentKind::Answer, answer)).collect();
    Step { kind, request: Some(request), values: form, documents }
}

/// A JWT's header and claims (RFC 7519); none for a token that is not one.
pub(super) fn token(kind: StepKind, token: &str) -> Option<Step> {
    let mut parts = token.split('.');
    let documents = [DocumentKind::Header, DocumentKind::Claims]
        .into_iter()
        .map(|kind| Some(document(kind, &decode(parts.next()?)?)))
        .collect::<Option<Vec<_>>>()?;
    Some(Step { kind, request: None, values: vec![], documents })
}

fn decode(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn document(kind: DocumentKind, value: &Value) -> Document {
    Document { kind, json: format!("{value:#}") }
}
