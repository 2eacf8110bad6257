//! A person at the account console.

use super::answer::between;
use super::people::PASSWORD;
use super::{Answer, Browser};

impl Browser {
    /// Opens a page of the console, and signs in where it asks.
    pub async fn console(&mut self, username: &str, path: &str) -> Answer {
        let answer = self.open(path).await;
        if self.is_at("/login") { self.sign_in(username, PASSWORD).await } else { answer }
    }

    /// The token of the page's forms.
    pub fn csrf(&self) -> String {
        between(&self.page().body, "name=\"csrf\" value=\"", "\"").unwrap_or_default()
    }

    /// Posts to a page of the console with the token of the page shown.
    pub async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let all: Vec<(&str, &str)> = std::iter::once(("csrf", csrf.as_str())).chain(fields.iter().copied()).collect();
        self.post(path, &all).await
    }
}
