//! What page handlers need from a request: language, cookies, the interaction, the error page.

use super::Op;
use super::authorize::Asking;
use super::authorize::interaction::{self, Begun, Bound, Purpose};
use crate::model::client::{Client, Origin};
use crate::model::known_device;
use crate::model::picture::{self, Logo};
use crate::model::session::{Browser, store::Device};
use crate::model::user::{Appearance, User};
use crate::op::refusal::EndpointName;
use crate::pages::error_page::{ErrorPage, ExpiredPage};
use crate::pages::page::{Chooser, Page, PagePolicy, respond};
use crate::pages::parts::{Application, Person};
use crate::platform::brand::Theme;
use crate::platform::client_ip::ClientIp;
use crate::platform::config::FeatureName;
use crate::platform::crypto::TokenHash;
use crate::platform::device::Sender;
use crate::platform::error::Unavailable;
use crate::platform::http::cookies::{
    BROWSER_STATE, CLIENT, CLIENT_LIFETIME, DEVICE, LANGUAGE, LOOKS_LIFETIME, SESSION, THEME,
};
use crate::platform::http::edge::Visit;
use crate::platform::http::headers::allow;
use crate::platform::http::{form, origin};
use crate::platform::i18n::{Texts, Wishes};
use crate::platform::paths::{Location, Screen, segment};
use crate::protocol::error::{Cause, ErrorCode, Face, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::visible;
use crate::protocol::web_address::WebAddress;
use actix_web::cookie::Cookie;
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, Route};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::net::Ipv4Addr;
use std::time::Duration;

/// Longest client id that a cookie remembers, encoded.
const LONGEST_CLIENT: usize = 400;

/// A request for a page.
pub struct PageRequest<'a> {
    pub op: &'a Op,
    pub http: &'a HttpRequest,
    pub texts: Texts,
    /// The client whose branding the page has.
    client_id: Option<String>,
    ui_locales: Option<String>,
    /// The person's choice, where the page knows the person.
    appearance: Option<Appearance>,
}

impl<'a> PageRequest<'a> {
    pub fn new(op: &'a Op, http: &'a HttpRequest) -> Self {
        let none = Self { op, http, texts: Texts::default(), client_id: None, ui_locales: None, appearance: None };
        none.in_language(None)
    }

    /// Uses the languages that the client requested.
    #[must_use]
    pub fn in_language(mut self, ui_locales: Option<&str>) -> Self {
        self.ui_locales = ui_locales.map(str::to_owned);
        self.texts = self.chosen_texts();
        self
    }

    /// Uses the languages that the client requested, and its branding.
    #[must_use]
    pub fn asked_by(mut self, asking: Option<&Asking>) -> Self {
        self.client_id = asking.map(|asking| asking.client.id.clone());
        self.in_language(asking.and_then(|asking| asking.request.ui_locales.as_deref()))
    }

    /// Uses the choices of the page's person.
    #[must_use]
    pub fn for_person(mut self, user: &User) -> Self {
        self.appearance = Some(user.appearance.clone());
        self.texts = self.chosen_texts();
        self
    }

    /// By what was chosen at this very interaction, `ui_locales`, the person, the browser's cookie, `Accept-Language`.
    fn chosen_texts(&self) -> Texts {
        let (cookie, is_of_now) = self.language_cookie();
        self.op.texts(&Wishes {
            chosen: cookie.filter(|_| is_of_now),
            ui_locales: self.ui_locales.as_deref(),
            person: self.appearance.as_ref().and_then(|appearance| appearance.language.as_deref()),
            cookie,
            accept_language: accept_language(self.http),
            default_locale: "",
        })
    }

    /// The language that was chosen in this browser, and whether that was at the interaction at hand.
    fn language_cookie(&self) -> (Option<&str>, bool) {
        let held = self.cookie(LANGUAGE).unwrap_or_default();
        let (language, interaction) = held.split_once('~').unwrap_or((held, ""));
        let is_of_now = !interaction.is_empty() && self.http.path().split('/').any(|part| part == interaction);
        (Some(language).filter(|language| !language.is_empty()), is_of_now)
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.op.cookies().read(self.http.headers(), name).ok().flatten()
    }

    fn theme(&self) -> Theme {
        let own = self.appearance.as_ref().and_then(|appearance| appearance.theme);
        own.or_else(|| Theme::from_word(self.cookie(THEME)?)).unwrap_or_default()
    }

    /// The cookies with a person's choices; not the language where this interaction has another.
    pub fn appearance_cookies(&self, appearance: &Appearance) -> Vec<Cookie<'static>> {
        let (_, is_of_now) = self.language_cookie();
        let set = |name: &str, value: &str| self.op.cookies().set(name, value, Some(LOOKS_LIFETIME));
        let language = appearance.language.as_deref().filter(|_| !is_of_now).map(|tag| set(LANGUAGE, tag));
        let theme = appearance.theme.map(|theme| set(THEME, theme.as_str()));
        language.into_iter().chain(theme).collect()
    }

    pub fn page(&self) -> Page<'_> {
        let (op, looks) = (self.op, &self.op.looks);
        let brand = self.client_id.as_deref().map_or(&looks.brand, |client| looks.of_client(client));
        Page {
            texts: &self.texts,
            theme: self.theme(),
            base_path: op.config.issuer.prefix(),
            product: &brand.name,
            brand: Some(brand),
            chooser: self.chooser(),
        }
    }

    /// Signed-in people choose in the console; during an interaction everybody chooses here.
    fn chooser(&self) -> Option<Chooser> {
        let (uri, prefix) = (self.http.uri(), self.op.config.issuer.prefix());
        let path = uri.path().strip_prefix(prefix).unwrap_or_default();
        let screen = Screen::find(path);
        let is_interaction = screen.is_some();
        if !self.op.has_feature(FeatureName::Appearance) || (self.appearance.is_some() && !is_interaction) {
            return None;
        }
        let whole = uri.path_and_query().filter(|_| self.http.method() == Method::GET).map(ToString::to_string);
        // The page of a form is reloaded by its path, where that has a GET.
        // The page of an account under deletion has none: it follows the sign-in page.
        let to = whole.unwrap_or_else(|| match screen {
            Some((Screen::Leaving, id)) => self.op.path(Screen::SignIn.at(id)),
            Some(_) => uri.path().to_owned(),
            None => self.op.path(Location::Home),
        });
        Some(Chooser { action: self.op.path(Location::Appearance), to })
    }

    /// The secret of the session cookie. A repeated cookie counts as none, because we cannot tell which is ours.
    pub fn session_cookie(&self) -> Option<&str> {
        self.op.cookies().read(self.http.headers(), SESSION).ok().flatten()
    }

    /// The browser behind the session cookie.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn browser(&self) -> Result<Option<Browser>, Unavailable> {
        match self.session_cookie() {
            Some(cookie) => self.op.browsers.find(cookie, self.op.now()).await,
            None => Ok(None),
        }
    }

    /// Where the form at hand comes from.
    pub fn sender(&self, visit: &Visit) -> Sender {
        Sender { address: visit.client.address(), cookie: self.known_device() }
    }

    /// The hash of the cookie that identifies this browser.
    pub fn known_device(&self) -> Option<TokenHash> {
        let cookie = self.op.cookies().read(self.http.headers(), DEVICE).ok().flatten()?;
        Some(known_device::hash(&self.op.pepper, cookie))
    }

    /// What a session records of the browser; `network` is the address prefix.
    pub fn device(&self, network: String) -> Device {
        const LONGEST: usize = 256;
        let header = self.http.headers().get(header::USER_AGENT);
        let value = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
        Device { user_agent: visible::seen(value).chars().take(LONGEST).collect(), network }
    }

    /// Where a change is made from, for the email about it.
    pub fn place(&self) -> Device {
        let visit = self.http.extensions().get::<Visit>().copied();
        self.device(visit.map(|visit| visit.client.network().to_string()).unwrap_or_default())
    }

    /// The cookie with the browser's state (Session Management §3.2), for the session in use
    /// now; `None` when the browser already has it. Must be set with every change of the session cookie and
    /// every authorization response.
    pub fn browser_state_cookie(&self, session_id: Option<&str>) -> Option<Cookie<'static>> {
        if !self.op.has_feature(FeatureName::SessionManagement) {
            return None;
        }
        let cookies = self.op.cookies();
        let held = cookies.read(self.http.headers(), BROWSER_STATE);
        let state = self.op.browser_state(session_id);
        match (held, session_id) {
            (Ok(Some(held)), Some(_)) if held == state => None,
            (Ok(None), None) => None,
            (_, Some(_)) => Some(cookies.set_readable(BROWSER_STATE, &state, Some(self.op.config.session.absolute))),
            (_, None) => Some(cookies.remove(BROWSER_STATE)),
        }
    }

    /// The interaction with this id, if this browser started it.
    ///
    /// # Errors
    /// An error for the page when it is over or another browser's.
    pub async fn interaction(&self, id: &str) -> Result<Bound, OAuthError> {
        let name = format!("{}{id}", interaction::COOKIE);
        let secret = self.op.cookies().read(self.http.headers(), &name).ok().flatten();
        let bound = self.op.interactions.bound(id, secret).await?;
        bound.ok_or_else(|| {
            ErrorCode::InvalidRequest
                .because("this page has expired, was already used, or belongs to another browser")
                .page(Cause::Expired)
                .sent(
                    if secret.is_some() { "its cookie" } else { "no cookie of this interaction" },
                    "a live interaction",
                )
        })
    }

    /// The form of an interaction's page: from our own page, with the right token.
    ///
    /// # Errors
    /// An error for the page.
    pub async fn form(&self, bound: &Bound, payload: Payload) -> Result<Params, OAuthError> {
        if !origin::is_ours(self.http.headers(), self.op.config.issuer.origin()) {
            return Err(ErrorCode::InvalidRequest
                .because("the form was sent from another site")
                .page(Cause::Cookie)
                .clause("RFC 9700 §4.7"));
        }
        let params = form::read(self.http, payload).await?;
        if !bound.is_csrf(params.find("csrf")) {
            return Err(ErrorCode::InvalidRequest
                .because("the form carries no valid token")
                .page(Cause::Cookie)
                .clause("RFC 9700 §4.7"));
        }
        Ok(params)
    }

    /// The cookie of a new interaction. A browser with many of them must delete the others, because all of
    /// them are sent with each request and their length is limited.
    pub fn interaction_cookies(&self, begun: &Begun) -> Vec<Cookie<'static>> {
        const MOST: usize = 20;
        let cookies = self.op.cookies();
        let name = format!("{}{}", interaction::COOKIE, begun.id);
        let held = cookies.names(self.http.headers(), interaction::COOKIE);
        let mut answer = Vec::new();
        if held.len() >= MOST {
            answer.extend(held.iter().map(|name| cookies.remove(name)));
        }
        answer.push(cookies.set(&name, &begun.secret, Some(interaction::LIFETIME)));
        answer
    }

    /// Sends the person to sign in, or to authenticate again, and back to our page at `path`.
    pub async fn sign_in_for(&self, path: String) -> HttpResponse {
        match self.begin(Purpose::Account(path), interaction::BEFORE_SIGN_IN).await {
            Ok(begun) => {
                let cookies = self.interaction_cookies(&begun);
                see_other(&self.op.path(Screen::SignIn.at(&begun.id)), cookies)
            }
            Err(error) => self.refuse(EndpointName::Login, &error).await,
        }
    }

    /// Begins an interaction of this browser.
    ///
    /// # Errors
    /// As [`interaction::Interactions::begin`].
    pub async fn begin(&self, purpose: Purpose, lifetime: Duration) -> Result<Begun, OAuthError> {
        let visit = self.http.extensions().get::<Visit>().copied();
        let nobody = || ClientIp::new(Ipv4Addr::UNSPECIFIED.into());
        let client = visit.map_or_else(nobody, |visit| visit.client);
        self.op.interactions.begin(purpose, lifetime, client.network()).await
    }

    /// Makes the browser forget an interaction's cookie.
    pub fn forget_interaction(&self, id: &str) -> Cookie<'static> {
        self.op.cookies().remove(&format!("{}{id}", interaction::COOKIE))
    }

    /// The page of a refusal.
    pub async fn refuse(&self, endpoint: EndpointName, error: &OAuthError) -> HttpResponse {
        let reference = self.op.refuse(endpoint, error).await;
        if error.page == Cause::Expired && endpoint != EndpointName::Logout {
            return self.show_expired(error, &reference).await;
        }
        let home = self.op.path(Location::Home);
        self.show_refusal(error, &reference, (&home, &[]), &PagePolicy::own_forms())
    }

    /// The page for an expired sign-in. It is no dead end: it leads back to the application that last
    /// sent somebody here, or to the sign-in. A failing look-up is ignored.
    async fn show_expired(&self, error: &OAuthError, reference: &str) -> HttpResponse {
        let op = self.op;
        let browser = self.browser().await.ok().flatten();
        let signed_in = op.signed_in(browser.as_ref(), None).await.ok().flatten();
        let client = match self.last_client() {
            Some(id) => op.clients.find_enabled(&id).await.ok().flatten(),
            None => None,
        };
        let way_back = client.as_ref().and_then(|client| way_back(op, client));
        let application = client.as_ref().zip(way_back.as_ref()).map(|(client, (url, host))| {
            let is_unverified = client.origin == Origin::Dynamic;
            let logo = logo(op, client);
            (Application { name: client.name(), host, is_unverified, logo, ..Application::default() }, url.clone())
        });
        let view = ExpiredPage {
            page: self.page(),
            person: signed_in.as_ref().map(|signed_in| person(op, &signed_in.user)),
            application,
            sign_in_url: &op.path(Location::SignIn),
            home_url: &op.path(Location::Home),
            code: error.code.as_str(),
            reference,
        };
        let status = StatusCode::from_u16(error.status_at(Face::Page)).unwrap_or(StatusCode::BAD_REQUEST);
        respond(status, &PagePolicy::own_forms(), &view)
    }

    /// The client that last started a sign-in in this browser.
    fn last_client(&self) -> Option<String> {
        String::from_utf8(URL_SAFE_NO_PAD.decode(self.cookie(CLIENT)?).ok()?).ok()
    }

    /// The cookie with which an expired sign-in leads back to the client; none for an id that is too long.
    pub fn client_cookie(&self, client_id: &str) -> Option<Cookie<'static>> {
        let value = URL_SAFE_NO_PAD.encode(client_id);
        (value.len() <= LONGEST_CLIENT).then(|| self.op.cookies().set(CLIENT, &value, Some(CLIENT_LIFETIME)))
    }

    /// The page of a refusal that a person may carry back to the application: by a link, or by a form with `fields`.
    pub fn ask_to_return(
        &self,
        error: &OAuthError,
        reference: &str,
        (location, fields): (&str, &[(&'static str, String)]),
    ) -> HttpResponse {
        self.show_refusal(error, reference, (location, fields), &PagePolicy::interaction())
    }

    fn show_refusal(
        &self,
        error: &OAuthError,
        reference: &str,
        (return_url, return_fields): (&str, &[(&'static str, String)]),
        policy: &PagePolicy,
    ) -> HttpResponse {
        let status = StatusCode::from_u16(error.status_at(Face::Page)).unwrap_or(StatusCode::BAD_REQUEST);
        let view = ErrorPage {
            page: self.page(),
            cause: error.page,
            code: error.code.as_str(),
            description: Some(&error.description),
            reference,
            return_url: Some(return_url),
            return_fields,
        };
        let mut answer = respond(status, policy, &view);
        let seconds = match (error.detail.retry_after, status) {
            (Some(wait), _) => wait.as_secs(),
            (None, StatusCode::SERVICE_UNAVAILABLE) => 2,
            // Only pages that send emails refuse without a retry time.
            (None, StatusCode::TOO_MANY_REQUESTS) => 3600,
            _ => return answer,
        };
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        answer
    }
}

fn accept_language(http: &HttpRequest) -> Option<&str> {
    http.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
}

/// The requesting application, as pages show it.
pub fn application<'a>(op: &Op, asking: &'a Asking) -> Application<'a> {
    let metadata = &asking.client.metadata;
    Application {
        name: asking.client.name(),
        host: &asking.host,
        logo: logo(op, &asking.client),
        policy_uri: metadata.policy_uri.as_deref(),
        tos_uri: metadata.tos_uri.as_deref(),
        is_unverified: asking.client.origin == Origin::Dynamic,
    }
}

/// Where we serve a client's logo. Nobody vouches for what a client that registered itself shows, so that the operator has
/// to allow it.
pub fn logo(op: &Op, client: &Client) -> Option<String> {
    let is_vouched =
        |logo: &&Logo| !logo.is_fetched || client.origin == Origin::Operator || op.config.branding.client_logos;
    let logo = client.logo.as_ref().filter(is_vouched).filter(|_| op.has_feature(FeatureName::Pictures))?;
    Some(op.path(Location::Picture(&logo.name)))
}

/// Where we serve a person's picture, if it is one of ours.
pub fn portrait(op: &Op, user: &User) -> Option<String> {
    let name =
        user.text(picture::CLAIM)?.strip_prefix(&op.config.issuer.endpoint(Location::Pictures))?.strip_prefix('/')?;
    op.has_feature(FeatureName::Pictures).then(|| op.path(Location::Picture(name)))
}

/// The link back to a client, and its host: where a login starts there (OpenID Connect Core §4), else its home page.
fn way_back(op: &Op, client: &Client) -> Option<(String, String)> {
    let address = |uri: &Option<String>| uri.as_deref().and_then(WebAddress::parse);
    match address(&client.metadata.initiate_login_uri) {
        Some(start) => Some((op.path(Location::Start(&segment(&client.id))), start.host().to_owned())),
        None => address(&client.metadata.client_uri).map(|home| (home.to_string(), home.host().to_owned())),
    }
}

/// A person, as pages show them.
pub fn person<'a>(op: &Op, user: &'a User) -> Person<'a> {
    Person { name: user.display_name(), identifier: identifier(user), picture: portrait(op, user) }
}

/// What identifies a person: user name, else email address.
pub fn identifier(user: &User) -> &str {
    user.text("preferred_username").or_else(|| user.text("email")).unwrap_or(&user.sub)
}

/// The route for every other method of a page: a page with the error (RFC 9110 §15.5.6), where the router would
/// answer with an empty body.
pub fn other_methods(allowed: &'static str) -> Route {
    web::to(move |op: Data<Op>, http: HttpRequest| async move {
        let error = ErrorCode::InvalidRequest
            .because(format!("method not allowed: this page accepts {allowed} only"))
            .clause("RFC 9110 §15.5.6")
            .status(405);
        let mut answer = PageRequest::new(&op, &http).refuse(EndpointName::None, &error).await;
        answer.headers_mut().insert(header::ALLOW, allow(allowed));
        answer
    })
}

/// A redirect that turns a POST into a GET (RFC 9110 §15.4.4), not cacheable.
pub fn see_other(location: &str, cookies: impl IntoIterator<Item = Cookie<'static>>) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((header::LOCATION, location)).insert_header((header::CACHE_CONTROL, "no-store"));
    for cookie in cookies {
        answer.cookie(cookie);
    }
    answer.finish()
}
