//! `GET /account`.

use super::view::{Home, SignIn};
use crate::account::safety::{Means, Safety};
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::session::store;
use crate::platform::clock::Time;
use crate::platform::device::Device;
use crate::platform::paths::AccountPage;
use actix_web::web::ServiceConfig;

const SHOWN: i64 = 5;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Home).shows(Who::SignedIn, show).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    let id = visit.user.id.clone();
    let found = visit.op.db.read_long(move |connection| store::recent(connection, &id, SHOWN)).await?;
    let sign_in = |known: &store::Recent| SignIn {
        device: Device::of(&known.user_agent),
        network: known.network.clone(),
        at: Time::from_millis(known.created_at),
        is_here: known.id == visit.session.id,
    };
    let (safety, means) = (Safety::of(visit.op, &visit.user).await?, Means::of(visit.op));
    Ok(visit.show(&Home {
        page: visit.request.page(),
        console: visit.console(Section::Home),
        name: visit.user.text("given_name").unwrap_or_else(|| visit.user.display_name()),
        step: safety.next(means),
        offers_passkeys: means.passkeys,
        offers_authenticator: means.authenticator,
        safety,
        sign_ins: found.iter().map(sign_in).collect(),
    }))
}
