//! `/login/mail/{interaction}` takes the name, `…/code` the code, `/login/mail/link/{link}` the click of who came by
//! the link.

use super::ENDPOINT;
use super::request::{self, SignIn};
use super::view::{Ask, ByLink, Code, Standing};
use crate::model::one_time::OneTime;
use crate::op::Op;
use crate::op::page::{PageRequest, application};
use crate::op::proof_by_mail::Flow as _;
use crate::op::proof_by_mail::{Faults, Over, Pages, Place, Scene, Settled};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::error::Unavailable;
use crate::platform::paths::{Location, Screen};
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use std::convert::Infallible;

/// The longest accepted name, in bytes.
const LONGEST_NAME: usize = 320;

impl Pages for SignIn {
    const ENDPOINT: EndpointName = ENDPOINT;
    const STARTS_HERE: bool = false;
    /// Otherwise somebody who tricks a person into opening a link could sign them in as somebody else.
    const ANYWHERE: bool = false;
    const NAME: &'static str = "username";
    type Fault = Infallible;

    fn is_name(typed: &str) -> bool {
        !typed.is_empty() && typed.len() <= LONGEST_NAME
    }

    fn ask(scene: &Scene<'_>, username: &str, is_wrong: bool) -> HttpResponse {
        let (action, sign_in_url) = (scene.path(Screen::Mail(Self::PATHS)), scene.path(Screen::SignIn));
        let (page, csrf) = (scene.request.page(), &scene.bound.csrf);
        // Whoever came by the button of the sign-in page left nothing out yet.
        let is_missing = is_wrong && !username.is_empty();
        let view = Ask { page, action: &action, csrf, username, is_missing, sign_in_url: &sign_in_url };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }

    fn show(request: &PageRequest<'_>, place: &Place<'_>, typed: &Params, faults: &Faults<Infallible>) -> HttpResponse {
        let action = place.action::<Self>(request.op);
        let Place::Code(scene) = place else {
            return link_page(request, StatusCode::OK, Standing::Here { action: &action, csrf: place.csrf() });
        };
        let view = Code {
            page: request.page(),
            action: &action,
            csrf: place.csrf(),
            application: scene.asking.as_ref().map(|asking| application(request.op, asking)),
            code: typed.find("code").unwrap_or_default(),
            is_wrong: faults.code,
            again_url: &place.again_url::<Self>(request.op),
            sign_in_url: &scene.path(Screen::SignIn),
        };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }

    fn over(request: &PageRequest<'_>, why: Over) -> HttpResponse {
        match why {
            Over::Used => link_page(request, StatusCode::GONE, Standing::Over),
            Over::Elsewhere => link_page(request, StatusCode::OK, Standing::Elsewhere),
        }
    }

    fn done(_: &PageRequest<'_>, _: &str) -> Option<HttpResponse> {
        None
    }

    async fn judge(_: &Op, _: &Params, _: Option<&OneTime>) -> Result<Faults<Infallible>, Unavailable> {
        Ok(Faults::default())
    }

    async fn settle(op: &Op, one: OneTime, _: &Params) -> Result<Settled<Infallible>, Unavailable> {
        Ok(request::spend(op, one).await?.map_or(Settled::Over, |user| Settled::In(Box::new(user))))
    }
}

fn link_page(request: &PageRequest<'_>, status: StatusCode, standing: Standing<'_>) -> HttpResponse {
    let view = ByLink { page: request.page(), standing, sign_in_url: &request.op.path(Location::SignIn) };
    respond(status, &PagePolicy::interaction(), &view)
}
