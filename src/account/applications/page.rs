//! `GET` and `POST /account/applications`.

use super::take_back::{Taken, list, take_back};
use super::view::{Applications, Entry};
use crate::account::store::Access;
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::client::{Client, Origin};
use crate::op::Op;
use crate::op::page::{logo, see_other};
use crate::op::permission;
use crate::platform::error::Unavailable;
use crate::platform::http::api::Seen;
use crate::platform::paths::{AccountPage, Below as _, Location, segment};
use crate::protocol::error::{Cause, ErrorCode};
use crate::protocol::params::Params;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Applications).shows(Who::SignedIn, show).takes(Who::SignedIn, revoke).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    Ok(visit.show(&Applications {
        page: visit.request.page(),
        console: visit.console(Section::Applications),
        applications: entries(visit.op, visit).await?,
        is_done: visit.is_done("revoked"),
    }))
}

async fn entries(op: &Op, visit: &Visit<'_>) -> Result<Vec<Entry>, Unavailable> {
    let mut entries = Vec::new();
    for access in list(op, &visit.user.id).await? {
        let client = op.clients.find(&access.client_id).await?;
        entries.push(entry(op, visit, access, client.as_deref()));
    }
    entries.sort_by_key(|entry| entry.name.to_lowercase());
    Ok(entries)
}

fn entry(op: &Op, visit: &Visit<'_>, access: Access, client: Option<&Client>) -> Entry {
    let texts = &visit.request.texts;
    let scope = |name| permission::scope(texts, name, op.scope_description(name));
    let scopes = access.allowed.scope.iter().map(scope);
    let claims = access.allowed.claims.iter().map(|name| op.claim_label(name.clone(), texts));
    let claims = claims.map(|name| permission::claim(texts, &name));
    let may_start = client.is_some_and(|client| client.enabled && client.metadata.initiate_login_uri.is_some());
    Entry {
        name: client.map_or(&*access.client_id, Client::name).to_owned(),
        host: client.and_then(host).unwrap_or_default(),
        is_unverified: client.is_some_and(|client| client.origin == Origin::Dynamic),
        logo: client.and_then(|client| logo(op, client)),
        permissions: scopes.chain(claims).collect(),
        since: access.since,
        used_at: access.used_at,
        start_url: may_start.then(|| op.path(Location::Start(&segment(&access.client_id)))),
        client_id: access.client_id,
    }
}

fn host(client: &Client) -> Option<String> {
    let uri = client.metadata.client_uri.as_ref().or(client.metadata.redirect_uris.first())?;
    url::Url::parse(uri).ok()?.host_str().map(str::to_owned)
}

async fn revoke(visit: &Visit<'_>, form: Params) -> Shown {
    match take_back(visit.op, &visit.owner(), form.require("revoke")?, Seen::whatever()).await? {
        Taken::Back => Ok(see_other(&visit.op.path(AccountPage::Applications.with("done", "revoked")), [])),
        Taken::Unknown | Taken::Stale => Err(ErrorCode::InvalidRequest
            .because("this application has no access to your account")
            .page(Cause::NotFound)),
    }
}
