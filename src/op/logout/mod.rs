//! OpenID Connect RP-Initiated Logout 1.0: an application asks that its person be signed out here too.
//!
//! A hint for a session of this browser signs it out at once. Without one the person is asked, because anyone
//! can link to this endpoint. The same goes for a hint that cannot be verified.
//!
//! A request without our cookie comes from an application's server, or from a browser without a session. Then the
//! hint alone decides: an application that holds an ID token of a session may end it.

pub mod backchannel;
pub mod frontchannel;
pub mod page;
pub mod preview;
pub mod view;

use super::Op;
use super::authorize::response::append;
use super::authorize::{Hint, Hints};
use super::signed_in::SignedIn;
use crate::model::client::{Client, Clients};
use crate::model::end_reason::EndReason;
use crate::model::event::{self, Event, EventKind};
use crate::model::session::{self, Browser, BrowserSession, Browsers};
use crate::model::subject;
use crate::op::feature::{Feature, Features};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, FeatureName};
use crate::platform::crypto::Pepper;
use crate::platform::db::{Connection, Db};
use crate::platform::error::Unavailable;
use crate::platform::random::Random;
use crate::protocol::error::{ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::tokens::ending::{self, Ending};
use frontchannel::{Frame, MOST_FRAMES};
use std::sync::Arc;

const LONGEST_STATE: usize = 4096;
/// Bytes. A longer list of languages is not stored.
const LONGEST_LOCALES: usize = 256;

/// A logout request that passed every check.
#[derive(Debug)]
pub struct LogoutRequest {
    /// The ID token that the application holds.
    pub hint: Option<Hint>,
    /// Whether there is a hint that cannot be verified.
    pub hint_is_unverified: bool,
    /// The requesting client, if known.
    pub client: Option<Arc<Client>>,
    /// A registered address of that client, with the `state`.
    pub return_to: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// These sessions end; none where nobody is signed in.
    SignOut(Vec<BrowserSession>),
    Ask,
}

/// The state after signing out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignedOff {
    /// The new secret of the browser's cookie where other sessions remain.
    pub cookie: Option<String>,
    /// The session that is in use then.
    pub in_use: Option<String>,
    /// What the page loads (Front-Channel Logout §2).
    pub frames: Vec<Frame>,
}

/// Who took part in a session that ended.
struct Ended {
    session_id: String,
    clients: Vec<String>,
}

/// The end session endpoint.
pub struct LogoutEndpoint {
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    db: Db,
    pepper: Pepper,
    features: Arc<Features>,
    clients: Clients,
    browsers: Browsers,
    hints: Hints,
}

impl LogoutEndpoint {
    /// From the provider's shared state.
    pub fn new(op: &Op) -> Self {
        Self {
            config: Arc::clone(&op.config),
            clock: Arc::clone(&op.clock),
            random: Arc::clone(&op.random),
            db: op.db.clone(),
            pepper: op.pepper.clone(),
            features: Arc::clone(&op.features),
            clients: op.clients.clone(),
            browsers: op.browsers.clone(),
            hints: Hints::new(op),
        }
    }

    /// Reads and checks a logout request (§2, §3). Run again at every step of an interaction. `logout_hint` is let
    /// through unread: the page names the person, and no account is chosen by it.
    ///
    /// # Errors
    /// For our own page: these errors must not redirect.
    pub async fn logout_request(&self, params: &Params) -> Result<LogoutRequest, OAuthError> {
        let sent = params.find("id_token_hint");
        let hint = match sent {
            Some(hint) => self.hints.read_hint(hint).await?,
            None => None,
        };
        let hint_is_unverified = sent.is_some() && hint.is_none();
        let client_id = client_id(params.find("client_id"), hint.as_ref())?;
        let client = match client_id {
            Some(id) => self.clients.find_enabled(id).await?,
            None => None,
        };
        let return_to = match (params.find("post_logout_redirect_uri"), client_id) {
            (Some(uri), Some(id)) if !hint_is_unverified => {
                Some(return_to(uri, params.find("state"), id, client.as_deref())?)
            }
            // The address is not proved: signing out works without it (§3).
            (Some(_), _) | (None, _) => None,
        };
        Ok(LogoutRequest { hint, hint_is_unverified, client, return_to })
    }

    /// Ends the session that a hint names, for a request without our cookie; `None` where it names no
    /// live session. Only an application that took part in the session can name it: `sid` is a value that
    /// only it got, in an ID token that we signed.
    ///
    /// # Errors
    /// When a store does not answer.
    pub async fn end_hinted(&self, request: &LogoutRequest) -> Result<Option<SignedOff>, Unavailable> {
        let (Some(hint), Some(client)) = (&request.hint, &request.client) else { return Ok(None) };
        let Some(sid) = hint.sid.clone() else { return Ok(None) };
        let (sub, sector, now) = (hint.sub.clone(), client.sector(), self.clock.now());
        let find = move |connection: &mut Connection| {
            let person = subject::store::find_person(connection, &sub, sector.as_deref())?;
            let listed = match &person {
                Some(person) => session::store::list(connection, person, now)?,
                None => Vec::new(),
            };
            Ok(person.map(|person| (person, listed)))
        };
        let Some((person_id, listed)) = self.db.read(find).await? else { return Ok(None) };
        let named = |id: &String| session::sid(&self.pepper, id, &client.id) == sid;
        let Some(session_id) = listed.into_iter().map(|listed| listed.id).find(named) else { return Ok(None) };
        let ended = self.end_sessions(vec![(session_id, person_id)], Some(client.id.clone())).await?;
        if ended.is_empty() {
            return Ok(None);
        }
        Ok(Some(SignedOff { frames: self.frames(&ended).await?, ..SignedOff::default() }))
    }

    /// Decides which sessions of this browser end.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn next_logout_step(
        &self,
        request: &LogoutRequest,
        browser: &Browser,
        signed_in: Option<&SignedIn>,
    ) -> Result<Step, Unavailable> {
        let sid = |session: &BrowserSession, client_id: &str| session::sid(&self.pepper, &session.id, client_id);
        let somebody = signed_in.is_some() || self.somebody_is_signed_in(browser).await?;
        if !somebody {
            return Ok(Step::SignOut(browser.sessions.clone()));
        }
        let current = signed_in.map(|signed_in| (&signed_in.session, signed_in.user.sub.as_str()));
        Ok(decide(request.hint.as_ref(), browser, current, sid))
    }

    /// Whether any session of a browser is alive, also when the one in use has ended.
    async fn somebody_is_signed_in(&self, browser: &Browser) -> Result<bool, Unavailable> {
        let (sessions, now) = (browser.sessions.clone(), self.clock.now());
        let find = move |connection: &mut Connection| {
            for session in sessions.iter().filter(|session| session.expires_at > now) {
                if session::store::find_live(connection, &session.id, now)?.is_some() {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        if browser.sessions.is_empty() { Ok(false) } else { self.db.read(find).await }
    }

    /// Ends sessions of a browser with the tokens that are bound to them: first the authoritative record,
    /// then the browser's. Notifies the participating applications by messages in the outbox and by frames.
    ///
    /// # Errors
    /// When a store does not answer; a retry does the rest.
    pub async fn sign_out(
        &self,
        cookie: &str,
        mut browser: Browser,
        ended: Vec<BrowserSession>,
        client: Option<&Client>,
    ) -> Result<SignedOff, Unavailable> {
        for session in &ended {
            browser.remove(&session.id);
        }
        let ended = match ended.as_slice() {
            [] => Vec::new(),
            _ => {
                let ended = ended.into_iter().map(|session| (session.id, session.person_id)).collect();
                self.end_sessions(ended, client.map(|client| client.id.clone())).await?
            }
        };
        let frames = self.frames(&ended).await?;
        let Some(in_use) = browser.sessions.last().map(|session| session.id.clone()) else {
            self.browsers.forget(cookie).await?;
            return Ok(SignedOff { frames, ..SignedOff::default() });
        };
        let cookie = self.browsers.rotate(Some(cookie), browser, self.clock.now(), self.random.as_ref()).await?;
        Ok(SignedOff { cookie: Some(cookie), in_use: Some(in_use), frames })
    }

    /// The frames of everyone who took part and has one.
    async fn frames(&self, ended: &[Ended]) -> Result<Vec<Frame>, Unavailable> {
        let mut frames = Vec::new();
        if !self.features.has(FeatureName::FrontchannelLogout) {
            return Ok(frames);
        }
        for (session, id) in ended.iter().flat_map(|ended| ended.clients.iter().map(move |id| (&ended.session_id, id)))
        {
            let Some(client) = self.clients.find_enabled(id).await? else { continue };
            let sid = session::sid(&self.pepper, session, id);
            frames.extend(frontchannel::frame(&client, self.config.issuer.as_str(), &sid));
        }
        if frames.len() > MOST_FRAMES {
            tracing::warn!(
                wanted = frames.len(),
                loaded = MOST_FRAMES,
                "too many logout frames: some applications are not notified by one"
            );
            frames.truncate(MOST_FRAMES);
        }
        Ok(frames)
    }

    /// Ends sessions, each with its person.
    async fn end_sessions(
        &self,
        ended: Vec<(String, String)>,
        client_id: Option<String>,
    ) -> Result<Vec<Ended>, Unavailable> {
        let (now, random, tells_clients) =
            (self.clock.now(), Arc::clone(&self.random), self.features.has(FeatureName::BackchannelLogout));
        let work = move |tx: &mut Connection| {
            let mut done = Vec::new();
            for (session_id, person_id) in &ended {
                let ending = Ending {
                    session_id,
                    person_id,
                    reason: EndReason::Logout,
                    tells_clients,
                    random: random.as_ref(),
                    now,
                };
                if let Some(clients) = ending::store::end(tx, &ending)? {
                    event::store::record(tx, &signed_out((session_id, person_id), client_id.as_deref()), now)?;
                    done.push(Ended { session_id: session_id.clone(), clients });
                }
            }
            Ok(done)
        };
        self.db.write(work).await
    }
}

fn signed_out((session_id, person_id): (&str, &str), client_id: Option<&str>) -> Event {
    let event = Event::by_person(EventKind::SessionEnded, person_id).session(session_id);
    let event = event.detail(serde_json::json!({ "reason": EndReason::Logout }));
    match client_id {
        Some(client_id) => event.client(client_id),
        None => event,
    }
}

/// The parameters that an interaction stores: only known ones. Nothing arbitrary is stored.
fn kept(request: &LogoutRequest, params: &Params) -> Params {
    let find = |name: &'static str| params.find(name).map(|value| (name, value.to_owned()));
    let hint = match request.hint_is_unverified {
        // An unverifiable hint is stored as a placeholder.
        true => Some(("id_token_hint", "-".to_owned())),
        false => find("id_token_hint"),
    };
    let client_id = request.client.as_ref().map(|client| ("client_id", client.id.clone()));
    let back = request.return_to.is_some();
    let back = ["post_logout_redirect_uri", "state"].into_iter().filter(|_| back).filter_map(find);
    let locales = params.find("ui_locales").filter(|tags| tags.len() <= LONGEST_LOCALES);
    let locales = locales.map(|tags| ("ui_locales", tags.to_owned()));
    hint.into_iter().chain(client_id).chain(back).chain(locales).collect()
}

/// The requesting client: the named one or the hint's audience, which must be the same (§2).
fn client_id<'a>(named: Option<&'a str>, hint: Option<&'a Hint>) -> Result<Option<&'a str>, OAuthError> {
    match (named, hint.map(|hint| hint.client_id.as_str())) {
        (Some(named), Some(hinted)) if named != hinted => {
            Err(refuse("client_id is not the audience of id_token_hint").sent(named, hinted).client(named))
        }
        (named, hinted) => Ok(named.or(hinted)),
    }
}

/// Where the browser goes afterwards: a registered address, byte for byte, with the `state` (§3).
fn return_to(uri: &str, state: Option<&str>, client_id: &str, client: Option<&Client>) -> Result<String, OAuthError> {
    let Some(client) = client else {
        let why = "the client_id is unknown, or the client is disabled";
        return Err(ErrorCode::UnauthorizedClient.because(why).clause("RP-Initiated Logout §3").client(client_id));
    };
    if !client.has_post_logout_redirect_uri(uri) {
        let registered = client.metadata.post_logout_redirect_uris.join(" ");
        let error = refuse("post_logout_redirect_uri is not registered for this client");
        return Err(error.clause("RP-Initiated Logout §3").sent(uri, registered).client(client_id));
    }
    match state {
        Some(state) if state.len() > LONGEST_STATE => {
            Err(refuse(&format!("state is longer than {LONGEST_STATE} bytes")).client(client_id))
        }
        Some(state) => {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish();
            Ok(append(uri, &query))
        }
        None => Ok(uri.to_owned()),
    }
}

/// Which sessions end, or whether to ask, where somebody is signed in. `current` is the session in use and its person's
/// `sub`; `sid` tells how a client knows a session.
fn decide(
    hint: Option<&Hint>,
    browser: &Browser,
    current: Option<(&BrowserSession, &str)>,
    sid: impl Fn(&BrowserSession, &str) -> String,
) -> Step {
    let Some(hint) = hint else { return Step::Ask };
    let meant = match &hint.sid {
        // Another session of the same person is suspicious (§4), so that an old hint only asks.
        Some(hinted) => browser.sessions.iter().find(|session| sid(session, &hint.client_id) == *hinted),
        None => current.filter(|(_, sub)| hint.sub == *sub).map(|(session, _)| session),
    };
    meant.map_or(Step::Ask, |session| Step::SignOut(vec![session.clone()]))
}

fn refuse(why: &str) -> OAuthError {
    ErrorCode::InvalidRequest.because(why).clause("RP-Initiated Logout §2")
}

pub fn feature() -> Feature {
    Feature {
        specs: &["OpenID Connect RP-Initiated Logout 1.0"],
        mount: vec![page::mount],
        metadata: page::metadata,
        samples: vec![preview::samples],
        ..Feature::new(FeatureName::Logout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::Time;
    use crate::protocol::client_metadata::ClientMetadata;

    fn session(id: &str, person: &str) -> BrowserSession {
        BrowserSession {
            id: id.into(),
            person_id: person.into(),
            authentications: vec![],
            expires_at: Time::from_seconds(9),
        }
    }

    fn hint(sub: &str, sid: Option<&str>) -> Hint {
        Hint { sub: sub.into(), client_id: "rp".into(), sid: sid.map(str::to_owned) }
    }

    /// Alice's session in use, Bob's behind it.
    fn step(hint: Option<&Hint>) -> Step {
        let (bob, alice) = (session("s-bob", "bob"), session("s-alice", "alice"));
        let browser = Browser { sessions: vec![bob, alice.clone()], seen_at: Time::default() };
        decide(hint, &browser, Some((&alice, "alice")), |session, client| format!("{client}/{}", session.id))
    }

    fn ends(id: &str, person: &str) -> Step {
        Step::SignOut(vec![session(id, person)])
    }

    #[test]
    fn oid_10_a_hint_of_a_session_here_signs_it_out_and_anything_else_asks() {
        assert_eq!(step(None), Step::Ask);
        assert_eq!(step(Some(&hint("alice", Some("rp/s-alice")))), ends("s-alice", "alice"));
        assert_eq!(step(Some(&hint("bob", Some("rp/s-bob")))), ends("s-bob", "bob"));
        assert_eq!(step(Some(&hint("alice", Some("rp/s-of-last-week")))), Step::Ask);
        assert_eq!(step(Some(&hint("alice", None))), ends("s-alice", "alice"));
        assert_eq!(step(Some(&hint("carol", None))), Step::Ask);
    }

    #[test]
    fn oid_10_a_session_behind_one_that_is_over_is_asked_about_too() {
        let browser = Browser { sessions: vec![session("s-bob", "bob")], seen_at: Time::default() };
        let step =
            |hint: Option<&Hint>| decide(hint, &browser, None, |session, client| format!("{client}/{}", session.id));
        assert_eq!(step(None), Step::Ask);
        assert_eq!(step(Some(&hint("bob", None))), Step::Ask);
        assert_eq!(step(Some(&hint("bob", Some("rp/s-bob")))), ends("s-bob", "bob"));
    }

    #[test]
    fn the_client_is_the_named_one_or_the_hints_and_they_must_agree() {
        let hint = hint("alice", None);
        assert_eq!(client_id(Some("rp"), Some(&hint)), Ok(Some("rp")));
        assert_eq!(client_id(None, Some(&hint)), Ok(Some("rp")));
        assert_eq!(client_id(Some("other"), None), Ok(Some("other")));
        assert!(client_id(Some("other"), Some(&hint)).is_err());
    }

    fn client() -> Client {
        let uris = vec!["https://rp.example/out".to_owned(), "http://127.0.0.1/out?x=1".to_owned()];
        let metadata = ClientMetadata { post_logout_redirect_uris: uris, ..ClientMetadata::default() };
        Client {
            id: "rp".into(),
            enabled: true,
            version: 1,
            origin: crate::model::client::Origin::Operator,
            metadata,
            logo: None,
            secrets: vec![],
            keys: None,
        }
    }

    #[test]
    fn a_registered_address_is_kept_byte_for_byte_with_the_state_behind_it() {
        let to = |uri, state| return_to(uri, state, "rp", Some(&client())).map_err(|error| error.code);
        assert_eq!(to("https://rp.example/out", None), Ok("https://rp.example/out".into()));
        assert_eq!(to("https://rp.example/out", Some("a b&c")), Ok("https://rp.example/out?state=a+b%26c".into()));
        assert_eq!(to("http://127.0.0.1/out?x=1", Some("s")), Ok("http://127.0.0.1/out?x=1&state=s".into()));
        for other in [
            "https://rp.example/out/",
            "https://rp.example/out?x=1",
            "http://127.0.0.1:80/out?x=1",
            "https://evil.example/",
        ] {
            assert_eq!(to(other, None), Err(ErrorCode::InvalidRequest), "{other}");
        }
    }

    #[test]
    fn an_unknown_client_leads_nobody_anywhere() {
        let error = return_to("https://rp.example/out", None, "gone", None).unwrap_err();
        assert_eq!(error.code, ErrorCode::UnauthorizedClient);
    }
}
