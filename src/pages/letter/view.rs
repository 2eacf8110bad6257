//! Emails in words.

use super::{About, Letter, change};
use crate::pages::looks::Looks;
use crate::platform::i18n::Texts;
use crate::platform::mail::Post;
use askama::Template;

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a> {
    words: &'a Words,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    words: &'a Words,
    lang: String,
    dir: &'static str,
    product: &'a str,
    /// The background of the button, and its text.
    accent: &'a (String, String),
}

/// The content of both forms.
#[derive(Default)]
struct Words {
    subject: String,
    greeting: String,
    lead: String,
    /// Lines of their own: when, from where.
    facts: Vec<String>,
    code: Option<String>,
    code_note: String,
    link: Option<String>,
    link_label: String,
    link_note: String,
    /// What to do when it is not as it should be.
    warning: String,
    signature: String,
}

/// Puts an email into words, with the name, the accent and the words of these looks.
///
/// # Errors
/// When a template cannot be rendered.
pub fn render(id: &str, letter: &Letter, looks: &Looks, default_locale: &str) -> Result<Post, askama::Error> {
    let texts = Texts::choose(letter.locales.as_deref(), None, default_locale).with_words(looks.words.as_ref());
    let (product, accent) = (looks.brand.name.as_str(), &looks.brand.accent);
    let mut words = words(&texts, &letter.about, product);
    words.greeting = match letter.name.as_deref().filter(|name| !name.trim().is_empty()) {
        Some(name) => texts.with("mail-greeting", "name", name),
        None => texts.get("mail-greeting-nobody"),
    };
    words.signature = texts.with("mail-signature", "product", product);
    let html = Html { words: &words, lang: texts.lang(), dir: texts.dir(), product, accent }.render()?;
    let text = Text { words: &words }.render()?;
    Ok(Post { id: id.to_owned(), to: letter.to.clone(), subject: words.subject, text, html, language: texts.lang() })
}

fn words(texts: &Texts, about: &About, product: &str) -> Words {
    match about {
        About::Recovery { code, link } => Words {
            subject: texts.with("mail-recovery-subject", "product", product),
            lead: texts.with("mail-recovery-lead", "product", product),
            link_label: texts.get("mail-recovery-link"),
            warning: texts.get("mail-recovery-warning"),
            ..proof(texts, code, link)
        },
        About::SignUp { code, link } => Words {
            subject: texts.with("mail-signup-subject", "product", product),
            lead: texts.with("mail-signup-lead", "product", product),
            link_label: texts.get("mail-signup-link"),
            warning: texts.get("mail-signup-warning"),
            ..proof(texts, code, link)
        },
        About::Address { code, link } => Words {
            subject: texts.with("mail-address-subject", "product", product),
            lead: texts.with("mail-address-lead", "product", product),
            link_label: texts.get("mail-address-link"),
            warning: texts.get("mail-address-warning"),
            link_note: texts.get("mail-address-note"),
            ..proof(texts, code, link)
        },
        About::SignIn { code, link } => Words {
            subject: texts.with("mail-sign-in-subject", "product", product),
            lead: texts.with("mail-sign-in-lead", "product", product),
            link_label: texts.get("mail-sign-in-link"),
            warning: texts.get("mail-sign-in-warning"),
            link_note: texts.get("mail-sign-in-note"),
            ..proof(texts, code, link)
        },
        About::PasswordReset { link } => Words {
            subject: texts.with("mail-reset-subject", "product", product),
            lead: texts.with("mail-reset-lead", "product", product),
            link_label: texts.get("mail-reset-link"),
            warning: texts.get("mail-reset-warning"),
            link: Some(link.clone()),
            ..Words::default()
        },
        About::AlreadyRegistered { link } => Words {
            subject: texts.with("mail-registered-subject", "product", product),
            lead: texts.with("mail-registered-lead", "product", product),
            link_label: texts.get("mail-registered-link"),
            warning: texts.get("mail-registered-warning"),
            link: Some(link.clone()),
            ..Words::default()
        },
        About::Invitation { link } => Words {
            subject: texts.with("mail-invitation-subject", "product", product),
            lead: texts.with("mail-invitation-lead", "product", product),
            link_label: texts.get("mail-invitation-link"),
            link_note: texts.get("mail-invitation-note"),
            warning: texts.get("mail-invitation-warning"),
            link: Some(link.clone()),
            ..Words::default()
        },
        About::NewDevice { device, network, link } => Words {
            subject: texts.with("mail-device-subject", "product", product),
            lead: texts.with_two("mail-device-lead", "device", change::device(texts, device), "network", network),
            link_label: texts.get("mail-device-link"),
            warning: texts.get("mail-device-warning"),
            link: Some(link.clone()),
            ..Words::default()
        },
        About::Changed { what, at, zone, device, network, link, way } => {
            let (link_label, warning) = way.words(texts);
            Words {
                subject: what.subject(texts, product),
                lead: what.lead(texts),
                facts: change::facts(texts, *at, zone.as_deref(), (device.as_deref(), network.as_deref())),
                link: Some(link.clone()),
                link_label,
                warning,
                ..Words::default()
            }
        }
    }
}

/// A code and a link that prove the address.
fn proof(texts: &Texts, code: &str, link: &str) -> Words {
    Words {
        code: Some(grouped(code)),
        code_note: texts.get("mail-code-note"),
        link: Some(link.to_owned()),
        link_note: texts.get("mail-link-note"),
        ..Words::default()
    }
}

/// Two groups of four are read without losing one's place.
fn grouped(code: &str) -> String {
    let (one, two) = code.split_at_checked(4).unwrap_or((code, ""));
    format!("{one} {two}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(name: &str, about: About) -> Post {
        let letter = Letter { to: "ada@example.org".into(), name: Some(name.into()), locales: None, about };
        render("id", &letter, &Looks::default(), "en").unwrap()
    }

    #[test]
    fn both_forms_hold_code_and_link() {
        let link = "https://id.example.org/recovery/link/abc".to_owned();
        let post = letter("Ada", About::Recovery { code: "12345678".into(), link: link.clone() });
        for body in [&post.text, &post.html] {
            assert!(body.contains("1234 5678") && body.contains(&link) && body.contains("Ada"), "{body}");
        }
        assert!(!post.text.contains('<'), "{}", post.text);
    }

    #[test]
    fn what_a_person_is_called_is_no_markup_and_no_line() {
        let device =
            About::NewDevice { device: "<b>x\r\ny</b>".into(), network: "192.0.2.0/24".into(), link: "l".into() };
        let post = letter("<i>Ada</i>\r\nBcc: x", device);
        assert!(!post.html.contains("<i>") && !post.html.contains("<b>x"), "{}", post.html);
        assert!(!post.text.contains("\nBcc") && !post.subject.contains('\n'), "{}", post.text);
    }
}
