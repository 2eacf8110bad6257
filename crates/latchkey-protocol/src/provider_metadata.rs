//! The metadata document (OpenID Connect Discovery §3, RFC 8414 §2).

use serde_json::{Map, Value};

/// What the provider announces: each feature adds its own members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProviderMetadata(Map<String, Value>);

impl ProviderMetadata {
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// Adds to a member that is a list, once each.
    pub fn add<V: Into<Value>>(&mut self, name: &str, values: impl IntoIterator<Item = V>) {
        let member = self.0.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = member {
            for value in values.into_iter().map(Into::into) {
                if !list.contains(&value) {
                    list.push(value);
                }
            }
        }
    }

    pub fn into_json(self) -> Value {
        Value::Object(self.0)
    }
}
