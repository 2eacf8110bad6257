//! The first secrets of a fresh database: the pepper and a signing key an algorithm. Servers that start at once agree.

use super::{KeyState, Rotation, create, store};
use crate::platform::clock::Clock;
use crate::platform::crypto::{MasterKeys, Pepper};
use crate::platform::db::Db;
use crate::platform::error::Unavailable;
use crate::platform::random::Random;
use std::sync::Arc;

const PEPPER: &str = "pepper";

/// What the sealed pepper is bound to.
pub const PEPPER_AAD: &str = "latchkey|server_secrets|pepper";

/// What makes and opens secrets.
#[derive(Clone)]
pub struct Makers {
    /// Seals and opens.
    pub masters: Arc<MasterKeys>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
}

/// The pepper of this database, made where there is none.
///
/// # Errors
/// When the store does not answer, or the pepper was sealed under a master key that is not at hand.
pub async fn pepper(db: &Db, makers: &Makers) -> Result<Pepper, Unavailable> {
    if let Some(pepper) = find(db, makers).await? {
        return Ok(pepper);
    }
    let now = makers.clock.now();
    let fresh =
        makers.masters.seal(PEPPER_AAD, Pepper::generate(makers.random.as_ref()).expose(), makers.random.as_ref());
    db.write(move |tx| store::insert_secret(tx, PEPPER, &fresh, now)).await?;
    // Read again: another server may have been first.
    find(db, makers).await?.ok_or_else(|| Unavailable::new("the pepper was written and is not there"))
}

async fn find(db: &Db, makers: &Makers) -> Result<Option<Pepper>, Unavailable> {
    let Some(sealed) = db.read(|connection| store::find_secret(connection, PEPPER)).await? else { return Ok(None) };
    let opened =
        makers.masters.open(PEPPER_AAD, &sealed).map_err(|error| Unavailable::new(format!("the pepper: {error}")))?;
    Pepper::from_slice(opened.expose()).map(Some).ok_or_else(|| Unavailable::new("the pepper has not 32 bytes"))
}

/// Takes the steps that the plan of the keys asks for; returns how many. Keys are made outside of any transaction.
///
/// # Errors
/// When the store does not answer.
pub async fn keep_keys(db: &Db, makers: &Makers, rotation: &Rotation) -> Result<usize, Unavailable> {
    let plan = rotation.plan(&db.read(store::list).await?, makers.clock.now());
    let steps = plan.create.len() + plan.activate.len() + plan.retire.len();
    for (algorithm, at_once) in plan.create {
        let now = makers.clock.now();
        let (state, activate_at) =
            if at_once { (KeyState::Active, now) } else { (KeyState::Pending, now + rotation.publish_ahead) };
        let (masters, random) = (Arc::clone(&makers.masters), Arc::clone(&makers.random));
        let made = move || create(algorithm, (state, activate_at), &masters, now, random.as_ref());
        let key = tokio::task::spawn_blocking(made).await.map_err(Unavailable::new)?.map_err(Unavailable::new)?;
        let rotation = rotation.clone();
        db.write(move |tx| {
            // Another server may have made one meanwhile; the plan is asked again under the write lock.
            store::lock(tx)?;
            let wanted = rotation.plan(&store::list(tx)?, now).create.iter().any(|(wanted, _)| *wanted == algorithm);
            if wanted { store::insert(tx, &key) } else { Ok(()) }
        })
        .await?;
    }
    let (rotation, now) = (rotation.clone(), makers.clock.now());
    let (activate, retire) = (plan.activate, plan.retire);
    db.write(move |tx| {
        for kid in activate {
            rotation.activate(tx, &kid, now)?;
        }
        for kid in retire {
            store::advance(tx, &kid, KeyState::Retiring, KeyState::Retired, Some(now))?;
        }
        Ok(())
    })
    .await?;
    Ok(steps)
}
