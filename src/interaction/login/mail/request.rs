//! The recipient and the content of an email with a sign-in code.

use super::SIGN_IN;
use crate::model::address;
use crate::model::event::EventKind;
use crate::model::one_time::{self, CODE_LIFETIME, OneTime, Purpose};
use crate::model::user::{self, User};
use crate::op::Op;
use crate::op::proof_by_mail::{Flow, Reached, active_person};
use crate::pages::letter::About;
use crate::platform::crypto::Pepper;
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::paths::MailFlow;
use diesel::QueryResult;
use std::time::Duration;

pub struct SignIn;

impl Flow for SignIn {
    const PURPOSE: Purpose = Purpose::SignIn;
    const WORK: &'static str = SIGN_IN;
    const LIFETIME: Duration = CODE_LIFETIME;
    const PATHS: MailFlow = MailFlow::SignIn;
    const EVENT: Option<EventKind> = Some(EventKind::SignInCodeRequested);

    /// Only verified addresses: an unverified one may belong to somebody else.
    fn reached(connection: &mut Connection, _: &Pepper, typed: &str) -> QueryResult<Option<Reached>> {
        active_person(connection, typed, address::store::proved_for)
    }

    fn about(_: &Op, _: &Reached, code: String, link: String) -> About {
        About::SignIn { code, link }
    }
}

/// Uses up what was proved; the person who signs in by it, if they may.
pub(super) async fn spend(op: &Op, one: OneTime) -> Result<Option<User>, Unavailable> {
    let now = op.now();
    op.db
        .write(move |tx| {
            let user = user::store::find(tx, &one.subject)?.filter(User::is_active);
            if user.is_none() || !one_time::store::spend(tx, &one.id, now)? {
                return Ok(None);
            }
            Ok(user)
        })
        .await
}
