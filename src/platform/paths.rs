//! Every path of ours, below the issuer, and nowhere else: routes, links, forms, emails and metadata take them from here.
//! `tests/house.rs` refuses a literal of one of them in any other file but `api.rs`, whose own paths lie below [`Location::AccountApi`].

use std::fmt;

/// In a route, the placeholder for the id of an interaction.
pub const INTERACTION: &str = "{interaction}";
/// In a route, the placeholder for the secret of a link.
pub const LINK: &str = "{link}";
/// In a route, the placeholder for a client id.
pub const CLIENT: &str = "{client_id}";

/// At the sign-in page: another person than the signed-in one wants to sign in.
pub const SWITCH: &str = "switch";

/// The endpoints and pages that an authorization or logout request passes through, redirects included: a single answer
/// with `Cross-Origin-Opener-Policy: same-origin` among them would cut a popup off (HTML §7.1.3).
pub const PASSED_THROUGH: [&str; 7] =
    ["/authorize", "/login", "/consent", "/signup", "/recovery", "/logout", "/appearance"];

/// Something below the issuer. Only the types of this module are.
pub trait Below: fmt::Display + Sized {
    /// With a parameter in the query.
    fn with<V: fmt::Display>(self, name: &'static str, value: V) -> WithQuery<Self, V> {
        WithQuery { path: self, name, value }
    }
}

/// A path with a parameter.
#[derive(Clone, Copy, Debug)]
pub struct WithQuery<P, V> {
    path: P,
    name: &'static str,
    value: V,
}

/// An endpoint, or a page that belongs to no interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location<'a> {
    Home,
    Authorize,
    Token,
    UserInfo,
    Introspection,
    Revocation,
    Registration,
    /// RFC 7592 §2
    RegisteredClient(&'a str),
    Jwks,
    CheckSession,
    OpenIdConfiguration,
    /// RFC 8414 §3
    AuthorizationServer,
    ChangePassword,
    Health,
    Ready,
    /// On the management listener only.
    Metrics,
    Static(&'a str),
    Api,
    AccountApi,
    SignIn,
    SignUp,
    Recovery,
    Logout,
    Appearance,
    Pictures,
    /// Of a person or an application.
    Picture(&'a str),
    /// Starts a login at an application (OpenID Connect Core §4); an id needs [`segment`].
    Start(&'a str),
    AddressLink(&'a str),
    /// Takes the removal of an address back.
    AddressUndo(&'a str),
    Demo,
    Mailbox,
}

/// A page of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Where every step comes back to.
    Authorize,
    SignIn,
    SecondFactor,
    Accounts,
    /// Of an account that is to be deleted.
    Leaving,
    Passkey,
    PasskeyOptions,
    LostPasskey,
    Consent,
    Logout,
    ConfirmLogout,
    /// Asks whom a message is to reach.
    Mail(MailFlow),
    /// Takes the code of the message.
    MailCode(MailFlow),
    /// Where the message's link leads; its secret stands in the place of an interaction.
    MailLink(MailFlow),
}

/// What an address is proved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailFlow {
    SignUp,
    Recovery,
    SignIn,
}

/// A page of the account console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountPage {
    Home,
    Profile,
    Picture,
    Security,
    Password,
    Passkeys,
    PasskeyOptions,
    Authenticator,
    RecoveryCodes,
    Addresses,
    Sessions,
    Applications,
    Activity,
    Appearance,
    Data,
    Deletion,
}

/// A page of this interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenAt<'a>(Screen, &'a str);

impl Screen {
    /// The page of the interaction with this id.
    pub const fn at(self, id: &str) -> ScreenAt<'_> {
        ScreenAt(self, id)
    }

    /// The page of this path below the issuer, and the interaction that it belongs to.
    pub fn find(path: &str) -> Option<(Self, &str)> {
        let candidates = [
            Self::SignIn,
            Self::SecondFactor,
            Self::Accounts,
            Self::Leaving,
            Self::Passkey,
            Self::LostPasskey,
            Self::Consent,
            Self::Mail(MailFlow::SignUp),
            Self::Mail(MailFlow::Recovery),
            Self::Mail(MailFlow::SignIn),
            Self::MailCode(MailFlow::SignUp),
            Self::MailCode(MailFlow::Recovery),
            Self::MailCode(MailFlow::SignIn),
            Self::MailLink(MailFlow::SignUp),
            Self::MailLink(MailFlow::Recovery),
            Self::MailLink(MailFlow::SignIn),
        ];
        candidates.into_iter().find_map(|screen| {
            let (before, after) = screen.around();
            let id = path.strip_prefix(before)?.strip_suffix(after)?;
            (!id.is_empty() && !id.contains('/')).then_some((screen, id))
        })
    }

    /// What stands before the id and after it.
    const fn around(self) -> (&'static str, &'static str) {
        match self {
            Self::Authorize => ("/authorize/", ""),
            Self::SignIn => ("/login/", ""),
            Self::SecondFactor => ("/login/code/", ""),
            Self::Accounts => ("/login/accounts/", ""),
            Self::Leaving => ("/login/leaving/", ""),
            Self::Passkey => ("/login/passkey/", ""),
            Self::PasskeyOptions => ("/login/passkey/", "/options"),
            Self::LostPasskey => ("/login/lost/", ""),
            Self::Consent => ("/consent/", ""),
            Self::Logout => ("/logout/", ""),
            Self::ConfirmLogout => ("/logout/confirm/", ""),
            Self::Mail(flow) => (flow.parts().0, ""),
            Self::MailCode(flow) => (flow.parts().0, "/code"),
            Self::MailLink(flow) => (flow.parts().1, ""),
        }
    }
}

impl MailFlow {
    /// What stands before an interaction and before the secret of a link.
    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::SignUp => ("/signup/", "/signup/link/"),
            Self::Recovery => ("/recovery/", "/recovery/link/"),
            Self::SignIn => ("/login/mail/", "/login/mail/link/"),
        }
    }

    /// Where it begins by itself; a sign-in by mail begins at the sign-in page.
    pub const fn start(self) -> Location<'static> {
        match self {
            Self::SignUp => Location::SignUp,
            Self::Recovery => Location::Recovery,
            Self::SignIn => Location::SignIn,
        }
    }
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Home => "/",
            Self::Authorize => "/authorize",
            Self::Token => "/token",
            Self::UserInfo => "/userinfo",
            Self::Introspection => "/introspect",
            Self::Revocation => "/revoke",
            Self::Registration => "/register",
            Self::RegisteredClient(id) => return write!(f, "/register/{id}"),
            Self::Jwks => "/jwks",
            Self::CheckSession => "/check_session",
            Self::OpenIdConfiguration => "/.well-known/openid-configuration",
            Self::AuthorizationServer => "/.well-known/oauth-authorization-server",
            Self::ChangePassword => "/.well-known/change-password",
            Self::Health => "/healthz",
            Self::Ready => "/readyz",
            Self::Metrics => "/metrics",
            Self::Static(path) => return write!(f, "/static/{path}"),
            Self::Api => "/api",
            Self::AccountApi => "/api/account/v1",
            Self::SignIn => "/login",
            Self::SignUp => "/signup",
            Self::Recovery => "/recovery",
            Self::Logout => "/logout",
            Self::Appearance => "/appearance",
            Self::Pictures => "/pictures",
            Self::Picture(name) => return write!(f, "/pictures/{name}"),
            Self::Start(client) => return write!(f, "/start/{client}"),
            Self::AddressLink(link) => return write!(f, "/account/addresses/link/{link}"),
            Self::AddressUndo(link) => return write!(f, "/account/addresses/undo/{link}"),
            Self::Demo => "/demo",
            Self::Mailbox => "/demo/mail",
        })
    }
}

impl fmt::Display for ScreenAt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = self.0.around();
        write!(f, "{before}{}{after}", self.1)
    }
}

impl fmt::Display for AccountPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Home => "/account",
            Self::Profile => "/account/profile",
            Self::Picture => "/account/profile/picture",
            Self::Security => "/account/security",
            Self::Password => "/account/security/password",
            Self::Passkeys => "/account/security/passkeys",
            Self::PasskeyOptions => "/account/security/passkeys/options",
            Self::Authenticator => "/account/security/authenticator",
            Self::RecoveryCodes => "/account/security/recovery-codes",
            Self::Addresses => "/account/addresses",
            Self::Sessions => "/account/sessions",
            Self::Applications => "/account/applications",
            Self::Activity => "/account/activity",
            Self::Appearance => "/account/appearance",
            Self::Data => "/account/data",
            Self::Deletion => "/account/data/delete",
        })
    }
}

impl<P: Below, V: fmt::Display> fmt::Display for WithQuery<P, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, value) = (self.path.to_string(), self.value.to_string());
        let separator = if path.contains('?') { '&' } else { '?' };
        write!(f, "{path}{separator}{}=", self.name)?;
        url::form_urlencoded::byte_serialize(value.as_bytes()).try_for_each(|part| f.write_str(part))
    }
}

impl Below for Location<'_> {}
impl Below for ScreenAt<'_> {}
impl Below for AccountPage {}
impl<P: Below, V: fmt::Display> Below for WithQuery<P, V> {}

/// A text as one segment of a path (RFC 3986 §3.3).
pub fn segment(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_and_a_link_are_the_same_path() {
        assert_eq!(Screen::PasskeyOptions.at(INTERACTION).to_string(), "/login/passkey/{interaction}/options");
        assert_eq!(Screen::PasskeyOptions.at("a").to_string(), "/login/passkey/a/options");
        assert_eq!(Screen::MailLink(MailFlow::SignIn).at(LINK).to_string(), "/login/mail/link/{link}");
        assert_eq!(Screen::MailCode(MailFlow::SignUp).at("a").to_string(), "/signup/a/code");
    }

    #[test]
    fn a_query_is_encoded_and_a_segment_stays_one() {
        assert_eq!(AccountPage::Sessions.with("done", "ended").to_string(), "/account/sessions?done=ended");
        assert_eq!(Location::Home.with("a", "b&c=d").with("e", 1).to_string(), "/?a=b%26c%3Dd&e=1");
        assert_eq!(Location::Start(&segment("a/b c")).to_string(), "/start/a%2Fb%20c");
    }

    #[test]
    fn the_page_of_a_path_is_found_with_its_interaction() {
        for (path, expected) in [
            ("/login/abc", Some((Screen::SignIn, "abc"))),
            ("/login/leaving/abc", Some((Screen::Leaving, "abc"))),
            ("/login/mail/abc/code", Some((Screen::MailCode(MailFlow::SignIn), "abc"))),
            ("/recovery/link/abc", Some((Screen::MailLink(MailFlow::Recovery), "abc"))),
            ("/consent/abc", Some((Screen::Consent, "abc"))),
            ("/login", None),
            ("/login/", None),
            ("/account/data", None),
        ] {
            assert_eq!(Screen::find(path), expected, "{path}");
        }
    }
}
