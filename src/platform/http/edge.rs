//! What every request passes once, on its way in and out: names, bounds, headers, the log, the figures, and the net
//! that catches a panic. One middleware, since each layer of its own costs a future and an allocation.

use super::headers::SecurityHeaders;
use super::host::{self, BadHost};
use super::limits;
use crate::platform::client_ip::{self, ClientIp};
use crate::platform::config::Config;
use crate::platform::paths::{Location, PASSED_THROUGH};
use crate::platform::random::{self, Random};
use crate::platform::request_id;
use crate::platform::telemetry::{metrics, record};
use crate::platform::trace::Trace;
use crate::protocol::error::{ErrorCode, Face, OAuthError};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, error::InternalError};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use ipnet::IpNet;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use tracing::Instrument as _;

/// The middleware: `App::new().wrap(edge.clone())`, outermost.
#[derive(Clone)]
pub struct Edge(Arc<Shared>);

struct Shared {
    trusted: Vec<IpNet>,
    /// Paths that a loopback peer may ask for although no proxy sent it.
    health: Vec<String>,
    /// Where pages may be popups of an application: `window.opener` must last through sign-in.
    popups: Vec<String>,
    headers: SecurityHeaders,
    random: Arc<dyn Random>,
    note: Option<Note>,
    /// The warning about a missing X-Forwarded-For is logged once.
    told: AtomicBool,
}

/// The text that refuses a peer that is not our proxy.
pub const NOT_THROUGH_PROXY: &str = "this server accepts requests only through its proxy";
/// Marks a health check through a proxy that does not name the client, for `latchkey doctor`.
pub const FORWARDED_HEADER: &str = "x-latchkey-forwarded";
const MISSING: &str = "missing";

/// Keeps a record of a refusal and gives its reference.
pub type Note = Arc<dyn Fn(OAuthError) -> LocalBoxFuture<'static, String> + Send + Sync>;

impl Edge {
    /// For the public listener. What it refuses is kept by `note`; without one, in the log alone.
    pub fn public(config: &Config, random: Arc<dyn Random>, note: Option<Note>) -> Self {
        Self::new(config, config.proxy.trusted.clone(), random, note)
    }

    /// For the management listener, which is not behind a proxy.
    pub fn management(config: &Config, random: Arc<dyn Random>) -> Self {
        Self::new(config, Vec::new(), random, None)
    }

    fn new(config: &Config, trusted: Vec<IpNet>, random: Arc<dyn Random>, note: Option<Note>) -> Self {
        let below = |path: &str| format!("{}{path}", config.issuer.prefix());
        let health = [Location::Health, Location::Ready].map(|path| path.to_string());
        let health = health.iter().cloned().chain(health.iter().map(|path| below(path))).collect();
        let popups = PASSED_THROUGH.into_iter().map(below).collect();
        let headers = SecurityHeaders::new(config.issuer.is_https());
        Self(Arc::new(Shared { trusted, health, popups, headers, random, note, told: AtomicBool::new(false) }))
    }
}

/// Who and which: what the edge found out about a request. Handlers take it as an argument.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    /// The trace and the request's own id.
    pub trace: Trace,
    pub client: ClientIp,
}

impl FromRequest for Visit {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let visit = request.extensions().get::<Self>().copied();
        ready(visit.ok_or_else(|| actix_web::error::ErrorInternalServerError("no edge in front of this handler")))
    }
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    UrlTooLong,
    HeadTooLong,
    NotThroughProxy(Option<IpAddr>),
    Host(BadHost),
}

impl Refusal {
    fn error(self) -> OAuthError {
        let refuse = |why: &str, status, clause| ErrorCode::InvalidRequest.because(why).status(status).clause(clause);
        match self {
            Self::UrlTooLong => refuse("the URL is longer than 8192 bytes", 414, "RFC 9110 §15.5.15"),
            Self::HeadTooLong => refuse("the headers are longer than 16384 bytes", 431, "RFC 6585 §5"),
            Self::Host(BadHost::Missing) => refuse("there is no Host header", 400, "RFC 9112 §3.2"),
            Self::Host(BadHost::Several) => refuse("there is more than one Host header", 400, "RFC 9112 §3.2"),
            Self::Host(BadHost::Invalid) => {
                refuse("the Host header must be a host and perhaps a port", 400, "RFC 9110 §7.2")
            }
            Self::NotThroughProxy(peer) => {
                let peer = peer.map(|peer| format!(" {peer}")).unwrap_or_default();
                refuse(NOT_THROUGH_PROXY, 403, "RFC 9110 §15.5.4")
                    .cause(format!("the peer{peer} is not in `proxy.trusted`"))
            }
        }
    }
}

fn answer(status: StatusCode, error: &str, description: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "error": error, "error_description": description }))
}

impl Shared {
    fn visit(&self, request: &ServiceRequest) -> Visit {
        let headers = request.headers();
        // A stranger could put its requests into anybody's trace.
        let trace = if self.is_proxy(request) {
            Trace::take_up(headers, self.random.as_ref())
        } else {
            Trace::begin(self.random.as_ref())
        };
        Visit { trace, client: ClientIp::resolve(request.peer_addr(), headers, &self.trusted) }
    }

    fn is_proxy(&self, request: &ServiceRequest) -> bool {
        request.peer_addr().is_some_and(|peer| client_ip::contains(&self.trusted, peer.ip().to_canonical()))
    }

    /// Whether a proxy of ours sent this without a word on whom it is for.
    fn is_anonymous(&self, request: &HttpRequest) -> bool {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        !self.trusted.is_empty()
            && peer.is_some_and(|peer| client_ip::contains(&self.trusted, peer))
            && !request.headers().contains_key("x-forwarded-for")
    }

    fn refusal(&self, request: &ServiceRequest) -> Option<Refusal> {
        let url = request.path().len() + request.query_string().len();
        let head = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
        if !self.lets_in(request) {
            Some(Refusal::NotThroughProxy(request.peer_addr().map(|peer| peer.ip().to_canonical())))
        } else if url > limits::URL {
            Some(Refusal::UrlTooLong)
        } else {
            let host = || host::check(request.version(), request.headers()).err().map(Refusal::Host);
            if head > limits::HEAD { Some(Refusal::HeadTooLong) } else { host() }
        }
    }

    /// The response to a refused request; the reference is in the log too.
    async fn refuse(&self, refusal: Refusal) -> HttpResponse {
        let error = refusal.error();
        let status = StatusCode::from_u16(error.status_at(Face::Client)).unwrap_or(StatusCode::BAD_REQUEST);
        let description = error.description.clone();
        let reference = match &self.note {
            Some(note) => note(error).await,
            None => {
                let reference = random::reference(self.random.as_ref());
                tracing::warn!(%reference, endpoint = "edge", error = "invalid_request", description, "refused");
                reference
            }
        };
        answer(status, "invalid_request", &format!("{description} ({reference})"))
    }

    /// Behind proxies only they are heard, and loopback asking for our health.
    fn lets_in(&self, request: &ServiceRequest) -> bool {
        let Some(peer) = request.peer_addr().map(|peer| peer.ip().to_canonical()) else {
            return self.trusted.is_empty();
        };
        self.trusted.is_empty()
            || client_ip::contains(&self.trusted, peer)
            || (peer.is_loopback() && self.health.iter().any(|path| path == request.path()))
    }

    /// Whether an answer at this path may show in a popup that an application opened, or lead one there.
    fn is_popup(&self, path: &str) -> bool {
        let is_at = |start: &String| {
            path.strip_prefix(start.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.popups.iter().any(is_at)
    }

    /// Headers, figures and the log line of an answer.
    fn close<B>(&self, begun: Begun, response: &mut ServiceResponse<B>) {
        if self.is_popup(response.request().path()) {
            SecurityHeaders::keep_opener(response.headers_mut());
        }
        self.headers.complete(response.headers_mut());
        if self.is_anonymous(response.request()) {
            let is_health = self.health.iter().any(|path| path == response.request().path());
            if is_health {
                let mark = (HeaderName::from_static(FORWARDED_HEADER), HeaderValue::from_static(MISSING));
                response.headers_mut().insert(mark.0, mark.1);
            } else if !self.told.swap(true, Ordering::Relaxed) {
                tracing::warn!("a proxy in `proxy.trusted` adds no X-Forwarded-For: all clients count as one address");
            }
        }
        let route = response.request().match_pattern();
        begun.tell(route.as_deref().unwrap_or(UNMATCHED), response.status());
    }
}

/// The route of requests that no handler wants: their paths are anybody's words, and unbounded.
const UNMATCHED: &str = "unmatched";

/// A request that is under way.
struct Begun {
    at: Instant,
    method: Method,
    client: ClientIp,
}

impl Begun {
    fn tell(&self, route: &str, status: StatusCode) {
        let elapsed = self.at.elapsed();
        metrics::answered(&self.method, route, status, elapsed);
        record::answered(&self.method, route, status, elapsed, self.client);
    }
}

impl<S, B> Transform<S, ServiceRequest> for Edge
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = EdgeService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(EdgeService { service: Rc::new(service), shared: self.0.clone() }))
    }
}

/// The middleware before one application.
pub struct EdgeService<S> {
    service: Rc<S>,
    shared: Arc<Shared>,
}

impl<S, B> Service<ServiceRequest> for EdgeService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let (service, shared) = (self.service.clone(), self.shared.clone());
        let begun = (Instant::now(), request.method().clone());
        // Whatever answers GET answers HEAD alike, and the connection leaves the body out (RFC 9110 §9.1, §9.3.2).
        if begun.1 == Method::HEAD {
            request.head_mut().method = Method::GET;
        }
        let visit = shared.visit(&request);
        let span = open(&visit.trace);
        let served = pass(service, shared, request, visit, begun).instrument(span);
        Box::pin(request_id::serve(visit.trace.request_id(), served))
    }
}

fn open(trace: &Trace) -> tracing::Span {
    use tracing::field::{Empty, display};
    let (trace_id, request_id) = (trace.trace_id(), trace.request_id());
    let span = tracing::error_span!("request", %trace_id, %request_id, parent_id = Empty, sampled = Empty);
    if let Some(parent) = trace.parent() {
        span.record("parent_id", display(parent.id()));
        if !parent.sampled {
            span.record("sampled", false);
        }
    }
    span
}

async fn pass<S, B>(
    service: Rc<S>,
    shared: Arc<Shared>,
    request: ServiceRequest,
    visit: Visit,
    (at, method): (Instant, Method),
) -> Result<ServiceResponse<EitherBody<B>>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let begun = Begun { at, method, client: visit.client };
    if let Some(refusal) = shared.refusal(&request) {
        let refused = shared.refuse(refusal).await;
        let mut response = request.into_response(refused).map_into_right_body();
        shared.close(begun, &mut response);
        return Ok(response);
    }
    request.extensions_mut().insert(visit);
    // The call itself may panic too, not only the future it gives.
    match AssertUnwindSafe(async move { service.call(request).await }).catch_unwind().await {
        Ok(Ok(response)) => {
            let mut response = response.map_into_left_body();
            shared.close(begun, &mut response);
            Ok(response)
        }
        Ok(Err(error)) => {
            let response = error.error_response();
            Err(without_request(&shared, &begun, response))
        }
        Err(_) => {
            metrics::panicked();
            tracing::error!("panic");
            let description = format!("request {}", visit.trace.request_id());
            Err(without_request(
                &shared,
                &begun,
                answer(StatusCode::INTERNAL_SERVER_ERROR, "server_error", &description),
            ))
        }
    }
}

/// An answer where the request is gone: the service owned it. (A copy of it would keep the router from working.)
fn without_request(shared: &Shared, begun: &Begun, mut response: HttpResponse) -> Error {
    shared.headers.complete(response.headers_mut());
    begun.tell(UNMATCHED, response.status());
    InternalError::from_response("answered by the edge", response).into()
}

#[cfg(test)]
mod tests;
