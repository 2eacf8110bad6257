//! `/recovery/{interaction}` asks for the account, `…/code` takes the code and a new password, `/recovery/link/{link}`
//! a new password alone.

use super::ENDPOINT;
use super::request::Recovery;
use super::reset;
use super::view::{Ask, End, NewPassword};
use crate::model::credential::choice::Weakness;
use crate::model::one_time::OneTime;
use crate::op::Op;
use crate::op::page::PageRequest;
use crate::op::proof_by_mail::Flow as _;
use crate::op::proof_by_mail::{Faults, Over, Pages, Place, Scene, Settled};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond, respond_or_busy};
use crate::platform::error::Unavailable;
use crate::platform::paths::{Location, Screen};
use crate::platform::secret::Secret;
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;

/// The longest accepted name, in bytes.
const LONGEST_NAME: usize = 320;

impl Pages for Recovery {
    const ENDPOINT: EndpointName = ENDPOINT;
    const STARTS_HERE: bool = true;
    const ANYWHERE: bool = true;
    const NAME: &'static str = "username";
    type Fault = Weakness;

    fn is_name(typed: &str) -> bool {
        !typed.is_empty() && typed.len() <= LONGEST_NAME
    }

    fn ask(scene: &Scene<'_>, username: &str, is_missing: bool) -> HttpResponse {
        let (action, sign_in_url) = (scene.path(Screen::Mail(Self::PATHS)), scene.path(Screen::SignIn));
        let (page, csrf) = (scene.request.page(), &scene.bound.csrf);
        let view = Ask { page, action: &action, csrf, username, is_missing, sign_in_url: &sign_in_url };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }

    fn show(request: &PageRequest<'_>, place: &Place<'_>, typed: &Params, faults: &Faults<Weakness>) -> HttpResponse {
        let address = place.address();
        let view = NewPassword {
            page: request.page(),
            action: &place.action::<Self>(request.op),
            csrf: place.csrf(),
            address: address.as_deref(),
            code: typed.find("code").unwrap_or_default(),
            minimum: request.op.config.password.minimum_length,
            faults,
            again_url: &place.again_url::<Self>(request.op),
        };
        respond_or_busy(faults.busy, &PagePolicy::interaction(), &view)
    }

    fn over(request: &PageRequest<'_>, _: Over) -> HttpResponse {
        end(request, false, &request.op.path(Location::Recovery))
    }

    fn done(request: &PageRequest<'_>, sign_in_url: &str) -> Option<HttpResponse> {
        Some(end(request, true, sign_in_url))
    }

    async fn judge(op: &Op, form: &Params, one: Option<&OneTime>) -> Result<Faults<Weakness>, Unavailable> {
        reset::judge(op, &password(form), one).await
    }

    async fn settle(op: &Op, one: OneTime, form: &Params) -> Result<Settled<Weakness>, Unavailable> {
        reset::reset(op, one, &password(form)).await
    }
}

fn password(form: &Params) -> Secret<String> {
    Secret::new(form.find("password").unwrap_or_default().to_owned())
}

fn end(request: &PageRequest<'_>, is_done: bool, next_url: &str) -> HttpResponse {
    let status = if is_done { StatusCode::OK } else { StatusCode::GONE };
    respond(status, &PagePolicy::interaction(), &End { page: request.page(), is_done, next_url })
}
