//! `GET` and `POST /account/addresses`, and where links in letters lead: `…/link/{link}` and `…/undo/{link}`.

use super::view::{AddressLink, AddressUndo, Addresses};
use crate::account::address_book::{self, Owner, Refusal};
use crate::account::seen::Seen;
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::op::Op;
use crate::op::page::{PageRequest, other_methods, see_other};
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;
use crate::platform::http::edge;
use crate::platform::http::origin;
use crate::platform::http::page::{PagePolicy, respond};
use crate::protocol::error::{ErrorCode, OAuthError};
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

const PATH: &str = "/account/addresses";

/// Mounts the pages.
pub fn routes(config: &mut ServiceConfig) {
    let page = web::resource(PATH).route(web::get().to(show)).route(web::post().to(submit));
    config.service(page.default_service(other_methods("GET, POST")));
    let link = web::resource(format!("{PATH}/link/{{link}}"))
        .route(web::get().to(by_link))
        .route(web::post().to(prove_by_link));
    config.service(link.default_service(other_methods("GET, POST")));
    let undo =
        web::resource(format!("{PATH}/undo/{{link}}")).route(web::get().to(ask_undo)).route(web::post().to(undo));
    config.service(undo.default_service(other_methods("GET, POST")));
}

async fn show(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let visit = match Visit::fresh(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match render(&op, &visit, ("", ""), None).await {
        Ok(answer) => answer,
        Err(unavailable) => visit.refuse(&unavailable.into()).await,
    }
}

async fn render(
    op: &Op,
    visit: &Visit<'_>,
    (typed, about): (&str, &str),
    refusal: Option<Refusal>,
) -> Result<HttpResponse, Unavailable> {
    let view = Addresses {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        addresses: address_book::list(op, &visit.user).await?,
        typed,
        has_mail: op.mailer.is_on(),
        about,
        refusal,
        done: visit.done().filter(|_| refusal.is_none()),
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

fn owner(visit: &Visit<'_>, arrival: edge::Visit) -> Owner {
    Owner {
        user: visit.user.clone(),
        session_id: Some(visit.session.id.clone()),
        address: arrival.client.address(),
        place: visit.request.place(),
        language: visit.request.texts.lang(),
    }
}

async fn submit(op: Data<Op>, http: HttpRequest, arrival: edge::Visit, payload: Payload) -> HttpResponse {
    let visit = match Visit::fresh(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match act(&op, &visit, arrival, payload).await {
        Ok(answer) => answer,
        Err(error) => visit.refuse(&error).await,
    }
}

async fn act(op: &Op, visit: &Visit<'_>, arrival: edge::Visit, payload: Payload) -> Result<HttpResponse, OAuthError> {
    let form = visit.form(payload).await?;
    let find = |name| form.find(name).unwrap_or_default().trim();
    let (owner, id) = (owner(visit, arrival), find("id"));
    let (outcome, done) = match find("action") {
        "add" => (address_book::add(op, &owner, find("email")).await?.map(drop), "sent"),
        "send" => (address_book::send_again(op, &owner, id).await?.map(drop), "sent"),
        "verify" => (address_book::prove_by_code(op, &owner, id, find("code")).await?, "verified"),
        "primary" => (address_book::make_primary(op, &owner, id, &Seen::whatever()).await?, "changed"),
        "remove" => (address_book::remove(op, &owner, id, &Seen::whatever()).await?, "changed"),
        other => {
            let error = ErrorCode::InvalidRequest.because("action must be one of those on the page");
            return Err(error.sent(other, "add, send, verify, primary, remove"));
        }
    };
    match outcome {
        Ok(()) => Ok(see_other(&op.path(&format!("{PATH}?done={done}")), [])),
        Err(refusal) => Ok(render(op, visit, (find("email"), id), Some(refusal)).await?),
    }
}

async fn by_link(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let visit = match Visit::set(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match address_book::whose_link(&op, &link).await {
        Ok(whose) => show_link(&visit, &link, whose.as_deref()),
        Err(unavailable) => visit.refuse(&unavailable.into()).await,
    }
}

fn show_link(visit: &Visit<'_>, link: &str, whose: Option<&str>) -> HttpResponse {
    let action = visit.request.op.path(&format!("{PATH}/link/{link}"));
    let is_theirs = whose == Some(visit.user.id.as_str());
    let view = AddressLink {
        page: visit.request.page(),
        console: visit.console(Section::Security),
        action: is_theirs.then_some(action.as_str()),
        is_anothers: whose.is_some() && !is_theirs,
    };
    visit.show_as(if is_theirs { StatusCode::OK } else { StatusCode::GONE }, &view)
}

async fn prove_by_link(
    op: Data<Op>,
    http: HttpRequest,
    link: Path<String>,
    arrival: edge::Visit,
    payload: Payload,
) -> HttpResponse {
    let visit = match Visit::set(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let proved = async {
        visit.form(payload).await?;
        Ok::<_, OAuthError>(address_book::prove_by_link(&op, &owner(&visit, arrival), &link).await?)
    };
    match proved.await {
        Ok(Ok(())) => see_other(&op.path(&format!("{PATH}?done=verified")), []),
        Ok(Err(Refusal::Taken)) => match render(&op, &visit, ("", ""), Some(Refusal::Taken)).await {
            Ok(answer) => answer,
            Err(unavailable) => visit.refuse(&unavailable.into()).await,
        },
        Ok(Err(_)) => show_link(&visit, &link, None),
        Err(error) => visit.refuse(&error).await,
    }
}

async fn ask_undo(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    match address_book::find_undo(&op, &link).await {
        Ok(address) => show_undo(&request, &link, address.as_deref(), false),
        Err(unavailable) => request.refuse("account", &unavailable.into()).await,
    }
}

fn show_undo(request: &PageRequest<'_>, link: &str, address: Option<&str>, is_done: bool) -> HttpResponse {
    let op = request.op;
    let view = AddressUndo {
        page: request.page(),
        address,
        is_done,
        action: &op.path(&format!("{PATH}/undo/{link}")),
        next_url: &op.path(if op.has_feature(FeatureName::Recovery) { "/recovery" } else { "/login" }),
    };
    let status = if is_done || address.is_some() { StatusCode::OK } else { StatusCode::GONE };
    respond(status, &PagePolicy::own_forms(), &view)
}

/// The link's secret stands in for a token: nobody else can name the page.
async fn undo(op: Data<Op>, http: HttpRequest, link: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    if !origin::is_ours(http.headers(), op.config.issuer.origin()) {
        let error = ErrorCode::InvalidRequest.because("the form was sent from another site");
        return request.refuse("account", &error.status(403).clause("RFC 9700 §4.7")).await;
    }
    match address_book::undo(&op, &link).await {
        Ok(is_done) => show_undo(&request, &link, None, is_done),
        Err(unavailable) => request.refuse("account", &unavailable.into()).await,
    }
}
