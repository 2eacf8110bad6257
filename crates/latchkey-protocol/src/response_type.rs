//! Response types and modes (OAuth 2.0 Multiple Response Type Encoding Practices, OAuth 2.0 Form Post Response Mode).

use super::client_metadata::ClientMetadata;
use super::params::Params;
use std::fmt;

/// What an authorization response carries: a set, whose order on the wire means nothing (RFC 6749 §3.1.1). The empty
/// set is `none` (Multiple Response Types §4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResponseType {
    pub code: bool,
    pub id_token: bool,
    pub token: bool,
}

impl ResponseType {
    /// `code`
    pub const CODE: Self = Self { code: true, id_token: false, token: false };

    /// Every set that is offered. `token` alone proves nobody's identity and is not among them (RFC 9700 §2.1.2).
    pub const ALL: [Self; 7] = [
        Self::CODE,
        Self { code: false, id_token: false, token: false },
        Self { code: false, id_token: true, token: false },
        Self { code: false, id_token: true, token: true },
        Self { code: true, id_token: true, token: false },
        Self { code: true, id_token: false, token: true },
        Self { code: true, id_token: true, token: true },
    ];

    /// Reads a space separated list in any order; `None` for what is not offered.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::default());
        }
        let mut read = Self::default();
        for word in text.split(' ') {
            let member = match word {
                "code" => &mut read.code,
                "id_token" => &mut read.id_token,
                "token" => &mut read.token,
                _ => return None,
            };
            if std::mem::replace(member, true) {
                return None;
            }
        }
        Self::ALL.contains(&read).then_some(read)
    }

    /// What a request asks for; `None` for nothing, or for what is not offered.
    pub fn asked(params: &Params) -> Option<Self> {
        params.find("response_type").and_then(Self::parse)
    }

    /// The words in their usual order.
    pub const fn as_str(self) -> &'static str {
        match (self.code, self.id_token, self.token) {
            (false, false, false) => "none",
            (true, false, false) => "code",
            (false, true, false) => "id_token",
            (false, false, true) => "token",
            (false, true, true) => "id_token token",
            (true, true, false) => "code id_token",
            (true, false, true) => "code token",
            (true, true, true) => "code id_token token",
        }
    }

    /// Whether tokens pass through the browser: implicit and hybrid (OpenID Connect Core §3.2, §3.3).
    pub const fn is_front_channel(self) -> bool {
        self.id_token || self.token
    }

    /// How it is answered where the request names no mode (Multiple Response Types §2.1, §5).
    pub const fn default_mode(self) -> ResponseMode {
        if self.is_front_channel() { ResponseMode::Fragment } else { ResponseMode::Query }
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How an authorization response travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    #[default]
    Query,
    Fragment,
    /// In a form that the browser posts to it.
    FormPost,
}

impl ResponseMode {
    pub const ALL: [Self; 3] = [Self::Query, Self::Fragment, Self::FormPost];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }

    /// Whether it may carry this type: tokens never stand in a query (Multiple Response Types §5).
    pub fn may_carry(self, response_type: ResponseType) -> bool {
        self != Self::Query || !response_type.is_front_channel()
    }
}

impl ClientMetadata {
    /// Whether a response type is registered, in any order of its words (absent means `code`).
    pub fn allows_response_type(&self, asked: ResponseType) -> bool {
        match &self.response_types {
            Some(registered) => registered.iter().any(|text| ResponseType::parse(text) == Some(asked)),
            None => asked == ResponseType::CODE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6749_3_1_1_the_order_of_the_words_means_nothing() {
        assert_eq!(ResponseType::parse("token code id_token"), ResponseType::parse("code id_token token"));
        for known in ResponseType::ALL {
            assert_eq!(ResponseType::parse(known.as_str()), Some(known));
        }
    }

    #[test]
    fn what_is_not_offered_is_none() {
        for text in ["", "token", "code code", "none code", "code  token", "Code", "code,token", "device"] {
            assert_eq!(ResponseType::parse(text), None, "{text}");
        }
    }

    #[test]
    fn multiple_response_types_5_tokens_never_stand_in_a_query() {
        for known in ResponseType::ALL {
            assert_eq!(ResponseMode::Query.may_carry(known), !known.is_front_channel(), "{known}");
            assert!(known.default_mode().may_carry(known) && ResponseMode::FormPost.may_carry(known));
        }
    }
}
