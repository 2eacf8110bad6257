//! The REST interface of a running suite.

use crate::failure::Failure;
use crate::plan::Variant;
use reqwest::{Client, Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::Path;
use std::time::Duration;

/// A running suite.
#[derive(Clone)]
pub(crate) struct Suite {
    url: String,
    client: Client,
}

/// Which suite it is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct About {
    /// Of its release.
    pub(crate) version: String,
    /// The revision it was built from.
    #[serde(default)]
    pub(crate) revision: Option<String>,
}

/// A plan that the suite made.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Plan {
    pub(crate) id: String,
    pub(crate) modules: Vec<Module>,
}

/// One of a plan's modules.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Module {
    pub(crate) test_module: String,
    #[serde(default)]
    pub(crate) variant: Option<Variant>,
}

/// How far a module is.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Info {
    /// `CREATED`, `CONFIGURED`, `RUNNING`, `WAITING`, `FINISHED` or `INTERRUPTED`.
    #[serde(default)]
    pub(crate) status: String,
    /// `PASSED`, `WARNING`, `REVIEW`, `SKIPPED` or `FAILED`, where there is one already.
    #[serde(default)]
    pub(crate) result: Option<String>,
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

impl Plan {
    /// The response type of a module, where the plan has it with several.
    pub(crate) fn response_type_of(&self, module: &Module) -> Option<String> {
        let of = |module: &Module| module.variant.as_ref()?.get("response_type").cloned();
        let own = of(module)?;
        let several = self.modules.iter().filter_map(of).any(|other| other != own);
        several.then_some(own)
    }
}

impl Suite {
    /// The suite at a URL; a PEM file names whom to trust besides the system's roots.
    #[allow(clippy::disallowed_methods, reason = "a client of the suite, not of the provider")]
    pub(crate) fn new(url: &str, authority: Option<&Path>) -> Result<Self, Failure> {
        let mut client = Client::builder().timeout(Duration::from_secs(120)).no_proxy();
        if let Some(file) = authority {
            let pem = std::fs::read(file).map_err(Failure::at(file.display()))?;
            let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(Failure::at(file.display()))?;
            client = certificates.into_iter().fold(client, |client, one| client.add_root_certificate(one));
        }
        let client = client.build().map_err(Failure::at("the HTTP client"))?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), client })
    }

    pub(crate) async fn about(&self) -> Result<About, Failure> {
        self.get("/api/server").await
    }

    /// Without a slash at its end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The page on which people see a plan.
    pub(crate) fn page(&self, plan: &str) -> String {
        format!("{}/plan-detail.html?plan={plan}", self.url)
    }

    /// The page on which people see a module.
    pub(crate) fn log_page(&self, id: &str) -> String {
        format!("{}/log-detail.html?log={id}", self.url)
    }

    /// The addresses of whoever has an alias.
    pub(crate) fn base(&self, alias: &str) -> String {
        format!("{}/test/a/{alias}", self.url)
    }

    pub(crate) async fn make_plan(
        &self,
        plan: &str,
        variant: &Variant,
        body: &Map<String, Value>,
    ) -> Result<Plan, Failure> {
        let variant = serde_json::to_string(variant).map_err(Failure::at("the variant"))?;
        let request = self.request(Method::POST, "/api/plan", &[("planName", plan), ("variant", &variant)]);
        answer(request.json(body)).await
    }

    /// Makes a module, and has it begin where it begins by itself.
    pub(crate) async fn make_module(&self, plan: &str, module: &Module) -> Result<String, Failure> {
        let variant = module.variant.clone().unwrap_or_default();
        let variant = serde_json::to_string(&variant).map_err(Failure::at("the variant"))?;
        let query = [("test", module.test_module.as_str()), ("plan", plan), ("variant", &variant)];
        let request = self.request(Method::POST, "/api/runner", &query).header("content-type", "application/json");
        let created: Created = answer(request).await?;
        Ok(created.id)
    }

    /// Has a module begin that waits for its operator.
    pub(crate) async fn start(&self, id: &str) -> Result<(), Failure> {
        let _: Value = answer(self.request(Method::POST, &format!("/api/runner/{id}"), &[])).await?;
        Ok(())
    }

    pub(crate) async fn info(&self, id: &str) -> Result<Info, Failure> {
        self.get(&format!("/api/info/{id}")).await
    }

    /// URLs that a person would have to visit, because no entry of the automation is for them.
    pub(crate) async fn unmatched(&self, id: &str) -> Result<Vec<String>, Failure> {
        let running: Value = self.get(&format!("/api/runner/{id}")).await?;
        let urls = running.pointer("/browser/urls").and_then(Value::as_array);
        Ok(urls.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    pub(crate) async fn log(&self, id: &str) -> Result<Vec<Value>, Failure> {
        self.get(&format!("/api/log/{id}")).await
    }

    /// Ends a module that does not end by itself.
    pub(crate) async fn cancel(&self, id: &str) {
        let _ = self.request(Method::DELETE, &format!("/api/runner/{id}"), &[]).send().await;
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        answer(self.request(Method::GET, path, &[])).await
    }

    fn request(&self, method: Method, path: &str, query: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut words = Vec::new();
        for (name, value) in query {
            words.push(format!("{name}={}", percent(value)));
        }
        let separator = if words.is_empty() { "" } else { "?" };
        self.client.request(method, format!("{}{path}{separator}{}", self.url, words.join("&")))
    }
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

async fn answer<T: serde::de::DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, Failure> {
    let response = request.send().await.map_err(|error| Failure::new(format!("the suite: {}", causes(&error))))?;
    let (status, url) = (response.status(), response.url().path().to_owned());
    let body = response.text().await.map_err(Failure::at("the suite"))?;
    if status == StatusCode::OK || status == StatusCode::CREATED {
        return serde_json::from_str(&body).map_err(Failure::at(format!("the suite's answer to {url}")));
    }
    let start: String = body.chars().take(400).collect();
    Err(Failure::new(format!("the suite answered {status} to {url}: {start}")))
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
