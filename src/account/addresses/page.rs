//! `GET` and `POST /account/addresses`, and where links in emails lead: `…/link/{link}` and `…/undo/{link}`.

use super::book::{self, Refusal};
use super::view::{AddressLink, AddressUndo, Addresses};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::op::Op;
use crate::op::page::{PageRequest, other_methods, see_other};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond};
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;
use crate::platform::http::api::Seen;
use crate::platform::http::origin;
use crate::platform::paths::{AccountPage, Below as _, LINK, Location};
use crate::protocol::error::{Cause, ErrorCode};
use crate::protocol::params::Params;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Addresses)
        .shows(Who::SignedInLately, show)
        .takes(Who::SignedInLately, act)
        .mount(config);
    let link = ConsolePage::at(Location::AddressLink(LINK));
    link.shows(Who::SignedIn, by_link).takes(Who::SignedIn, prove_by_link).mount(config);
    let undo = web::resource(Location::AddressUndo(LINK).to_string())
        .route(web::get().to(ask_undo))
        .route(web::post().to(undo));
    config.service(undo.default_service(other_methods("GET, POST")));
}

async fn show(visit: &Visit<'_>) -> Shown {
    Ok(render(visit, ("", ""), None).await?)
}

async fn render(
    visit: &Visit<'_>,
    (typed, about): (&str, &str),
    refusal: Option<Refusal>,
) -> Result<HttpResponse, Unavailable> {
    let (op, done) = (visit.op, visit.query("done"));
    let view = Addresses {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        addresses: book::list(op, &visit.user).await?,
        typed,
        has_mail: op.mailer.is_on(),
        about,
        refusal,
        done: done.as_deref().filter(|_| refusal.is_none()),
    };
    let status = match refusal {
        None => StatusCode::OK,
        Some(Refusal::TooManyLetters) => StatusCode::TOO_MANY_REQUESTS,
        Some(Refusal::Unknown) => StatusCode::NOT_FOUND,
        Some(Refusal::Stale | Refusal::Taken) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let mut answer = visit.show_as(status, &view);
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("3600"));
    }
    Ok(answer)
}

async fn act(visit: &Visit<'_>, form: Params) -> Shown {
    let op = visit.op;
    let find = |name| form.find(name).unwrap_or_default().trim();
    let (owner, id) = (visit.owner(), find("id"));
    let (outcome, done) = match find("action") {
        "add" => (book::add(op, &owner, find("email")).await?.map(drop), "sent"),
        "send" => (book::send_again(op, &owner, id).await?.map(drop), "sent"),
        "verify" => (book::prove_by_code(op, &owner, id, find("code")).await?, "verified"),
        "primary" => (book::make_primary(op, &owner, id, &Seen::whatever()).await?, "changed"),
        "remove" => (book::remove(op, &owner, id, &Seen::whatever()).await?, "changed"),
        other => {
            let error = ErrorCode::InvalidRequest.because("action is not one of this page's actions");
            return Err(error.sent(other, "add, send, verify, primary, remove"));
        }
    };
    match outcome {
        Ok(()) => Ok(see_other(&op.path(AccountPage::Addresses.with("done", done)), [])),
        Err(refusal) => Ok(render(visit, (find("email"), id), Some(refusal)).await?),
    }
}

async fn by_link(visit: &Visit<'_>) -> Shown {
    let link = visit.part("link");
    let whose = book::whose_link(visit.op, &link).await?;
    Ok(show_link(visit, &link, whose.as_deref()))
}

fn show_link(visit: &Visit<'_>, link: &str, whose: Option<&str>) -> HttpResponse {
    let action = visit.op.path(Location::AddressLink(link));
    let is_theirs = whose == Some(visit.user.id.as_str());
    let view = AddressLink {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        action: is_theirs.then_some(action.as_str()),
        is_anothers: whose.is_some() && !is_theirs,
    };
    visit.show_as(if is_theirs { StatusCode::OK } else { StatusCode::GONE }, &view)
}

async fn prove_by_link(visit: &Visit<'_>, _: Params) -> Shown {
    let link = visit.part("link");
    match book::prove_by_link(visit.op, &visit.owner(), &link).await? {
        Ok(()) => Ok(see_other(&visit.op.path(AccountPage::Addresses.with("done", "verified")), [])),
        Err(Refusal::Taken) => Ok(render(visit, ("", ""), Some(Refusal::Taken)).await?),
        Err(_) => Ok(show_link(visit, &link, None)),
    }
}

async fn ask_undo(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match book::find_undo(&op, &link).await {
        Ok(address) => show_undo(&request, &link, address.as_deref(), false),
        Err(unavailable) => request.refuse(EndpointName::Account, &unavailable.into()).await,
    }
}

fn show_undo(request: &PageRequest<'_>, link: &str, address: Option<&str>, is_done: bool) -> HttpResponse {
    let op = request.op;
    let view = AddressUndo {
        page: request.page(),
        address,
        is_done,
        action: &op.path(Location::AddressUndo(link)),
        next_url: &op.path(if op.has_feature(FeatureName::Recovery) { Location::Recovery } else { Location::SignIn }),
    };
    let status = if is_done || address.is_some() { StatusCode::OK } else { StatusCode::GONE };
    respond(status, &PagePolicy::own_forms(), &view)
}

/// The link's secret serves as the CSRF token: nobody else knows the URL.
async fn undo(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    if !origin::is_ours(http.headers(), op.config.issuer.origin()) {
        let error = ErrorCode::InvalidRequest.because("the form was sent from another site");
        return request.refuse(EndpointName::Account, &error.page(Cause::Cookie).clause("RFC 9700 §4.7")).await;
    }
    match book::undo(&op, &link).await {
        Ok(is_done) => show_undo(&request, &link, None, is_done),
        Err(unavailable) => request.refuse(EndpointName::Account, &unavailable.into()).await,
    }
}
