//! The page that carries an answer by a form (OAuth 2.0 Form Post Response Mode §2).

use crate::pages::page::Page;
use askama::Template;

/// A form that a script submits at once, or a person without scripts. Answered with
/// `PagePolicy::interaction()`: no `form-action`, since the relying party may send the browser onward.
#[derive(Debug, Template)]
#[template(path = "op/authorize/form_post.html")]
pub struct FormPost<'a> {
    pub page: Page<'a>,
    pub action: &'a str,
    /// What the answer carries.
    pub members: &'a [(&'static str, String)],
    /// The button's destination, for people.
    pub host: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::i18n::Texts;

    #[test]
    fn form_post_2_the_members_are_hidden_fields_and_cannot_break_out() {
        let texts = Texts::default();
        let members = [("state", "\"><script>".to_owned()), ("code", "abc".to_owned())];
        let page = Page::new(&texts, "", "Latchkey");
        let view = FormPost { page, action: "https://rp.example/cb?a=1&b=2", members: &members, host: "rp.example" };
        let html = view.render().unwrap();
        assert!(html.contains("method=\"post\"") && html.contains("name=\"code\" value=\"abc\""));
        assert!(html.contains("action=\"https://rp.example/cb?a=1&#38;b=2\""));
        assert!(!html.contains("<script>") && html.contains("type=\"submit\""));
    }
}
