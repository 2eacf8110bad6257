//! `GET /account/security`.

use super::view::Security;
use crate::account::safety::{Means, Safety};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::op::Op;
use crate::op::page::other_methods;
use crate::platform::paths::{AccountPage, Location};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Security).shows(Who::SignedIn, show).mount(config);
    root_routes(config, "");
}

/// Mounts what belongs at the root of the host, also where the issuer has a path: password managers look for it there (A
/// Well-Known URL for Changing Passwords).
pub fn root_routes(config: &mut ServiceConfig, _: &str) {
    let change = web::resource(Location::ChangePassword.to_string()).route(web::get().to(change_password));
    config.service(change.default_service(other_methods("GET")));
}

async fn change_password(op: Data<Op>) -> HttpResponse {
    let mut answer = HttpResponse::Found();
    answer.insert_header((header::LOCATION, op.path(AccountPage::Password)));
    answer.insert_header((header::CACHE_CONTROL, "no-store")).finish()
}

async fn show(visit: &Visit<'_>) -> Shown {
    let safety = Safety::of(visit.op, &visit.user).await?;
    let means = Means::of(visit.op);
    Ok(visit.show(&Security {
        is_changed: visit.is_done("changed"),
        is_without_password: visit.is_done("password_removed"),
        ..Security::of(visit.request.page(), visit.console(Section::Security), &safety, means)
    }))
}
