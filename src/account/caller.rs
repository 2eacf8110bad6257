//! The caller of the API: the person of the access token.

use super::owner::{By, FRESH, Owner};
use crate::model::user::User;
use crate::op::Op;
use crate::op::page::PageRequest;
use crate::op::refusal::EndpointName;
use crate::platform::clock::Time;
use crate::platform::http::api::{Problem, Seen, Stop, seen};
use crate::platform::http::presented::presented;
use crate::platform::http::{edge, json, limits, upload};
use crate::platform::i18n::Texts;
use crate::platform::jose::parse_object;
use crate::protocol::claims::{ACCOUNT, Claims};
use crate::protocol::confirmation::{Proof, unproven};
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::presented::PresentedToken;
use crate::tokens::access_token::{AccessTokenClaims, Asked, Standing, standing};
use crate::tokens::family;
use crate::tokens::live::Delegated;
use actix_web::dev;
use actix_web::error::InternalError;
use actix_web::http::{Method, header};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Deref;

const ENDPOINT: EndpointName = EndpointName::AccountApi;

/// A person, by their access token with the scope `account`.
pub struct Caller {
    pub op: Data<Op>,
    pub user: User,
    /// The session that the token comes from, where it is bound to one.
    pub session_id: Option<String>,
    http: HttpRequest,
    authenticated_at: Time,
    token: AccessTokenClaims,
    proof: Proof,
    body: Result<Bytes, OAuthError>,
}

/// The same, within [`FRESH`] of a sign-in: required by every change of addresses and factors (AUT-06).
pub struct FreshCaller(Caller);

impl Deref for FreshCaller {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(http: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        // A file of another method is read by its handler, and of nobody but who is let in.
        let json = [Method::POST, Method::PATCH].contains(http.method());
        let (http, payload) = (http.clone(), json.then(|| Payload::from_request(http, payload)));
        Box::pin(async move {
            let op = Data::<Op>::extract(&http).await?;
            let payload = match payload {
                Some(payload) => Some(payload.await?),
                None => None,
            };
            match Self::read(op.clone(), http, payload).await {
                Ok(caller) => Ok(caller),
                Err(stop) => Err(InternalError::from_response("no caller", told(&op, stop).await).into()),
            }
        })
    }
}

impl FromRequest for FreshCaller {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(http: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let caller = Caller::from_request(http, payload);
        Box::pin(async move {
            let caller = caller.await?;
            match caller.must_be_fresh() {
                Ok(()) => Ok(Self(caller)),
                Err(problem) => {
                    Err(InternalError::from_response("no fresh caller", problem.answer(caller.op.issuer())).into())
                }
            }
        })
    }
}

/// The response for a refusal.
pub(super) async fn told(op: &Op, stop: Stop) -> HttpResponse {
    match stop {
        Stop::Problem(problem) => problem.answer(op.issuer()),
        Stop::Refused(error) => {
            let reference = op.refuse(ENDPOINT, &error).await;
            Problem::refused(&error, &reference).answer(op.issuer())
        }
        Stop::Token(error) => {
            let reference = op.refuse(ENDPOINT, &error).await;
            Problem::token_refused(&error, &reference, ACCOUNT).answer(op.issuer())
        }
    }
}

impl Caller {
    async fn read(op: Data<Op>, http: HttpRequest, payload: Option<Payload>) -> Result<Self, Stop> {
        let presented = presented(&http, None).map_err(Stop::Token)?;
        let token = presented.token().ok_or_else(|| Problem::nobody(ACCOUNT))?;
        // The body before the token is judged, since it may take seconds: a token that is revoked meanwhile is refused.
        let body = match payload {
            Some(payload) => json::read(&http, payload, limits::JSON).await,
            None => Ok(Bytes::new()),
        };
        Self::judged(op, http, token, body).await.map_err(Stop::Token)
    }

    async fn judged(
        op: Data<Op>,
        http: HttpRequest,
        presented: PresentedToken,
        body: Result<Bytes, OAuthError>,
    ) -> Result<Self, OAuthError> {
        let token = op.mint.read(&presented.text).await?;
        // A token for another API gives no access to the account, whatever its scope (RFC 8707 §2).
        if !token.aud.names().iter().any(|name| name == op.issuer()) {
            return Err(invalid("the access token is meant for another resource"));
        }
        if op.clients.find_enabled(&token.client_id).await?.is_none() {
            return Err(invalid("the client of the access token is disabled"));
        }
        let (scope, now, proof) = (token.scope.clone(), op.now(), presented.proof);
        let (claims, proved) = (token.clone(), proof.clone());
        let found = op
            .db
            .read(move |connection| {
                let standing = standing(connection, &claims, Asked::ByResource(&proved), now)?;
                let family = match &claims.family_id {
                    Some(id) => family::store::find(connection, id)?.map(|(family, _)| family),
                    None => None,
                };
                Ok((standing, family))
            })
            .await?;
        if matches!(found.0, Standing::Unproven) {
            return Err(unproven());
        }
        let (Standing::Person(person), Some(family)) = found else {
            return Err(invalid("the access token was revoked, or does not belong to a person"));
        };
        if !scope.contains(ACCOUNT) {
            let why = "the access token was not granted the scope account";
            return Err(ErrorCode::InsufficientScope.because(why).sent(scope.to_string(), ACCOUNT));
        }
        let Delegated { user, authorized, .. } = *person;
        let (session_id, authenticated_at) = (family.session_id, authorized.auth_time);
        Ok(Self { op, user, session_id, http, authenticated_at, token, proof, body })
    }

    /// Requires a fresh sign-in, as the console does (RFC 9470 §3).
    ///
    /// # Errors
    /// `insufficient_user_authentication`.
    pub fn must_be_fresh(&self) -> Result<(), Problem> {
        if self.op.now().since(self.authenticated_at) <= FRESH { Ok(()) } else { Err(Problem::not_fresh(FRESH)) }
    }

    /// The `If-Match` header.
    ///
    /// # Errors
    /// 428 where it is missing.
    pub fn seen(&self) -> Result<Seen, Problem> {
        seen(self.http.headers())
    }

    /// The body, with these `members`.
    ///
    /// # Errors
    /// `invalid_request` where the body is not such a JSON object.
    pub fn body<T: DeserializeOwned>(&self, members: &str) -> Result<T, Stop> {
        let body = self.body.clone()?;
        let unreadable = |_| Problem::new(400, "invalid_request", format!("the body must be an object with {members}"));
        Ok(serde_json::from_slice(&body).map_err(unreadable)?)
    }

    /// A merge patch: members replace, `null` removes (RFC 7396).
    ///
    /// # Errors
    /// `invalid_request` for anything but one JSON object without repeated members.
    pub fn patch(&self) -> Result<Claims, Stop> {
        let body = self.body.clone()?;
        let unreadable = |_| Problem::new(400, "invalid_request", "the body must be a JSON object");
        Ok(parse_object(&body).map_err(unreadable)?)
    }

    /// A file of one of these media types, of at most `limit` bytes.
    ///
    /// # Errors
    /// `invalid_request`, with 413, 408 or 415 where it is too large, too slow or of another type.
    pub async fn file(&self, payload: Payload, types: &[&str], limit: usize) -> Result<Vec<u8>, Stop> {
        let sent = self.http.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !types.iter().any(|known| sent.is_some_and(|sent| sent.eq_ignore_ascii_case(known))) {
            let why = format!("Content-Type must be one of {}", types.join(", "));
            return Err(Problem::new(415, "invalid_request", why).into());
        }
        Ok(upload::whole(payload, limit).await?)
    }

    /// A parameter of the query string; the first, where it is repeated.
    pub fn query(&self, name: &str) -> Option<String> {
        crate::platform::http::query::find(&self.http, name)
    }

    /// The language of the request, for later emails.
    pub fn texts(&self) -> Texts {
        PageRequest::new(&self.op, &self.http).texts
    }

    /// The person as the author of a change.
    pub fn owner(&self) -> Owner {
        let request = PageRequest::new(&self.op, &self.http);
        let arrival = self.http.extensions().get::<edge::Visit>().copied();
        Owner {
            user: self.user.clone(),
            by: By::Token(Box::new(self.token.clone()), self.proof.clone()),
            authenticated_at: self.authenticated_at,
            session_id: self.session_id.clone(),
            address: arrival.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |arrival| arrival.client.address()),
            place: request.place(),
            language: request.texts.lang(),
        }
    }
}

fn invalid(why: &str) -> OAuthError {
    ErrorCode::InvalidToken.because(why).clause("RFC 6750 §3.1")
}
