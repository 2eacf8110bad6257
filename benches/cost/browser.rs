//! A person's browser, as far as a flow needs one: cookies, redirects on our own origin, and one form.

use crate::http::{Answer, Connection, Request, form};

/// Cookies of one browser.
#[derive(Debug, Default)]
pub struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    /// Goes to `target` and on until a redirect leads to `away`, filling in the sign-in form on the way. The URL that
    /// it was sent to.
    ///
    /// # Errors
    /// What was there instead.
    pub fn walk(
        &mut self,
        connection: &mut Connection,
        target: &str,
        away: &str,
        person: (&str, &str),
    ) -> Result<String, String> {
        let mut answer = self.fetch(connection, Request { method: "GET", target, ..Request::default() })?;
        let mut page = target.to_owned();
        for _ in 0..8 {
            if let Some(location) = answer.header("location") {
                if location.starts_with(away) {
                    return Ok(location.to_owned());
                }
                page = path_of(location);
                answer = self.fetch(connection, Request { method: "GET", target: &page, ..Request::default() })?;
            } else {
                (page, answer) = self.sign_in(connection, &page, &answer, person)?;
            }
        }
        Err(format!("no end of pages, the last was {page}"))
    }

    fn sign_in(
        &mut self,
        connection: &mut Connection,
        page: &str,
        answer: &Answer,
        (username, password): (&str, &str),
    ) -> Result<(String, Answer), String> {
        let html = answer.text();
        if answer.status != 200 || !html.contains("name=\"password\"") {
            return Err(format!("{page} said {}: {html}", answer.status));
        }
        let (action, hidden) = form_with(&html, "name=\"password\"");
        let action = if action.is_empty() { page.to_owned() } else { path_of(&action) };
        let mut fields: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend([("username", username), ("password", password)]);
        let form = Some(form(&fields));
        let answer = self.fetch(connection, Request { method: "POST", target: &action, form, ..Request::default() })?;
        Ok((action, answer))
    }

    /// Signs out by the page that asks whether to.
    ///
    /// # Errors
    /// What was there instead.
    pub fn sign_out(&mut self, connection: &mut Connection) -> Result<(), String> {
        let request = Request { method: "GET", target: "/logout", ..Request::default() };
        let answer = self.fetch(connection, request)?;
        let page = path_of(answer.header("location").ok_or("no page that asks")?);
        let asked = self.fetch(connection, Request { method: "GET", target: &page, ..Request::default() })?;
        let (action, hidden) = form_with(&asked.text(), "logout-confirm");
        let mut fields: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("decision", "logout"));
        let (target, form) = (path_of(&action), Some(form(&fields)));
        let answer = self.fetch(connection, Request { method: "POST", target: &target, form, ..Request::default() })?;
        if answer.status < 400 { Ok(()) } else { Err(answer.text()) }
    }

    fn fetch(&mut self, connection: &mut Connection, mut request: Request<'_>) -> Result<Answer, String> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers.push(("Cookie", cookies.join("; ")));
        }
        if request.method == "POST" {
            request.headers.push(("Origin", format!("http://{}", connection.authority())));
        }
        let answer = connection.send(&request).map_err(|error| error.to_string())?;
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep(cookie);
        }
        Ok(answer)
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) else { return };
        self.cookies.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// The action and the hidden fields of the form that holds something.
fn form_with(html: &str, mark: &str) -> (String, Vec<(String, String)>) {
    let forms = html.split("<form").skip(1).map(|form| form.split("</form").next().unwrap_or_default());
    let form = forms.into_iter().find(|form| form.contains(mark)).unwrap_or_default();
    let action = attribute(form.split('>').next().unwrap_or_default(), "action").unwrap_or_default();
    let inputs = form.split("<input").skip(1).map(|input| input.split('>').next().unwrap_or_default());
    let hidden = inputs.filter(|input| attribute(input, "type").as_deref() == Some("hidden"));
    let hidden =
        hidden.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default())));
    (action, hidden.collect())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(rest.split('"').next()?))
}

/// The references that a template engine writes.
fn unescape(text: &str) -> String {
    let known = [("&#38;", "&"), ("&#x26;", "&"), ("&#43;", "+"), ("&#61;", "="), ("&#47;", "/"), ("&amp;", "&")];
    known.iter().fold(text.to_owned(), |text, (reference, character)| text.replace(reference, character))
}

fn path_of(location: &str) -> String {
    let Some((_, rest)) = location.split_once("://") else { return location.to_owned() };
    rest.find('/').map_or_else(|| "/".to_owned(), |start| rest[start..].to_owned())
}
