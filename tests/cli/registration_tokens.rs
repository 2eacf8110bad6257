//! `registration-token`.

use super::installation::{Installation, both_engines};
use serde_json::json;

#[test]
fn rfc7591_3_an_initial_access_token_is_shown_once_listed_and_revoked() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let made =
            site.json(&["registration-token", "create", "--uses", "2", "--expires", "30d", "--note", "for the shop"]);
        let (token, id) = (made["token"].as_str().unwrap(), made["id"].as_str().unwrap());
        assert!(token.starts_with("lk_iat_") && made["uses_left"] == 2 && made["expires_at"].is_string(), "{made}");
        let shown =
            [site.run(&["registration-token", "list"]), site.run(&["registration-token", "list", "--json"])].concat();
        assert!(!shown.contains(token) && shown.contains("for the shop") && shown.contains("good"), "{shown}");
        assert_eq!(site.json(&["registration-token", "revoke", id])["revoked"], true);
        assert_eq!(site.json(&["registration-token", "list"])[0]["status"], "revoked");
        assert_eq!(site.output(&["registration-token", "revoke", id], "").code, 1);
    }
}

#[test]
fn without_bounds_a_registration_token_lasts_and_zero_uses_is_wrong_usage() {
    let site = Installation::migrated();
    assert_eq!(site.json(&["registration-token", "list"]), json!([]));
    let made = site.json(&["registration-token", "create"]);
    assert!(made["uses_left"].is_null() && made["expires_at"].is_null(), "{made}");
    assert!(site.output(&["registration-token", "create"], "").err.contains("registration.mode"));
    for wrong in [["--uses", "0"], ["--uses", "x"], ["--expires", "soon"]] {
        assert_eq!(site.output(&["registration-token", "create", wrong[0], wrong[1]], "").code, 2, "{wrong:?}");
    }
}

#[test]
fn client_list_and_show_tell_who_registered() {
    let site = Installation::migrated();
    site.run(&["client", "create", "--id", "shop", "--redirect-uri", "https://rp.example/cb"]);
    assert_eq!(site.json(&["client", "show", "shop"])["origin"], "operator");
    assert_eq!(site.json(&["client", "list"])[0]["origin"], "operator");
    assert!(site.json(&["client", "update", "shop", "--name", "Shop"]).is_object());
    assert!(!site.run(&["client", "show", "shop"]).contains("\norigin"));
}
