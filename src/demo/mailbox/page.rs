//! `GET /demo/mail`.

use super::Mailbox;
use super::view::Letters;
use crate::platform::http::page::{Page, PagePolicy, respond};
use crate::platform::i18n::Texts;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the page; before the demo, which has everything else below `/demo`.
pub fn configure(config: &mut ServiceConfig, mailbox: Data<Mailbox>) {
    config.service(web::resource("/demo/mail").app_data(mailbox).route(web::get().to(show)));
}

async fn show(mailbox: Data<Mailbox>, http: HttpRequest) -> HttpResponse {
    let accepted = http.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let texts = Texts::choose(None, accepted, "en");
    let view = Letters { page: Page::new(&texts, "", "Latchkey"), letters: mailbox.letters() };
    respond(StatusCode::OK, &PagePolicy::own_forms(), &view)
}
