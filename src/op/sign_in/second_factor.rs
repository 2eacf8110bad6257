//! Whether a second factor is needed.

use crate::model::session::{self, Authentication, AuthenticationMethod};
use crate::model::user::User;
use crate::model::{credential, factor, known_device};
use crate::op::Op;
use crate::platform::crypto::TokenHash;
use crate::platform::error::Unavailable;
use crate::protocol::acr::Acr;

/// Whether a person with these proofs needs another one: people with an authenticator app or a passkey use it at each
/// sign-in, except in a remembered browser. A person without a password who lost the passkey signs in with
/// a recovery code alone, because they have nothing else (see `login/lost`).
pub(super) async fn is_needed(
    op: &Op,
    user: &User,
    proofs: &[Authentication],
    browser: Option<TokenHash>,
) -> Result<bool, Unavailable> {
    if session::reached(proofs).contains(&Acr::TwoFactors) {
        return Ok(false);
    }
    let (id, epoch, now) = (user.id.clone(), user.epoch, op.now());
    let by_recovery_code = proofs.iter().all(|proof| proof.method == AuthenticationMethod::RecoveryCode);
    let held = op.db.read(move |connection| {
        let means = factor::store::means(connection, &id)?;
        let is_way_back = by_recovery_code && credential::store::find_password(connection, &id)?.is_none();
        let device = match browser {
            Some(hash) => known_device::store::find(connection, &hash, &id, now)?,
            None => None,
        };
        Ok((means.any() && !is_way_back, device))
    });
    let (is_asked, device) = held.await?;
    Ok(is_asked && !device.is_some_and(|device| device.is_remembered(epoch, now)))
}
