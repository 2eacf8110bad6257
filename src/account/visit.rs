//! A visit to the account console: who is here, how lately they proved it, and what their forms carry.

use super::recovery_codes::Owner;
use super::view::{Console, Section};
use crate::model::session::{Browser, BrowserSession};
use crate::model::user::User;
use crate::op::Op;
use crate::op::page::{PageRequest, person};
use crate::platform::error::Unavailable;
use crate::platform::http::page::{PagePolicy, respond};
use crate::platform::http::{form, origin};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::Duration;

/// How long a sign-in counts as fresh.
pub const FRESH: Duration = Duration::from_secs(10 * 60);

const ENDPOINT: &str = "account";

/// A signed-in person at a page of the console.
pub struct Visit<'a> {
    /// The request.
    pub request: PageRequest<'a>,
    /// Who it is, as the durable store confirms.
    pub user: User,
    /// The session in use.
    pub session: BrowserSession,
    /// The browser and its other sessions.
    pub browser: Browser,
    /// What forms carry in the field `csrf`: bound to the session's cookie.
    pub csrf: String,
}

impl<'a> Visit<'a> {
    /// The person who is signed in here.
    ///
    /// # Errors
    /// The answer to give instead: the way to the sign-in page, which leads back here.
    pub async fn set(op: &'a Op, http: &'a HttpRequest) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        let found = async {
            let browser = request.browser().await?;
            let signed_in = op.signed_in(browser.as_ref(), None).await?;
            Ok::<_, Unavailable>((browser.unwrap_or_default(), signed_in))
        };
        match found.await {
            Ok((browser, Some(signed_in))) => {
                let (session, user) = (signed_in.session, signed_in.user);
                let request = request.for_person(&user);
                let csrf = csrf(&request, &session);
                Ok(Self { request, user, session, browser, csrf })
            }
            Ok((_, None)) => Err(request.sign_in_for(way_back(&request)).await),
            Err(unavailable) => Err(request.refuse(ENDPOINT, &unavailable.into()).await),
        }
    }

    /// The same, for a person who proved within [`FRESH`] that it is them.
    ///
    /// # Errors
    /// The answer to give instead: they are asked again, and come back.
    pub async fn fresh(op: &'a Op, http: &'a HttpRequest) -> Result<Self, HttpResponse> {
        let visit = Self::set(op, http).await?;
        if visit.is_fresh() { Ok(visit) } else { Err(visit.request.sign_in_for(way_back(&visit.request)).await) }
    }

    /// Whether the person proved lately that it is them.
    pub fn is_fresh(&self) -> bool {
        self.request.op.now().since(self.session.auth_time()) <= FRESH
    }

    /// The person, as whoever changes something here.
    pub fn owner(&self) -> Owner {
        let session_id = Some(self.session.id.clone());
        Owner { person_id: self.user.id.clone(), session_id, place: self.request.place() }
    }

    /// The fields of a form of ours: from our own page, with this session's token (SES-10).
    ///
    /// # Errors
    /// An error for [`Visit::refuse`].
    pub async fn form(&self, payload: Payload) -> Result<Params, OAuthError> {
        let http = self.request.http;
        let refuse = |why: &str| Err(ErrorCode::InvalidRequest.because(why).status(403).clause("RFC 9700 §4.7"));
        if !origin::is_ours(http.headers(), self.request.op.config.issuer.origin()) {
            return refuse("the form was sent from another site");
        }
        let params = form::read(http, payload).await?;
        if !is_same(params.find("csrf").unwrap_or_default(), &self.csrf) {
            return refuse("the form carries no valid token");
        }
        Ok(params)
    }

    /// The shell around a page.
    pub fn console(&self, section: Section) -> Console<'_> {
        Console {
            section,
            person: person(&self.user),
            csrf: &self.csrf,
            base_path: self.request.op.config.issuer.prefix(),
        }
    }

    /// What the page before says of its outcome: the word of `?done=`.
    pub fn done(&self) -> Option<&str> {
        let pairs = self.request.http.query_string().split('&');
        pairs.filter_map(|pair| pair.strip_prefix("done=")).next()
    }

    /// A page of the console.
    pub fn show(&self, view: &impl Template) -> HttpResponse {
        self.show_as(StatusCode::OK, view)
    }

    /// The same with another status.
    pub fn show_as(&self, status: StatusCode, view: &impl Template) -> HttpResponse {
        respond(status, &PagePolicy::own_forms(), view)
    }

    /// The page of a refusal.
    pub async fn refuse(&self, error: &OAuthError) -> HttpResponse {
        self.request.refuse(ENDPOINT, error).await
    }
}

/// The path of the page at hand; of a form's page without what was sent.
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
