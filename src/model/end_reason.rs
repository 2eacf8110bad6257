//! Why sessions and token families end.

use serde::{Serialize, Serializer};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// Why a session or a token family ended. Events and both tables keep the words: extended, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EndReason {
            $($(#[$doc])* $name,)+
        }

        impl EndReason {
            /// The stored word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

reasons! {
    /// The person signed out.
    Logout = "logout",
    /// The person ended it from another session.
    Person = "person",
    /// An operator ended it.
    Operator = "operator",
    /// The password was set, replaced or removed.
    Password = "password",
    /// A second factor or a passkey was added or removed.
    Factors = "factors",
    /// A change of addresses was taken back.
    Addresses = "addresses",
    /// The same, of the token families that outlive sessions.
    AddressRestored = "address",
    /// The person has more sessions than `session.per_person`.
    Limit = "limit",
    Disabled = "disabled",
    Deleted = "deleted",
    /// The provider was restored from a backup.
    Recovery = "recovery",
    /// What the person allowed the application was taken back.
    Consent = "consent",
    /// The client was disabled or deleted.
    Client = "client",
    /// The client revoked it (RFC 7009).
    Revoked = "revoked",
    /// A refresh token was used again (RFC 9700 §4.14.2).
    Reuse = "reuse",
    /// An authorization code was used again (RFC 6749 §4.1.2).
    CodeReplay = "code_replay",
}

impl Serialize for EndReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
