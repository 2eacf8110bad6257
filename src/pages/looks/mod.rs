//! The looks: an operator's name, pictures, colours, stylesheets, links and words, checked and put together once, at
//! start. Faults are reported with their key.

mod file;

use super::asset::{self, Asset};
use crate::platform::brand::palette::{self, Scheme};
use crate::platform::brand::{Links, Skin};
use crate::platform::config::{Branding, Config, Finding};
use crate::platform::i18n::Words;
use file::Wanted;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

/// What is wrong with a file that the configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub key: String,
    /// The fault, in words that follow the key.
    pub problem: String,
}

/// Everything that pages and emails need of the looks.
#[derive(Debug, Default)]
pub struct Looks {
    pub brand: Brand,
    clients: BTreeMap<String, Brand>,
    /// The operator's own words.
    pub words: Option<Arc<Words>>,
    files: HashMap<String, Asset>,
}

/// How pages look, for everybody or for a client. Paths are those below `/static`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// What pages call the provider.
    pub name: String,
    pub logo: Option<String>,
    /// The same for dark pages.
    pub logo_dark: Option<String>,
    /// Whether the logo contains the name.
    pub logo_has_name: bool,
    /// The icon, and its media type.
    pub favicon: Option<(String, &'static str)>,
    pub stylesheets: Vec<String>,
    /// At the foot of pages.
    pub links: Links,
    /// The accent of the light theme and the text colour on it, as CSS: emails have no stylesheets.
    pub accent: (String, String),
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: "Latchkey".to_owned(),
            logo: None,
            logo_dark: None,
            logo_has_name: false,
            favicon: None,
            stylesheets: Vec::new(),
            links: Links::default(),
            accent: accent(&palette::changes(&Skin::default(), Scheme::Light)),
        }
    }
}

impl Looks {
    /// Reads every file that the configuration names.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn load(branding: &Branding) -> Result<Self, Vec<Fault>> {
        let mut loading = Loading::default();
        let base = Skin { name: Some(branding.name.clone()), ..branding.skin.clone() };
        let brand = loading.brand("branding", &branding.skin, &base);
        let mut clients = BTreeMap::new();
        for (id, own) in &branding.clients {
            let place = format!("branding.clients.{}", quoted(id));
            clients.insert(id.clone(), loading.brand(&place, own, &own.over(&base)));
        }
        let words = branding.messages_directory.as_deref().map(Words::load).and_then(|words| match words {
            Ok(words) => Some(Arc::new(words)),
            Err(problems) => {
                let key = || "branding.messages_directory".to_owned();
                loading.faults.extend(problems.into_iter().map(|problem| Fault { key: key(), problem }));
                None
            }
        });
        match loading.faults {
            faults if faults.is_empty() => Ok(Self { brand, clients, words, files: loading.files }),
            faults => Err(faults),
        }
    }

    /// The looks of the pages that a client sends people to.
    pub fn of_client(&self, client_id: &str) -> &Brand {
        self.clients.get(client_id).unwrap_or(&self.brand)
    }

    /// A file by its path below `/static`.
    pub fn file(&self, path: &str) -> Option<&Asset> {
        self.files.get(path)
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &Asset)> {
        self.files.iter().map(|(path, asset)| (path.as_str(), asset))
    }
}

/// What is wrong with the files that the configuration names, for [`Config::check_for_serve`].
pub fn findings(config: &Config) -> Vec<Finding> {
    let faults = Looks::load(&config.branding).err().unwrap_or_default();
    let fix = "fix the file, or remove the key";
    faults.into_iter().map(|fault| Finding::of(config, &fault.key, fault.problem, fix)).collect()
}

#[derive(Default)]
struct Loading {
    files: HashMap<String, Asset>,
    faults: Vec<Fault>,
}

impl Loading {
    /// `own` is what stands at `place`: only its files can be wrong there.
    fn brand(&mut self, place: &str, own: &Skin, whole: &Skin) -> Brand {
        let light = palette::changes(whole, Scheme::Light);
        let mut stylesheets = Vec::new();
        let css = css(&light, &palette::changes(whole, Scheme::Dark));
        if !css.is_empty() {
            stylesheets.push(self.keep("brand/tokens.css", css.into_bytes()));
        }
        let mut file = |name: &str, path: Option<&Path>, is_own: bool, wanted: Wanted| {
            let loaded = file::read(path?, wanted);
            match loaded {
                Ok((extension, content)) => Some((self.keep(&format!("brand/{name}.{extension}"), content), extension)),
                Err(problem) if is_own => {
                    self.faults.push(Fault { key: format!("{place}.{name}"), problem });
                    None
                }
                Err(_) => None,
            }
        };
        let logo = file("logo", whole.logo.as_deref(), own.logo.is_some(), Wanted::Picture);
        let logo_dark = file("logo_dark", whole.logo_dark.as_deref(), own.logo_dark.is_some(), Wanted::Picture);
        let favicon = file("favicon", whole.favicon.as_deref(), own.favicon.is_some(), Wanted::Icon);
        let sheet = file("stylesheet", whole.stylesheet.as_deref(), own.stylesheet.is_some(), Wanted::Stylesheet);
        stylesheets.extend(sheet.map(|(path, _)| path));
        Brand {
            name: whole.name.clone().unwrap_or_default(),
            logo: logo.map(|(path, _)| path),
            logo_dark: logo_dark.map(|(path, _)| path),
            logo_has_name: whole.logo_has_name.unwrap_or(false),
            favicon: favicon.map(|(path, extension)| (path, asset::media_type(extension))),
            stylesheets,
            links: whole.links.clone(),
            accent: accent(&light),
        }
    }

    fn keep(&mut self, name: &str, content: Vec<u8>) -> String {
        let (path, asset) = Asset::new(name, content);
        self.files.insert(path.clone(), asset);
        path
    }
}

fn accent(light: &palette::Changes) -> (String, String) {
    let of = |name| palette::colour(light, name, Scheme::Light).css();
    (of("accent"), of("accent-text"))
}

/// The stylesheet of the tokens, by the same selectors as ours.
fn css(light: &palette::Changes, dark: &palette::Changes) -> String {
    let block = |changes: &palette::Changes| -> String {
        changes.iter().map(|(name, value)| format!("--{name}:{};", value.css())).collect()
    };
    let mut css = String::new();
    if !light.is_empty() {
        css.push_str(&format!(":root{{{}}}\n", block(light)));
    }
    if !dark.is_empty() {
        let dark = block(dark);
        css.push_str(&format!(
            "@media (prefers-color-scheme:dark){{:root:not([data-theme=\"light\"]){{{dark}}}}}\n:root[data-theme=\"dark\"]{{{dark}}}\n"
        ));
    }
    css
}

/// A name of the operator's choice, as a dotted key has it.
fn quoted(name: &str) -> String {
    let is_bare = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if is_bare && !name.is_empty() { name.to_owned() } else { format!("\"{}\"", name.escape_debug()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::Layers;

    fn config(toml: &str) -> Config {
        Layers::default().text("t", toml).load().unwrap_or_else(|error| panic!("{error}"))
    }

    fn refusal(toml: &str) -> String {
        Layers::default().text("t", toml).load().unwrap_err().to_string()
    }

    fn text(looks: &Looks, path: &str) -> String {
        String::from_utf8(looks.file(path).unwrap().content().to_vec()).unwrap()
    }

    #[test]
    fn nothing_set_changes_nothing() {
        let looks = Looks::load(&Branding::default()).unwrap();
        assert_eq!((looks.brand, looks.files.len()), (Brand::default(), 0));
    }

    #[test]
    fn an_accent_gives_a_stylesheet_for_both_looks_and_a_client_has_its_own() {
        let toml = "[branding]\nname = \"Port\"\ncolors.accent = \"#006a4e\"\ntokens.radius-1 = \"2px\"\n\
                    [branding.clients.\"shop one\"]\nname = \"Shop\"\ncolors.accent = \"#b00020\"\n\
                    links.privacy = \"https://shop.example/privacy\"";
        let looks = Looks::load(&config(toml).branding).unwrap();
        let css = text(&looks, &looks.brand.stylesheets[0]);
        assert!(css.contains("--accent:#006a4e;") && css.contains("--radius-1:2px;"), "{css}");
        assert_eq!(css.matches("--link:").count(), 3, "{css}");
        let shop = looks.of_client("shop one");
        let own = text(&looks, &shop.stylesheets[0]);
        assert!(own.contains("--accent:#b00020;") && own.contains("--radius-1:2px;"), "{own}");
        assert_eq!((shop.name.as_str(), shop.accent.0.as_str()), ("Shop", "#b00020"));
        assert_eq!(looks.of_client("other").name, "Port");
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_key() {
        for (toml, part) in [
            ("branding.colors.accent = \"red\"", "t:1: `branding.colors.accent` must be an opaque colour"),
            ("branding.colors.accent = \"#fff;}\"", "`branding.colors.accent` must be an opaque colour"),
            ("branding.colors.acent = \"#fff\"", "the nearest is `branding.colors.accent`"),
            (
                "branding.tokens.surfce = \"#fff\"",
                "t:1: `branding.tokens.surfce` is no token; the nearest is `surface`",
            ),
            (
                "branding.tokens.text = \"#999\"",
                "t:1: `branding.tokens.text` makes text (#999999) on surface (#f4f5f8) hard to see",
            ),
            ("branding.dark_tokens.font = \"Inter\"", "`branding.dark_tokens.font` is no token"),
            (
                "branding.tokens.radius-1 = \"1em\"",
                "`branding.tokens.radius-1` must be a length in rem or px from 0 to 2rem",
            ),
            ("branding.tokens.font = \"x;y\"", "`branding.tokens.font` must be a list of font names"),
            ("branding.links.terms = \"javascript:x\"", "`branding.links.terms` must be an address that begins with"),
            ("branding.links.termz = \"x\"", "the nearest is `branding.links.terms`"),
            (
                "[branding.colors]\naccent = \"#ffe000\"\naccent_text = \"#fff\"",
                "t:3: `branding.colors.accent_text` makes accent-text",
            ),
            ("[branding.clients.a.colors]\naccent = \"#fffff\"", "t:2: `branding.clients.a.colors.accent` must be"),
            (
                "[branding.clients.\"a b\".tokens]\ntext = \"#fff\"",
                "t:2: `branding.clients.\"a b\".tokens.text` makes text",
            ),
        ] {
            assert!(refusal(toml).contains(part), "{toml}: {}", refusal(toml));
        }
    }

    #[test]
    fn a_file_that_cannot_be_shown_is_refused_with_its_key() {
        let folder = std::env::temp_dir().join(format!("latchkey-brand-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, content: &[u8]| {
            std::fs::write(folder.join(name), content).unwrap();
            folder.join(name).display().to_string()
        };
        let svg =
            |inside: &str| format!("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\">{inside}</svg>");
        let png = b"\x89PNG\r\n\x1a\n rest";
        for (key, name, content, part) in [
            ("logo", "a.svg", svg("<script>x</script>").into_bytes(), "holds a script"),
            ("logo", "b.svg", svg("<g onload='x()'/>").into_bytes(), "holds the event `onload`"),
            ("logo", "c.svg", svg("<image href='https://x.example/a.png'/>").into_bytes(), "names something outside"),
            ("logo", "d.png", b"GIF89a".to_vec(), "is no SVG, PNG or WebP"),
            ("logo", "e.png", vec![b'x'; 300 * 1024], "is larger than 256 KiB"),
            ("favicon", "f.ico", b"RIFFxxxxWEBP".to_vec(), "is no SVG, PNG or ICO"),
            ("stylesheet", "g.css", b"@import 'x';".to_vec(), "line 1 has @import"),
            (
                "stylesheet",
                "h.css",
                b"a{}\nb{background:url(https://x.example)}".to_vec(),
                "line 2 names another place",
            ),
            ("logo_dark", "none.png", Vec::new(), "is empty"),
        ] {
            let path = write(name, &content);
            let faults = Looks::load(&config(&format!("branding.{key} = '{path}'")).branding).unwrap_err();
            assert_eq!(faults[0].key, format!("branding.{key}"));
            assert!(faults[0].problem.contains(part), "{faults:?}");
        }
        let missing = Looks::load(&config("branding.clients.x.logo = '/nowhere.png'").branding).unwrap_err();
        assert!(
            missing[0].key == "branding.clients.x.logo" && missing[0].problem.contains("cannot be read"),
            "{missing:?}"
        );
        let (logo, sheet) = (write("ok.png", png), write("ok.css", b".card{color:var(--text);background:url(#x)}"));
        let good = config(&format!(
            "branding.logo = '{logo}'\nbranding.stylesheet = '{sheet}'\nbranding.favicon = '{}'",
            write("ok.svg", svg("<path d='M0 0'/>").as_bytes())
        ));
        let looks = Looks::load(&good.branding).unwrap();
        assert!(
            looks.brand.logo.as_deref().is_some_and(|path| path.starts_with("brand/logo.") && path.ends_with(".png"))
        );
        assert_eq!(looks.brand.favicon.as_ref().map(|(_, kind)| *kind), Some("image/svg+xml"));
        assert_eq!(looks.files.len(), 3);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
