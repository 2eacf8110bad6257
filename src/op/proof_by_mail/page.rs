//! The pages of a proof by mail: [`Screen::Mail`] asks whom the message is to reach, [`Screen::MailCode`] takes its code,
//! [`Screen::MailLink`] is where its link leads. Then the person is signed in and continues.

use super::{Flow, Request, ask};
use crate::model::one_time::{self, OneTime, Purpose, Remembered, Tried};
use crate::model::user::User;
use crate::op::Op;
use crate::op::authorize::Asking;
use crate::op::authorize::endpoint::asking;
use crate::op::authorize::interaction::{self, Bound};
use crate::op::page::{PageRequest, other_methods, see_other};
use crate::op::refusal::EndpointName;
use crate::op::sign_in::Entry;
use crate::platform::error::Unavailable;
use crate::platform::http::edge::Visit;
use crate::platform::http::{form, origin};
use crate::platform::paths::{INTERACTION, LINK, Screen, ScreenAt};
use crate::platform::throttle::Throttled;
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use crate::protocol::params::Params;
use actix_web::cookie::Cookie;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// The pages of a purpose.
pub trait Pages: Flow {
    /// Its name in refusals.
    const ENDPOINT: EndpointName;
    /// Whether the start of [`Flow::PATHS`] starts one.
    const STARTS_HERE: bool;
    /// Whether its links work in every browser; else only in the one that requested it.
    const ANYWHERE: bool;
    /// The field that names the account.
    const NAME: &'static str;
    /// Other errors of the person's choices.
    type Fault;

    /// Why these pages are not available, if so.
    fn closed(_: &Op) -> Option<OAuthError> {
        None
    }

    /// Whether this can be a valid name.
    fn is_name(typed: &str) -> bool;

    /// The page that asks for the name.
    fn ask(scene: &Scene<'_>, typed: &str, is_wrong: bool) -> HttpResponse;

    /// The page that asks for the proof, and for what belongs to it.
    fn show(request: &PageRequest<'_>, place: &Place<'_>, typed: &Params, faults: &Faults<Self::Fault>)
    -> HttpResponse;

    /// The page for an invalid link: expired, or for another browser.
    fn over(request: &PageRequest<'_>, why: Over) -> HttpResponse;

    /// The page after success, where the person could not be signed in.
    fn done(request: &PageRequest<'_>, sign_in_url: &str) -> Option<HttpResponse>;

    /// What a link stands for, while it can be used.
    fn find_link(op: &Op, link: &str) -> impl Future<Output = Result<Option<OneTime>, Unavailable>> {
        op.find_link(Self::PURPOSE, link)
    }

    /// The errors of the choices; `one` is the proof, where it is right.
    fn judge(
        op: &Op,
        form: &Params,
        one: Option<&OneTime>,
    ) -> impl Future<Output = Result<Faults<Self::Fault>, Unavailable>>;

    /// Performs the action, and uses up the proof.
    fn settle(op: &Op, one: OneTime, form: &Params) -> impl Future<Output = Result<Settled<Self::Fault>, Unavailable>>;
}

/// All errors of a form, shown at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults<F> {
    /// Wrong or expired code: nobody learns which.
    pub code: bool,
    /// Try again shortly; answered with 503.
    pub busy: bool,
    pub own: Vec<F>,
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self { code: false, busy: false, own: Vec::new() }
    }
}

impl<F> Faults<F> {
    pub fn of(own: Vec<F>) -> Self {
        Self { own, ..Self::default() }
    }

    /// Only that the server is too busy.
    pub fn busy() -> Self {
        Self { busy: true, ..Self::default() }
    }

    /// Whether anything is wrong.
    pub fn any(&self) -> bool {
        self.code || self.busy || !self.own.is_empty()
    }
}

/// The result of a right proof.
#[derive(Debug)]
pub enum Settled<F> {
    /// Done; this person signs in.
    In(Box<User>),
    /// Something else is wrong; the proof is still valid.
    Again(Faults<F>),
    /// It was used meanwhile, or its object is gone.
    Over,
}

/// Why a link is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Used,
    /// Requested in another browser.
    Elsewhere,
}

/// Where a proof is shown.
pub enum Place<'a> {
    /// The code, in the interaction that asked for it.
    Code(&'a Scene<'a>),
    Link {
        secret: &'a str,
        /// What it stands for.
        one: &'a OneTime,
        /// The CSRF token of the interaction that requested it; empty where the link's secret serves as one, since nobody
        /// else knows the page's URL.
        csrf: &'a str,
    },
}

impl Place<'_> {
    /// Where the form goes.
    pub fn action<P: Pages>(&self, op: &Op) -> String {
        match self {
            Self::Code(scene) => scene.path(Screen::MailCode(P::PATHS)),
            Self::Link { secret, .. } => op.path(Screen::MailLink(P::PATHS).at(secret)),
        }
    }

    /// Where another code is requested.
    pub fn again_url<P: Pages>(&self, op: &Op) -> String {
        match self {
            Self::Code(scene) => scene.path(Screen::Mail(P::PATHS)),
            Self::Link { .. } => op.path(P::PATHS.start()),
        }
    }

    /// The CSRF token of the form.
    pub const fn csrf(&self) -> &str {
        match self {
            Self::Code(scene) => scene.bound.csrf.as_str(),
            Self::Link { csrf, .. } => csrf,
        }
    }

    /// The address that a link has proved.
    pub fn address(&self) -> Option<String> {
        match self {
            Self::Code(_) => None,
            Self::Link { one, .. } => remembered(one).map(|remembered| remembered.address),
        }
    }
}

/// Data stored with a proof.
pub fn remembered(one: &OneTime) -> Option<Remembered> {
    serde_json::from_str(&one.payload).ok()
}

pub fn routes<P: Pages>(config: &mut ServiceConfig) {
    let resource = |path: ScreenAt<'_>| web::resource(path.to_string());
    if P::STARTS_HERE {
        let start = web::resource(P::PATHS.start().to_string());
        config.service(start.route(web::get().to(begin::<P>)).default_service(other_methods("GET")));
    }
    let link = resource(Screen::MailLink(P::PATHS).at(LINK))
        .route(web::get().to(by_link::<P>))
        .route(web::post().to(link_sent::<P>));
    config.service(link.default_service(other_methods("GET, POST")));
    let name = resource(Screen::Mail(P::PATHS).at(INTERACTION))
        .route(web::get().to(by_name::<P>))
        .route(web::post().to(name_sent::<P>));
    config.service(name.default_service(other_methods("GET, POST")));
    let code = resource(Screen::MailCode(P::PATHS).at(INTERACTION))
        .route(web::get().to(by_code::<P>))
        .route(web::post().to(code_sent::<P>));
    config.service(code.default_service(other_methods("GET, POST")));
}

/// The interaction of the request.
pub struct Scene<'a> {
    pub request: PageRequest<'a>,
    pub bound: Bound,
    /// The request of its client.
    pub asking: Option<Asking>,
}

impl<'a> Scene<'a> {
    async fn set<P: Pages>(op: &'a Op, http: &'a HttpRequest, id: &str) -> Result<Self, HttpResponse> {
        let request = PageRequest::new(op, http);
        if let Some(error) = P::closed(op) {
            return Err(request.refuse(P::ENDPOINT, &error).await);
        }
        let bound = match request.interaction(id).await {
            Ok(bound) => bound,
            Err(error) => return Err(request.refuse(P::ENDPOINT, &error).await),
        };
        let asking = asking(&request, &bound).await?;
        Ok(Self { request: request.asked_by(asking.as_ref()), bound, asking })
    }

    /// A page of this interaction.
    pub fn path(&self, screen: Screen) -> String {
        self.request.op.path(screen.at(&self.bound.id))
    }
}

async fn begin<P: Pages>(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match request.begin(interaction::Purpose::Home, interaction::BEFORE_SIGN_IN).await {
        Ok(begun) => {
            let cookies = request.interaction_cookies(&begun);
            see_other(&op.path(Screen::Mail(P::PATHS).at(&begun.id)), cookies)
        }
        Err(error) => request.refuse(P::ENDPOINT, &error).await,
    }
}

async fn by_name<P: Pages>(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set::<P>(&op, &http, &id).await {
        Ok(scene) => P::ask(&scene, "", false),
        Err(answer) => answer,
    }
}

async fn name_sent<P: Pages>(
    op: Data<Op>,
    http: HttpRequest,
    id: Path<String>,
    visit: Visit,
    payload: Payload,
) -> HttpResponse {
    let scene = match Scene::set::<P>(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match take_request::<P>(&scene, visit, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(P::ENDPOINT, &error).await,
    }
}

/// The same response for every name: whether the account exists is looked up later.
async fn take_request<P: Pages>(scene: &Scene<'_>, visit: Visit, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let form = scene.request.form(&scene.bound, payload).await?;
    let typed = form.find(P::NAME).unwrap_or_default().trim();
    if !P::is_name(typed) {
        return Ok(P::ask(scene, typed, true));
    }
    let sender = scene.request.sender(&visit);
    let request = Request {
        typed: typed.to_owned(),
        interaction: scene.bound.id.clone(),
        language: scene.request.texts.lang(),
        from: sender.address,
        device: sender.cookie.map(|cookie| cookie.as_str().to_owned()),
    };
    ask::<P>(scene.request.op, &request).await.map_err(too_many)?;
    // An email takes time: the page must still be valid when it arrives.
    scene.request.op.interactions.remember(&scene.bound).await?;
    Ok(see_other(&scene.path(Screen::MailCode(P::PATHS)), []))
}

/// The error page when no email can be requested now.
fn too_many(throttled: Throttled) -> OAuthError {
    match throttled {
        Throttled::RetryAfter(_) => ErrorCode::TemporarilyUnavailable
            .because("too many emails were requested from this address")
            .page(Cause::TooMany),
        Throttled::Unavailable(unavailable) => unavailable.into(),
    }
}

async fn by_code<P: Pages>(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    match Scene::set::<P>(&op, &http, &id).await {
        Ok(scene) => P::show(&scene.request, &Place::Code(&scene), &Params::default(), &Faults::default()),
        Err(answer) => answer,
    }
}

async fn code_sent<P: Pages>(
    op: Data<Op>,
    http: HttpRequest,
    id: Path<String>,
    visit: Visit,
    payload: Payload,
) -> HttpResponse {
    let scene = match Scene::set::<P>(&op, &http, &id).await {
        Ok(scene) => scene,
        Err(answer) => return answer,
    };
    match try_code::<P>(&scene, visit, payload).await {
        Ok(answer) => answer,
        Err(error) => scene.request.refuse(P::ENDPOINT, &error).await,
    }
}

/// The same text for a wrong and an expired code: the difference would reveal whether the account exists.
/// Other errors are shown with it, and a right code can be sent again.
async fn try_code<P: Pages>(scene: &Scene<'_>, visit: Visit, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let (request, bound, op) = (&scene.request, &scene.bound, scene.request.op);
    let form = request.form(bound, payload).await?;
    let typed = form.find("code").unwrap_or_default();
    let one = match one_time::digits(typed).is_empty() {
        true => None,
        false => match op.try_code(P::PURPOSE, &bound.id, typed).await? {
            Tried::Right(one) => Some(one),
            Tried::Wrong | Tried::Over => None,
        },
    };
    let mut faults = P::judge(op, &form, one.as_ref()).await?;
    faults.code = one.is_none();
    let address = one.as_ref().and_then(remembered).map(|remembered| remembered.address);
    let settled = match one.filter(|_| !faults.any()) {
        Some(one) => P::settle(op, one, &form).await?,
        None => Settled::Again(faults),
    };
    let place = Place::Code(scene);
    Ok(match settled {
        Settled::In(user) => enter::<P>(request, (bound, Vec::new()), (*user, address), visit).await?,
        Settled::Again(faults) => P::show(request, &place, &form, &faults),
        Settled::Over => P::show(request, &place, &form, &Faults { code: true, ..Faults::default() }),
    })
}

async fn by_link<P: Pages>(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match look_at_link::<P>(&request, &link).await {
        Ok(answer) => answer,
        Err(unavailable) => request.refuse(P::ENDPOINT, &unavailable.into()).await,
    }
}

async fn look_at_link<P: Pages>(request: &PageRequest<'_>, secret: &str) -> Result<HttpResponse, Unavailable> {
    let Some(one) = P::find_link(request.op, secret).await? else { return Ok(P::over(request, Over::Used)) };
    let bound = bound(request, &one).await;
    let csrf = match (&bound, P::ANYWHERE) {
        (_, true) => "",
        (Some(bound), false) => bound.csrf.as_str(),
        (None, false) => return Ok(P::over(request, Over::Elsewhere)),
    };
    Ok(P::show(request, &Place::Link { secret, one: &one, csrf }, &Params::default(), &Faults::default()))
}

/// The interaction of the request, where this is its browser.
async fn bound(request: &PageRequest<'_>, one: &OneTime) -> Option<Bound> {
    request.interaction(one.binding.as_deref()?).await.ok()
}

async fn link_sent<P: Pages>(
    op: Data<Op>,
    http: HttpRequest,
    link: Path<String>,
    visit: Visit,
    payload: Payload,
) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match try_link::<P>(&request, &link, visit, payload).await {
        Ok(answer) => answer,
        Err(error) => request.refuse(P::ENDPOINT, &error).await,
    }
}

async fn try_link<P: Pages>(
    request: &PageRequest<'_>,
    secret: &str,
    visit: Visit,
    payload: Payload,
) -> Result<HttpResponse, OAuthError> {
    let op = request.op;
    let from_elsewhere =
        || ErrorCode::InvalidRequest.because("the form was sent from another site").page(Cause::Cookie);
    if !origin::is_ours(request.http.headers(), op.config.issuer.origin()) {
        return Err(from_elsewhere().clause("RFC 9700 §4.7"));
    }
    let Some(one) = P::find_link(op, secret).await? else { return Ok(P::over(request, Over::Used)) };
    let bound = bound(request, &one).await;
    let (form, csrf) = match (&bound, P::ANYWHERE) {
        (_, true) => (form::read(request.http, payload).await?, String::new()),
        (Some(bound), false) => (request.form(bound, payload).await?, bound.csrf.clone()),
        (None, false) => return Ok(P::over(request, Over::Elsewhere)),
    };
    let again =
        |faults: &Faults<P::Fault>| P::show(request, &Place::Link { secret, one: &one, csrf: &csrf }, &form, faults);
    let faults = P::judge(op, &form, Some(&one)).await?;
    if faults.any() {
        return Ok(again(&faults));
    }
    // Before anything is done: success must not end in an error page.
    let (bound, cookies) = landing(request, bound).await?;
    match P::settle(op, one.clone(), &form).await? {
        Settled::In(user) => {
            let address = remembered(&one).map(|remembered| remembered.address);
            enter::<P>(request, (&bound, cookies), (*user, address), visit).await
        }
        Settled::Again(faults) => Ok(again(&faults)),
        Settled::Over => Ok(P::over(request, Over::Used)),
    }
}

/// Where a person signs in: the interaction of the request, where this is its browser; else one of our own.
async fn landing(request: &PageRequest<'_>, bound: Option<Bound>) -> Result<(Bound, Vec<Cookie<'static>>), OAuthError> {
    if let Some(bound) = bound {
        return Ok((bound, Vec::new()));
    }
    let begun = request.begin(interaction::Purpose::Home, interaction::BEFORE_SIGN_IN).await?;
    let bound = request.op.interactions.bound(&begun.id, Some(&begun.secret)).await?;
    let bound = bound.ok_or_else(|| Unavailable::new("a new interaction was not found"))?;
    Ok((bound, request.interaction_cookies(&begun)))
}

/// The person has proved their address, which is one factor. A second factor is requested as usual.
async fn enter<P: Pages>(
    request: &PageRequest<'_>,
    (bound, cookies): (&Bound, Vec<Cookie<'static>>),
    (user, address): (User, Option<String>),
    visit: Visit,
) -> Result<HttpResponse, OAuthError> {
    let entry = Entry { request, bound, visit };
    let mut answer = match entry.first_factor_by_mail(user, address).await {
        Ok(answer) => answer,
        // The action is done: a failing store must not hide that.
        Err(error) => P::done(request, &request.op.path(Screen::SignIn.at(&bound.id))).ok_or(error)?,
    };
    for cookie in cookies {
        // Our cookies contain only characters that are valid in a header.
        let _ = answer.add_cookie(&cookie);
    }
    Ok(answer)
}

/// Purposes whose links lead to the same page.
pub async fn find_either(op: &Op, purposes: [Purpose; 2], link: &str) -> Result<Option<OneTime>, Unavailable> {
    let [first, second] = purposes;
    match op.find_link(first, link).await? {
        Some(one) => Ok(Some(one)),
        None => op.find_link(second, link).await,
    }
}
