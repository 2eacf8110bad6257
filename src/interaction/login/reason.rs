//! Why a second factor is asked for, and of whom.

use crate::model::session::{self, Authentication};
use crate::model::user::User;
use crate::op::Op;
use crate::op::authorize::interaction::Bound;
use crate::op::authorize::{Asking, FirstFactor, Step};
use crate::op::page::PageRequest;
use crate::platform::error::Unavailable;

/// Why the second factor is asked for.
#[derive(Clone, Debug)]
pub(super) enum Reason {
    /// The first one was proven in this interaction.
    SignIn(FirstFactor),
    /// The session in use, with these proofs, is not enough for the request.
    StepUp {
        /// What was proven before.
        before: Vec<Authentication>,
        /// Whether a code is enough.
        by_code: bool,
    },
}

/// Who must prove what, if anybody: after a proof in this interaction, or as the hub decides for the session in use.
pub(super) async fn reason(
    request: &PageRequest<'_>,
    bound: &Bound,
    asking: Option<&Asking>,
) -> Result<Option<(User, Reason)>, Unavailable> {
    let op = request.op;
    let progress = &bound.interaction.progress;
    if let Some(first) = progress.first_factor.as_ref().filter(|first| first.is_live(op.now())) {
        let user = still_proven(op, first).await?;
        return Ok(user.map(|user| (user, Reason::SignIn(first.clone()))));
    }
    let Some(asking) = asking else { return Ok(None) };
    let browser = request.browser().await?;
    let signed_in = op.signed_in(browser.as_ref(), Some(asking.asked_by())).await?;
    let by_code = match asking.next_step(signed_in.as_ref(), progress, op.now()) {
        Step::SecondFactor => true,
        Step::Passkey => false,
        _ => return Ok(None),
    };
    Ok(signed_in.map(|signed_in| {
        let before = signed_in.session.authentications;
        (signed_in.user, Reason::StepUp { before, by_code })
    }))
}

/// The person of a first factor, unless something changed since then that makes it worthless. It is asked again when
/// the session begins.
async fn still_proven(op: &Op, first: &FirstFactor) -> Result<Option<User>, Unavailable> {
    let Some(grounds) = first.grounds.clone() else { return Ok(None) };
    let (person, epoch) = (first.person_id.clone(), first.epoch);
    op.db.read(move |connection| session::still_proven(connection, (&person, epoch), &[grounds])).await
}
