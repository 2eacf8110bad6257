//! `GET /account`.

use super::view::{Home, SignIn};
use crate::account::device::Device;
use crate::account::view::Section;
use crate::account::visit::Visit;
use crate::model::session::store;
use crate::op::Op;
use crate::op::page::other_methods;
use crate::platform::clock::Time;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// So many sign-ins are shown.
const SHOWN: i64 = 5;

/// Mounts the page.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/account").route(web::get().to(show)).default_service(other_methods("GET")));
}

async fn show(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let visit = match Visit::set(&op, &http).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    let id = visit.user.id.clone();
    let found = match op.db.read_long(move |connection| store::recent(connection, &id, SHOWN)).await {
        Ok(found) => found,
        Err(unavailable) => return visit.refuse(&unavailable.into()).await,
    };
    let sign_in = |known: &store::Recent| SignIn {
        device: Device::of(&known.user_agent),
        network: known.network.clone(),
        at: Time::from_millis(known.created_at),
        is_here: known.id == visit.session.id,
    };
    visit.show(&Home {
        page: visit.request.page(),
        console: visit.console(Section::Home),
        name: visit.user.text("given_name").unwrap_or_else(|| visit.user.display_name()),
        sign_ins: found.iter().map(sign_in).collect(),
    })
}
