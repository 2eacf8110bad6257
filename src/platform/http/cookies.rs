//! Our cookies: how they are named, set and read.

use crate::platform::config::Issuer;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{self, HeaderMap};
use std::time::Duration;

/// The session cookie's name without its prefix.
pub const SESSION: &str = "lk_s";

/// The name of the cookie that holds the browser's state (Session Management §3.2), without its prefix.
pub const BROWSER_STATE: &str = "lk_bs";

/// The name of the cookie by which a browser is known, also to people who are not signed in, without its prefix.
pub const DEVICE: &str = "lk_d";

/// The name of the cookie that holds the language which was chosen in this browser, without its prefix.
pub const LANGUAGE: &str = "lk_l";

/// The name of the cookie that holds the theme which was chosen in this browser, without its prefix.
pub const THEME: &str = "lk_t";

/// The name of the cookie that holds the client which last sent somebody here in this browser, without its prefix.
pub const CLIENT: &str = "lk_c";

/// How long that is remembered.
pub const CLIENT_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long a browser remembers language and theme.
pub const LOOKS_LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Longest value that we read; ours are far shorter.
const MAX_VALUE: usize = 512;

/// Sets and reads cookies as the issuer asks: `__Host-` and `Secure`, or plain where it is http on loopback.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    secure: bool,
}

/// A request has one of our cookies twice: someone planted one (RFC 6265 §8.6), and we cannot tell which is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cookie was sent twice")]
pub struct DuplicateCookie;

impl Cookies {
    /// Cookies for this issuer.
    pub fn new(issuer: &Issuer) -> Self {
        Self { secure: issuer.is_https() }
    }

    /// The name on the wire of `name`, such as [`SESSION`]. Browsers take a `__Host-` cookie only from the host
    /// itself, by https, with `Path=/` (RFC 6265bis §4.1.3.2).
    pub fn name(self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// A cookie that ends with the browser's session, or after `lifetime`. The value is an opaque one of our own:
    /// letters, digits and `-._~`; anything else is left out.
    pub fn set(self, name: &str, value: &str, lifetime: Option<Duration>) -> Cookie<'static> {
        let value: String = value.chars().filter(|character| is_ours(*character)).collect();
        let mut cookie = Cookie::new(self.name(name), value);
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_secure(self.secure);
        // Lax: a relying party's link to us must find the session.
        cookie.set_same_site(SameSite::Lax);
        if let Some(lifetime) = lifetime {
            let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
            cookie.set_max_age(actix_web::cookie::time::Duration::seconds(seconds));
        }
        cookie
    }

    /// A cookie that our own script reads inside a frame of other sites: no secret may stand in it. Where the issuer is
    /// plain http browsers take no cross-site cookie, so that it serves only sites on the same host.
    pub fn set_readable(self, name: &str, value: &str, lifetime: Option<Duration>) -> Cookie<'static> {
        let mut cookie = self.set(name, value, lifetime);
        cookie.set_http_only(false);
        if self.secure {
            cookie.set_same_site(SameSite::None);
        }
        cookie
    }

    /// Makes the browser forget a cookie.
    pub fn remove(self, name: &str) -> Cookie<'static> {
        let mut cookie = self.set(name, "", Some(Duration::ZERO));
        cookie.set_expires(actix_web::cookie::time::OffsetDateTime::UNIX_EPOCH);
        cookie
    }

    /// The names, without prefix, of the cookies of ours that begin with `start`.
    pub fn names(self, headers: &HeaderMap, start: &str) -> Vec<String> {
        let (prefix, start) = (self.name(""), self.name(start));
        let lines = headers.get_all(header::COOKIE).filter_map(|line| line.to_str().ok());
        let names = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let ours = names.map(|(name, _)| name).filter(|name| name.starts_with(&start) && name.chars().all(is_ours));
        ours.filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    /// The value of our cookie `name`. Other cookies may be as odd as they like; an odd value of ours is none.
    pub fn read<'a>(self, headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, DuplicateCookie> {
        let wanted = self.name(name);
        let lines = headers.get_all(header::COOKIE).map(|line| line.as_bytes());
        let pairs = lines.flat_map(|line| line.split(|byte| *byte == b';'));
        let mut ours = pairs.filter_map(|pair| value_of(pair, wanted.as_bytes()));
        match (ours.next(), ours.next()) {
            (Some(_), Some(_)) => Err(DuplicateCookie),
            (Some(value), None) => Ok(std::str::from_utf8(value).ok().filter(|value| is_readable(value))),
            (None, _) => Ok(None),
        }
    }
}

/// The language and the theme that were chosen in this browser, for pages that know no issuer.
pub fn chosen_looks(headers: &HeaderMap) -> (Option<&str>, Option<&str>) {
    let read = |name| {
        let mut both = [true, false].into_iter().filter_map(|secure| Cookies { secure }.read(headers, name).ok()?);
        both.next()
    };
    (read(LANGUAGE).and_then(|held| held.split('~').next()), read(THEME))
}

fn is_ours(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~".contains(character)
}

fn is_readable(value: &str) -> bool {
    !value.is_empty() && value.len() <= MAX_VALUE && value.chars().all(is_ours)
}

fn value_of<'a>(pair: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let at = pair.iter().position(|byte| *byte == b'=')?;
    let (name, value) = pair.split_at_checked(at)?;
    (name.trim_ascii() == wanted).then(|| value.get(1..).unwrap_or_default().trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn secure() -> Cookies {
        Cookies::new(&Issuer::parse("https://id.example.com").unwrap())
    }

    fn read(lines: &[&[u8]]) -> Result<Option<String>, DuplicateCookie> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        secure().read(&headers, SESSION).map(|value| value.map(str::to_owned))
    }

    #[test]
    fn a_cookie_is_bound_to_the_host_and_hidden_from_scripts() {
        let cookie = secure().set(SESSION, "abc", None).to_string();
        assert_eq!(cookie, "__Host-lk_s=abc; HttpOnly; SameSite=Lax; Secure; Path=/");
        let plain = Cookies::new(&Issuer::default()).set(SESSION, "abc", Some(Duration::from_secs(60))).to_string();
        assert_eq!(plain, "lk_s=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
    }

    #[test]
    fn session_management_3_2_the_browsers_state_is_read_by_our_script_in_foreign_frames() {
        let cookie = secure().set_readable(BROWSER_STATE, "abc", None).to_string();
        assert_eq!(cookie, "__Host-lk_bs=abc; SameSite=None; Secure; Path=/");
        let plain = Cookies::new(&Issuer::default()).set_readable(BROWSER_STATE, "abc", None).to_string();
        assert_eq!(plain, "lk_bs=abc; SameSite=Lax; Path=/");
    }

    #[test]
    fn a_value_cannot_break_out_of_its_cookie() {
        let cookie = secure().set(SESSION, "a;Domain=evil\r\nX: y", None).to_string();
        assert!(cookie.starts_with("__Host-lk_s=aDomainevilXy; HttpOnly"), "{cookie}");
    }

    #[test]
    fn a_removed_cookie_is_past_its_end() {
        let cookie = secure().remove(SESSION).to_string();
        assert!(cookie.contains("Max-Age=0") && cookie.contains("1970") && cookie.contains("Path=/"), "{cookie}");
    }

    #[test]
    fn our_cookie_is_found_among_odd_ones() {
        let found = Ok(Some("v-1".to_owned()));
        assert_eq!(read(&[b"__Host-lk_s=v-1"]), found);
        assert_eq!(read(&[b"a=b; __Host-lk_s=v-1;c"]), found);
        assert_eq!(
            read(&[
                b"\xff\xfe=\x80; ;;=; =x; \"=\"; lk_s=other; __host-lk_s=x; x__Host-lk_s=y",
                b" __Host-lk_s = v-1 "
            ]),
            found
        );
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"__Host-lk_s"]), Ok(None));
    }

    #[test]
    fn an_odd_value_of_ours_is_none() {
        let long = format!("__Host-lk_s={}", "a".repeat(513));
        for odd in
            [&b"__Host-lk_s="[..], b"__Host-lk_s=\"v\"", b"__Host-lk_s=\xff", b"__Host-lk_s=a b", long.as_bytes()]
        {
            assert_eq!(read(&[odd]), Ok(None), "{odd:?}");
        }
    }

    #[test]
    fn a_cookie_that_came_twice_is_refused() {
        assert!(read(&[b"__Host-lk_s=a; __Host-lk_s=b"]).is_err());
        assert!(read(&[b"__Host-lk_s=a", b"__Host-lk_s=a"]).is_err());
    }
}
