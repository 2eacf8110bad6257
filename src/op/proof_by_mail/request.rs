//! A request for a code, and the work after it. The response is sent before the account is looked up,
//! so that neither its text nor its timing reveals anything.

use crate::model::event::{self, Event, EventKind};
use crate::model::known_device;
use crate::model::one_time::{self, Asked, Purpose, Remembered};
use crate::model::user::identifier::Identifier;
use crate::model::user::{self, User};
use crate::op::Op;
use crate::op::letters::{Asker, unreadable};
use crate::pages::letter::{About, Letter};
use crate::platform::client_ip::ClientIp;
use crate::platform::crypto::{Pepper, TokenHash};
use crate::platform::db::Connection;
use crate::platform::error::Unavailable;
use crate::platform::outbox::{Delivery, Message};
use crate::platform::paths::{MailFlow, Screen};
use crate::platform::throttle::Throttled;
use diesel::QueryResult;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// What somebody asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The name or address that was typed.
    #[serde(alias = "address")]
    pub typed: String,
    /// The interaction that the code is good in.
    pub interaction: String,
    /// The language of the request.
    pub language: String,
    /// The place of the request.
    #[serde(default = "nowhere")]
    pub from: IpAddr,
    /// Of the cookie by which the browser is known.
    #[serde(default)]
    pub device: Option<String>,
}

/// The default for requests stored by a release without this field.
fn nowhere() -> IpAddr {
    Ipv4Addr::UNSPECIFIED.into()
}

/// The recipient of an email.
pub struct Reached {
    /// What is proved: a person's id, or the hash of an address.
    pub subject: String,
    /// Whose account it is, where there is one.
    pub user: Option<User>,
    /// Where the email goes.
    pub to: String,
    /// Whether the address already has an account, where one was to be created.
    pub is_taken: bool,
}

/// A purpose of a proof by mail: how a name is resolved, and what the email says.
pub trait Flow: 'static {
    /// What code and link allow.
    const PURPOSE: Purpose;
    /// The kind of the work that follows a request, in the outbox.
    const WORK: &'static str;
    /// How long the link is valid.
    const LIFETIME: Duration;
    /// Where its pages are.
    const PATHS: MailFlow;
    /// The event, where an email was sent.
    const EVENT: Option<EventKind>;

    /// The recipient for the typed name, if any.
    ///
    /// # Errors
    /// Any failure of the database.
    fn reached(connection: &mut Connection, pepper: &Pepper, typed: &str) -> QueryResult<Option<Reached>>;

    /// What the email says.
    fn about(op: &Op, reached: &Reached, code: String, link: String) -> About;
}

/// Counts a request and stores it: the same work for every name. Beyond the limit of the IP address
/// (`throttle.mail_address`) only the account's known browsers are served, which have a separate limit.
///
/// # Errors
/// How long to wait, or that a store does not answer.
pub async fn ask<F: Flow>(op: &Op, request: &Request) -> Result<(), Throttled> {
    match op.admit_letter_from(request.from).await {
        Err(Throttled::RetryAfter(wait)) => match own_browser::<F>(op, request).await? {
            Some(browser) => op.admit_letter_in(&browser).await?,
            None => return Err(Throttled::RetryAfter(wait)),
        },
        admitted => admitted?,
    }
    let (envelope, now) = (op.sealed(F::WORK, request), op.now());
    op.db.write(move |tx| envelope.post(tx, now)).await?;
    Ok(())
}

/// The requesting browser, where the named account has signed in before. This reveals nothing new to its owner.
async fn own_browser<F: Flow>(op: &Op, request: &Request) -> Result<Option<String>, Unavailable> {
    if request.device.is_none() {
        return Ok(None);
    }
    Ok(find::<F>(op, request).await?.and_then(|found| found.browser))
}

/// Sends code and link, if there is somebody to send them to.
pub async fn follow_up<F: Flow>(op: &Op, message: Message) -> Delivery {
    let Some(request) = op.unsealed::<Request>(&message) else { return unreadable() };
    match write::<F>(op, &request).await {
        Ok(()) => Delivery::Delivered,
        Err(unavailable) => Delivery::Failed(unavailable.to_string()),
    }
}

/// The recipient of a request, and how the requester is known to them.
struct Found {
    reached: Reached,
    /// The browser, where the person has signed in in it.
    browser: Option<String>,
    /// Whether the person has signed in in the network that asks.
    knows_network: bool,
}

async fn find<F: Flow>(op: &Op, request: &Request) -> Result<Option<Found>, Unavailable> {
    let (pepper, typed, now) = (op.pepper.clone(), request.typed.clone(), op.now());
    let cookie = request.device.clone().map(TokenHash::from_stored);
    let network = ClientIp::new(request.from).network().to_string();
    op.db
        .read(move |connection| {
            let Some(reached) = F::reached(connection, &pepper, &typed)? else { return Ok(None) };
            let (mut browser, mut knows_network) = (None, false);
            if let Some(user) = &reached.user {
                if let Some(cookie) = &cookie {
                    browser = known_device::store::find(connection, cookie, &user.id, now)?.map(|device| device.id);
                }
                knows_network = known_device::store::knows_network(connection, &user.id, &network, now)?;
            }
            Ok(Some(Found { reached, browser, knows_network }))
        })
        .await
}

async fn write<F: Flow>(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let Some(found) = find::<F>(op, request).await? else { return pretend::<F>(op, request).await };
    let asker = match &found.browser {
        Some(browser) => Asker::OwnBrowser(browser),
        None => Asker::Network { address: request.from, is_known: found.knows_network },
    };
    if !op.admits_letter_to(&found.reached.subject, asker).await? {
        return pretend::<F>(op, request).await;
    }
    send::<F>(op, request, &found).await
}

async fn send<F: Flow>(op: &Op, request: &Request, found: &Found) -> Result<(), Unavailable> {
    let reached = &found.reached;
    let languages = reached.user.as_ref().and_then(User::languages).unwrap_or_default();
    let locales = [&languages, &request.language].map(String::as_str).join(" ").trim().to_owned();
    let remembered = Remembered { address: reached.to.clone(), locales: locales.clone() };
    let (new, secrets) = op.one_time(&Asked {
        purpose: F::PURPOSE,
        subject: &reached.subject,
        binding: Some(&request.interaction),
        payload: serde_json::json!(remembered).to_string(),
        lifetime: F::LIFETIME,
    });
    let link = op.config.issuer.endpoint(Screen::MailLink(F::PATHS).at(&secrets.link));
    let waits = match reached.is_taken {
        // The email says that the account exists; it has no code.
        true => op.decoy(F::PURPOSE, &request.interaction),
        false => new.asked_in_known_browser(found.browser.is_some()),
    };
    let letter = op.letter(&Letter {
        to: reached.to.clone(),
        name: reached.user.as_ref().map(|user| user.display_name().to_owned()),
        locales: Some(locales),
        about: F::about(op, reached, secrets.code, link),
    });
    let event = F::EVENT.zip(reached.user.as_ref()).map(|(kind, user)| Event::by_system(kind).person(&user.id));
    let now = op.now();
    op.db
        .write(move |tx| {
            one_time::store::insert(tx, &waits)?;
            letter.post(tx, now)?;
            event.iter().try_for_each(|event| event::store::record(tx, event, now))
        })
        .await
}

/// Nobody gets an email, but codes are accepted and refused as usual.
async fn pretend<F: Flow>(op: &Op, request: &Request) -> Result<(), Unavailable> {
    let decoy = op.decoy(F::PURPOSE, &request.interaction);
    op.db.write(move |tx| one_time::store::insert(tx, &decoy)).await
}

/// The active person of this name, with the address that `choose` finds for them.
///
/// # Errors
/// Any failure of the database.
pub fn active_person(
    connection: &mut Connection,
    typed: &str,
    choose: impl FnOnce(&mut Connection, &User, &str) -> QueryResult<Option<String>>,
) -> QueryResult<Option<Reached>> {
    let found = user::store::find_by_identifiers(connection, &Identifier::candidates(typed))?;
    let Some(user) = found.filter(User::is_active) else { return Ok(None) };
    let to = choose(connection, &user, typed)?;
    Ok(to.map(|to| Reached { subject: user.id.clone(), user: Some(user), to, is_taken: false }))
}
