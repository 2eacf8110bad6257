//! `GET /demo/mail`.

use super::Mailbox;
use super::view::Letters;
use crate::pages::page::{Page, PagePolicy, respond};
use crate::platform::brand::Theme;
use crate::platform::http::cookies::chosen_looks;
use crate::platform::i18n::{Texts, Wishes};
use crate::platform::paths::Location;
use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

/// Mounts the page; before the demo, which has everything else below `/demo`.
pub fn configure(config: &mut ServiceConfig, mailbox: Data<Mailbox>) {
    config.service(web::resource(Location::Mailbox.to_string()).app_data(mailbox).route(web::get().to(show)));
}

async fn show(mailbox: Data<Mailbox>, http: HttpRequest) -> HttpResponse {
    let accepted = http.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let (cookie, theme) = chosen_looks(http.headers());
    let texts = Texts::of(&Wishes { cookie, accept_language: accepted, ..Wishes::default() });
    let theme = theme.and_then(Theme::from_word).unwrap_or_default();
    let page = Page { theme, ..Page::new(&texts, "", "Latchkey") };
    let view = Letters { page, letters: mailbox.letters() };
    respond(StatusCode::OK, &PagePolicy::own_forms(), &view)
}
