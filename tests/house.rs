//! The rules of the house, read from the source itself: who may import whom, where SQL and HTTP may live, and what
//! the repository's files must and must not hold. A violation is printed as `file:line: rule`.
//!
//! The rules are the tables below; the code under them only reads. The reasons are in the crate's documentation.
#![allow(unreachable_pub)] // nothing outside reads it
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test that fails says so

#[path = "house/docs.rs"]
mod docs;
#[path = "house/migrations.rs"]
mod expansion;
#[path = "house/source.rs"]
mod source;

use std::collections::BTreeSet;
use std::path::Path;

use source::{Source, files_below, root, rust_files, source, words};

// ------------------------------------------------------------------------------------------------- the tables

/// What a module is to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Words of the specifications: imports nothing of the crate.
    Protocol,
    Platform,
    Model,
    Tokens,
    /// What pages and emails share.
    Pages,
    /// Where slices meet; it never imports one.
    Hub,
    /// What a folder of slices shares: the files beside them.
    Common,
    /// One feature.
    Slice,
    /// The demo relying party, which may know of the provider only what everyone sees.
    Demo,
    /// What administrators do, whoever asks for it: commands, later an API and pages.
    Admin,
    /// A command of the binary.
    Command,
    /// The one list of commands, which knows them all.
    Commands,
    /// `app.rs`, which knows them all.
    Roof,
}

/// Modules by path, the first that fits. `/*` is any folder in it, `/**` any folder or file.
const MODULES: &[(&str, Kind)] = &[
    ("protocol", Kind::Protocol),
    ("platform", Kind::Platform),
    ("model", Kind::Model),
    ("tokens", Kind::Tokens),
    ("pages", Kind::Pages),
    ("op/client_auth", Kind::Hub),
    ("op/authorize", Kind::Hub),
    ("op/token", Kind::Hub),
    ("op/sign_in", Kind::Hub),
    ("op/proof_by_mail", Kind::Hub),
    ("op/grants/core", Kind::Common),
    ("op/grants/**", Kind::Slice),
    ("op/grants", Kind::Common),
    ("op/*", Kind::Slice),
    ("op", Kind::Common),
    ("interaction/*", Kind::Slice),
    ("interaction", Kind::Common),
    ("account/feature", Kind::Roof),
    ("account/*", Kind::Slice),
    ("account", Kind::Common),
    ("admin", Kind::Admin),
    ("cli/**", Kind::Command),
    ("cli", Kind::Commands),
    ("demo", Kind::Demo),
    ("app", Kind::Roof),
    ("server", Kind::Roof),
    ("main", Kind::Roof),
    ("lib", Kind::Roof),
    ("**", Kind::Slice),
];

/// What each kind may import besides its own module and the folders that it lies in.
const MAY_IMPORT: &[(Kind, &[Kind])] = &[
    (Kind::Protocol, &[]),
    (Kind::Platform, &[Kind::Protocol]),
    (Kind::Model, &[Kind::Protocol, Kind::Platform]),
    (Kind::Tokens, &[Kind::Protocol, Kind::Platform, Kind::Model]),
    (Kind::Pages, &[Kind::Protocol, Kind::Platform, Kind::Model]),
    // Files beside the hubs describe what hubs take: a feature, a refusal.
    (Kind::Common, &[Kind::Protocol, Kind::Platform, Kind::Model, Kind::Tokens, Kind::Pages, Kind::Common, Kind::Hub]),
    (Kind::Hub, &[Kind::Protocol, Kind::Platform, Kind::Model, Kind::Tokens, Kind::Pages, Kind::Common, Kind::Hub]),
    // Hubs only from some folders: see HUBS_FROM.
    (Kind::Slice, &[Kind::Protocol, Kind::Platform, Kind::Model, Kind::Tokens, Kind::Pages, Kind::Common, Kind::Hub]),
    (Kind::Demo, &[Kind::Protocol, Kind::Platform, Kind::Pages]),
    // cli → admin → tokens, model. What it may tell people (an email) is beside the slices.
    (Kind::Admin, &[Kind::Protocol, Kind::Platform, Kind::Model, Kind::Tokens, Kind::Pages, Kind::Common]),
    (
        Kind::Command,
        &[
            Kind::Protocol,
            Kind::Platform,
            Kind::Model,
            Kind::Tokens,
            Kind::Pages,
            Kind::Common,
            Kind::Admin,
            Kind::Roof,
        ],
    ),
    (
        Kind::Commands,
        &[
            Kind::Protocol,
            Kind::Platform,
            Kind::Model,
            Kind::Tokens,
            Kind::Pages,
            Kind::Common,
            Kind::Admin,
            Kind::Roof,
            Kind::Command,
        ],
    ),
];

/// Floors whose modules import each other in one direction.
const FLOORS: &[&str] = &["platform", "pages"];

/// Slices that may import hubs: the endpoints of the provider, and the pages of its authorize hub.
const HUBS_FROM: &[&str] = &["op/", "interaction/"];

/// What records an event changes something, and what a command changes `admin` does. But for these: the import writes its rows
/// in batches of its own, with what `admin` gives it.
const COMMANDS_THAT_RECORD: &[&str] = &["src/cli/user/import/"];

/// A person changes their account through `Owner::change`, which first confirms that they still may: the file that has it,
/// and the undo, whose right is the link of an email.
const ACCOUNT_WRITES: &[&str] = &["src/account/owner.rs", "src/account/addresses/book.rs"];

/// A crate, the files and the folders (ending in `/`) that may name it, and the rule in words.
const CRATES: &[(&[&str], &[&str], &str)] = &[
    (
        &["diesel", "diesel_migrations"],
        &["store.rs", "src/platform/db/", "src/platform/ephemeral/", "src/platform/freshness.rs"],
        "SQL lives in files named store.rs",
    ),
    (
        &["actix_web", "actix_http"],
        &[
            "endpoint.rs",
            "page.rs",
            "api.rs",
            "view.rs",
            "src/account/visit.rs",
            "src/account/caller.rs",
            "src/account/feature.rs",
            "src/app.rs",
            "src/app/",
            "src/server.rs",
            "src/op/feature.rs",
            "src/pages/asset.rs",
            "src/pages/assets.rs",
            "src/platform/client_ip.rs",
            "src/platform/trace.rs",
            "src/platform/http/",
            "src/platform/telemetry/",
        ],
        "actix types live in files named endpoint.rs, page.rs and api.rs",
    ),
    (&["reqwest"], &["src/platform/egress/", "src/demo/", "src/cli/"], "every fetch passes platform::egress"),
    (
        &["OpenOptions"],
        // And what an import appends its refused rows to, which is a file of the operator's; the lock of `dev`.
        &["src/platform/private_file.rs", "src/cli/user/import/report.rs", "src/cli/dev.rs"],
        "files are made by platform::private_file, which never opens one that is there",
    ),
];

/// Crates of ours that are worth something without the server (a resource server needs them), and all that each may build on:
/// no store, no server, nothing that fetches.
const LIBRARIES: &[(&str, &[&str])] = &[
    (
        "latchkey-jose",
        &[
            "base64",
            "getrandom",
            "hmac",
            "josekit",
            "openssl",
            "ring",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "time",
            "zeroize",
        ],
    ),
    ("latchkey-protocol", &["base64", "serde", "serde_json", "sha2", "subtle", "thiserror", "url"]),
];

/// Words of those crates that are plain values: a rule may pass them on.
const PLAIN_VALUES: &[&str] = &["diesel::QueryResult", "actix_web::http::StatusCode", "actix_web::web::Bytes"];

/// What makes a short doc comment worth its line: a source, a unit, a condition, code.
const SAYING: &[&str] = &[
    "RFC", "§", "OpenID", "NIST", "second", "byte", "milli", "hour", "day", "`", "rror", "PEM", "base64", "UUID",
    "never", "only", "ot ", "without", "absent", "None", "RP ID", "# ",
];
/// Files whose docs people read outside the source.
const SHOWN_DOCS: &[&str] = &["ToSchema", "utoipa", "clap", "macro_rules!"];

/// Parts of names that say nothing, and what a definition starts with.
const EMPTY_WORDS: &[&str] = &["Manager", "Helper", "Util", "Service"];
/// Named by the trait that they implement.
const NAMED_BY_OTHERS: &[&str] = &["EdgeService"];
const DEFINITIONS: &[&str] = &["struct ", "enum ", "trait "];

/// What mounts the provider and empties its outbox: these reach every hub.
const STARTERS: &[&str] = &["src/app.rs", "src/op/deliveries.rs", "src/op/hubs.rs"];

/// The one file that writes the names of features.
const FEATURE_NAMES: &str = "src/platform/config/feature_name.rs";

/// The one file that writes our paths, and those that may write some too: what an API has below its own base, what lies
/// below the demo, what programs of others ask.
const PATHS: &str = "src/platform/paths.rs";
const MAY_WRITE_PATHS: &[&str] = &["/api.rs", "src/demo/", "src/cli/conformance/", ".txt"];

/// A large feature: its name in docs/architecture.md, words that name it, words that are another thing's, and its own files.
type LargeFeature = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);
const LARGE_FEATURES: &[LargeFeature] = &[
    (
        "passkeys",
        &["passkey"],
        &[],
        &[
            "src/model/credential/passkey/",
            "src/interaction/login/passkey/",
            "src/interaction/login/lost/",
            "src/account/passkeys/",
            "src/cli/doctor/passkeys.rs",
        ],
    ),
    (
        "TOTP",
        &["totp", "authenticator"],
        &["authenticator_data"],
        &[
            "src/model/factor/",
            "src/interaction/login/code/",
            "src/account/authenticator/",
            "src/model/credential/passkey/",
        ],
    ),
    (
        "recovery codes",
        &["recovery_code", "recoverycode"],
        &[],
        &["src/model/factor/", "src/account/recovery_codes/", "src/account/codes.rs", "src/interaction/login/lost/"],
    ),
    (
        "recovery",
        &["recovery"],
        &["recovery_code", "recoverycode"],
        // And the recovery of a provider from a backup, which is another thing.
        &[
            "src/interaction/recovery/",
            "src/tokens/recovery/",
            "src/admin/recovery.rs",
            "src/cli/recover.rs",
            "src/cli/restore.rs",
        ],
    ),
    ("sign-up", &["sign_up", "signup"], &[], &["src/interaction/signup/"]),
    ("sign-in by mail", &["mail_code", "mailcode", "emailcode"], &[], &["src/interaction/login/mail/"]),
    (
        "known browsers",
        &["known_device", "knowndevice"],
        &[],
        &["src/model/known_device/", "src/account/authenticator/browsers/"],
    ),
    (
        "registration",
        &["registration", "initial_access", "initialaccess"],
        &["passkeyregistration"],
        // And a passkey's, which is another thing.
        &[
            "src/op/registration/",
            "src/model/initial_access_token/",
            "src/admin/registration_tokens.rs",
            "src/cli/registration_token.rs",
            "src/model/credential/passkey/",
        ],
    ),
    ("logout", &["logout"], &[], &["src/op/logout/"]),
    ("introspection", &["introspect"], &[], &["src/op/introspection/"]),
];
/// So many other files may know a large feature, and those that more know: they only become fewer.
const KNOWN_BY_AT_MOST: usize = 20;
const KNOWN_BY_MORE: &[(&str, usize)] = &[("passkeys", 33)];
/// Lists of names, a line a feature; words of the specifications; programs that know what everybody sees; samples.
const KNOW_NOTHING: &[&str] = &[
    "src/app.rs",
    "src/account/feature.rs",
    "src/platform/paths.rs",
    "src/platform/config/feature_name.rs",
    "src/platform/db/schema.rs",
    "src/platform/ephemeral/key.rs",
    "src/model/event/kind.rs",
    "src/model/end_reason.rs",
    "src/op/refusal.rs",
    "src/protocol/",
    "src/demo/",
    "src/cli/conformance/",
    "/preview.rs",
    "/tests.rs",
];

/// Tables that no sweep keeps small, and what ends their rows instead.
const KEPT: &[(&str, &str)] = &[
    ("people", "tombstones stay: a `sub` is never given twice"),
    ("identifiers", "go with the person"),
    ("credentials", "go with the person"),
    ("consents", "go with the person or the client"),
    ("signing_keys", "a few a year, and the record of what was revoked"),
    ("server_secrets", "one row a secret"),
    ("changes", "one row a topic"),
    ("event_feed", "one row"),
    ("pairwise_subjects", "stay with the tombstone, as `sub` does"),
    ("authenticators", "one a person, and go with the person"),
    ("recovery_codes", "replaced as a whole, and go with the person"),
    ("passkey_users", "one a person, and go with the person"),
    ("passkeys", "go with the person"),
    ("unproved_addresses", "a few a person, and go with the person"),
    ("person_pictures", "one a person, and go with the person"),
    ("client_logos", "one a client, and go with the client"),
];

/// Lines of a source file up to its tests.
const LONGEST_FILE: usize = 500;

/// Hosts of package registries, in two parts so that this file does not name them either.
const REGISTRIES: &[(&str, &str)] = &[
    ("registry.npmjs", "org"),
    ("registry.yarnpkg", "com"),
    ("pythonhosted", "org"),
    ("pypi", "org"),
    ("static.crates", "io"),
    ("index.crates", "io"),
    ("proxy.golang", "org"),
    ("repo.maven.apache", "org"),
    ("repo1.maven", "org"),
    ("deb.debian", "org"),
    ("archive.ubuntu", "com"),
];

// -------------------------------------------------------------------------------------------------- the tests

#[test]
fn imports_go_down_only() {
    let sources = rust_files("src");
    report(imports_that_go_up(&sources));
}

#[test]
fn modules_of_a_floor_import_in_one_direction() {
    report(circles(&rust_files("src")));
}

#[test]
fn libraries_build_on_what_their_table_says() {
    report(libraries_beyond_their_table());
}

#[test]
fn sql_and_http_stay_in_their_files() {
    report(ours().iter().flat_map(strangers).collect());
}

/// POSIX drops the locks of a live SQLite database when its process closes any other descriptor of the file.
#[test]
fn the_stores_open_their_files_through_sqlite_alone() {
    let opens = |source: &Source| {
        let inside =
            ["src/platform/db/", "src/platform/ephemeral/"].iter().any(|folder| source.path.starts_with(folder));
        let lines = source.code().lines().enumerate().filter(|_| inside).map(|(at, line)| (at, line.to_owned()));
        let found = lines.filter(|(_, line)| words(line).any(|word| ["fs", "File", "OpenOptions"].contains(&word)));
        found.map(|(at, _)| source.at(at + 1, "a store's file is opened by SQLite alone")).collect::<Vec<_>>()
    };
    report(rust_files("src").iter().flat_map(opens).collect());
}

#[test]
fn commands_change_nothing_themselves() {
    report(rust_files("src").iter().flat_map(commands_that_record).collect());
}

#[test]
fn an_account_is_changed_by_its_confirmed_owner() {
    report(rust_files("src").iter().flat_map(unconfirmed_changes).collect());
}

#[test]
fn the_shared_context_carries_no_slice() {
    report(rust_files("src").iter().flat_map(methods_of_the_context).collect());
}

#[test]
fn features_are_named_by_their_type() {
    let found = rust_files("src").iter().flat_map(loose_feature_names).collect();
    report(found);
}

#[test]
fn our_paths_are_written_once() {
    let paths = source(PATHS, &std::fs::read_to_string(root().join(PATHS)).unwrap());
    let ours = first_segments(&paths);
    assert!(ours.len() > 15, "{ours:?}");
    let templates = files_below(Path::new("templates")).into_iter().map(|path| {
        let text = std::fs::read_to_string(root().join(&path)).unwrap();
        source(&path.display().to_string(), &text)
    });
    report(
        rust_files("src")
            .iter()
            .chain(&templates.collect::<Vec<_>>())
            .flat_map(|file| loose_paths(file, &ours))
            .collect(),
    );
}

#[test]
fn a_large_feature_is_known_by_few_files() {
    let sources = rust_files("src");
    let table = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let mut found = Vec::new();
    for feature in LARGE_FEATURES {
        let (name, most) = (feature.0, KNOWN_BY_MORE.iter().find(|(name, _)| *name == feature.0));
        let most = most.map_or(KNOWN_BY_AT_MOST, |(_, most)| *most);
        let knowing: Vec<String> = sources.iter().filter(|source| knows(source, feature)).map(name_of).collect();
        if knowing.len() > most {
            found.push(format!("{name} is known by {} files, at most {most}: {}", knowing.len(), knowing.join(" ")));
        }
        let row =
            table.lines().find_map(|line| line.strip_prefix(&format!("| {name} | "))?.split(' ').next()?.parse().ok());
        if row.is_none_or(|row: usize| row < knowing.len() || row > knowing.len() + 3) {
            found.push(format!("docs/architecture.md: {name} is known by {} files, not {row:?}", knowing.len()));
        }
    }
    report(found);
}

#[test]
fn names_say_what_a_thing_is() {
    report(ours().iter().flat_map(empty_names).collect());
}

#[test]
fn a_doc_comment_of_few_words_says_a_unit_a_source_or_a_rule() {
    report(ours().iter().flat_map(empty_docs).collect());
}

#[test]
fn files_stay_readable() {
    let too_long = |source: &Source| {
        let lines = source.code().lines().count();
        (lines > LONGEST_FILE).then(|| source.at(LONGEST_FILE, &format!("{lines} lines, at most {LONGEST_FILE}")))
    };
    report(ours().iter().filter_map(too_long).collect());
}

#[test]
fn both_engines_have_the_same_migrations() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    let alone = sqlite.symmetric_difference(&postgres);
    report(alone.map(|name| format!("migrations/: {name} is there for one engine only")).collect());
}

#[test]
fn every_table_has_an_end_to_its_rows() {
    report(without_an_end());
}

#[test]
fn f_20_migrations_only_expand() {
    report(expansion::contractions());
}

#[test]
fn links_in_the_docs_lead_somewhere() {
    report(docs::broken_links());
}

#[test]
fn files_paths_and_figures_that_the_docs_name_are_there() {
    report([docs::missing_files(), docs::unknown_paths(), docs::wrong_figures()].concat());
}

#[test]
fn the_page_for_the_night_quotes_what_is_really_said() {
    report(docs::unknown_messages());
}

#[test]
fn no_file_names_a_package_registry() {
    let hosts: Vec<String> = REGISTRIES.iter().map(|(name, top)| format!("{name}.{top}")).collect();
    let mut found = Vec::new();
    for path in files_below(Path::new(".")) {
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else { continue }; // not text
        for (number, line) in text.lines().enumerate() {
            let named = hosts.iter().filter(|host| line.contains(*host));
            found.extend(named.map(|host| format!("{}:{}: names the host {host}", path.display(), number + 1)));
        }
    }
    report(found);
}

#[test]
fn the_rules_catch_what_they_forbid() {
    let bad = [
        ("src/protocol/scope.rs", "use crate::platform::clock::Time;", "protocol"),
        ("src/platform/jose/mod.rs", "use crate::{protocol::pkce, model::client::Client};", "model/client"),
        ("src/model/user/mod.rs", "fn f() { crate::tokens::issue(); }", "tokens"),
        ("src/op/revocation/endpoint.rs", "use crate::op::introspection::active;", "op/introspection"),
        ("src/op/revocation/endpoint.rs", "use super::super::introspection::active;", "op/introspection"),
        ("src/op/token/mod.rs", "use super::grants::refresh_token;", "op/grants/refresh_token"),
        ("src/op/grants/refresh_token/mod.rs", "use super::client_credentials::f;", "op/grants/client_credentials"),
        ("src/account/home/page.rs", "use crate::op::authorize::decide;", "op/authorize"),
        ("src/interaction/login/page.rs", "use crate::interaction::consent::page;", "interaction/consent"),
        ("src/demo/mod.rs", "use crate::model::client::Client;", "model/client"),
        ("src/admin/mod.rs", "use crate::op::revocation::endpoint;", "op/revocation"),
        ("src/admin/mod.rs", "use crate::cli::serve;", "cli/serve"),
        ("src/op/revocation/endpoint.rs", "use crate::admin::permit;", "admin"),
        ("src/model/user/mod.rs", "use crate::app;", "app"),
        ("src/model/user/mod.rs", "use crate::pages::page::Page;", "pages"),
        ("src/tokens/mint.rs", "use crate::pages::page::Page;", "pages"),
        ("src/pages/page.rs", "use crate::op::Op;", "op"),
        ("src/op/mod.rs", "pub mod revocation; struct Op { held: revocation::Documents }", "op/revocation"),
        ("src/op/mod.rs", "pub mod revocation; struct Op { held: self::revocation::Documents }", "op/revocation"),
        ("src/op/introspection/mod.rs", "use crate::op; fn f() { op::revocation::g() }", "op/revocation"),
        ("src/op/introspection/mod.rs", "use super::super::op; fn f() { op::revocation::g() }", "op/revocation"),
    ];
    for (path, text, names) in bad {
        let found = imports_that_go_up(&tree(path, text));
        assert_eq!(found.len(), 1, "{path}: {text} gave {found:?}");
        assert!(found[0].starts_with(&format!("{path}:1: ")) && found[0].contains(names.split('/').next().unwrap()));
    }
    let both = [("src/pages/page.rs", "use super::parts::A;"), ("src/pages/parts.rs", "use crate::pages::page::B;")];
    let both = both.map(|(path, text)| source(path, text));
    assert_eq!((circles(&both).len(), circles(&both[..1]).len()), (2, 0));
    let manifest = "[dependencies]\nserde = \"1\"\n[target.'cfg(unix)'.dependencies]\ndiesel.workspace = true\n[dev-dependencies]\nproptest = \"1\"\n[dependencies.url]\nversion = \"2\"";
    let named: Vec<_> = dependencies(manifest).into_iter().map(|(name, line)| format!("{name}:{line}")).collect();
    assert_eq!(named, ["serde:2", "diesel:4", "url:7"]);
    assert_eq!(strangers(&source("crates/latchkey-jose/src/verify.rs", "use diesel::prelude::*;")).len(), 1);
    let records = "use crate::model::event::{self, Event};";
    assert_eq!(commands_that_record(&source("src/cli/user/mod.rs", records)).len(), 1);
    assert_eq!(commands_that_record(&source("src/admin/mod.rs", records)).len(), 0);
    let writes = "fn f() { op.db.write(move |tx| store::save(tx)) }";
    assert_eq!(unconfirmed_changes(&source("src/account/profile/fields.rs", writes)).len(), 1);
    assert_eq!(unconfirmed_changes(&source("src/account/owner.rs", writes)).len(), 0);
    assert_eq!(unconfirmed_changes(&source("src/op/sign_in/session.rs", writes)).len(), 0);
    assert_eq!(strangers(&source("src/op/token/mod.rs", "use diesel::prelude::*;")).len(), 1);
    assert_eq!(strangers(&source("src/model/user/rules.rs", "\nfn f(r: actix_web::HttpRequest) {}")).len(), 1);
    let added = "impl Op {\n    fn f(&self) {}\n}\nfn g(op: &Op) { op.hubs().token.f() }";
    assert_eq!(methods_of_the_context(&source("src/op/revocation/mod.rs", added)).len(), 2);
    assert_eq!(methods_of_the_context(&source("src/op/refusal.rs", added)).len(), 1);
    let loose = "fn f(op: &Op) { op.has_feature(\"par\") }\nconst FEATURE: &str = \"par\";";
    assert_eq!(loose_feature_names(&source("src/a.rs", loose)).len(), 2);
    assert_eq!(loose_feature_names(&source(FEATURE_NAMES, loose)), Vec::<String>::new());
    let passkeys = &LARGE_FEATURES[0];
    assert!(knows(&source("src/op/page.rs", "fn f(x: &Passkeys) {}"), passkeys));
    for (path, text) in [
        ("src/op/page.rs", "pub mod passkey;\n// a passkey\nconst A: &str = \"passkey\";"),
        ("src/account/passkeys/page.rs", "fn passkey() {}"),
        ("src/app.rs", "fn passkey() {}"),
    ] {
        assert!(!knows(&source(path, text), passkeys), "{path}");
    }
    let ours = BTreeSet::from(["login".to_owned()]);
    let loose = "fn f() { g(\"/login/x\"); g(\"{issuer}/login\") }\n// \"/login\"\nconst A: &str = \"/loginx\";";
    assert_eq!(loose_paths(&source("src/op/page.rs", loose), &ours).len(), 1);
    assert_eq!(loose_paths(&source("templates/a.html", "<a href=\"{{ base }}/login?a\">"), &ours).len(), 1);
    assert_eq!(loose_paths(&source("src/account/api.rs", loose), &ours), Vec::<String>::new());
    assert_eq!(empty_names(&source("src/a.rs", "pub struct KeyManager;\npub fn get_key() {}")).len(), 2);
}

#[test]
fn the_rules_allow_what_they_should() {
    let good = [
        ("src/protocol/scope.rs", "use crate::protocol::pkce;"),
        ("src/model/user/mod.rs", "use crate::model::client::Client; use super::session;"),
        ("src/op/grants/refresh_token/mod.rs", "use crate::op::token::Grant; use crate::{op::Op, tokens::issue};"),
        ("src/op/token/mod.rs", "use crate::op::client_auth::AuthenticatedClient;"),
        ("src/op/revocation/mod.rs", "mod rule; fn f() { rule::judge() }"),
        ("src/op/revocation/mod.rs", "use crate::op::token; fn f() { token::family::g() }"),
        ("src/op/mod.rs", "pub mod revocation; // use crate::op::revocation::endpoint"),
        ("src/op/revocation/rule.rs", "const A: &str = \"crate::op::introspection\";"),
        ("src/op/revocation/rule.rs", "\n#[cfg(test)]\nmod tests { use crate::op::introspection::f; }"),
        ("src/app.rs", "use crate::op::revocation; use crate::op::introspection;"),
        ("src/cli/serve.rs", "use crate::app; use super::Output;"),
    ];
    for (path, text) in good {
        assert_eq!(imports_that_go_up(&tree(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
    assert_eq!(strangers(&source("src/model/user/store.rs", "use diesel::prelude::*;")), Vec::<String>::new());
    assert_eq!(strangers(&source("src/op/token/endpoint.rs", "use actix_web::web;")), Vec::<String>::new());
}

// -------------------------------------------------------------------------------------------------- the rules

fn imports_that_go_up(sources: &[Source]) -> Vec<String> {
    let tree = modules(sources);
    let mut found = Vec::new();
    for source in sources {
        let (from, from_kind) = module_of(&source.module(), &tree);
        for (line, target) in source.imports() {
            let (to, to_kind) = module_of(&target, &tree);
            if !may_import(&from, from_kind, &to, to_kind) {
                let rule = format!("{from_kind:?} {from} may not import {to_kind:?} {to}");
                found.push(source.at(line, &rule));
            }
        }
    }
    found
}

/// Modules of one floor that reach themselves again by what they import.
fn circles(sources: &[Source]) -> Vec<String> {
    let node = |path: &[String]| {
        let floor = path.first().filter(|floor| FLOORS.contains(&floor.as_str()))?;
        Some(format!("{floor}/{}", path.get(1)?))
    };
    let mut edges = BTreeSet::new();
    for source in sources {
        let Some(from) = node(&source.module()) else { continue };
        edges.extend(source.imports().iter().filter_map(|(_, to)| Some((from.clone(), node(to)?))));
    }
    edges.retain(|(from, to)| from != to);
    let mut reached: BTreeSet<(String, String)> = edges.clone();
    loop {
        let over = |(from, over): &(String, String)| {
            let on = edges.iter().filter(|(start, _)| start == over);
            on.map(|(_, to)| (from.clone(), to.clone())).collect::<Vec<_>>()
        };
        let more: Vec<_> = reached.iter().flat_map(over).filter(|pair| !reached.contains(pair)).collect();
        if more.is_empty() {
            break;
        }
        reached.extend(more);
    }
    let round = reached.iter().filter(|(from, to)| from == to);
    round.map(|(name, _)| format!("src/{name}: is imported by what it imports")).collect()
}

fn may_import(from: &str, from_kind: Kind, to: &str, to_kind: Kind) -> bool {
    let own = from == to || to.is_empty() || from.starts_with(&format!("{to}/"));
    if own || from_kind == Kind::Roof {
        return true;
    }
    let from_afar = !HUBS_FROM.iter().any(|folder| from.starts_with(folder));
    if from_kind == Kind::Slice && to_kind == Kind::Hub && from_afar {
        return false;
    }
    let same_floor = from_kind == to_kind && matches!(from_kind, Kind::Protocol | Kind::Platform | Kind::Model);
    let allowed = MAY_IMPORT.iter().find(|(kind, _)| *kind == from_kind).is_some_and(|(_, to)| to.contains(&to_kind));
    same_floor || allowed
}

/// The module that a path belongs to, by [`MODULES`]: its name and its kind.
fn module_of(path: &[String], tree: &BTreeSet<String>) -> (String, Kind) {
    for (pattern, kind) in MODULES {
        let mut length = 0;
        let fits = pattern.split('/').enumerate().all(|(index, word)| {
            length = index + 1;
            match (word, path.get(index)) {
                (_, None) => false,
                ("**", Some(_)) => tree.contains(&path[..=index].join("/")) || index == 0,
                ("*", Some(_)) => is_folder(&path[..=index].join("/"), tree),
                (word, Some(name)) => word == name,
            }
        });
        if fits {
            return (path[..length].join("/"), *kind);
        }
    }
    (String::new(), Kind::Roof) // the crate itself: `crate::Name`
}

/// Every module by its path; one in a folder of its own twice, the second time with a slash at the end.
fn modules(sources: &[Source]) -> BTreeSet<String> {
    let own = sources.iter().map(|source| source.module().join("/"));
    let folders = sources.iter().filter(|source| source.path.ends_with("mod.rs"));
    own.chain(folders.map(|source| source.module().join("/") + "/")).collect()
}

fn is_folder(module: &str, tree: &BTreeSet<String>) -> bool {
    let inside = format!("{module}/");
    tree.iter().any(|other| other.starts_with(&inside))
}

fn commands_that_record(source: &Source) -> Vec<String> {
    let path = source.path.display().to_string();
    let is_free = !path.starts_with("src/cli/") || COMMANDS_THAT_RECORD.iter().any(|free| path.starts_with(free));
    let recorders = ["Event", "EventKind"];
    let lines = source.code().lines().enumerate().filter(|_| !is_free);
    let names =
        lines.filter(|(_, line)| line.contains("model::event") && words(line).any(|word| recorders.contains(&word)));
    names.map(|(at, _)| source.at(at + 1, "a command asks, and admin changes and records")).collect()
}

fn unconfirmed_changes(source: &Source) -> Vec<String> {
    let path = source.path.display().to_string();
    let is_free = !path.starts_with("src/account/") || ACCOUNT_WRITES.contains(&path.as_str());
    let lines = source.code().lines().enumerate().filter(|_| !is_free);
    let writes = lines.filter(|(_, line)| line.contains(".write("));
    writes.map(|(at, _)| source.at(at + 1, "an account is changed through Owner::change")).collect()
}

/// The server's source, and that of the libraries.
fn ours() -> Vec<Source> {
    rust_files("src").into_iter().chain(rust_files("crates")).collect()
}

/// Every library has a line in [`LIBRARIES`], and nothing in its manifest that the line does not have.
fn libraries_beyond_their_table() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("crates")).expect("crates/");
    let names: BTreeSet<String> =
        folders.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let known: BTreeSet<String> = LIBRARIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut found: Vec<String> = names
        .symmetric_difference(&known)
        .map(|name| format!("crates/{name}: in one of folder and LIBRARIES"))
        .collect();
    for (name, may) in LIBRARIES {
        let manifest = format!("crates/{name}/Cargo.toml");
        let text = std::fs::read_to_string(root().join(&manifest)).unwrap_or_default();
        for (dependency, line) in dependencies(&text).into_iter().filter(|(name, _)| !may.contains(&name.as_str())) {
            found.push(format!("{manifest}:{line}: {dependency} is not among what LIBRARIES lets it build on"));
        }
    }
    found
}

/// What a manifest builds on, with its lines; what only its tests need is left out.
fn dependencies(manifest: &str) -> Vec<(String, usize)> {
    let mut section = "";
    let mut found = Vec::new();
    for (number, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            if let Some((_, name)) = section.split_once("dependencies.").filter(|_| !section.starts_with("dev-")) {
                found.push((name.to_owned(), number + 1));
            }
        } else if section.ends_with("dependencies")
            && section != "dev-dependencies"
            && let Some((name, _)) = line.split_once('=').filter(|_| !line.starts_with('#'))
        {
            found.push((name.trim().trim_end_matches(".workspace").to_owned(), number + 1));
        }
    }
    found
}

fn strangers(source: &Source) -> Vec<String> {
    let path = source.path.display().to_string();
    let mut found = Vec::new();
    for (names, places, rule) in CRATES {
        let at_home = places.iter().any(|place| match place.ends_with('/') {
            true => path.starts_with(place),
            false => path.ends_with(&format!("/{place}")) || path == *place,
        });
        for (number, line) in source.code().lines().enumerate().filter(|_| !at_home) {
            let line = PLAIN_VALUES.iter().fold(line.to_owned(), |line, value| line.replace(value, ""));
            if names.iter().any(|name| words(&line).any(|word| word == *name)) {
                found.push(source.at(number + 1, rule));
            }
        }
    }
    found
}

/// Methods that a slice or a hub adds to what everybody holds: any slice could call them without an import. So could it
/// the hubs, by way of the context.
fn methods_of_the_context(source: &Source) -> Vec<String> {
    let is_beside_the_hubs = source.path.parent() == Some(Path::new("src/op"));
    let is_starter = STARTERS.iter().any(|starter| source.path == Path::new(starter));
    let lines = source.code().lines().enumerate();
    let broken = |line: &str| {
        let adds = line.starts_with("impl") && line.contains("Op {") && words(line).any(|word| word == "Op");
        if adds && !is_beside_the_hubs {
            return Some("methods of Op stand in the files beside the hubs; a slice has a struct of its own");
        }
        let reaches = line.contains(".hubs()") || line.contains(".routes()");
        (reaches && !is_starter).then_some("a handler asks for the Data of the hub that it needs")
    };
    lines.filter_map(|(number, line)| Some(source.at(number + 1, broken(line)?))).collect()
}

/// Words in quotation marks where a feature is meant: only [`FEATURE_NAMES`] writes them.
fn loose_feature_names(source: &Source) -> Vec<String> {
    if source.path == Path::new(FEATURE_NAMES) {
        return Vec::new();
    }
    let speaks_of_one = |line: &str| {
        let calls = ["has_feature(\"", ".feature(\"", "features.get(\"", "feature.name == \""];
        let defines = line.contains("FEATURE") && line.contains(": &str");
        defines || calls.iter().any(|call| line.contains(call))
    };
    let code = source.text().split("\n#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().enumerate().filter(|(_, line)| speaks_of_one(line));
    lines.map(|(number, _)| source.at(number + 1, "a feature is named by FeatureName")).collect()
}

fn name_of(source: &Source) -> String {
    source.path.display().to_string()
}

/// Whether the code of a file outside of the feature names it: a type, a function, a field, a module that it imports.
fn knows(source: &Source, (_, names, others, own): &LargeFeature) -> bool {
    let path = name_of(source);
    if own.iter().chain(KNOW_NOTHING).any(|place| path.starts_with(place) || path.ends_with(place)) {
        return false;
    }
    let declares = |line: &str| {
        let line = line.trim_start().trim_start_matches("pub ");
        line.starts_with("mod ") && line.ends_with(';')
    };
    let is_name = |word: &str| {
        let word = word.to_lowercase();
        names.iter().any(|name| word.contains(name)) && !others.iter().any(|other| word.contains(other))
    };
    source.code().lines().filter(|line| !declares(line)).any(|line| words(line).any(is_name))
}

/// `login` of `"/login/{id}"`: how our paths begin.
fn first_segments(paths: &Source) -> BTreeSet<String> {
    let code = paths.text().split("\n#[cfg(test)]").next().unwrap_or_default();
    let literals = code.split('"').skip(1).step_by(2).filter_map(|literal| literal.strip_prefix('/'));
    let first = literals.filter_map(|literal| literal.split(['/', '{']).next());
    // What only ends a path.
    let ends = ["", "code", "options"];
    first.filter(|segment| !ends.contains(segment)).map(str::to_owned).collect()
}

/// Lines that write one of our paths as a text.
fn loose_paths(source: &Source, ours: &BTreeSet<String>) -> Vec<String> {
    let path = source.path.display().to_string();
    if path == PATHS || MAY_WRITE_PATHS.iter().any(|place| path.starts_with(place) || path.ends_with(place)) {
        return Vec::new();
    }
    let is_rust = path.ends_with(".rs");
    if is_rust && source.code().is_empty() {
        return Vec::new(); // a file of tests
    }
    let code = source.text().split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    let writes_one = |line: &str| {
        ["\"/", "}/"].iter().flat_map(|start| line.split(start).skip(1)).any(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c)).unwrap_or(rest.len());
            let is_whole = rest[end..].starts_with(['"', '/', '?', '{', '}', ' ', '\\']);
            ours.contains(&rest[..end]) && is_whole
        })
    };
    let is_comment = |line: &str| is_rust && line.trim_start().starts_with("//");
    let lines = code.lines().enumerate().filter(|(_, line)| !is_comment(line) && writes_one(line));
    lines.map(|(number, _)| source.at(number + 1, "our paths are written in platform/paths.rs")).collect()
}

/// Docs of one line and three words that only say the name again. Help texts and API descriptions are docs too: exempt.
fn empty_docs(source: &Source) -> Vec<String> {
    let text = source.text();
    if source.path.starts_with("src/cli") || SHOWN_DOCS.iter().any(|word| text.contains(word)) {
        return Vec::new();
    }
    let docs = |line: &str| line.trim_start().strip_prefix("///").map(str::to_owned);
    let lines: Vec<Option<String>> = text.lines().map(docs).collect();
    let is_alone = |index: usize| {
        let is_doc = |other: Option<usize>| other.and_then(|other| lines.get(other)).is_some_and(Option::is_some);
        !is_doc(index.checked_sub(1)) && !is_doc(Some(index + 1))
    };
    let says_nothing = |doc: &str| {
        let says = |word: &&str| doc.contains(*word);
        doc.split_whitespace().count() <= 3 && !SAYING.iter().any(says) && !doc.contains(|c: char| c.is_ascii_digit())
    };
    let empty =
        lines.iter().enumerate().filter(|(index, doc)| doc.as_deref().is_some_and(says_nothing) && is_alone(*index));
    empty.map(|(index, _)| source.at(index + 1, "a doc comment that only repeats the name")).collect()
}

fn empty_names(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in source.code().lines().enumerate() {
        if line.contains("fn get_") {
            found.push(source.at(number + 1, "a function that finds or loads says so: no get_"));
        }
        for definition in DEFINITIONS {
            let Some(name) = line.split(definition).nth(1).and_then(|rest| words(rest).next()) else { continue };
            let before = line.split(definition).next().unwrap_or_default().trim();
            let defines = (before.is_empty() || before.starts_with("pub")) && !NAMED_BY_OTHERS.contains(&name);
            if let Some(word) = EMPTY_WORDS.iter().find(|word| defines && name.contains(**word)) {
                found.push(source.at(number + 1, &format!("{name}: {word} says nothing")));
            }
        }
    }
    found
}

/// Tables that neither a sweep names nor [`KEPT`], and those that are named and not there.
fn without_an_end() -> Vec<String> {
    let swept: BTreeSet<String> = rust_files("src").iter().flat_map(|source| swept_by(source.text())).collect();
    let kept = |table: &String| KEPT.iter().any(|(name, _)| name == table);
    let mut found = Vec::new();
    for engine in ["sqlite", "postgres"] {
        let there = tables(engine);
        let endless = there.iter().filter(|table| !swept.contains(*table) && !kept(table));
        found.extend(endless.map(|table| format!("migrations/{engine}: {table} has no sweep and no word in KEPT")));
        let named = swept.iter().cloned().chain(KEPT.iter().map(|(name, _)| (*name).to_owned()));
        found.extend(named.filter(|name| !there.contains(name)).map(|name| format!("{engine} has no table {name}")));
    }
    found
}

/// The names in `tables: &["…"]`.
fn swept_by(code: &str) -> Vec<String> {
    let lists = code.split("tables: &[").skip(1).filter_map(|rest| rest.split(']').next());
    lists.flat_map(|list| list.split('"').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn tables(engine: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for migration in migrations(engine) {
        let file = root().join("migrations").join(engine).join(migration).join("up.sql");
        let sql = std::fs::read_to_string(file).unwrap_or_default();
        let created = sql.split("CREATE TABLE ").skip(1).filter_map(|rest| rest.split([' ', '(']).next());
        found.extend(created.map(|name| name.trim().to_owned()));
    }
    found
}

fn migrations(engine: &str) -> BTreeSet<String> {
    let folder = root().join("migrations").join(engine);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// A small crate around one file, for the rules' own tests.
fn tree(path: &str, text: &str) -> Vec<Source> {
    let slices = ["op/introspection", "op/revocation", "op/grants/refresh_token", "op/grants/client_credentials"];
    let others = ["interaction/login", "interaction/consent", "model/client", "model/user", "admin", "cli/serve"];
    let paths =
        slices.iter().chain(&others).flat_map(|name| [format!("src/{name}/mod.rs"), format!("src/{name}/page.rs")]);
    let rest = paths.filter(|other| other != path).map(|other| source(&other, ""));
    std::iter::once(source(path, text)).chain(rest).collect()
}

fn report(mut violations: Vec<String>) {
    violations.sort();
    violations.dedup(); // a `use` with braces may break a rule several times
    assert!(violations.is_empty(), "the house has rules:\n{}\n", violations.join("\n"));
}
