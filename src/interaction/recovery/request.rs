//! The recipient and the content of an email about a forgotten password.

use super::RECOVERY;
use crate::model::address;
use crate::model::event::EventKind;
use crate::model::one_time::{LINK_LIFETIME, Purpose};
use crate::op::Op;
use crate::op::proof_by_mail::{Flow, Reached, active_person};
use crate::pages::letter::About;
use crate::platform::crypto::Pepper;
use crate::platform::db::Connection;
use crate::platform::paths::MailFlow;
use diesel::QueryResult;
use std::time::Duration;

pub struct Recovery;

impl Flow for Recovery {
    const PURPOSE: Purpose = Purpose::Recovery;
    const WORK: &'static str = RECOVERY;
    const LIFETIME: Duration = LINK_LIFETIME;
    const PATHS: MailFlow = MailFlow::Recovery;
    const EVENT: Option<EventKind> = Some(EventKind::RecoveryRequested);

    fn reached(connection: &mut Connection, _: &Pepper, typed: &str) -> QueryResult<Option<Reached>> {
        active_person(connection, typed, address::store::letter_to)
    }

    fn about(_: &Op, _: &Reached, code: String, link: String) -> About {
        About::Recovery { code, link }
    }
}
