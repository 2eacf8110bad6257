//! `GET /`, and `GET /start/{client_id}`, which begins a login at an application.

use super::start::login_initiation;
use super::store;
use super::view::{DemoPerson, Home, StartLink, Starting, Tour};
use crate::model::client::{Client, Origin};
use crate::op::Op;
use crate::op::page::{PageRequest, logo, other_methods, person, see_other};
use crate::op::refusal::EndpointName;
use crate::pages::page::{PagePolicy, respond};
use crate::pages::parts::Application;
use crate::platform::config::FeatureName;
use crate::platform::error::Unavailable;
use crate::platform::paths::{AccountPage, CLIENT, Location, segment};
use crate::protocol::error::{Cause, ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::web_address::WebAddress;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::sync::Arc;

/// What `latchkey dev` shows on its home page.
#[derive(Clone, Debug)]
pub struct Guide {
    /// Name, user name and password of each demo person.
    pub people: Vec<(String, String, String)>,
    /// The public client of the snippets.
    pub client_id: String,
    /// Where the snippets listen.
    pub redirect_port: u16,
}

/// Mounts the page, also without the slash that an issuer with a path may lack.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource(["/", ""]).route(web::get().to(show)).default_service(other_methods("GET")));
    let start = web::resource(Location::Start(CLIENT).to_string()).route(web::get().to(start));
    config.service(start.default_service(other_methods("GET")));
}

/// OpenID Connect Core §4. A link here does no more than a link to the client, so no session is required.
/// Whoever registered themselves may have done so to send people on from our address (RFC 9700 §4.11.2): before that a
/// page of ours says where it goes.
async fn start(op: Data<Op>, http: HttpRequest, client_id: Path<String>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    let refused = match destination(&op, &http, &client_id).await {
        Ok(Some((client, url))) if client.origin == Origin::Dynamic => return ask_first(&request, &client, &url),
        Ok(Some((_, url))) => return see_other(url.as_str(), []),
        Ok(None) => ErrorCode::InvalidRequest
            .because("this application is unknown, disabled, or registered no initiate_login_uri")
            .clause("OpenID Connect Core §4")
            .page(Cause::NotFound),
        Err(error) => error,
    };
    request.refuse(EndpointName::Start, &refused).await
}

async fn destination(
    op: &Op,
    http: &HttpRequest,
    client_id: &str,
) -> Result<Option<(Arc<Client>, WebAddress)>, OAuthError> {
    let params = Params::parse(http.query_string().as_bytes())?;
    let Some(client) = op.clients.find_enabled(client_id).await? else { return Ok(None) };
    let uri = client.metadata.initiate_login_uri.as_deref();
    let address = uri.and_then(|uri| login_initiation(uri, op.issuer(), params.find("target_link_uri")));
    Ok(address.map(|address| (client, address)))
}

fn ask_first(request: &PageRequest<'_>, client: &Client, url: &WebAddress) -> HttpResponse {
    let home_url = request.op.path(Location::Home);
    let application = Application {
        name: client.name(),
        host: url.host(),
        logo: logo(request.op, client),
        is_unverified: true,
        ..Application::default()
    };
    let view = Starting { page: request.page(), application, url: url.as_str(), home_url: &home_url };
    respond(StatusCode::OK, &PagePolicy::own_forms(), &view)
}

async fn applications(op: &Op, person_id: Option<String>) -> Result<Vec<StartLink>, Unavailable> {
    let Some(person_id) = person_id else { return Ok(Vec::new()) };
    let found = op.db.read_long(move |connection| store::startable(connection, &person_id)).await?;
    let link = |(id, metadata): (String, crate::protocol::client_metadata::ClientMetadata)| StartLink {
        url: op.path(Location::Start(&segment(&id))),
        name: metadata.client_name.filter(|name| !name.trim().is_empty()).unwrap_or(id),
    };
    Ok(found.into_iter().map(link).collect())
}

async fn show(op: Data<Op>, http: HttpRequest, guide: Option<Data<Guide>>) -> HttpResponse {
    let request = PageRequest::new(&op, &http);
    let signed_in = match request.browser().await {
        Ok(browser) => op.signed_in(browser.as_ref(), None).await,
        Err(unavailable) => Err(unavailable),
    };
    let signed_in = match signed_in {
        Ok(signed_in) => signed_in,
        Err(unavailable) => return request.refuse(EndpointName::Home, &unavailable.into()).await,
    };
    let request = match &signed_in {
        Some(signed_in) => request.for_person(&signed_in.user),
        None => request,
    };
    let person_id = signed_in.as_ref().map(|signed_in| signed_in.user.id.clone());
    let applications = match applications(&op, person_id).await {
        Ok(applications) => applications,
        Err(unavailable) => return request.refuse(EndpointName::Home, &unavailable.into()).await,
    };
    let (sign_in_url, sign_out_url) = (op.path(Location::SignIn), op.path(Location::Logout));
    let links = guide.as_ref().map(|guide| Links::new(&op, guide));
    let view = Home {
        page: request.page(),
        person: signed_in.as_ref().map(|signed_in| person(&op, &signed_in.user)),
        sign_in_url: &sign_in_url,
        account_url: op.has_feature(FeatureName::Account).then(|| op.path(AccountPage::Home)),
        sign_out_url: &sign_out_url,
        applications,
        tour: guide.as_ref().zip(links.as_ref()).map(|(guide, links)| tour(&op, guide, links)),
    };
    respond(StatusCode::OK, &PagePolicy::own_forms(), &view)
}

struct Links {
    demo: String,
    mailbox: String,
    discovery: String,
    jwks: String,
    redirect_uri: String,
}

impl Links {
    fn new(op: &Op, guide: &Guide) -> Self {
        Self {
            demo: op.path(Location::Demo),
            mailbox: op.path(Location::Mailbox),
            discovery: op.config.issuer.endpoint(Location::OpenIdConfiguration),
            jwks: op.config.issuer.endpoint(Location::Jwks),
            redirect_uri: format!("http://127.0.0.1:{}/callback", guide.redirect_port),
        }
    }
}

fn tour<'a>(op: &'a Op, guide: &'a Guide, links: &'a Links) -> Tour<'a> {
    Tour {
        issuer: op.issuer(),
        demo_url: &links.demo,
        mailbox_url: &links.mailbox,
        discovery_url: &links.discovery,
        jwks_url: &links.jwks,
        people: guide.people.iter().map(|(name, username, password)| DemoPerson { name, username, password }).collect(),
        client_id: &guide.client_id,
        redirect_uri: &links.redirect_uri,
        redirect_port: guide.redirect_port,
    }
}

/// Every path that nothing is mounted at.
pub async fn not_found(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let error = ErrorCode::InvalidRequest.because("there is no such page").page(Cause::NotFound);
    PageRequest::new(&op, &http).refuse(EndpointName::None, &error).await
}
