//! The composition root: configuration → services → features → the actix app. The one list of features.

use crate::account;
pub use crate::demo::DemoConfig;
pub use crate::demo::mailbox::Mailbox;
use crate::demo::{self, Demo};
use crate::home;
pub use crate::home::page::Guide;
use crate::interaction::{appearance, consent, login, recovery, signup};
use crate::model::client::Clients;
use crate::model::credential::passkey::Passkeys;
use crate::model::event::{self, Event, EventKind};
use crate::model::factor::{AUTHENTICATOR, PASSKEYS};
use crate::model::key::{KeyRing, Rotation, first};
use crate::model::session::Browsers;
use crate::model::user;
use crate::op::discovery::{self, Documents};
use crate::op::feature::Feature;
use crate::op::grants::authorization_code::AuthorizationCodeGrant;
use crate::op::grants::client_credentials::ClientCredentialsGrant;
use crate::op::grants::refresh_token::RefreshTokenGrant;
use crate::op::page::APPEARANCE;
use crate::op::refusal::Refusals;
use crate::op::session_state::SESSION_MANAGEMENT;
use crate::op::{Op, authorize, introspection, logout, registration, revocation, session_management, token, userinfo};
use crate::platform::brand::{self, Looks};
use crate::platform::clock::{Clock, Time};
use crate::platform::config::{self, Config};
use crate::platform::crypto::MasterKeys;
use crate::platform::db::{Connection, Db};
use crate::platform::egress::Egress;
use crate::platform::ephemeral::{self, Namespace, Slots};
use crate::platform::error::Unavailable;
use crate::platform::freshness::Freshness;
use crate::platform::http::edge::{Edge, Note};
use crate::platform::http::error_page;
use crate::platform::http::preview::{Sample, Stage};
use crate::platform::mail::{MAIL, Mailer};
use crate::platform::outbox::{self, Delivery, Message, Outbox};
use crate::platform::password::{Cost, Passwords};
use crate::platform::random::Random;
use crate::platform::throttle::{self, Throttle};
use crate::tokens::ending::BACKCHANNEL_LOGOUT;
use crate::tokens::resource::Resources;
use crate::tokens::{Lifetimes, Mint, MintParts};
use actix_web::web::{self, Data, ServiceConfig};
use std::sync::Arc;
use std::time::Duration;

/// Everything that the provider is. Removing a line removes the feature from discovery too.
fn features() -> Vec<Feature> {
    let none = |_: &mut ServiceConfig| {};
    let silent = |_: &Op, _: &mut _| {};
    vec![
        Feature {
            name: "discovery",
            specs: &["OpenID Connect Discovery 1.0", "RFC 8414", "RFC 7517"],
            routes: discovery::endpoint::routes,
            metadata: silent,
            grant: None,
        },
        Feature {
            name: "authorize",
            specs: &["RFC 6749", "RFC 7636", "RFC 9207", "OpenID Connect Core 1.0"],
            routes: authorize::endpoint::routes,
            metadata: authorize::endpoint::metadata,
            grant: None,
        },
        Feature {
            name: "request_uri",
            specs: &["OpenID Connect Core 1.0", "RFC 9101"],
            routes: none,
            metadata: authorize::request_object::reference_metadata,
            grant: None,
        },
        Feature { name: "login", specs: &[], routes: login::page::routes, metadata: silent, grant: None },
        Feature {
            name: login::mail::FEATURE,
            specs: &[],
            routes: login::mail::page::routes,
            metadata: silent,
            grant: None,
        },
        Feature { name: recovery::FEATURE, specs: &[], routes: recovery::page::routes, metadata: silent, grant: None },
        Feature {
            name: signup::FEATURE,
            specs: &["Initiating User Registration via OpenID Connect 1.0"],
            routes: signup::page::routes,
            metadata: signup::page::metadata,
            grant: None,
        },
        Feature { name: "consent", specs: &[], routes: consent::page::routes, metadata: silent, grant: None },
        Feature { name: APPEARANCE, specs: &[], routes: appearance::page::routes, metadata: silent, grant: None },
        Feature { name: "account", specs: &[], routes: account_pages, metadata: silent, grant: None },
        Feature {
            name: account::api::FEATURE,
            specs: &["RFC 9457", "RFC 9470"],
            routes: account::api::endpoint::routes,
            metadata: account::api::endpoint::metadata,
            grant: None,
        },
        Feature {
            name: AUTHENTICATOR,
            specs: &["RFC 6238"],
            routes: account::authenticator::page::routes,
            metadata: silent,
            grant: None,
        },
        Feature {
            name: PASSKEYS,
            specs: &["Web Authentication Level 3", "OpenID Connect EAP ACR Values 1.0"],
            routes: passkey_pages,
            metadata: silent,
            grant: None,
        },
        Feature {
            name: "token",
            specs: &["RFC 6749", "RFC 9068", "RFC 8707"],
            routes: token::endpoint::routes,
            metadata: token::endpoint::metadata,
            grant: None,
        },
        Feature {
            name: "authorization_code",
            specs: &["RFC 6749"],
            routes: none,
            metadata: silent,
            grant: Some(Arc::new(AuthorizationCodeGrant)),
        },
        Feature {
            name: "refresh_token",
            specs: &["RFC 6749", "RFC 9700"],
            routes: none,
            metadata: silent,
            grant: Some(Arc::new(RefreshTokenGrant)),
        },
        Feature {
            name: "client_credentials",
            specs: &["RFC 6749"],
            routes: none,
            metadata: silent,
            grant: Some(Arc::new(ClientCredentialsGrant)),
        },
        Feature {
            name: "userinfo",
            specs: &["OpenID Connect Core 1.0", "RFC 6750"],
            routes: userinfo::endpoint::routes,
            metadata: userinfo::endpoint::metadata,
            grant: None,
        },
        Feature {
            name: "introspection",
            specs: &["RFC 7662"],
            routes: introspection::endpoint::routes,
            metadata: introspection::endpoint::metadata,
            grant: None,
        },
        Feature {
            name: "revocation",
            specs: &["RFC 7009"],
            routes: revocation::endpoint::routes,
            metadata: revocation::endpoint::metadata,
            grant: None,
        },
        Feature {
            name: "registration",
            specs: &["OpenID Connect Registration 1.0", "RFC 7591", "RFC 7592"],
            routes: registration::endpoint::routes,
            metadata: registration::endpoint::metadata,
            grant: None,
        },
        Feature {
            name: "logout",
            specs: &["OpenID Connect RP-Initiated Logout 1.0"],
            routes: logout::page::routes,
            metadata: logout::page::metadata,
            grant: None,
        },
        Feature {
            name: BACKCHANNEL_LOGOUT,
            specs: &["OpenID Connect Back-Channel Logout 1.0"],
            routes: none,
            metadata: logout::backchannel::metadata,
            grant: None,
        },
        Feature {
            name: logout::frontchannel::FRONTCHANNEL_LOGOUT,
            specs: &["OpenID Connect Front-Channel Logout 1.0"],
            routes: none,
            metadata: logout::frontchannel::metadata,
            grant: None,
        },
        Feature {
            name: SESSION_MANAGEMENT,
            specs: &["OpenID Connect Session Management 1.0"],
            routes: session_management::page::routes,
            metadata: session_management::page::metadata,
            grant: None,
        },
    ]
}

/// Making passkeys, and signing in with them.
fn passkey_pages(config: &mut ServiceConfig) {
    account::passkeys::page::routes(config);
    login::passkey::page::routes(config);
}

/// The pages of the account console, a line a slice.
fn account_pages(config: &mut ServiceConfig) {
    account::home::page::routes(config);
    account::profile::page::routes(config);
    account::appearance::page::routes(config);
    account::security::page::routes(config);
    account::addresses::page::routes(config);
    account::sessions::page::routes(config);
    account::applications::page::routes(config);
    account::activity::page::routes(config);
    account::data::page::routes(config);
}

/// Features that the operator must ask for; every other is on unless switched off.
const OFF_BY_DEFAULT: [&str; 1] = ["request_uri"];

fn is_on(config: &Config, feature: &str) -> bool {
    let possible = match feature {
        "registration" => config.registration.mode != config::RegistrationMode::Off,
        recovery::FEATURE | login::mail::FEATURE => config.mail.is_on(),
        PASSKEYS => config.rp_id().is_some(),
        signup::FEATURE => config.signup != config::SignupMode::Off,
        _ => true,
    };
    possible && config.feature(feature).unwrap_or(!OFF_BY_DEFAULT.contains(&feature))
}

/// The names that `features.NAME` may have.
pub fn feature_names() -> Vec<&'static str> {
    features().iter().map(|feature| feature.name).collect()
}

/// Adds routes of its own to the public listener.
pub type More = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

/// The demo application and the guided tour of `latchkey dev`.
///
/// # Errors
/// When the demo's HTTP client cannot be made.
pub fn demonstration(
    demo: DemoConfig,
    guide: Guide,
    mailbox: Mailbox,
    random: Arc<dyn Random>,
) -> Result<More, demo::Failure> {
    let (demo, guide, mailbox) = (Data::new(Demo::new(demo, random)?), Data::new(guide), Data::new(mailbox));
    Ok(Arc::new(move |config| {
        config.app_data(guide.clone());
        demo::mailbox::page::configure(config, mailbox.clone());
        demo::configure(config, demo.clone());
    }))
}

/// What the machine gives.
#[derive(Clone)]
pub struct Machine {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// What opens secrets at rest.
    pub masters: Arc<MasterKeys>,
    /// What a password hash costs; tests make it cheap.
    pub cost: Cost,
}

/// Opens the stores and puts the provider together. The schema must be current.
///
/// # Errors
/// When a store does not answer, a secret does not open, or the configuration cannot be served; the text says which.
pub async fn assemble(config: Arc<Config>, machine: Machine) -> Result<Op, Unavailable> {
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
    let mint = Mint::new(MintParts {
        issuer: config.issuer.as_str().to_owned(),
        keys: keys.clone(),
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
        opaque: slots.slot(Namespace::AccessToken),
        pepper: pepper.clone(),
        lifetimes: Lifetimes { access: config.tokens.access, id: config.tokens.id },
        resources: Resources::new(&config),
    });
    Ok(Op {
        clients: Clients::new(db.clone(), freshness.clone()),
        browsers: Browsers::new(&slots, config.session.idle),
        codes: slots.slot(Namespace::AuthorizationCode),
        interactions: slots.slot(Namespace::Interaction),
        refusals: Refusals::new(&slots),
        passwords: Passwords::start(cost, Arc::clone(&random)).map_err(Unavailable::new)?,
        passkeys: Passkeys::new(&config, &slots),
        throttle: Throttle::new(slots.clone(), Arc::clone(&clock), sign_in_rules(&config)),
        egress: Egress::new(config.egress.allow_addresses.clone(), config.egress.extra_ca_file.as_deref())
            .map_err(Unavailable::new)?,
        client_keys: Default::default(),
        sightings: Default::default(),
        shared_secrets: Default::default(),
        request_objects: Default::default(),
        mailer,
        looks: Arc::new(Looks::load(&config.branding).map_err(|faults| Unavailable::new(told(&faults)))?),
        outbox: Outbox::new(db.clone(), Arc::clone(&clock), Arc::clone(&random)),
        features: features().into_iter().filter(|feature| is_on(&config, feature.name)).collect(),
        documents: Documents::default(),
        config,
        clock,
        random,
        db,
        slots,
        pepper,
        freshness,
        keys,
        mint,
    })
}

fn told(faults: &[brand::Fault]) -> String {
    faults.iter().map(|fault| format!("`{}` {}", fault.key, fault.problem)).collect::<Vec<_>>().join("; ")
}

fn sign_in_rules(config: &Config) -> throttle::Rules {
    let free = |rate: &Option<config::Rate>| rate.as_ref().map(|rate| (rate.count, rate.per));
    let limits = &config.throttle;
    throttle::Rules::new(free(&limits.sign_in_account), free(&limits.sign_in_address), free(&limits.sign_in_network))
}

/// The middleware of the public listener, whose refusals are kept like every other.
pub fn edge(op: &Data<Op>) -> Edge {
    let shared = op.clone();
    let note: Note = Arc::new(move |error| {
        let op = shared.clone();
        Box::pin(async move { op.refuse("edge", &error).await })
    });
    Edge::public(&op.config, Arc::clone(&op.random), Some(note))
}

/// Mounts every feature below the issuer's path, and what stands above it.
pub fn mount(config: &mut ServiceConfig, op: &Data<Op>, more: impl FnOnce(&mut ServiceConfig)) {
    let prefix = op.config.issuer.prefix().to_owned();
    config.app_data(op.clone());
    config.app_data(Data::from(Arc::clone(&op.looks)));
    config.app_data(web::PayloadConfig::new(crate::platform::http::limits::JSON));
    crate::platform::http::health::routes(config);
    if !prefix.is_empty() {
        discovery::endpoint::root_routes(config, &prefix);
    }
    let below = |config: &mut ServiceConfig| {
        for feature in &op.features {
            (feature.routes)(config);
        }
        more(config);
        crate::platform::http::assets::configure(config);
        home::page::routes(config);
    };
    if prefix.is_empty() {
        below(config);
    } else {
        config.service(web::scope(&prefix).configure(below).default_service(web::to(home::page::not_found)));
    }
    config.default_service(web::to(home::page::not_found));
}

/// Every page with sample data, a line a slice.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    [
        login::preview::samples,
        consent::preview::samples,
        recovery::preview::samples,
        signup::preview::samples,
        logout::preview::samples,
        authorize::preview::samples,
        error_page::samples,
        home::preview::samples,
        account::home::preview::samples,
        account::profile::preview::samples,
        account::addresses::preview::samples,
        account::security::preview::samples,
        account::security::password::preview::samples,
        account::authenticator::preview::samples,
        account::passkeys::preview::samples,
        account::sessions::preview::samples,
        account::applications::preview::samples,
        account::activity::preview::samples,
        account::appearance::preview::samples,
        account::data::preview::samples,
        demo::preview::samples,
    ]
    .into_iter()
    .flat_map(|of_slice| of_slice(stage))
    .collect()
}

/// Sends what is due in the outbox; returns how many messages were tried. Each kind has its sender here.
///
/// # Errors
/// When the store does not answer; the next round tries again.
pub async fn deliver_due(op: &Op) -> Result<usize, Unavailable> {
    let mails = op.mailer.is_on();
    let of_mail = [MAIL, recovery::RECOVERY, signup::SIGN_UP, login::mail::SIGN_IN].into_iter().filter(|_| mails);
    let kinds: Vec<&str> =
        [BACKCHANNEL_LOGOUT].into_iter().filter(|kind| op.has_feature(kind)).chain(of_mail).collect();
    let send = async |message: Message| match message.kind.as_str() {
        BACKCHANNEL_LOGOUT => op.send_logout_token(message).await,
        MAIL => op.send_letter(message).await,
        recovery::RECOVERY => recovery::request::follow_up(op, message).await,
        login::mail::SIGN_IN => login::mail::request::follow_up(op, message).await,
        signup::SIGN_UP => signup::request::follow_up(op, message).await,
        _ => Delivery::Failed("this server does not know the kind".to_owned()),
    };
    op.outbox.deliver_due(&kinds, send).await
}

/// What has to be done now and then: keys age, and what can no longer matter is deleted, in bounded steps.
///
/// # Errors
/// When a store does not answer; the next round tries again.
pub async fn housekeeping(op: &Op, masters: &Arc<MasterKeys>) -> Result<(), Unavailable> {
    let rotation = Rotation::of(&op.config);
    let steps = first::keep(&op.db, masters, op.clock.as_ref(), &op.random, &rotation).await?;
    if steps > 0 {
        tracing::info!(steps, "signing keys moved on");
        op.freshness.expire();
    }
    note_sightings(op).await?;
    sweep(op, op.now()).await
}

/// Writes down who fetched the JWKS. What is lost when it fails is not worth a second try.
async fn note_sightings(op: &Op) -> Result<(), Unavailable> {
    let seen = op.sightings.take();
    if seen.is_empty() {
        return Ok(());
    }
    op.db.write(move |tx| crate::model::key::sightings::store::save(tx, &seen)).await
}

async fn sweep(op: &Op, now: Time) -> Result<(), Unavailable> {
    const BATCH: i64 = 1_000;
    // What a replay could still ask for stays a day longer.
    let before = now - Duration::from_secs(24 * 60 * 60);
    let registered_before = now - op.config.registration.unused_expire;
    let waiting = op
        .db
        .write(move |tx| {
            // An hour more than a server tries: those are of a kind that none sends.
            outbox::store::expire(tx, now - (outbox::GIVE_UP + Duration::from_secs(60 * 60)), now)?;
            outbox::store::sweep(tx, now - outbox::KEPT, BATCH)?;
            crate::tokens::code::store::sweep(tx, before, BATCH)?;
            crate::tokens::family::store::sweep(tx, before, BATCH)?;
            crate::tokens::revoked::store::sweep(tx, before)?;
            crate::op::client_auth::sweep(tx, before)?;
            crate::model::one_time::store::sweep(tx, before, BATCH)?;
            crate::model::key::sightings::store::sweep(tx, now)?;
            bury(tx, now, BATCH)?;
            crate::model::known_device::store::sweep(tx, now)?;
            crate::model::client::store::sweep_unused(tx, registered_before, BATCH, now)?;
            outbox::store::count_pending(tx)
        })
        .await?;
    crate::platform::telemetry::metrics::pending(waiting);
    Ok(())
}

/// Deletes the people who asked for it and did not come back in time.
fn bury(tx: &mut Connection, now: Time, limit: i64) -> diesel::QueryResult<()> {
    for person in user::store::due_to_be_buried(tx, now, limit)? {
        user::store::bury(tx, &person, now)?;
        event::store::record(tx, &Event::by_system(EventKind::UserDeleted).person(&person), now)?;
    }
    Ok(())
}
