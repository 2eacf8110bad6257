//! Opens the stores and puts the provider together.

use super::Op;
use super::authorize::interaction::Interactions;
use super::feature::{Feature, Features};
use super::metadata::Documents;
use super::refusal::Refusals;
use crate::model::client::Clients;
use crate::model::credential::passkey::Passkeys;
use crate::model::key::{KeyRing, Rotation, first};
use crate::model::session::Browsers;
use crate::pages::looks::{self, Looks};
use crate::platform::config::{self, Config};
use crate::platform::db::Db;
use crate::platform::egress::Egress;
use crate::platform::ephemeral::{self, Namespace, Slots};
use crate::platform::error::Unavailable;
use crate::platform::freshness::Freshness;
use crate::platform::machine::Machine;
use crate::platform::mail::Mailer;
use crate::platform::outbox::Outbox;
use crate::platform::password::Passwords;
use crate::platform::throttle::{self, Throttle};
use crate::tokens::resource::Resources;
use crate::tokens::{Lifetimes, Mint, MintParts};
use std::sync::{Arc, OnceLock};

/// Opens the stores and puts the provider together. The schema must be current.
///
/// # Errors
/// When a store does not answer, a secret does not open, or the configuration cannot be served; the text says which.
pub async fn assemble(config: Arc<Config>, machine: Machine, features: Vec<Feature>) -> Result<Op, Unavailable> {
    let Machine { clock, random, masters, cost } = machine;
    let connections = usize::try_from(config.database.max_connections).unwrap_or(10);
    let db = Db::new(config.database.url.url().expose(), connections)?;
    let pepper = first::ensure(&db, &masters, clock.as_ref(), &random, &Rotation::of(&config)).await?;

    let url = config.ephemeral.as_ref().ok_or_else(|| Unavailable::new("ephemeral.url is missing"))?.url();
    let store = ephemeral::open(url.expose(), Arc::clone(&clock), Arc::clone(&random)).await?;
    let slots = Slots::new(store, first::key_hasher(&pepper));
    let freshness = Freshness::new(db.clone());
    let mailer = Mailer::new(&config.mail, Arc::clone(&masters), Arc::clone(&random)).map_err(Unavailable::new)?;
    let keys = KeyRing::new(db.clone(), freshness.clone(), masters, Arc::clone(&clock));
    let egress = Egress::new(config.egress.allow_addresses.clone(), config.egress.extra_ca_file.as_deref())
        .map_err(Unavailable::new)?;
    let mint = Mint::new(MintParts {
        issuer: config.issuer.as_str().to_owned(),
        keys: keys.clone(),
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
        db: db.clone(),
        opaque: slots.slot(Namespace::AccessToken),
        pepper: pepper.clone(),
        lifetimes: Lifetimes { access: config.tokens.access, id: config.tokens.id },
        resources: Resources::new(&config),
    });
    let throttle = Throttle::new(slots.clone(), Arc::clone(&clock), sign_in_rules(&config));
    let rate = config.throttle.interaction_network;
    Ok(Op {
        clients: Clients::new(db.clone(), freshness.clone()),
        browsers: Browsers::new(&slots, config.session.idle),
        interactions: Interactions::new(&slots, &pepper, &random, (&throttle, rate)),
        refusals: Refusals::new(&slots),
        passwords: Passwords::start(cost, Arc::clone(&random)).map_err(Unavailable::new)?,
        passkeys: Passkeys::new(&config, &slots),
        throttle,
        egress: Arc::new(egress),
        sightings: Arc::default(),
        mailer,
        looks: Arc::new(Looks::load(&config.branding).map_err(|faults| Unavailable::new(told(&faults)))?),
        outbox: Outbox::new(db.clone(), Arc::clone(&clock), Arc::clone(&random)),
        features: Arc::new(Features::new(features, &config)),
        documents: Documents::default(),
        config,
        clock,
        random,
        db,
        slots,
        pepper,
        freshness,
        keys,
        mint: Arc::new(mint),
        started: OnceLock::new(),
    })
}

fn told(faults: &[looks::Fault]) -> String {
    faults.iter().map(|fault| format!("`{}` {}", fault.key, fault.problem)).collect::<Vec<_>>().join("; ")
}

fn sign_in_rules(config: &Config) -> throttle::Rules {
    let free = |rate: &Option<config::Rate>| rate.as_ref().map(|rate| (rate.count, rate.per));
    let limits = &config.throttle;
    throttle::Rules::new(free(&limits.sign_in_account), free(&limits.sign_in_address), free(&limits.sign_in_network))
}
