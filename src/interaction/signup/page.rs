//! `/signup/{interaction}` asks for the address, `…/code` takes the code, a name and a password, `/signup/link/{link}`
//! name and password alone, for invitations too.

use super::ENDPOINT;
use super::join::{self, Choice, Fault};
use super::request::SignUp;
use super::view::{Account, Ask, End};
use crate::model::one_time::{OneTime, Purpose};
use crate::model::user::identifier::Identifier;
use crate::op::Op;
use crate::op::page::PageRequest;
use crate::op::proof_by_mail::Flow as _;
use crate::op::proof_by_mail::page::find_either;
use crate::op::proof_by_mail::{Faults, Over, Pages, Place, Scene, Settled};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond, respond_or_busy};
use crate::pages::profile_form::{self, FormField};
use crate::platform::config::Field;
use crate::platform::error::Unavailable;
use crate::platform::mail::is_address;
use crate::platform::paths::{Location, Screen};
use crate::platform::secret::Secret;
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::provider_metadata::ProviderMetadata;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;

/// What the feature adds to the metadata document (Initiating User Registration §4.1).
pub fn metadata(op: &Op, metadata: &mut ProviderMetadata) {
    if op.takes_sign_ups() {
        metadata.add("prompt_values_supported", ["create"]);
    }
}

impl Pages for SignUp {
    const ENDPOINT: EndpointName = ENDPOINT;
    const STARTS_HERE: bool = true;
    const ANYWHERE: bool = true;
    const NAME: &'static str = "email";
    type Fault = Fault;

    /// Where only invited people may come.
    fn closed(op: &Op) -> Option<OAuthError> {
        let error = || ErrorCode::InvalidRequest.because("people cannot sign up here").page(Cause::NotFound);
        (!op.takes_sign_ups()).then(error)
    }

    fn is_name(typed: &str) -> bool {
        Identifier::email(typed).is_ok_and(|found| is_address(&found.value))
    }

    fn ask(scene: &Scene<'_>, email: &str, is_wrong: bool) -> HttpResponse {
        let (action, sign_in_url) = (scene.path(Screen::Mail(Self::PATHS)), scene.path(Screen::SignIn));
        let (page, csrf) = (scene.request.page(), &scene.bound.csrf);
        let view = Ask { page, action: &action, csrf, email, is_wrong, sign_in_url: &sign_in_url };
        respond(StatusCode::OK, &PagePolicy::interaction(), &view)
    }

    fn show(request: &PageRequest<'_>, place: &Place<'_>, typed: &Params, faults: &Faults<Fault>) -> HttpResponse {
        let find = |name: &str| typed.find(name).unwrap_or_default();
        let address = place.address();
        let view = Account {
            page: request.page(),
            action: &place.action::<Self>(request.op),
            csrf: place.csrf(),
            address: address.as_deref(),
            code: find("code"),
            name: find("name"),
            username: find("username"),
            fields: fields(request.op, typed, faults),
            minimum: request.op.config.password.minimum_length,
            faults,
            again_url: &place.again_url::<Self>(request.op),
        };
        respond_or_busy(faults.busy, &PagePolicy::interaction(), &view)
    }

    fn over(request: &PageRequest<'_>, _: Over) -> HttpResponse {
        let next = if request.op.takes_sign_ups() { Location::SignUp } else { Location::Home };
        end(request, false, &request.op.path(next))
    }

    fn done(request: &PageRequest<'_>, sign_in_url: &str) -> Option<HttpResponse> {
        Some(end(request, true, sign_in_url))
    }

    async fn find_link(op: &Op, link: &str) -> Result<Option<OneTime>, Unavailable> {
        find_either(op, [Purpose::SignUp, Purpose::Invitation], link).await
    }

    async fn judge(op: &Op, form: &Params, one: Option<&OneTime>) -> Result<Faults<Fault>, Unavailable> {
        join::judge(op, &choice(op, form), one).await
    }

    async fn settle(op: &Op, one: OneTime, form: &Params) -> Result<Settled<Fault>, Unavailable> {
        join::join(op, one, &choice(op, form)).await
    }
}

/// The profile fields, as typed.
fn fields<'a>(op: &'a Op, typed: &Params, faults: &Faults<Fault>) -> Vec<FormField<'a>> {
    let field = |field: &'a Field| FormField {
        value: typed.find(&field.name).unwrap_or_default().to_owned(),
        theirs: None,
        wrong: faults.own.iter().find_map(|fault| fault.of_claim(&field.claim)),
        field,
    };
    op.config.profile.at_sign_up().map(field).collect()
}

fn choice(op: &Op, form: &Params) -> Choice {
    let find = |name: &str| form.find(name).unwrap_or_default();
    Choice {
        name: find("name").trim().to_owned(),
        username: find("username").trim().to_owned(),
        password: Secret::new(find("password").to_owned()),
        profile: profile_form::sent(op.config.profile.at_sign_up(), form),
    }
}

fn end(request: &PageRequest<'_>, is_done: bool, next_url: &str) -> HttpResponse {
    let status = if is_done { StatusCode::OK } else { StatusCode::GONE };
    respond(status, &PagePolicy::interaction(), &End { page: request.page(), is_done, next_url })
}
