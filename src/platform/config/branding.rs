//! `branding.*`: what the provider looks like and what it is called, for everybody and for single clients.

use super::reader::Reader;
use super::value::{Raw, Setting};
use crate::platform::brand::{COLOUR_RULE, Colour, Kind, Skin, TOKENS, Value, find_token, unreadable};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Longest name, in characters.
const LONGEST_NAME: usize = 80;

/// `branding.*`
#[derive(Debug, Clone)]
pub struct Branding {
    /// `branding.name`: what pages call this provider.
    pub name: String,
    /// `branding.client_logos`: whether the logos of applications that registered themselves are fetched and shown. Off by
    /// default: anybody can register under somebody else's logo. Those of an operator's applications always are.
    pub client_logos: bool,
    /// `branding.messages_directory`: fluent files that stand before ours.
    pub messages_directory: Option<PathBuf>,
    pub skin: Skin,
    /// `branding.clients.ID`: what differs on the pages that a client sends people to.
    pub clients: BTreeMap<String, Skin>,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            name: "Latchkey".to_owned(),
            client_logos: false,
            messages_directory: None,
            skin: Skin::default(),
            clients: BTreeMap::new(),
        }
    }
}

impl Branding {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("branding.client_logos", &mut self.client_logos);
        reader.read("branding.messages_directory", &mut self.messages_directory);
        let at = Place(vec!["branding".to_owned()]);
        self.skin = at.read(reader);
        self.name = self.skin.name.clone().unwrap_or_else(|| self.name.clone());
        at.check_colours(reader, &self.skin);
        for client in reader.names_below(&["branding", "clients"]) {
            let at = Place(vec!["branding".to_owned(), "clients".to_owned(), client.clone()]);
            let skin = at.read(reader);
            at.check_colours(reader, &skin.over(&self.skin));
            self.clients.insert(client, skin);
        }
    }
}

/// The section of a skin.
struct Place(Vec<String>);

impl Place {
    fn path(&self, more: &[&str]) -> Vec<String> {
        self.0.iter().cloned().chain(more.iter().map(|part| (*part).to_owned())).collect()
    }

    fn key(&self, dotted: &str) -> String {
        super::reader::written(&self.path(&dotted.split('.').collect::<Vec<_>>()))
    }

    fn read(&self, reader: &mut Reader) -> Skin {
        let mut skin = Skin::default();
        reader.read_path(self.path(&["name"]), &mut skin.name);
        let fits = skin.name.as_ref().is_none_or(|name| name.chars().count() <= LONGEST_NAME);
        reader.require(fits, &self.key("name"), "must have at most 80 characters");
        for (name, slot) in [
            ("logo", &mut skin.logo),
            ("logo_dark", &mut skin.logo_dark),
            ("favicon", &mut skin.favicon),
            ("stylesheet", &mut skin.stylesheet),
        ] {
            reader.read_path(self.path(&[name]), slot);
        }
        reader.read_path(self.path(&["logo_has_name"]), &mut skin.logo_has_name);
        for (name, slot) in [
            ("accent", &mut skin.colors.accent),
            ("accent_text", &mut skin.colors.accent_text),
            ("accent_dark", &mut skin.colors.accent_dark),
            ("accent_text_dark", &mut skin.colors.accent_text_dark),
        ] {
            reader.read_path(self.path(&["colors", name]), slot);
        }
        for (name, slot) in [
            ("privacy", &mut skin.links.privacy),
            ("terms", &mut skin.links.terms),
            ("support", &mut skin.links.support),
            ("imprint", &mut skin.links.imprint),
        ] {
            let mut link: Option<Link> = None;
            reader.read_path(self.path(&["links", name]), &mut link);
            *slot = link.map(|link| link.0);
        }
        skin.tokens = self.tokens(reader, "tokens", |_| true);
        skin.dark_tokens = self.tokens(reader, "dark_tokens", |kind| matches!(kind, Kind::Colour(..)));
        skin
    }

    fn tokens(
        &self,
        reader: &mut Reader,
        section: &str,
        takes: impl Fn(Kind) -> bool,
    ) -> BTreeMap<&'static str, Value> {
        let mut tokens = BTreeMap::new();
        let path = self.path(&[section]);
        let names = reader.names_below(&path.iter().map(String::as_str).collect::<Vec<_>>());
        for name in names {
            let mut text: Option<String> = None;
            let key = self.key(&format!("{section}.{name}"));
            reader.read_path(self.path(&[section, &name]), &mut text);
            match find_token(&name).filter(|(_, kind)| takes(*kind)) {
                Some((known, kind)) => match text.map(|text| Value::parse(kind, &text)) {
                    Some(Ok(value)) => drop(tokens.insert(known, value)),
                    Some(Err(rule)) => reader.require(false, &key, &rule),
                    None => {}
                },
                None => reader.require(false, &key, &format!("is no token{}", nearest(&name, takes_name(&takes)))),
            }
        }
        tokens
    }

    /// Colours that people can't tell apart are refused: nobody signs in at a button that they can't read.
    fn check_colours(&self, reader: &mut Reader, skin: &Skin) {
        for (key, why) in unreadable(skin) {
            reader.require(false, &self.key(&key), &why);
        }
    }
}

fn takes_name(takes: &impl Fn(Kind) -> bool) -> impl Iterator<Item = &'static str> {
    TOKENS.iter().filter(|(_, kind)| takes(*kind)).map(|(name, _)| *name).collect::<Vec<_>>().into_iter()
}

fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> String {
    let likeness = |other: &&str| strsim::normalized_damerau_levenshtein(name, other);
    let found = known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    found.map(|found| format!("; the nearest is `{found}`")).unwrap_or_default()
}

/// An address at the foot of pages.
struct Link(String);

impl Setting for Link {
    fn parse(raw: &Raw) -> Result<Self, String> {
        let rule = "must be an address that begins with https://, http:// or mailto:";
        let text = raw.text(rule)?;
        let url = url::Url::parse(text).map_err(|_| rule.to_owned())?;
        let fits = match url.scheme() {
            "https" | "http" => url.has_host(),
            "mailto" => true,
            _ => false,
        };
        if fits { Ok(Self(url.into())) } else { Err(rule.to_owned()) }
    }
}

impl Setting for Colour {
    fn parse(raw: &Raw) -> Result<Self, String> {
        Self::parse(raw.text(COLOUR_RULE)?).ok_or_else(|| COLOUR_RULE.to_owned())
    }
}
