//! The demo's routes.

use super::{
    Demo, Failure,
    view::{Failed, Start, Steps},
    visit::{SignedIn, Visit},
};
use crate::pages::page::{Page, PagePolicy, respond};
use crate::platform::brand::Theme;
use crate::platform::http::cookies::chosen_looks;
use crate::platform::i18n::{Texts, Wishes};
use crate::platform::paths::Location;
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::{StatusCode, header},
    web::{self, Bytes, Data, ServiceConfig},
};
use openidconnect::SubjectIdentifier;
use subtle::ConstantTimeEq as _;
use url::Url;

const COOKIE: &str = "demo_s";

/// Mounts the demo under `/demo`.
pub fn configure(config: &mut ServiceConfig, demo: Data<Demo>) {
    let scope = web::scope(&Location::Demo.to_string())
        .app_data(demo)
        .route("", web::get().to(home))
        .route("/", web::get().to(home))
        .route("/sign-in", web::get().to(sign_in))
        .route("/sign-in", web::post().to(sign_in))
        .route("/callback", web::get().to(callback))
        .route("/refresh", web::post().to(refresh))
        .route("/userinfo", web::post().to(userinfo))
        .route("/introspect", web::post().to(introspect))
        .route("/sign-out", web::post().to(sign_out))
        .route("/signed-out", web::get().to(signed_out));
    config.service(scope);
}

/// Where a person starts, or what happened when someone is signed in.
async fn home(demo: Data<Demo>, request: HttpRequest) -> HttpResponse {
    match visit(&demo, &request) {
        Some((_, Visit::SignedIn(signed_in))) => demo.show_steps(&request, &signed_in),
        _ => demo.show_start(&request, false),
    }
}

async fn sign_in(demo: Data<Demo>, request: HttpRequest) -> HttpResponse {
    match demo.authorization_request().await {
        Ok((url, pending)) => demo.go_with(url.as_str(), Visit::Away(Box::new(pending))),
        Err(failure) => demo.show_failure(&request, &failure),
    }
}

async fn callback(demo: Data<Demo>, request: HttpRequest) -> HttpResponse {
    match demo.return_of(&request).await {
        // Redirect to a URL without the code.
        Ok(signed_in) => demo.go_with(&demo.config.base_url, Visit::SignedIn(Box::new(signed_in))),
        Err(failure) => demo.show_failure(&request, &failure),
    }
}

async fn refresh(demo: Data<Demo>, request: HttpRequest, body: Bytes) -> HttpResponse {
    act(&demo, &request, &body, async |signed_in| demo.refresh(signed_in).await).await
}

async fn userinfo(demo: Data<Demo>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let ask = async |signed_in: &mut SignedIn| {
        let subject = SubjectIdentifier::new(signed_in.subject.clone());
        signed_in.add(vec![demo.userinfo(&signed_in.access_token, &subject).await?.0]);
        Ok(())
    };
    act(&demo, &request, &body, ask).await
}

async fn introspect(demo: Data<Demo>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let ask = async |signed_in: &mut SignedIn| {
        signed_in.add(vec![demo.introspect(&signed_in.access_token).await?]);
        Ok(())
    };
    act(&demo, &request, &body, ask).await
}

/// Ends the sign-in here, then leads to the provider to end it there.
async fn sign_out(demo: Data<Demo>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let (cookie, signed_in) = match sender(&demo, &request, &body) {
        Sender::Person(cookie, signed_in) => (cookie, signed_in),
        other => return demo.refuse(&request, &other),
    };
    demo.visits.take(&cookie);
    match demo.logout_request(&signed_in.id_token).await {
        Ok((url, state)) => demo.go_with(url.as_str(), Visit::Leaving(state)),
        Err(failure) => demo.show_failure(&request, &failure),
    }
}

async fn signed_out(demo: Data<Demo>, request: HttpRequest) -> HttpResponse {
    let brought = url::form_urlencoded::parse(request.query_string().as_bytes());
    let brought = brought.into_owned().find(|(name, _)| name == "state").map(|(_, state)| state);
    let ended = match visit(&demo, &request) {
        Some((cookie, Visit::Leaving(state))) if brought.as_ref() == Some(&state) => {
            demo.visits.take(&cookie).is_some()
        }
        _ => false,
    };
    demo.show_start(&request, ended)
}

fn visit(demo: &Demo, request: &HttpRequest) -> Option<(String, Visit)> {
    let cookie = request.cookie(COOKIE)?.value().to_owned();
    let visit = demo.visits.find(&cookie)?;
    Some((cookie, visit))
}

/// Who sent a form.
enum Sender {
    /// The person whose page it is on; with the cookie.
    Person(String, Box<SignedIn>),
    /// Someone who is not signed in, perhaps no longer.
    Nobody,
    /// Another site, in the person's browser.
    Elsewhere,
}

fn sender(demo: &Demo, request: &HttpRequest, body: &[u8]) -> Sender {
    let Some((cookie, Visit::SignedIn(signed_in))) = visit(demo, request) else { return Sender::Nobody };
    let sent = url::form_urlencoded::parse(body).find(|(name, _)| name == "csrf").map(|(_, token)| token);
    match sent {
        Some(sent) if bool::from(sent.as_bytes().ct_eq(signed_in.csrf.as_bytes())) => Sender::Person(cookie, signed_in),
        _ => Sender::Elsewhere,
    }
}

/// Does `work` for the sender, keeps what it changed, also when it failed half way, and shows the steps.
async fn act(
    demo: &Demo,
    request: &HttpRequest,
    body: &[u8],
    work: impl AsyncFnOnce(&mut SignedIn) -> Result<(), Failure>,
) -> HttpResponse {
    let (cookie, mut signed_in) = match sender(demo, request, body) {
        Sender::Person(cookie, signed_in) => (cookie, signed_in),
        other => return demo.refuse(request, &other),
    };
    let outcome = work(&mut signed_in).await;
    demo.visits.keep(&cookie, Visit::SignedIn(signed_in));
    match outcome {
        Ok(()) => go(&demo.config.base_url),
        Err(failure) => demo.show_failure(request, &failure),
    }
}

fn go(url: &str) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((header::LOCATION, url)).insert_header((header::CACHE_CONTROL, "no-store")).finish()
}

impl Demo {
    /// The sign-in that this callback completes. Its request is forgotten first, so an answer counts once.
    async fn return_of(&self, request: &HttpRequest) -> Result<SignedIn, Failure> {
        let nothing = || Failure::client("invalid_state", "No sign-in was started in this browser.".to_owned());
        let cookie = request.cookie(COOKIE).ok_or_else(nothing)?;
        let Some(Visit::Away(_)) = self.visits.find(cookie.value()) else { return Err(nothing()) };
        let Some(Visit::Away(pending)) = self.visits.take(cookie.value()) else { return Err(nothing()) };
        let mut answer =
            Url::parse(&self.url("/callback")).map_err(|error| Failure::provider("unusable_url", error))?;
        answer.set_query(Some(request.query_string()));
        self.sign_in(*pending, &answer).await
    }

    fn refuse(&self, request: &HttpRequest, sender: &Sender) -> HttpResponse {
        if matches!(sender, Sender::Nobody) {
            return go(&self.config.base_url);
        }
        let failure = Failure::client("invalid_form", "The form did not come from this page.".to_owned());
        self.show_failure(request, &Failure { status: StatusCode::FORBIDDEN, ..failure })
    }

    /// Redirects, with the visit under a new cookie.
    fn go_with(&self, url: &str, visit: Visit) -> HttpResponse {
        let cookie = Cookie::build(COOKIE, self.visits.begin(visit))
            .path(self.path())
            .http_only(true)
            .secure(self.config.base_url.starts_with("https:"))
            .same_site(SameSite::Lax)
            .max_age(Duration::hours(1))
            .finish();
        let mut answer = go(url);
        // Fails only for a value that is no header value, and this one is made of base64url.
        let _ = answer.add_cookie(&cookie);
        answer
    }

    fn path(&self) -> String {
        Url::parse(&self.config.base_url).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned())
    }

    fn show_start(&self, request: &HttpRequest, signed_out: bool) -> HttpResponse {
        let (texts, path) = (texts(request), self.issuer_path());
        let (page, sign_in) = (page(&texts, &path, request), self.url("/sign-in"));
        let view = Start { page, sign_in_url: &sign_in, provider_url: &self.config.issuer, signed_out };
        respond(StatusCode::OK, &PagePolicy::own_forms(), &view)
    }

    fn show_steps(&self, request: &HttpRequest, signed_in: &SignedIn) -> HttpResponse {
        let (texts, path) = (texts(request), self.issuer_path());
        let [refresh, introspect, userinfo, sign_out] =
            ["/refresh", "/introspect", "/userinfo", "/sign-out"].map(|page| self.url(page));
        let view = Steps {
            page: page(&texts, &path, request),
            person: &signed_in.person,
            steps: signed_in.steps.clone(),
            csrf: &signed_in.csrf,
            refresh_url: signed_in.refresh_token.as_ref().map(|_| &*refresh),
            introspect_url: Some(&introspect),
            userinfo_url: Some(&userinfo),
            sign_out_url: &sign_out,
        };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }

    fn show_failure(&self, request: &HttpRequest, failure: &Failure) -> HttpResponse {
        let (texts, path) = (texts(request), self.issuer_path());
        let (code, description) = (&*failure.code, failure.description.as_deref());
        let view = Failed { page: page(&texts, &path, request), code, description, retry_url: &self.config.base_url };
        respond(failure.status, &PagePolicy::own_forms(), &view)
    }

    /// Where the provider, and with it the stylesheet, is mounted.
    fn issuer_path(&self) -> String {
        Url::parse(&self.config.issuer).map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default()
    }
}

fn texts(request: &HttpRequest) -> Texts {
    let languages = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let (cookie, _) = chosen_looks(request.headers());
    Texts::of(&Wishes { cookie, accept_language: languages, ..Wishes::default() })
}

fn page<'a>(texts: &'a Texts, base_path: &'a str, request: &HttpRequest) -> Page<'a> {
    let theme = chosen_looks(request.headers()).1.and_then(Theme::from_word).unwrap_or_default();
    Page { theme, ..Page::new(texts, base_path, "Latchkey") }
}
