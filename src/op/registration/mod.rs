//! Dynamic client registration (RFC 7591, OpenID Connect Registration 1.0) and its management (RFC 7592): a client
//! describes itself, nobody vouches for it, and its metadata must not harm others.

mod access;
mod answer;
pub mod endpoint;
mod request;
mod sector;
mod statement;
mod store;

use super::Op;
use crate::model::client::secret::{NewSecret, SecretSealing};
use crate::model::client::{self, Client, Origin, SECRET_KIND};
use crate::model::event::{self, Event, EventKind};
use crate::model::{initial_access_token, picture};
use crate::op::feature::{Feature, Sweep};
use crate::platform::clock::{Clock, Time};
use crate::platform::config::{Config, FeatureName, RegistrationMode};
use crate::platform::crypto::{OpaqueToken, Pepper, TokenHash, TokenKind};
use crate::platform::db::Db;
use crate::platform::egress::Egress;
use crate::platform::freshness::Freshness;
use crate::platform::id;
use crate::platform::random::Random;
use crate::platform::throttle::Throttle;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::tokens::family;
use serde_json::{Map, Value};
use std::sync::Arc;

/// A registration, as its client is told of it (RFC 7591 §3.2.1).
pub struct Information {
    client_id: String,
    issued_at: Time,
    metadata: ClientMetadata,
    secret: Option<OpaqueToken>,
    /// The registration access token.
    token: String,
}

/// A client that proved with its registration access token that it owns a registration.
pub struct Owner {
    client: Client,
    issued_at: Time,
    token: String,
    hash: TokenHash,
}

/// A new registration access token and its hash.
struct Fresh {
    token: OpaqueToken,
    hash: TokenHash,
}

/// The client registration endpoint and the client configuration endpoint.
pub struct RegistrationEndpoint {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    db: Db,
    pepper: Pepper,
    freshness: Freshness,
    egress: Arc<Egress>,
    throttle: Throttle,
    sealing: SecretSealing,
}

impl RegistrationEndpoint {
    /// From the provider's shared state.
    pub fn new(op: &Op) -> Self {
        Self {
            config: Arc::clone(&op.config),
            clock: Arc::clone(&op.clock),
            random: Arc::clone(&op.random),
            db: op.db.clone(),
            pepper: op.pepper.clone(),
            freshness: op.freshness.clone(),
            egress: Arc::clone(&op.egress),
            throttle: op.throttle.clone(),
            sealing: op.secret_sealing(),
        }
    }

    fn new_id(&self) -> String {
        id::new(self.clock.now(), self.random.as_ref())
    }

    /// The id of the message that asks for a logo, where those of clients that registered themselves are fetched.
    fn logo_message(&self) -> Option<String> {
        self.config.branding.client_logos.then(|| self.new_id())
    }

    fn fresh(&self, kind: TokenKind) -> Fresh {
        let token = OpaqueToken::new(kind, self.random.as_ref());
        let hash = self.pepper.hash(kind.as_str(), token.expose().as_bytes());
        Fresh { token, hash }
    }

    /// A new client secret, and what is stored of it.
    fn fresh_secret(&self, client_id: &str, metadata: &ClientMetadata) -> (OpaqueToken, NewSecret) {
        self.sealing.fresh((&self.new_id(), client_id), metadata)
    }

    /// Registers a client (RFC 7591 §3); `leave` is the hash of an initial access token, which this spends.
    ///
    /// # Errors
    /// `invalid_token` when the initial access token was used up meanwhile.
    pub async fn register(
        &self,
        metadata: ClientMetadata,
        leave: Option<TokenHash>,
    ) -> Result<Information, OAuthError> {
        let (client_id, now) = (self.new_id(), self.clock.now());
        let access = self.fresh(TokenKind::RegistrationAccessToken);
        let secret = client::secret::is_used(&metadata).then(|| self.fresh_secret(&client_id, &metadata));
        let (secret, made) = secret.unzip();
        let (id, kept, hash, logo) = (client_id.clone(), metadata.clone(), access.hash, self.logo_message());
        let registered = self
            .db
            .write(move |tx| {
                let by = match leave {
                    None => None,
                    Some(leave) => match initial_access_token::store::spend(tx, &leave, now)? {
                        None => return Ok(false),
                        by => by,
                    },
                };
                client::store::save(tx, &id, Origin::Dynamic, true, &kept, now)?;
                if let Some(message) = &logo {
                    picture::store::ask_for(tx, &id, &kept, message, now)?;
                }
                store::give_token(tx, &id, &hash)?;
                if let Some(secret) = &made {
                    client::store::add_secret(tx, &id, secret, None, now)?;
                }
                let detail = serde_json::json!({ "initial_access_token": by });
                event::store::record(tx, &Event::by_client(EventKind::ClientRegistered, &id).detail(detail), now)?;
                Ok(true)
            })
            .await?;
        if !registered {
            return Err(access::refused("the initial access token was used up"));
        }
        let token = access.token.expose().to_owned();
        Ok(Information { client_id, issued_at: now, metadata, secret, token })
    }

    /// Replaces what a client registered (RFC 7592 §2.2). The registration access token is a new one afterwards; a
    /// secret is made where one is needed now and there was none.
    ///
    /// # Errors
    /// `invalid_token` when another change came first, an operator's too.
    pub async fn reregister(&self, owner: Owner, metadata: ClientMetadata) -> Result<Information, OAuthError> {
        let Owner { client, issued_at, hash: former, .. } = owner;
        let metadata = metadata.with_own_fields_of(&client.metadata);
        let now = self.clock.now();
        let access = self.fresh(TokenKind::RegistrationAccessToken);
        let (needs, needs_text) = (client::secret::is_used(&metadata), client::secret::needs_text(&metadata));
        let serves = |secret: &client::ClientSecret| is_live(secret, now) && (!needs_text || secret.sealed.is_some());
        let has = client.secrets.iter().any(serves);
        let secret = (needs && !has).then(|| self.fresh_secret(&client.id, &metadata));
        let (secret, made) = secret.unzip();
        let (id, version, kept, hash) = (client.id.clone(), client.version, metadata.clone(), access.hash);
        let logo = self.logo_message();
        let changed = self
            .db
            .write(move |tx| {
                // What was judged is what is replaced: the request's body may have taken a while to arrive.
                if !store::replace(tx, (&id, version), &kept, (&former, &hash), now)? {
                    return Ok(false);
                }
                if let Some(message) = &logo {
                    picture::store::ask_for(tx, &id, &kept, message, now)?;
                }
                match &made {
                    Some(secret) => client::store::add_secret(tx, &id, secret, None, now)?,
                    None if needs => {}
                    None => client::store::delete_secrets(tx, &id)?,
                }
                event::store::record(tx, &Event::by_client(EventKind::ClientReregistered, &id), now)?;
                Ok(true)
            })
            .await?;
        self.freshness.expire();
        if !changed {
            return Err(access::refused("the registration access token was replaced by another change"));
        }
        let token = access.token.expose().to_owned();
        Ok(Information { client_id: client.id, issued_at, metadata, secret, token })
    }

    /// Deletes a client at its own request, and revokes its tokens (RFC 7592 §2.3).
    ///
    /// # Errors
    /// When the store does not confirm.
    pub async fn deregister(&self, owner: Owner) -> Result<(), OAuthError> {
        let (id, now) = (owner.client.id, self.clock.now());
        self.db
            .write(move |tx| {
                client::store::delete(tx, &id)?;
                family::store::revoke_of_client(tx, &id, now)?;
                event::store::record(tx, &Event::by_client(EventKind::ClientDeregistered, &id), now)
            })
            .await?;
        self.freshness.expire();
        Ok(())
    }

    /// Checks the members that RFC 7592 §2.2 requires in an update beside the metadata, and removes them.
    fn own_members(&self, owner: &Owner, members: &mut Map<String, Value>) -> Result<(), OAuthError> {
        const OF_THE_SERVER: [&str; 4] =
            ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];
        let refuse =
            |why: &str| ErrorCode::InvalidClientMetadata.because(why).clause("RFC 7592 §2.2").client(&owner.client.id);
        if let Some(name) = OF_THE_SERVER.into_iter().find(|name| members.contains_key(*name)) {
            return Err(refuse(&format!("{name} must not be sent by a client")));
        }
        if members.remove("client_id").as_ref().and_then(Value::as_str) != Some(owner.client.id.as_str()) {
            return Err(refuse("client_id is required and must be that of this registration"));
        }
        match members.remove("client_secret") {
            None | Some(Value::Null) => Ok(()),
            Some(Value::String(secret)) if self.is_secret_of(&owner.client, &secret) => Ok(()),
            Some(_) => Err(refuse("client_secret is not the current secret of this client")),
        }
    }

    fn is_secret_of(&self, client: &Client, secret: &str) -> bool {
        let now = self.clock.now();
        let mut live = client.secrets.iter().filter(|known| is_live(known, now));
        live.any(|known| self.pepper.verify(SECRET_KIND, secret.as_bytes(), &known.hash))
    }
}

fn is_live(secret: &client::ClientSecret, now: Time) -> bool {
    secret.expires_at.is_none_or(|end| end > now)
}

pub fn feature() -> Feature {
    Feature {
        specs: &["OpenID Connect Registration 1.0", "RFC 7591", "RFC 7592"],
        is_possible: |config| config.registration.mode != RegistrationMode::Off,
        mount: vec![endpoint::mount],
        metadata: endpoint::metadata,
        sweeps: vec![
            Sweep {
                tables: &["clients"],
                run: |tx, due| {
                    let before = due.now - due.config.registration.unused_expire;
                    client::store::sweep_unused(tx, before, due.limit, due.now)
                },
            },
            Sweep {
                tables: &["initial_access_tokens"],
                run: |tx, due| initial_access_token::store::sweep(tx, due.now, due.limit),
            },
        ],
        ..Feature::new(FeatureName::Registration)
    }
}
