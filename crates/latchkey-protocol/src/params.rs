//! Request parameters: `application/x-www-form-urlencoded`, each name at most once (RFC 6749 §3.1, §3.2).

use super::error::{ErrorCode, OAuthError};

/// At most so many parameters are read from one request.
const MAX_PARAMETERS: usize = 100;

/// The parameters of a request, in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

/// Parameters that RFC 8707 §2 allows to repeat.
pub(super) const REPEATABLE: [&str; 2] = ["resource", "audience"];

impl Params {
    /// Parses a query string or form body.
    ///
    /// # Errors
    /// `invalid_request` for a repeated parameter, bytes that are not UTF-8, a NUL, or too many parameters.
    pub fn parse(encoded: &[u8]) -> Result<Self, OAuthError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for part in encoded.split(|byte| *byte == b'&').filter(|part| !part.is_empty()) {
            if pairs.len() >= MAX_PARAMETERS {
                return Err(ErrorCode::InvalidRequest.because(format!("more than {MAX_PARAMETERS} parameters")));
            }
            let (name, value) = pair(part)?;
            // An empty parameter counts as absent (RFC 6749 §3.1), but naming it twice is still a repetition.
            if pairs.iter().any(|(known, _)| *known == name) && !REPEATABLE.contains(&name.as_str()) {
                return Err(ErrorCode::InvalidRequest
                    .because(format!("parameter {} is repeated", label(&name)))
                    .clause("RFC 6749 §3.1"));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter; an empty one counts as absent.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// `invalid_request` that names it.
    pub fn require(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.find(name).ok_or_else(|| {
            ErrorCode::InvalidRequest.because(format!("parameter {name} is missing")).clause("RFC 6749 §5.2")
        })
    }

    /// Every value of a parameter that may repeat.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Every name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Encodes the parameters again.
    pub fn encode(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

fn pair(part: &[u8]) -> Result<(String, String), OAuthError> {
    let mut halves = part.splitn(2, |byte| *byte == b'=');
    let name = decode(halves.next().unwrap_or_default(), "a parameter name")?;
    let shown = format!("parameter {}", label(&name));
    let value = decode(halves.next().unwrap_or_default(), &shown)?;
    Ok((name, value))
}

/// Decodes `+` and percent escapes.
///
/// # Errors
/// `invalid_request` when the bytes are not UTF-8 or hold a NUL.
pub fn decode(encoded: &[u8], what: &str) -> Result<String, OAuthError> {
    let spaced: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let bytes: Vec<u8> = percent_decode(&spaced);
    if bytes.contains(&0) {
        return Err(ErrorCode::InvalidRequest.because(format!("{what} contains a NUL character")));
    }
    String::from_utf8(bytes).map_err(|_| ErrorCode::InvalidRequest.because(format!("{what} is not UTF-8")))
}

fn percent_decode(bytes: &[u8]) -> Vec<u8> {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if let (b'%', Some(high), Some(low)) = (first, hex(tail.first()), hex(tail.get(1))) {
            decoded.push(u8::try_from(high * 16 + low).unwrap_or_default());
            rest = tail.get(2..).unwrap_or_default();
        } else {
            decoded.push(*first);
        }
    }
    decoded
}

/// A parameter name as it may appear in an error: bounded, plain characters only.
fn label(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6749_3_1_a_repeated_parameter_is_refused_by_name() {
        let error = Params::parse(b"nonce=a&state=s&nonce=b").unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidRequest);
        assert!(error.description.contains("nonce"));
    }

    #[test]
    fn rfc8707_2_resource_may_repeat() {
        let params = Params::parse(b"resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb").unwrap();
        assert_eq!(params.all("resource").collect::<Vec<_>>(), ["https://a", "https://b"]);
    }

    #[test]
    fn an_empty_parameter_counts_as_absent() {
        assert_eq!(Params::parse(b"state=").unwrap().find("state"), None);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused_by_name() {
        assert!(Params::parse(b"state=%ff").unwrap_err().description.contains("state"));
    }

    #[test]
    fn decoding_is_that_of_the_url_standard() {
        for case in ["a=b+c", "a=%20%41", "a=%zz&b=%4", "a=%E2%82%AC", "=x", "a"] {
            let theirs: Vec<(String, String)> = url::form_urlencoded::parse(case.as_bytes()).into_owned().collect();
            assert_eq!(Params::parse(case.as_bytes()).unwrap().0, theirs, "{case}");
        }
    }
}
