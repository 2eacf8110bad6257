//! `client`.

use super::installation::{Installation, both_engines};
use serde_json::{Value, json};

const URI: &str = "https://rp.example/cb";

#[test]
fn a_secret_is_shown_once() {
    let site = Installation::migrated();
    let created = site.json(&["client", "create", "--id", "shop", "--redirect-uri", URI]);
    let secret = created["client_secret"].as_str().unwrap();
    assert!(secret.starts_with("lk_cs_"));
    let shown = [site.run(&["client", "show", "shop", "--json"]), site.run(&["client", "list", "--json"])].concat();
    assert!(!shown.contains(secret) && shown.contains(URI));
    assert!(site.json(&["client", "update", "shop", "--name", "Shop"]).get("client_secret").is_none());
    assert_eq!(site.json(&["client", "show", "shop"])["client_name"], "Shop");
    assert_eq!(site.output(&["client", "create", "--id", "shop", "--redirect-uri", URI], "").code, 1);
}

#[test]
fn a_logo_is_uploaded_with_an_event_judged_before_anything_is_saved_and_removed_again() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let (good, bad) = (site.file("logo.png"), site.file("logo.svg"));
        let mut file = Vec::new();
        let picture = image::DynamicImage::new_rgb8(40, 40);
        picture.write_to(&mut std::io::Cursor::new(&mut file), image::ImageFormat::Png).unwrap();
        std::fs::write(&good, file).unwrap();
        std::fs::write(&bad, "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
        let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
        let create = ["client", "create", "--id", "shop", "--redirect-uri", URI, "--logo"];
        let refused = site.output(&[&create[..], &[bad]].concat(), "");
        assert_eq!(refused.code, 1);
        assert!(refused.err.contains("is no PNG, JPEG or WebP picture"), "{}", refused.err);
        assert_eq!(site.output(&["client", "show", "shop"], "").code, 1, "nothing was saved");
        site.run(&[&create[..], &[good]].concat());
        assert_eq!(site.json(&["client", "show", "shop"])["logo"], "uploaded");
        site.run(&["client", "update", "shop", "--remove-logo"]);
        assert_eq!(site.json(&["client", "show", "shop"])["logo"], Value::Null);
        site.run(&["client", "update", "shop", "--logo", good, "--name", "Shop"]);
        let shown = site.json(&["client", "show", "shop"]);
        assert_eq!((&shown["logo"], &shown["client_name"]), (&json!("uploaded"), &json!("Shop")));
        let events = site.run(&["events", "tail", "--json"]);
        assert!(events.contains("\"uploaded\"") && events.contains("\"removed\""), "{events}");
        site.run(&["client", "delete", "shop"]);
    }
}

#[test]
fn a_rotated_secret_overlaps_when_asked_to() {
    let site = Installation::migrated();
    site.run(&["client", "create", "--id", "shop", "--redirect-uri", URI]);
    let secrets = || site.json(&["client", "show", "shop"])["secrets"].as_array().unwrap().clone();
    site.run(&["client", "rotate-secret", "shop", "--overlap", "7d"]);
    assert_eq!(secrets().iter().filter(|secret| secret["expires_at"].is_null()).count(), 1);
    assert_eq!(secrets().len(), 2);
    site.run(&["client", "rotate-secret", "shop"]);
    assert_eq!(secrets().len(), 1);
    site.run(&["client", "create", "--id", "app", "--public", "--redirect-uri", URI]);
    assert_eq!(site.output(&["client", "rotate-secret", "app"], "").code, 1);
}

#[test]
fn import_keeps_what_it_is_given_and_names_what_it_refuses() {
    let unknown = "urn:ietf:params:oauth:grant-type:unheard_of";
    for site in both_engines() {
        site.run(&["migrate"]);
        let clients = json!([
            {"client_id": "a", "client_secret": "kept", "redirect_uris": ["http://localhost:3000/cb"], "enabled": false, "software_id": "x"},
            {"client_id": "b", "grant_types": ["client_credentials"], "redirect_uris": [], "response_types": []},
            {"client_id": "c", "redirect_uris": ["http://rp.example/cb", "https://rp.example/cb#f"]},
            {"client_id": "d", "redirect_uris": [URI], "jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}},
            {"client_id": "e", "redirect_uris": URI},
            {"client_id": "f", "redirect_uris": [URI], "grant_types": ["authorization_code", unknown]},
            {"redirect_uris": [URI], "token_endpoint_auth_method": "none"},
        ]);
        let file = site.write("clients.json", &clients);
        let said = site.output(&["client", "import", "--file", &file, "--json"], "");
        assert_eq!(said.code, 1);
        let told: Value = serde_json::from_str(&said.out).unwrap();
        let rows = told["rows"].as_array().unwrap();
        let outcomes: Vec<_> = rows.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["created", "created", "failed", "failed", "failed", "created", "created"], "{told:#}");
        assert!(rows[0]["client_secret"].is_null(), "a secret that was given is not repeated");
        assert!(rows[1]["client_secret"].as_str().unwrap().starts_with("lk_cs_"));
        assert!(rows[2]["errors"][0].as_str().unwrap().starts_with("redirect_uris http://rp.example/cb uses http"));
        assert!(rows[3]["errors"][0].as_str().unwrap().starts_with("jwks "));
        assert!(rows[5]["warnings"][0].as_str().unwrap().contains("unheard_of"));
        let kept = site.json(&["client", "show", "a"]);
        assert_eq!((&kept["enabled"], &kept["software_id"]), (&json!(false), &json!("x")));
        let again: Value = serde_json::from_str(&site.output(&["client", "import", &file, "--json"], "").out).unwrap();
        assert_eq!(again["rows"][0]["outcome"], "updated");
        assert_eq!(again["rows"][1]["client_secret"], json!(null), "who has a secret gets no other");
    }
}

#[test]
fn lint_names_what_is_unsafe_and_deleting_leaves_nothing() {
    let site = Installation::migrated();
    let unsafe_one = json!([{"client_id": "a", "redirect_uris": [URI], "require_pkce": false, "token_endpoint_auth_method": "none"}]);
    let file = site.write("c.json", &unsafe_one);
    site.run(&["client", "import", &file]);
    let lint = site.output(&["client", "lint"], "");
    assert!(lint.code == 1 && lint.out.contains("require_pkce is false"), "{lint:?}");
    site.run(&["client", "disable", "a"]);
    assert_eq!(site.json(&["client", "show", "a"])["enabled"], false);
    site.run(&["client", "enable", "a"]);
    site.run(&["client", "delete", "a"]);
    assert_eq!(site.json(&["client", "list"]), json!([]));
}

#[test]
fn a_client_that_changes_to_hmac_is_told_to_rotate_its_secret() {
    for site in both_engines() {
        site.run(&["migrate"]);
        site.run(&["client", "create", "--id", "shop", "--redirect-uri", URI]);
        let changed = site.output(&["client", "update", "shop", "--auth-method", "client_secret_jwt"], "");
        assert!(changed.code == 0 && changed.err.contains("rotate-secret"), "{changed:?}");
        let lint = site.output(&["client", "lint"], "");
        assert!(lint.code == 1 && lint.out.contains("an HMAC needs the secret itself"), "{lint:?}");
        site.run(&["client", "rotate-secret", "shop"]);
        let lint = site.output(&["client", "lint"], "");
        assert_eq!(lint.code, 0, "{lint:?}");
        // A secret that is given is kept as its client needs it, known before or not.
        let mut bank = json!([{"client_id": "bank", "client_secret": "s".repeat(40), "redirect_uris": [URI]}]);
        site.run(&["client", "import", &site.write("bank.json", &bank)]);
        bank[0]["token_endpoint_auth_method"] = "client_secret_jwt".into();
        let file = site.write("bank.json", &bank);
        let again = site.json(&["client", "import", &file]);
        assert_eq!(again["rows"][0]["warnings"], json!([]), "{again:#}");
        assert_eq!(site.output(&["client", "lint"], "").code, 0);
        bank[0]["client_secret"] = "short".into();
        let short = site.json(&["client", "import", &site.write("bank.json", &bank)]);
        assert!(
            short["rows"][0]["warnings"][0].as_str().unwrap().contains("too short for the registered HMAC"),
            "{short:#}"
        );
    }
}
