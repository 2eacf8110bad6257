//! `GET` and `POST /account/security/recovery-codes`.

use super::view::{RecoveryCodes, Standing};
use crate::account::codes::{self, Replaced};
use crate::account::view::{Codes, Section};
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::model::factor;
use crate::op::page::see_other;
use crate::platform::http::api::Seen;
use crate::platform::paths::AccountPage;
use crate::protocol::error::ErrorCode;
use crate::protocol::params::Params;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::RecoveryCodes)
        .shows(Who::SignedInLately, show)
        .takes(Who::SignedInLately, replace)
        .mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    let (op, id) = (visit.op, visit.user.id.clone());
    let has_factor = op.db.read(move |connection| Ok(factor::store::means(connection, &id)?.any())).await?;
    let held = codes::held(op, &visit.user.id).await?;
    let standing = match held.created_at {
        _ if !has_factor => Standing::NoFactor,
        None => Standing::None,
        Some(created_at) => Standing::Left { left: held.left, created_at },
    };
    Ok(visit.show(&RecoveryCodes { page: visit.request.page(), console: visit.console(Section::Security), standing }))
}

async fn replace(visit: &Visit<'_>, form: Params) -> Shown {
    if form.find("action") != Some("codes") {
        return Err(ErrorCode::InvalidRequest.because("action is not one of this page's actions"));
    }
    Ok(match codes::replace(visit.op, visit.owner(), Seen::whatever()).await? {
        Replaced::By(codes) => visit.show(&Codes {
            page: visit.request.page(),
            console: visit.console(Section::Security),
            codes: &codes,
            next: &visit.op.path(AccountPage::Security),
        }),
        Replaced::NoFactor | Replaced::Stale => see_other(&visit.op.path(AccountPage::RecoveryCodes), []),
    })
}
