//! `keys`.

use super::installation::{Installation, MASTER_KEY, OTHER_KEY, both_engines};
use serde_json::Value;

fn states(site: &Installation, alg: &str) -> Vec<String> {
    let keys = site.json(&["keys", "list"]);
    let of = |key: &&Value| key["alg"] == alg;
    keys.as_array().unwrap().iter().filter(of).map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_new_key_is_published_ahead_and_made_once() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let first = site.json(&["keys", "rotate", "--algorithm", "ES256"]);
        assert_eq!(site.json(&["keys", "rotate", "--algorithm", "ES256"]), first);
        assert_eq!(states(&site, "ES256"), ["active", "pending"]);
        let now = site.json(&["keys", "rotate", "--algorithm", "ES256", "--now"]);
        assert_eq!((&now[0]["kid"], &now[0]["state"]), (&first[0]["kid"], &Value::from("active")));
        assert_eq!(states(&site, "ES256"), ["retiring", "active"]);
        assert_eq!(states(&site, "RS256"), ["active"]);
    }
}

#[test]
fn rewrap_needs_the_former_key_and_then_frees_from_it() {
    let site = Installation::migrated();
    let hmac = ["client", "create", "--auth-method", "client_secret_jwt", "--redirect-uri", "https://rp.example/cb"];
    assert_eq!(site.output(&hmac, "").code, 0);
    let alone = site.output_with_key(&["keys", "rewrap"], "", OTHER_KEY);
    assert!(alone.code == 1 && alone.err.contains("nothing was changed"), "{alone:?}");
    let both = site.output_with_key(&["keys", "rewrap"], "", &format!("{OTHER_KEY},{MASTER_KEY}"));
    assert!(both.code == 0 && both.out.starts_with("4 secrets"), "{both:?}");
    let create = ["client", "create", "--redirect-uri", "https://rp.example/cb"];
    assert_eq!(site.output_with_key(&create, "", OTHER_KEY).code, 0);
    let former = site.output_with_key(&create, "", MASTER_KEY);
    assert!(former.code == 1 && former.err.contains("master key"), "{former:?}");
    let wrong = site.output_with_key(&["migrate"], "", MASTER_KEY);
    assert_eq!(wrong.code, 1, "a wrong master key must not make new keys: {wrong:?}");
}
