//! The shell of every page of the console.

use crate::pages::page::Page;
use crate::pages::parts::Person;
use crate::platform::i18n::Texts;
use crate::platform::paths::{AccountPage, Below, Location};
use crate::platform::secret::Secret;
use askama::Template;

/// The pages of the navigation, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Home,
    Profile,
    Security,
    Sessions,
    Applications,
    Activity,
    Appearance,
    Data,
}

impl Section {
    /// All of them, in the order of the navigation.
    pub const ALL: &[Self] = &[
        Self::Home,
        Self::Profile,
        Self::Security,
        Self::Sessions,
        Self::Applications,
        Self::Activity,
        Self::Appearance,
        Self::Data,
    ];

    pub const fn page(self) -> AccountPage {
        match self {
            Self::Home => AccountPage::Home,
            Self::Profile => AccountPage::Profile,
            Self::Security => AccountPage::Security,
            Self::Sessions => AccountPage::Sessions,
            Self::Applications => AccountPage::Applications,
            Self::Activity => AccountPage::Activity,
            Self::Appearance => AccountPage::Appearance,
            Self::Data => AccountPage::Data,
        }
    }

    /// Its icon (`templates/ui.html`).
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Profile => "person",
            Self::Security => "shield",
            Self::Sessions => "computer",
            Self::Applications => "grid",
            Self::Activity => "clock",
            Self::Appearance => "contrast",
            Self::Data => "file",
        }
    }

    /// What is on the page, as a sentence; none for the home page.
    pub fn detail(self, texts: &Texts) -> Option<String> {
        Some(match self {
            Self::Home => return None,
            Self::Profile => texts.get("home-profile"),
            Self::Security => texts.get("home-security"),
            Self::Sessions => texts.get("home-sessions"),
            Self::Applications => texts.get("home-applications"),
            Self::Activity => texts.get("home-activity"),
            Self::Appearance => texts.get("home-appearance"),
            Self::Data => texts.get("home-data"),
        })
    }

    /// What the navigation calls it.
    pub fn name(self, texts: &Texts) -> String {
        match self {
            Self::Home => texts.get("account-home"),
            Self::Profile => texts.get("account-profile"),
            Self::Security => texts.get("account-security"),
            Self::Sessions => texts.get("account-sessions"),
            Self::Applications => texts.get("account-applications"),
            Self::Activity => texts.get("account-activity"),
            Self::Appearance => texts.get("account-appearance"),
            Self::Data => texts.get("account-data"),
        }
    }
}

/// What the shell shows (`templates/account/layout.html`): a view of the console has it as `console`, beside `page`.
#[derive(Clone, Debug)]
pub struct Console<'a> {
    pub section: Section,
    pub person: Person<'a>,
    /// For the hidden field `csrf` of forms.
    pub csrf: &'a str,
    /// The path of the issuer.
    pub base_path: &'a str,
}

/// A place of the navigation.
#[derive(Debug)]
pub struct Link {
    pub url: String,
    pub text: String,
    pub icon: &'static str,
    /// Whether it is the present page.
    pub is_current: bool,
}

impl Console<'_> {
    /// A path of ours, as links need it.
    pub fn url(&self, path: impl Below) -> String {
        format!("{}{path}", self.base_path)
    }

    pub fn sign_out_url(&self) -> String {
        self.url(Location::Logout)
    }

    pub fn links(&self, texts: &Texts) -> Vec<Link> {
        let link = |section: &Section| Link {
            url: self.url(section.page()),
            text: section.name(texts),
            icon: section.icon(),
            is_current: *section == self.section,
        };
        Section::ALL.iter().map(link).collect()
    }
}

/// The pages that templates link.
impl Console<'_> {
    pub fn profile_url(&self) -> String {
        self.url(AccountPage::Profile)
    }

    pub fn picture_url(&self) -> String {
        self.url(AccountPage::Picture)
    }

    pub fn security_url(&self) -> String {
        self.url(AccountPage::Security)
    }

    pub fn password_url(&self) -> String {
        self.url(AccountPage::Password)
    }

    pub fn passkeys_url(&self) -> String {
        self.url(AccountPage::Passkeys)
    }

    pub fn recovery_codes_url(&self) -> String {
        self.url(AccountPage::RecoveryCodes)
    }

    pub fn addresses_url(&self) -> String {
        self.url(AccountPage::Addresses)
    }

    pub fn sessions_url(&self) -> String {
        self.url(AccountPage::Sessions)
    }

    pub fn applications_url(&self) -> String {
        self.url(AccountPage::Applications)
    }

    pub fn appearance_url(&self) -> String {
        self.url(AccountPage::Appearance)
    }

    pub fn data_url(&self) -> String {
        self.url(AccountPage::Data)
    }

    pub fn deletion_url(&self) -> String {
        self.url(AccountPage::Deletion)
    }
}

impl Console<'_> {
    /// The title of the page.
    pub fn here(&self, texts: &Texts) -> String {
        self.section.name(texts)
    }
}

/// Recovery codes, which are shown only once.
#[derive(Debug, Template)]
#[template(path = "account/recovery_codes.html")]
pub struct Codes<'a> {
    pub page: Page<'a>,
    pub console: Console<'a>,
    pub codes: &'a [Secret<String>],
    /// Where the person continues.
    pub next: &'a str,
}

impl Codes<'_> {
    /// The codes as a `data:` link: nothing is stored that could be downloaded later.
    fn file(&self) -> String {
        let lines: Vec<&str> = self.codes.iter().map(|code| code.expose().as_str()).collect();
        let text = format!("{}\r\n\r\n{}\r\n", self.console.person.identifier, lines.join("\r\n"));
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        format!("data:text/plain;charset=utf-8,{}", encoded.replace('+', "%20"))
    }
}
