//! Claims as flags.

use super::Failure;
use crate::protocol::claims::Claims;
use serde_json::Value;

/// Claims that flags set.
#[derive(clap::Args)]
pub(in crate::cli) struct ClaimFlags {
    /// The email address, also for signing in
    #[arg(long)]
    email: Option<String>,
    /// Mark the address as verified; `--email-verified false` undoes it
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    email_verified: Option<bool>,
    /// The full name
    #[arg(long)]
    name: Option<String>,
    /// Any claim; the value is JSON or plain text; an empty value removes the claim
    #[arg(long = "claim", value_name = "NAME=VALUE")]
    claims: Vec<String>,
}

impl ClaimFlags {
    /// The claims; `null` removes one.
    pub(in crate::cli) fn claims(&self) -> Result<Claims, Failure> {
        let mut claims = Claims::new();
        for text in &self.claims {
            let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
                Failure::usage(format!("--claim {text} must be NAME=VALUE")).fix("write --claim zoneinfo=Europe/London")
            })?;
            claims.insert(name.to_owned(), value_of(name, value));
        }
        for (name, value) in [("email", &self.email), ("name", &self.name)] {
            if let Some(text) = value {
                claims.insert(name.to_owned(), if text.is_empty() { Value::Null } else { text.as_str().into() });
            }
        }
        if let Some(verified) = self.email_verified {
            claims.insert("email_verified".to_owned(), verified.into());
        }
        Ok(claims)
    }
}

/// A standard claim of type string stays a string even if it looks like a number.
fn value_of(name: &str, value: &str) -> Value {
    if value.is_empty() {
        return Value::Null;
    }
    let typed = ["address", "updated_at", "email_verified", "phone_number_verified"].contains(&name);
    let is_standard = crate::protocol::claims::standard().any(|known| known == name);
    let parsed = serde_json::from_str(value).ok().filter(|_| typed || !is_standard);
    parsed.unwrap_or_else(|| value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_json_or_text_and_standard_text_stays_text() {
        assert_eq!(value_of("phone_number", "123"), Value::from("123"));
        assert_eq!(value_of("level", "3"), Value::from(3));
        assert_eq!(value_of("address", r#"{"country":"NZ"}"#), serde_json::json!({"country": "NZ"}));
        assert_eq!(value_of("department", "Engines"), Value::from("Engines"));
        assert_eq!(value_of("nickname", ""), Value::Null);
    }
}
