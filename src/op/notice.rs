//! Emails about changes of a person's credentials, to every verified address (AUT-18).

use super::Op;
use super::letters::Envelope;
use crate::model::session::store::Device;
use crate::model::user;
use crate::pages::letter::{About, Change, Letter, Way};
use crate::platform::clock::Time;
use crate::platform::config::{Config, FeatureName};
use crate::platform::db::Connection;
use crate::platform::id;
use crate::platform::mail::{MAIL, Mailer};
use crate::platform::paths::{AccountPage, Location};
use crate::platform::random::Random;
use diesel::QueryResult;
use std::sync::Arc;

/// An email about a change, written in the transaction of the change and sealed for each address.
#[derive(Clone)]
pub struct Notice {
    mailer: Mailer,
    random: Arc<dyn Random>,
    what: What,
    place: Option<Device>,
    link: String,
    way: Way,
    also: Vec<(String, Option<String>)>,
    now: Time,
}

/// The subject of an email.
#[derive(Clone)]
enum What {
    Changed(Change),
    NewDevice,
}

impl Notice {
    /// About a change from a browser, or by an operator where there is none.
    pub fn new(
        (mailer, random): (Mailer, Arc<dyn Random>),
        config: &Config,
        what: Change,
        place: Option<Device>,
        now: Time,
    ) -> Self {
        let recovers = config.mail.is_on() && config.feature(FeatureName::Recovery) != Some(false);
        let (recovery, sessions) = (Location::Recovery, AccountPage::Sessions);
        let (link, way) = match recovers {
            true => (config.issuer.endpoint(recovery), Way::Recover),
            false => (config.issuer.endpoint(sessions), Way::Review),
        };
        Self { mailer, random, what: What::Changed(what), place, link, way, also: Vec::new(), now }
    }

    /// Also notifies an address that is no longer the person's, or no longer the primary one, with the link that undoes the
    /// change if there is one.
    #[must_use]
    pub fn and_to(mut self, address: String, undo: Option<String>) -> Self {
        self.also.push((address, undo));
        self
    }

    /// Seals the email to every verified address of the person, and writes it into the outbox; nothing where mail is
    /// off.
    ///
    /// # Errors
    /// Any failure of the database.
    pub fn post(&self, tx: &mut Connection, person: &str) -> QueryResult<()> {
        let Some(user) = user::store::find(tx, person)?.filter(|_| self.mailer.is_on()) else { return Ok(()) };
        let told = |to: &str| self.also.iter().any(|(also, _)| also == to);
        let reached = user::store::reached_at(tx, &user)?.into_iter().filter(|to| !told(to));
        let plain = reached.map(|to| (to, self.link.clone(), self.way));
        let also = self.also.iter().map(|(to, undo)| match undo {
            Some(link) => (to.clone(), link.clone(), Way::Undo),
            None => (to.clone(), self.link.clone(), self.way),
        });
        for (to, link, way) in plain.chain(also) {
            let letter = Letter {
                to,
                name: Some(user.display_name().to_owned()),
                locales: user.languages(),
                about: self.about(user.text("zoneinfo"), link, way),
            };
            let id = id::new(self.now, self.random.as_ref());
            Envelope::seal(&self.mailer, id, MAIL, &letter).post(tx, self.now)?;
        }
        Ok(())
    }
}

impl Notice {
    fn about(&self, zone: Option<&str>, link: String, way: Way) -> About {
        let device = self.place.as_ref().map(|place| place.user_agent.clone());
        let network = self.place.as_ref().map(|place| place.network.clone());
        match &self.what {
            What::Changed(what) => {
                let (what, zone) = (what.clone(), zone.map(str::to_owned));
                About::Changed { what, at: self.now, zone, device, network, link, way }
            }
            What::NewDevice => {
                About::NewDevice { device: device.unwrap_or_default(), network: network.unwrap_or_default(), link }
            }
        }
    }
}

impl Op {
    /// The email about a sign-in from a browser that was not seen before.
    pub fn device_notice(&self, device: &Device) -> Notice {
        let path = if self.has_feature(FeatureName::Recovery) { Location::Recovery } else { Location::SignIn };
        let mut notice = self.notice(Change::PasswordChanged, device.clone());
        (notice.what, notice.link) = (What::NewDevice, self.config.issuer.endpoint(path));
        notice
    }

    /// An email about a change, to be posted in its transaction to every verified address of the person; `place` is
    /// where it was made ([`crate::op::page::PageRequest::place`]).
    pub fn notice(&self, what: Change, place: Device) -> Notice {
        let means = (self.mailer.clone(), Arc::clone(&self.random));
        Notice::new(means, &self.config, what, Some(place), self.now())
    }
}
