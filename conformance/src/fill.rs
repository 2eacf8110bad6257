//! Filling `{name}` in, in text and in every text of a JSON value.

use serde_json::Value;

/// Names and what they stand for.
pub(crate) type Words<'a> = [(&'a str, &'a str)];

pub(crate) fn text(template: &str, words: &Words<'_>) -> String {
    words.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

pub(crate) fn value(template: &Value, words: &Words<'_>) -> Value {
    match template {
        Value::String(template) => Value::String(text(template, words)),
        Value::Array(members) => members.iter().map(|member| value(member, words)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, member)| (name.clone(), value(member, words))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn every_text_is_filled_and_nothing_else() {
        let template = json!({"{a}": ["{a}/x", 1, {"b": "{b}"}]});
        assert_eq!(super::value(&template, &[("a", "A")]), json!({"{a}": ["A/x", 1, {"b": "{b}"}]}));
    }
}
