//! A visit to the account console: the person, when they signed in, and the CSRF token. A page handler
//! takes the visit, and for a form its fields: requests without a session, or from another site, do not reach it.

use super::owner::{By, Owner};
pub use super::owner::{FRESH, Who};
use super::view::{Console, Section};
use crate::model::session::{Browser, BrowserSession};
use crate::model::user::User;
use crate::op::Op;
use crate::op::page::{PageRequest, other_methods, person};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::error::Unavailable;
use crate::platform::http::upload::{self, Sent};
use crate::platform::http::{edge, form, origin, query};
use crate::platform::paths::Below;
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, Resource};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::net::{IpAddr, Ipv4Addr};

const ENDPOINT: EndpointName = EndpointName::Account;

/// What a handler of a page returns; an error becomes a page of its own.
pub type Shown = Result<HttpResponse, OAuthError>;

/// A page of the console: its path and its handlers.
pub struct ConsolePage {
    resource: Resource,
    methods: &'static str,
}

impl ConsolePage {
    /// A page at a path below the issuer.
    pub fn at(path: impl Below) -> Self {
        Self { resource: web::resource(path.to_string()), methods: "" }
    }

    #[must_use]
    pub fn shows<H>(self, who: Who, handler: H) -> Self
    where
        H: AsyncFn(&Visit<'_>) -> Shown + Clone + 'static,
    {
        let route = web::get().to(move |op: Data<Op>, http: HttpRequest| {
            let handler = handler.clone();
            async move {
                let visit = match Visit::begin(&op, &http, who).await {
                    Ok(visit) => visit,
                    Err(answer) => return answer,
                };
                match handler(&visit).await {
                    Ok(answer) => answer,
                    Err(error) => visit.refuse(&error).await,
                }
            }
        });
        Self { resource: self.resource.route(route), methods: "GET" }
    }

    /// Handles its form: sent from our page, with the session's CSRF token (SES-10).
    #[must_use]
    pub fn takes<H>(self, who: Who, handler: H) -> Self
    where
        H: AsyncFn(&Visit<'_>, Params) -> Shown + Clone + 'static,
    {
        let route = web::post().to(move |op: Data<Op>, http: HttpRequest, payload: Payload| {
            let handler = handler.clone();
            async move {
                // The body first, since it may take seconds: whoever is signed out while it comes is not let in.
                let form = read_form(&op, &http, payload).await;
                let visit = match Visit::begin(&op, &http, who).await {
                    Ok(visit) => visit,
                    Err(answer) => return answer,
                };
                let taken = async { handler(&visit, visit.own(form?)?).await };
                match taken.await {
                    Ok(answer) => answer,
                    Err(error) => visit.refuse(&error).await,
                }
            }
        });
        let methods = if self.methods.is_empty() { "POST" } else { "GET, POST" };
        Self { resource: self.resource.route(route), methods }
    }

    /// Takes its form with a file of at most `limit` bytes; `None` where the file is larger, of which nothing was read. A file
    /// is read of nobody but who is signed in: whoever is signed out meanwhile is refused by [`Owner::change`].
    #[must_use]
    pub fn takes_file<H>(self, who: Who, limit: usize, handler: H) -> Self
    where
        H: AsyncFn(&Visit<'_>, Option<Sent>) -> Shown + Clone + 'static,
    {
        let route = web::post().to(move |op: Data<Op>, http: HttpRequest, payload: Payload| {
            let handler = handler.clone();
            async move {
                let visit = match Visit::begin(&op, &http, who).await {
                    Ok(visit) => visit,
                    Err(answer) => return answer,
                };
                let taken = async { handler(&visit, visit.file(payload, limit).await?).await };
                match taken.await {
                    Ok(answer) => answer,
                    Err(error) => visit.refuse(&error).await,
                }
            }
        });
        let methods = if self.methods.is_empty() { "POST" } else { "GET, POST" };
        Self { resource: self.resource.route(route), methods }
    }

    /// Mounts it; every other method is refused.
    pub fn mount(self, config: &mut ServiceConfig) {
        config.service(self.resource.default_service(other_methods(self.methods)));
    }
}

/// A signed-in person at a page of the console.
pub struct Visit<'a> {
    pub op: &'a Op,
    pub request: PageRequest<'a>,
    /// The person, confirmed in the durable store.
    pub user: User,
    /// The session in use.
    pub session: BrowserSession,
    /// The browser and its other sessions.
    pub browser: Browser,
    /// The CSRF token of forms, bound to the session's cookie.
    pub csrf: String,
}

impl<'a> Visit<'a> {
    /// The signed-in person; else the response to send instead: a redirect to the sign-in page, which leads back
    /// here.
    async fn begin(op: &'a Op, http: &'a HttpRequest, who: Who) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let found = async {
            let browser = request.browser().await?;
            let signed_in = op.signed_in(browser.as_ref(), None).await?;
            Ok::<_, Unavailable>((browser.unwrap_or_default(), signed_in))
        };
        let visit = match found.await {
            Ok((browser, Some(signed_in))) => {
                let (session, user) = (signed_in.session, signed_in.user);
                let request = request.for_person(&user);
                let csrf = csrf(&request, &session);
                Self { op, request, user, session, browser, csrf }
            }
            Ok((_, None)) => return Err(request.sign_in_for(way_back(&request)).await),
            Err(unavailable) => return Err(request.refuse(ENDPOINT, &unavailable.into()).await),
        };
        if who == Who::SignedIn || visit.is_fresh() { Ok(visit) } else { Err(visit.sign_in_again().await) }
    }

    /// Whether the person signed in recently.
    pub fn is_fresh(&self) -> bool {
        self.op.now().since(self.session.auth_time()) <= FRESH
    }

    /// Asks the person to authenticate again, and leads back to this page.
    pub async fn sign_in_again(&self) -> HttpResponse {
        self.request.sign_in_for(way_back(&self.request)).await
    }

    /// The person as the author of a change.
    pub fn owner(&self) -> Owner {
        let arrival = self.request.http.extensions().get::<edge::Visit>().copied();
        Owner {
            user: self.user.clone(),
            by: By::Session(self.session.id.clone()),
            authenticated_at: self.session.auth_time(),
            session_id: Some(self.session.id.clone()),
            address: arrival.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |arrival| arrival.client.address()),
            place: self.request.place(),
            language: self.request.texts.lang(),
        }
    }

    /// The form, if it carries this session's token.
    fn own(&self, form: Params) -> Result<Params, OAuthError> {
        self.must_carry_token(&form)?;
        Ok(form)
    }

    async fn file(&self, payload: Payload, limit: usize) -> Result<Option<Sent>, OAuthError> {
        must_be_our_page(self.op, self.request.http)?;
        let sent = upload::form(self.request.http, payload, limit).await?;
        if let Some(sent) = &sent {
            self.must_carry_token(&sent.fields)?;
        }
        Ok(sent)
    }

    fn must_carry_token(&self, params: &Params) -> Result<(), OAuthError> {
        let is_ours = is_same(params.find("csrf").unwrap_or_default(), &self.csrf);
        if is_ours { Ok(()) } else { Err(forged("the form carries no valid token")) }
    }

    /// The shell around a page.
    pub fn console(&self, section: Section) -> Console<'_> {
        Console {
            section,
            person: person(self.op, &self.user),
            csrf: &self.csrf,
            base_path: self.op.config.issuer.prefix(),
        }
    }

    /// A named segment of the path.
    pub fn part(&self, name: &str) -> String {
        self.request.http.match_info().get(name).unwrap_or_default().to_owned()
    }

    /// A parameter of the query string.
    pub fn query(&self, name: &str) -> Option<String> {
        query::find(self.request.http, name)
    }

    /// Whether `?done=` has this value, set by the previous page.
    pub fn is_done(&self, word: &str) -> bool {
        self.query("done").as_deref() == Some(word)
    }

    /// A page of the console.
    pub fn show(&self, view: &impl Template) -> HttpResponse {
        self.show_as(StatusCode::OK, view)
    }

    /// The same with another status.
    pub fn show_as(&self, status: StatusCode, view: &impl Template) -> HttpResponse {
        respond(status, &PagePolicy::own_forms(), view)
    }

    /// Who may not make the change any more is asked to sign in, as anybody is who comes without a session.
    async fn refuse(&self, error: &OAuthError) -> HttpResponse {
        match error.code {
            ErrorCode::LoginRequired => self.sign_in_again().await,
            _ => self.request.refuse(ENDPOINT, error).await,
        }
    }
}

async fn read_form(op: &Op, http: &HttpRequest, payload: Payload) -> Result<Params, OAuthError> {
    must_be_our_page(op, http)?;
    form::read(http, payload).await
}

fn must_be_our_page(op: &Op, http: &HttpRequest) -> Result<(), OAuthError> {
    let is_ours = origin::is_ours(http.headers(), op.config.issuer.origin());
    if is_ours { Ok(()) } else { Err(forged("the form was sent from another site")) }
}

fn forged(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).page(Cause::Cookie).clause("RFC 9700 §4.7")
}

/// The path of the page, without the query.
fn way_back(request: &PageRequest<'_>) -> String {
    let uri = request.http.uri();
    let whole = uri.path_and_query().filter(|_| request.http.method() == Method::GET);
    whole.map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

fn csrf(request: &PageRequest<'_>, session: &BrowserSession) -> String {
    let cookie = request.session_cookie().unwrap_or_default();
    let mac = request.op.pepper.mac("account_csrf", &[cookie.as_bytes(), session.id.as_bytes()]);
    URL_SAFE_NO_PAD.encode(mac)
}

fn is_same(sent: &str, ours: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    sent.as_bytes().ct_eq(ours.as_bytes()).into()
}
