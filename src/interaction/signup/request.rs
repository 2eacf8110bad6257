//! Whom an email about a new account reaches: the address, whether it has an account already or not.

use super::SIGN_UP;
use crate::model::event::EventKind;
use crate::model::one_time::{LINK_LIFETIME, Purpose};
use crate::model::user;
use crate::model::user::identifier::Identifier;
use crate::op::Op;
use crate::op::proof_by_mail::{Flow, Reached};
use crate::pages::letter::About;
use crate::platform::crypto::Pepper;
use crate::platform::db::Connection;
use crate::platform::paths::{Location, MailFlow};
use diesel::QueryResult;
use std::time::Duration;

pub struct SignUp;

impl Flow for SignUp {
    const PURPOSE: Purpose = Purpose::SignUp;
    const WORK: &'static str = SIGN_UP;
    const LIFETIME: Duration = LINK_LIFETIME;
    const PATHS: MailFlow = MailFlow::SignUp;
    const EVENT: Option<EventKind> = None;

    fn reached(connection: &mut Connection, pepper: &Pepper, typed: &str) -> QueryResult<Option<Reached>> {
        let Ok(address) = Identifier::email(typed) else { return Ok(None) };
        let subject = pepper.hash("address", address.folded.as_bytes()).as_str().to_owned();
        let to = address.value.clone();
        let is_taken = user::store::find_by_identifiers(connection, &[address])?.is_some();
        Ok(Some(Reached { subject, user: None, to, is_taken }))
    }

    fn about(op: &Op, reached: &Reached, code: String, link: String) -> About {
        if reached.is_taken {
            return About::AlreadyRegistered { link: op.config.issuer.endpoint(Location::SignIn) };
        }
        About::SignUp { code, link }
    }
}
