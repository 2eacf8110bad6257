//! The layers, the errors and the findings.

use super::*;

mod example;
mod serve;

fn load(toml: &str) -> Result<Config, ConfigError> {
    Layers::default().text("latchkey.toml", toml).load()
}

fn refusal(toml: &str) -> String {
    load(toml).unwrap_err().to_string()
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_empty_configuration_is_the_default() {
    let config = load("").unwrap();
    assert_eq!(config.issuer.as_str(), "http://localhost:8080");
    assert_eq!(config.tokens.code.as_secs(), 60);
    assert!(matches!(&config.ephemeral, Some(EphemeralUrl::Sqlite(path)) if path.ends_with("latchkey.db.ephemeral")));
    assert_eq!(config.origin("issuer"), Origin::Default);
}

#[test]
fn a_later_layer_wins() {
    let toml = "issuer = \"https://file.example\"\n[tokens]\ncode = \"10s\"\naccess = \"1m\"\nid = \"1m\"\n";
    let environment = [("LATCHKEY__TOKENS__ACCESS", "2m"), ("LATCHKEY__TOKENS__ID", "2m"), ("PATH", "/bin")];
    let layers = Layers::default().text("f.toml", toml).variables(variables(&environment)).flag("tokens.id", "3m");
    let config = layers.load().unwrap();
    let minutes = [config.tokens.code, config.tokens.access, config.tokens.id].map(|lifetime| lifetime.as_secs());
    assert_eq!(minutes, [10, 120, 180]);
    assert_eq!(config.origin("tokens.code").to_string(), "f.toml:3");
    assert_eq!(config.origin("tokens.access").to_string(), "environment LATCHKEY__TOKENS__ACCESS");
    assert_eq!(config.origin("tokens.id").to_string(), "flag tokens.id");
}

#[test]
fn the_environment_carries_every_kind_of_value() {
    let environment = [
        ("LATCHKEY__PROXY__TRUSTED", "10.0.0.0/8, ::1"),
        ("LATCHKEY__DATABASE__MAX_CONNECTIONS", "7"),
        ("LATCHKEY__LEGACY__IMPLICIT", "true"),
        ("LATCHKEY__FEATURES__LOGOUT", "false"),
        ("LATCHKEY__THROTTLE__PAR_CLIENT", "off"),
        ("LATCHKEY__MANAGEMENT__LISTEN", ""),
        ("LATCHKEY__RESOURCES__ORDERS__IDENTIFIER", "https://orders.example"),
    ];
    let config = Layers::default().variables(variables(&environment)).load().unwrap();
    assert_eq!(config.proxy.trusted.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.0/8", "::1/128"]);
    assert_eq!((config.database.max_connections, config.legacy_implicit), (7, true));
    assert_eq!((config.feature(FeatureName::Logout), config.feature(FeatureName::Consent)), (Some(false), None));
    assert_eq!((config.throttle.par_client, config.management.listen), (None, None));
    assert_eq!(config.resources["orders"].identifier, "https://orders.example");
}

#[test]
fn an_unknown_key_names_its_line_and_the_nearest_known_one() {
    let toml = "issuer = \"https://a.example\"\n\n[tokens]\ncoed = \"10s\"\n[token]\naccess = \"1m\"\n[sesion]\n";
    assert_eq!(
        refusal(toml),
        "latchkey.toml:4: `tokens.coed` is not a known key; the nearest is `tokens.code`\n\
         latchkey.toml:6: `token.access` is not a known key; the nearest is `tokens.access`\n\
         latchkey.toml:7: `sesion` is not a known key; the nearest is `session.idle`"
    );
    assert!(refusal("code = \"10s\"").ends_with("the nearest is `tokens.code`"));
    assert!(refusal("tokens = 5").ends_with("`tokens` is a section, not a key with a value"));
}

#[test]
fn a_wrong_value_names_its_place_its_key_and_the_rule() {
    let cases = [
        ("issuer = \"http://id.example.com\"", "latchkey.toml:1: `issuer` must be https"),
        ("[tokens]\n\ncode = \"1x\"", "latchkey.toml:3: `tokens.code` must be a duration such as"),
        ("[tokens]\ncode = \"1h\"", "latchkey.toml:2: `tokens.code` must be at most `10m`"),
        ("tokens = { code = 5 }", "latchkey.toml:1: `tokens.code` must be a duration such as"),
        (
            "pkce.require = \"of\"",
            "latchkey.toml:1: `pkce.require` must be one of `all`, `rfc9700`, `public`, `off`; found `of`",
        ),
        (
            "proxy.trusted = [\"10.0.0.0/33\"]",
            "latchkey.toml:1: `proxy.trusted` must be a list; each item must be an address",
        ),
        ("proxy.trusted = [\"0.0.0.0/0\"]", "latchkey.toml:1: `proxy.trusted` must not contain the whole internet"),
        ("database.max_connections = -1", "latchkey.toml:1: `database.max_connections` must be a whole number"),
        (
            "keys.algorithms = [\"HS256\"]",
            "latchkey.toml:1: `keys.algorithms` must be a list; each item must be one of `RS256`",
        ),
        (
            "telemetry.otlp_endpoint = \"ftp://a\"",
            "latchkey.toml:1: `telemetry.otlp_endpoint` must be an http or https URL without a query, such as `http://127.0.0.1:4318`",
        ),
        ("[tls]\ncertificate_file = \"a\"", "latchkey.toml:2: `tls.certificate_file` needs `tls.private_key_file` too"),
        ("[scopes.\"api:read\"]", "latchkey.toml:1: `scopes.\"api:read\"` must have a `description`"),
        ("[resources.a]\nidentifier = \"a#b\"", "latchkey.toml:1: `resources.a` must have an `identifier`"),
        ("[session]\nidle = \"2d\"", "latchkey.toml:2: `session.idle` must not exceed"),
        ("session.per_person = 0", "latchkey.toml:1: `session.per_person` must be from 1 to 10000"),
        (
            "registration.scopes = [\"a\"]",
            "latchkey.toml:1: `registration.scopes` must name scopes that are defined in",
        ),
        ("registration.unused_expire = \"1s\"", "latchkey.toml:1: `registration.unused_expire` must be at least `1h`"),
        (
            "[registration.software_statement_issuers.acme]\nissuer = \"x\"",
            "latchkey.toml:1: `registration.software_statement_issuers.acme` must have an `issuer` and a `jwks_file`",
        ),
        ("i18n.default_locale = \"!\"", "latchkey.toml:1: `i18n.default_locale` must be a BCP 47"),
        ("a = 1\n a = 2", "latchkey.toml:2: duplicate key"),
        ("issuer = ", "latchkey.toml:1: "),
    ];
    for (toml, start) in cases {
        assert!(refusal(toml).starts_with(start), "{toml}: {}", refusal(toml));
    }
}

#[test]
fn traces_need_a_binary_that_was_built_with_them() {
    let config = load("telemetry.otlp_endpoint = \"http://127.0.0.1:4318\"").unwrap();
    let findings = config.check_for_serve(Vec::new()).err().unwrap_or_default();
    let told = findings.iter().find(|finding| finding.key == "telemetry.otlp_endpoint");
    assert_eq!(told.is_none(), cfg!(feature = "otel"));
    assert!(told.is_none_or(|finding| finding.to_string().contains("`cargo build --release --features otel`")));
}

#[test]
fn a_grace_may_be_zero_and_no_lifetime_may() {
    assert_eq!(load("tokens.refresh_grace = \"0s\"").unwrap().tokens.refresh_grace, std::time::Duration::ZERO);
    assert!(refusal("tokens.refresh_grace = \"1\"").contains("`0s` for none"));
    assert!(refusal("tokens.code = \"0s\"").contains("must be a duration"));
}

#[test]
fn an_error_of_the_environment_names_the_variable() {
    let load = |name, value| Layers::default().variables(variables(&[(name, value)])).load().unwrap_err().to_string();
    assert!(
        load("LATCHKEY__TOKENS__CODE", "x").starts_with("environment LATCHKEY__TOKENS__CODE: `tokens.code` must be")
    );
    assert!(load("LATCHKEY__TOKEN__CODE", "1s").ends_with("the nearest is `tokens.code`"));
    let missing = Layers::default().file("/nowhere/latchkey.toml").load().unwrap_err().to_string();
    assert!(missing.starts_with("/nowhere/latchkey.toml: cannot be read"), "{missing}");
}

#[test]
fn no_error_shows_a_secret() {
    let wrong = refusal("[database]\nurl = \"mysql://me:hunter2@db\"\n[keys]\nmaster_key = [\"hunter2\"]");
    assert!(wrong.contains("`database.url` must be") && wrong.contains("`keys.master_key` must be"), "{wrong}");
    assert!(!wrong.contains("hunter2"), "{wrong}");
    let config = load("database.url = \"postgres://me:hunter2@db/lk\"\nkeys.master_key = \"hunter2\"").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn all_problems_come_together() {
    assert_eq!(load("a = 1\nb = 2\nlisten = 3").unwrap_err().problems.len(), 3);
}

#[test]
fn an_unknown_feature_names_the_nearest() {
    let config = load("[features]\nlogut = true\nconsent = false").unwrap();
    let problems = config.unknown_features();
    assert_eq!(problems.len(), 1);
    assert_eq!(
        problems[0].to_string(),
        "latchkey.toml:2: `features.logut` is not a known feature; the nearest is `logout`"
    );
}

#[test]
fn a_profile_field_that_cannot_work_is_refused_with_its_rule() {
    let own = |more: &str| format!("[profile.fields.desk]\nlabel = \"Desk\"\n{more}");
    let table = [
        ("[profile.fields.desk]\ntype = \"number\"".to_owned(), "must have a `label`"),
        (own("type = \"colour\""), "must be one of `text`"),
        (own("claim = \"sub\""), "a custom `claim`"),
        (own("claim = \"email\""), "a custom `claim`"),
        (own("claim = \"name#de\""), "a custom `claim`"),
        (own("type = \"choice\""), "`choices` if and only if"),
        (own("choices = [\"a\"]"), "`choices` if and only if"),
        (own("pattern = \"(\""), "must be a regular expression"),
        (own("pattern = \"(a)\\\\1\""), "must be a regular expression"),
        (own("pattern = \"a\"\ntype = \"number\""), "only with the types"),
        (own("max_length = 0"), "from 1 to 10000"),
        (own("view = \"operator\"\nedit = \"person\""), "who may not see it"),
        (own("edit = \"operator\"\nrequired = true"), "only operators edit it"),
        (own("scope = \"nowhere\""), "must be a standard scope"),
        (own("claim = \"nickname\""), "a custom `claim`"),
        (own("order = 3"), "is not a known key"),
        ("[profile]\norder = [\"desk\"]".to_owned(), "must name fields"),
        ("[profile.fields.birthdate]\ntype = \"text\"".to_owned(), "keeps its `type`"),
        ("[profile.fields.\"a b\"]\nlabel = \"A\"".to_owned(), "letters, digits"),
    ];
    for (toml, rule) in table {
        let refusal = refusal(&toml);
        assert!(refusal.contains(rule), "{toml}: {refusal}");
    }
    let both = format!("{}claim = \"seat\"\n[profile.fields.seat]\nlabel = \"Seat\"", own(""));
    assert!(refusal(&both).contains("a different claim than every other"), "{}", refusal(&both));
}

/// A folder of its own, removed with the test.
struct Folder(std::path::PathBuf);

impl Folder {
    fn create(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("latchkey-config-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn problems_are_told_in_the_order_of_the_file_then_what_stands_above_it() {
    let toml = "[mail]\nhello = \"not a host\"\n[tokens]\ncode = \"1x\"\n[account]\ndelete_aftr = \"1d\"\n";
    let layers = Layers::default().text("f.toml", toml).variables(variables(&[("LATCHKEY__LISTEN", "nowhere")]));
    let told = layers.flag("issuer", "x").load().unwrap_err().to_string();
    let places: Vec<_> = told.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["f.toml:2", "f.toml:4", "f.toml:6", "environment LATCHKEY__LISTEN", "flag issuer"], "{told}");
}

#[test]
fn a_relative_path_is_beside_the_file_and_one_of_the_environment_where_the_process_is() {
    let folder = Folder::create("relative");
    let file = folder.file(
        "latchkey.toml",
        "[database]\nurl = \"sqlite://data/l.db\"\n[keys]\nmaster_key_file = \"master.key\"\n[tls]\ncertificate_file = \"/etc/tls.pem\"\nprivate_key_file = \"tls.key\"\n",
    );
    let environment = [("LATCHKEY__MAIL__FOLDER", "mail")];
    let config = Layers::default().file(&file).variables(variables(&environment)).load().unwrap();
    assert!(matches!(&config.database.url, DatabaseUrl::Sqlite(path) if *path == folder.0.join("data/l.db")));
    assert!(
        matches!(&config.ephemeral, Some(EphemeralUrl::Sqlite(path)) if *path == folder.0.join("data/l.db.ephemeral"))
    );
    assert_eq!(config.keys.master_key_file, Some(folder.0.join("master.key")));
    assert_eq!(config.tls.certificate_file, Some("/etc/tls.pem".into()));
    assert_eq!(config.tls.private_key_file, Some(folder.0.join("tls.key")));
    assert_eq!(config.mail.folder, Some("mail".into()));
    let told = config.keys.master_keys().unwrap_err().to_string();
    assert!(told.contains(&folder.0.join("master.key").display().to_string()), "it names the path tried: {told}");
}

#[test]
fn a_file_that_only_the_working_directory_has_is_told_and_not_made_anew() {
    let folder = Folder::create("moved");
    // Tests run where Cargo.toml is.
    let file = folder.file("latchkey.toml", "[database]\nurl = \"sqlite://Cargo.toml\"\n");
    let told = Layers::default().file(&file).load().unwrap_err().to_string();
    assert!(
        told.contains("latchkey.toml:2: `database.url` is relative to the configuration file")
            && told.contains("absolute path"),
        "{told}"
    );
}

#[test]
fn every_secret_may_stand_in_a_file() {
    let folder = Folder::create("secrets");
    let mut reader = Reader::new(Default::default());
    Config::read(&mut reader);
    let secrets = reader.secrets().to_vec();
    let known = reader.known();
    assert!(secrets.len() >= 4, "{secrets:?}");
    for secret in &secrets {
        assert!(known.contains(&format!("{secret}_file")), "{secret} has no file");
    }
    folder.file("database-url", "postgres://latchkey:hidden@db.example/latchkey\n");
    folder.file("redis-url", "redis://:hidden@redis.example\n");
    let text = "[database]\nurl_file = \"database-url\"\n[ephemeral]\nurl_file = \"redis-url\"\n";
    let config = Layers::default().file(folder.file("latchkey.toml", text)).load().unwrap();
    assert!(
        matches!(&config.database.url, DatabaseUrl::Postgres(url) if url.expose().ends_with("db.example/latchkey"))
    );
    assert!(matches!(&config.ephemeral, Some(EphemeralUrl::Redis(url)) if url.expose().ends_with("redis.example")));
    let both = "[database]\nurl = \"sqlite://a.db\"\nurl_file = \"database-url\"\n";
    let told = Layers::default().file(folder.file("both.toml", both)).load().unwrap_err().to_string();
    assert!(told.contains("both.toml:3") && told.contains("remove one of them") && !told.contains("hidden"), "{told}");
    let missing =
        Layers::default().file(folder.file("m.toml", "database.url_file = \"none\"")).load().unwrap_err().to_string();
    assert!(missing.contains(&folder.0.join("none").display().to_string()), "it names the path tried: {missing}");
    folder.file("wrong", "mysql://u:hidden@h/d");
    let wrong =
        Layers::default().file(folder.file("w.toml", "database.url_file = \"wrong\"")).load().unwrap_err().to_string();
    assert!(wrong.contains("postgres://USER") && !wrong.contains("hidden"), "{wrong}");
}

#[test]
fn rfc5321_4_1_1_1_the_mail_server_is_told_the_issuers_host_or_another() {
    let hello = |toml: &str| load(toml).unwrap().mail.hello;
    assert_eq!(hello("issuer = \"https://id.example.com\"").as_deref(), Some("id.example.com"));
    assert_eq!(hello("mail.hello = \"relay.example.net\"").as_deref(), Some("relay.example.net"));
    assert!(refusal("mail.hello = \"no host\"").contains("`mail.hello` must be a host name"));
}
