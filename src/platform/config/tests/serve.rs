//! What `serve` refuses.

use super::*;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Base64 of 32 random bytes that seal nothing but this test.
const KEY: &str = "aB0Ff2eLwT9mY5uQxj8s7bV1nK3cR6hDzOoPpGg4iWk=";

const SAFE: &str = "issuer = \"https://id.example.com\"\nlisten = \"0.0.0.0:8443\"\nproxy.trusted = [\"10.0.0.0/8\"]\n";

fn findings(toml: &str) -> Vec<Finding> {
    let layers = Layers::default().text("latchkey.toml", toml);
    let layers = if toml.contains("master_key") { layers } else { layers.flag("keys.master_key", KEY) };
    layers.load().unwrap().check_for_serve(Vec::new()).err().unwrap_or_default()
}

/// The only finding of `toml`, as "key problem".
fn only(toml: &str) -> String {
    let found = findings(toml);
    assert_eq!(found.len(), 1, "{toml}: {found:?}");
    assert!(!found[0].fix.is_empty());
    format!("{}: {} {}", found[0].line.unwrap_or(0), found[0].key, found[0].problem)
}

fn file(name: &str, content: &str, mode: u32) -> PathBuf {
    let path = std::env::temp_dir().join(format!("latchkey-config-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path
}

fn with_master_key_file(path: &Path) -> String {
    format!("{SAFE}keys.master_key_file = \"{}\"\n", path.display())
}

#[test]
fn a_safe_configuration_has_no_findings() {
    assert_eq!(findings(SAFE), []);
    assert_eq!(findings("issuer = \"http://localhost:8080\""), []);
    let key = file("good", KEY, 0o640);
    assert_eq!(findings(&with_master_key_file(&key)), []);
}

#[test]
fn an_unset_issuer_is_a_finding() {
    assert!(only("").starts_with("0: issuer is not set"));
}

#[test]
fn a_missing_short_or_default_master_key_is_a_finding() {
    let none = load(SAFE).unwrap().check_for_serve(Vec::new()).unwrap_err();
    assert_eq!(none.len(), 1);
    assert!(none[0].problem.contains("no master key is set") && none[0].fix.contains("openssl rand -base64 32"));
    assert!(
        only(&with_master_key_file(Path::new("/nowhere"))).starts_with("4: keys.master_key_file gives no master key")
    );
    for (key, problem) in [
        ("c2hvcnQ=", "is not base64 of 32 bytes"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "is not random"),
        ("cmVwbGFjZS1tZS13aXRoLTMyLXJhbmRvbS1ieXRlcyE=", "is not random"),
    ] {
        let found = only(&format!("{SAFE}keys.master_key = \"{key}\""));
        assert!(found.starts_with("4: keys.master_key ") && found.contains(problem), "{found}");
        assert!(!found.contains(key));
    }
}

#[test]
fn a_key_file_that_others_may_read_is_a_finding() {
    let open = file("open", KEY, 0o644);
    let found = only(&with_master_key_file(&open));
    assert!(found.starts_with("4: keys.master_key_file names a private key that every user"), "{found}");
    let tls = format!("{SAFE}tls.certificate_file = \"a\"\ntls.private_key_file = \"{}\"", open.display());
    assert!(only(&tls).starts_with("5: tls.private_key_file names a private key that every user"));
    let missing = format!("{SAFE}tls.certificate_file = \"a\"\ntls.private_key_file = \"/nowhere\"");
    assert!(only(&missing).contains("cannot be read"));
}

#[test]
fn a_master_key_in_a_file_that_others_may_read_is_a_finding() {
    let text = format!("{SAFE}keys.master_key = \"{KEY}\"");
    let check = |mode| Layers::default().file(file("whole", &text, mode)).load().unwrap().check_for_serve(Vec::new());
    assert_eq!(check(0o600), Ok(()));
    let found = check(0o644).unwrap_err();
    assert_eq!((found.len(), found[0].line, found[0].key.as_str()), (1, Some(4), "keys.master_key"));
}

#[test]
fn plain_http_that_others_reach_is_a_finding() {
    let issuer = "issuer = \"http://localhost:8080\"\n";
    for address in ["0.0.0.0:8080", "[::]:8080", "10.0.0.1:8080"] {
        let found = only(&format!("{issuer}listen = \"{address}\""));
        assert!(found.starts_with("2: listen serves plain http"), "{found}");
    }
    assert_eq!(findings(&format!("{issuer}listen = \"[::1]:8080\"")), []);
    let https = only("issuer = \"https://id.example.com\"");
    assert!(https.starts_with("1: issuer is https, but neither"), "{https}");
}

#[test]
fn management_on_the_public_listener_is_a_finding() {
    for address in ["0.0.0.0:8443", "127.0.0.1:8443"] {
        assert!(
            only(&format!("{SAFE}management.listen = \"{address}\"")).starts_with("4: management.listen is the public")
        );
    }
    assert_eq!(findings(&format!("{SAFE}management.listen = \"127.0.0.1:9000\"")), []);
}

#[test]
fn postgresql_without_an_ephemeral_store_is_a_finding() {
    let postgres = format!("{SAFE}database.url = \"postgres://u@h/d\"\n");
    assert!(only(&postgres).starts_with("0: ephemeral.url is not set"));
    assert_eq!(findings(&format!("{postgres}ephemeral.url = \"redis://h\"")), []);
}

#[test]
fn a_resource_that_fits_nothing_is_a_finding() {
    let resource = format!("{SAFE}[resources.a]\nidentifier = \"https://a.example\"\n");
    assert_eq!(findings(&format!("{resource}scopes = [\"email\"]")), []);
    let scope = only(&format!("{resource}scopes = [\"api:read\"]"));
    assert_eq!(scope, "6: resources.a.scopes names the unknown scope `api:read`");
    let known = format!("{resource}scopes = [\"api:read\"]\n[scopes.\"api:read\"]\ndescription = \"Read\"");
    assert_eq!(findings(&known), []);
    let algorithm = only(&format!("{resource}access_token_signing_alg = \"PS256\""));
    assert!(algorithm.starts_with("6: resources.a.access_token_signing_alg requires PS256"), "{algorithm}");
    let twice = only(&format!("{resource}[resources.b]\nidentifier = \"https://a.example\""));
    assert!(twice.starts_with("7: resources.b.identifier is also the identifier of the resource `a`"), "{twice}");
    assert!(only(&format!("{SAFE}keys.algorithms = [\"ES256\"]")).starts_with("4: keys.algorithms leaves out RS256"));
}

#[test]
fn access_tokens_signed_by_no_key_are_a_finding() {
    let wanted = |name: &str| format!("{SAFE}tokens.access_signing_alg = \"{name}\"");
    for name in ["RS256", "ES256"] {
        assert_eq!(findings(&wanted(name)), []);
    }
    let told = only(&wanted("EdDSA"));
    assert!(told.starts_with("4: tokens.access_signing_alg requires EdDSA, for which there is no key"), "{told}");
}
