//! `GET` and `POST /account/data`.

use super::copy::copy;
use super::view::YourData;
use crate::account::view::Section;
use crate::account::visit::{ConsolePage, Shown, Visit, Who};
use crate::platform::paths::AccountPage;
use crate::protocol::params::Params;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    ConsolePage::at(AccountPage::Data).shows(Who::SignedIn, show).takes(Who::SignedInLately, file).mount(config);
}

async fn show(visit: &Visit<'_>) -> Shown {
    Ok(visit.show(&YourData { page: visit.request.page(), console: visit.console(Section::Data) }))
}

async fn file(visit: &Visit<'_>, _: Params) -> Shown {
    let document = copy(visit.op, &visit.owner()).await?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\""));
    Ok(answer.content_type("application/json").body(format!("{document:#}")))
}
