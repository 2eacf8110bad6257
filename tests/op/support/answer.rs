//! An answer of the provider, read whole.

use reqwest::header::HeaderMap;
use serde_json::Value;
use std::collections::BTreeMap;

/// Status, headers and body, and what tests ask of them.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap_or_else(|error| panic!("no answer: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = String::from_utf8_lossy(&response.bytes().await.expect("a whole body")).into_owned();
        Self { status, headers, body }
    }

    /// A header's value; an empty text where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {} {}", self.status, self.body))
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Option<&str> {
        self.headers.get("location").and_then(|value| value.to_str().ok())
    }

    /// The query of the URL that this redirects to.
    pub fn query(&self) -> BTreeMap<String, String> {
        let location = self.location().unwrap_or_else(|| panic!("no redirect: {} {}", self.status, self.body));
        let url = url::Url::parse(location).unwrap_or_else(|error| panic!("{location}: {error}"));
        url.query_pairs().into_owned().collect()
    }

    /// The error code, wherever this kind of answer has it: query, JSON, or the page's list of facts.
    /// What an authorization response carries, whichever way it takes: query, fragment or form.
    pub fn response(&self) -> BTreeMap<String, String> {
        if let Some((_, fragment)) = self.location().and_then(|location| location.split_once('#')) {
            return url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect();
        }
        if self.location().is_some() {
            return self.query();
        }
        let inputs = self.body.split("<input type=\"hidden\" name=\"").skip(1);
        let pairs = inputs.filter_map(|rest| rest.split_once("\" value=\""));
        pairs.map(|(name, rest)| (name.to_owned(), unescape(rest.split('"').next().unwrap_or_default()))).collect()
    }

    pub fn error(&self) -> String {
        self.member("error").unwrap_or_else(|| between(&self.body, "<dd><code>", "</code>").unwrap_or_default())
    }

    /// The error's description, wherever this kind of answer has it.
    pub fn description(&self) -> String {
        self.member("error_description").unwrap_or_else(|| self.body.clone())
    }

    /// The reference `LK-…`, wherever this kind of answer has it.
    pub fn reference(&self) -> String {
        let text = self.description();
        let start = text.rfind("LK-").unwrap_or_else(|| panic!("no reference: {} {text}", self.status));
        text[start..].chars().take(11).collect()
    }

    fn member(&self, name: &str) -> Option<String> {
        if self.location().is_some() {
            return Some(self.query().get(name).cloned().unwrap_or_default());
        }
        let json: Value = serde_json::from_str(&self.body).ok()?;
        Some(json[name].as_str().unwrap_or_default().to_owned())
    }

    /// Asserts status and error code at once.
    #[track_caller]
    pub fn refused(&self, status: u16, error: &str) -> &Self {
        assert_eq!((self.status, self.error().as_str()), (status, error), "{}", self.body);
        self
    }

    /// Asserts that all went well.
    #[track_caller]
    pub fn ok(&self) -> &Self {
        assert_eq!(self.status, 200, "{} {}", self.location().unwrap_or_default(), self.body);
        self
    }
}

/// The ids of the fields that take the focus when the page opens.
pub fn focused(page: &Answer) -> Vec<String> {
    let tags = page.body.split('<').filter_map(|rest| rest.split('>').next());
    tags.filter(|tag| tag.contains(" autofocus")).filter_map(|tag| between(tag, " id=\"", "\"")).collect()
}

/// The first text between two others.
pub fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| unescape(found))
}

/// The characters that our templates escape.
pub fn unescape(text: &str) -> String {
    let pairs = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
