//! What an operator sets of the looks: once for all pages, and again for the pages of a single client.

use super::colour::Colour;
use super::token::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The looks that can be set. Of a client's, what is absent is the provider's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skin {
    /// What pages call the provider.
    pub name: Option<String>,
    /// An SVG, PNG or WebP file.
    pub logo: Option<PathBuf>,
    /// The same for dark pages.
    pub logo_dark: Option<PathBuf>,
    /// Whether the logo holds the name, which then does not stand beside it.
    pub logo_has_name: Option<bool>,
    /// An SVG, PNG or ICO file.
    pub favicon: Option<PathBuf>,
    /// A stylesheet that comes after ours.
    pub stylesheet: Option<PathBuf>,
    pub colors: Colors,
    /// CSS tokens, of both looks where they are no colours.
    pub tokens: BTreeMap<&'static str, Value>,
    /// CSS tokens of the dark look.
    pub dark_tokens: BTreeMap<&'static str, Value>,
    /// At the foot of pages.
    pub links: Links,
}

/// The accent, from which the rest follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colors {
    pub accent: Option<Colour>,
    pub accent_text: Option<Colour>,
    pub accent_dark: Option<Colour>,
    pub accent_text_dark: Option<Colour>,
}

/// Links at the foot of pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    pub privacy: Option<String>,
    pub terms: Option<String>,
    pub support: Option<String>,
    pub imprint: Option<String>,
}

impl Skin {
    /// This one, with the provider's for what is absent. A logo of its own drops the provider's dark one, and an accent
    /// of its own what was derived from or set beside the provider's.
    #[must_use]
    pub fn over(&self, base: &Self) -> Self {
        let own = self.clone();
        let mut whole = base.clone();
        if own.logo.is_some() {
            (whole.logo_dark, whole.logo_has_name) = (None, None);
        }
        if own.colors.accent.is_some() {
            whole.colors = Colors::default();
        }
        whole.name = own.name.or(whole.name);
        whole.logo = own.logo.or(whole.logo);
        whole.logo_dark = own.logo_dark.or(whole.logo_dark);
        whole.logo_has_name = own.logo_has_name.or(whole.logo_has_name);
        whole.favicon = own.favicon.or(whole.favicon);
        whole.stylesheet = own.stylesheet.or(whole.stylesheet);
        whole.colors.accent = own.colors.accent.or(whole.colors.accent);
        whole.colors.accent_text = own.colors.accent_text.or(whole.colors.accent_text);
        whole.colors.accent_dark = own.colors.accent_dark.or(whole.colors.accent_dark);
        whole.colors.accent_text_dark = own.colors.accent_text_dark.or(whole.colors.accent_text_dark);
        whole.tokens.extend(own.tokens);
        whole.dark_tokens.extend(own.dark_tokens);
        whole.links.privacy = own.links.privacy.or(whole.links.privacy);
        whole.links.terms = own.links.terms.or(whole.links.terms);
        whole.links.support = own.links.support.or(whole.links.support);
        whole.links.imprint = own.links.imprint.or(whole.links.imprint);
        whole
    }
}
