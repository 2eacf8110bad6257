//! The names of features: what `features.NAME` may be, and the only way to ask whether one is on.

macro_rules! feature_names {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A feature of the provider that can be switched off, by `features.NAME`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FeatureName {
            $($(#[$doc])* $variant,)*
        }

        impl FeatureName {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As the configuration writes it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

feature_names! {
    /// The metadata documents and the JWKS.
    Discovery = "discovery",
    /// The authorization endpoint.
    Authorize = "authorize",
    /// Request objects by reference; off by default.
    RequestUri = "request_uri",
    /// The sign-in page.
    Login = "login",
    /// Sign-in by a code sent by email; only where mail is configured.
    MailCode = "mail_code",
    /// A forgotten password; only where mail is configured.
    Recovery = "recovery",
    /// Accounts that people make themselves; only by `signup.mode`.
    Signup = "signup",
    /// The consent page.
    Consent = "consent",
    /// The choice of language and theme.
    Appearance = "appearance",
    /// The account console.
    Account = "account",
    /// The account API.
    AccountApi = "account_api",
    /// Authenticator apps as a second factor.
    Authenticator = "authenticator",
    /// Passkeys; only where the issuer's host is a name.
    Passkeys = "passkeys",
    /// Pictures of people and logos of applications, uploaded or fetched, and served from here.
    Pictures = "pictures",
    /// The token endpoint.
    Token = "token",
    /// The grant of that name.
    AuthorizationCode = "authorization_code",
    /// The grant of that name.
    RefreshToken = "refresh_token",
    /// The grant of that name.
    ClientCredentials = "client_credentials",
    /// The UserInfo endpoint.
    Userinfo = "userinfo",
    /// Token introspection.
    Introspection = "introspection",
    /// Token revocation.
    Revocation = "revocation",
    /// Dynamic client registration; only by `registration.mode`.
    Registration = "registration",
    /// RP-initiated logout.
    Logout = "logout",
    /// Logout tokens to applications.
    BackchannelLogout = "backchannel_logout",
    /// Logout frames of applications.
    FrontchannelLogout = "frontchannel_logout",
    /// The session management page.
    SessionManagement = "session_management",
}

impl FeatureName {
    /// The feature of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|feature| feature.as_str() == name)
    }
}

impl std::fmt::Display for FeatureName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
