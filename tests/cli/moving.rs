//! `user import --from`: files as other systems export them. Nobody is lost without a word, and who was blocked stays so.

use super::installation::{Installation, Said, both_engines};
use serde_json::{Value, json};

/// PBKDF2 of `correct horse`, as Keycloak keeps it.
fn keycloak_password() -> Value {
    json!({
        "id": "0e2c7a4e-6a0f-4b53-9a50-2d0b4a8f7a10", "type": "password", "createdDate": 1_700_000_000_000_u64,
        "secretData": json!({"value": "qnA427fe69fAjkevcHZvnm7vp3MewnxKL4g2WLfI7U6teQVH1eR2L5DfcV0psPIfjGPtlZbkpnogYX+2TaSl6w==", "salt": "AAECAwQFBgcICQoLDA0ODw==", "additionalParameters": {}}).to_string(),
        "credentialData": json!({"hashIterations": 27500, "algorithm": "pbkdf2-sha256", "additionalParameters": {}}).to_string(),
    })
}

fn move_in(site: &Installation, name: &str, content: impl AsRef<[u8]>, more: &[&str]) -> (Said, Value) {
    let path = site.file(name);
    std::fs::write(&path, content).unwrap();
    let said = site.output(&[&["user", "import", path.to_str().unwrap(), "--json", "--from"], more].concat(), "");
    let told = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    (said, told)
}

fn counts(told: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| told[name].as_i64().unwrap_or_else(|| panic!("{told:#}")))
}

/// What is told of many, by what it is about.
fn note(told: &Value, about: &str) -> (i64, Vec<String>) {
    let notes = told["notes"].as_array().unwrap();
    let of: Vec<&Value> = notes.iter().filter(|note| note["about"] == about).collect();
    let named =
        of.iter().flat_map(|note| note["named"].as_array().unwrap()).map(|name| name.as_str().unwrap().to_owned());
    (of.iter().map(|note| note["count"].as_i64().unwrap()).sum(), named.collect())
}

fn person(site: &Installation, name: &str) -> Value {
    site.json(&["user", "show", name])
}

pub(crate) fn realm() -> Value {
    json!({
        "id": "shop", "realm": "shop", "enabled": true, "sslRequired": "external",
        "roles": {"realm": [{"name": "offline_access"}], "client": {"account": [{"name": "view-profile"}]}},
        "users": [
            {
                "id": "5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0001", "createdTimestamp": 1_600_000_000_000_u64, "username": "ada",
                "enabled": true, "totp": false, "emailVerified": true, "firstName": "Ada", "lastName": "Lovelace",
                "email": "ada@example.org", "attributes": {"locale": ["en"], "phoneNumber": ["+44 20 7946 0000"], "badge": ["7"], "zoneinfo": ["Mars/Base"]},
                "credentials": [keycloak_password()], "disableableCredentialTypes": [], "requiredActions": [],
                "realmRoles": ["default-roles-shop"], "notBefore": 0, "groups": []
            },
            {
                "id": "5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0002", "username": "bob", "enabled": false, "emailVerified": false,
                "email": "bob@example.org", "credentials": [keycloak_password()], "requiredActions": ["VERIFY_EMAIL"]
            },
            {
                "id": "5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0003", "username": "carol", "enabled": true, "email": "carol@example.org",
                "credentials": [], "requiredActions": [],
                "federatedIdentities": [{"identityProvider": "google", "userId": "117", "userName": "carol@example.org"}]
            },
            {
                "id": "5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0004", "username": "dora", "enabled": true, "email": "dora@example.org",
                "credentials": [keycloak_password()], "requiredActions": ["UPDATE_PASSWORD", "CONFIGURE_TOTP"]
            },
            {
                "id": "5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0005", "username": "erin", "enabled": true, "totp": true,
                "credentials": [keycloak_password(), {"type": "otp", "secretData": "{\"value\":\"x\"}", "credentialData": "{\"subType\":\"totp\"}"}]
            },
            {
                "id": "5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0006", "username": "finn", "enabled": true,
                "credentials": [{"type": "password", "secretData": "{\"value\":\"eA==\",\"salt\":\"eA==\"}", "credentialData": "{\"hashIterations\":1,\"algorithm\":\"legacy-md4\"}"}]
            },
            {"id": "5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0007", "username": "service-account-shop", "enabled": true, "serviceAccountClientId": "shop"},
            {
                "id": "5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0008", "username": "gina", "enabled": true, "email": "gina@example.org",
                "credentials": [{"type": "password", "hashedSaltedValue": "qnA427fe69fAjkevcHZvnm7vp3MewnxKL4g2WLfI7U6teQVH1eR2L5DfcV0psPIfjGPtlZbkpnogYX+2TaSl6w==", "salt": "AAECAwQFBgcICQoLDA0ODw==", "hashIterations": 27500, "algorithm": "pbkdf2-sha256", "counter": 0}]
            }
        ],
        "clients": [{"clientId": "shop", "redirectUris": ["https://shop.example/cb"]}],
    })
}

#[test]
fn a_realm_of_keycloak_comes_whole_and_what_cannot_is_named() {
    for site in both_engines() {
        site.run(&["migrate"]);
        let (said, told) = move_in(&site, "realm.json", format!("{:#}", realm()), &["keycloak-realm"]);
        assert_eq!((said.code, counts(&told)), (0, [7, 0, 0, 0]), "{told:#}");
        let ada = person(&site, "ada");
        assert_eq!((&ada["sub"], &ada["status"]), (&json!("5b8a8f2e-0a5f-4d8e-9d8c-1f6f0a7f0001"), &json!("active")));
        for (claim, value) in [
            ("given_name", json!("Ada")),
            ("family_name", json!("Lovelace")),
            ("email", json!("ada@example.org")),
            ("email_verified", json!(true)),
            ("locale", json!("en")),
            ("phone_number", json!("+44 20 7946 0000")),
            ("zoneinfo", json!(null)),
        ] {
            assert_eq!(ada["claims"][claim], value, "{claim}");
        }
        assert!(said.err.contains("zoneinfo must be a time zone"), "{}", said.err);
        assert_eq!(person(&site, "bob")["status"], "disabled", "blocked there, blocked here");
        assert_eq!(note(&told, "blocked"), (1, vec!["bob".to_owned()]));
        // Whoever has no usable password there is here all the same.
        let (number, named) = note(&told, "no_password");
        assert_eq!((number, named), (2, vec!["carol".to_owned(), "dora".to_owned()]), "{told:#}");
        assert_eq!(note(&told, "no_password_no_address").1, ["finn"]);
        assert!(said.err.contains("unusable password hash"), "{}", said.err);
        assert_eq!(note(&told, "temporary_password").1, ["dora"]);
        assert_eq!(note(&told, "other_provider").1, ["carol"]);
        assert_eq!(note(&told, "second_factor").1, ["erin"]);
        assert_eq!(note(&told, "required_action").1, ["dora"]);
        assert_eq!(note(&told, "passed_over").0, 1, "a service account is no person");
        let left = told["notes"].as_array().unwrap().iter().filter(|note| note["about"] == "left_out");
        let left: Vec<&str> = left.map(|note| note["text"].as_str().unwrap()).collect();
        assert!(left.iter().any(|text| text.contains("badge")), "{left:?}");
        // A user file of a directory export has the same shape; nobody whom an operator blocked since is let in by it.
        site.run(&["user", "disable", "ada"]);
        let users = json!({"realm": "shop", "users": realm()["users"]}).to_string();
        let (_, told) = move_in(&site, "shop-users-0.json", users, &["keycloak-realm"]);
        assert_eq!(counts(&told), [0, 0, 7, 0], "{told:#}");
        assert_eq!(person(&site, "ada")["status"], "disabled");
    }
}

#[test]
fn an_operators_field_takes_the_attribute_of_its_name() {
    let site = Installation::migrated();
    site.configure("[profile.fields.badge]\nlabel = \"Badge\"\ntype = \"number\"\n");
    let (_, told) = move_in(&site, "realm.json", realm().to_string(), &["keycloak-realm"]);
    assert_eq!(counts(&told), [7, 0, 0, 0]);
    assert_eq!(person(&site, "ada")["claims"]["badge"], 7);
}

#[test]
fn several_realms_in_one_file_and_files_of_something_else_are_refused() {
    let site = Installation::migrated();
    let (said, told) = move_in(&site, "all.json", json!([realm(), realm()]).to_string(), &["keycloak-realm"]);
    assert_eq!((said.code, counts(&told)), (1, [0, 0, 0, 2]));
    assert!(told["rows"][0]["error"].as_str().unwrap().contains("one realm"), "{told:#}");
    let (said, told) = move_in(&site, "realm.json", json!({"realm": "shop"}).to_string(), &["keycloak-realm"]);
    assert!(said.code == 1 && told["error"].as_str().unwrap().contains("`users`"), "{said:?}");
    let said = site.output(&["user", "import", "realm.json"], "");
    assert!(said.code == 1 && said.err.contains("--from"), "{said:?}");
}

const DJANGO: &str = r#"[
{"model": "contenttypes.contenttype", "pk": 1, "fields": {"app_label": "auth", "model": "user"}},
{"model": "auth.user", "pk": 1, "fields": {"password": "pbkdf2_sha256$260000$seasalt$YlZ2Vggtqdc61YjArZuoApoBh9JNGYoDRBUGu6tcJQo=", "last_login": "2024-01-02T03:04:05Z", "is_superuser": true, "username": "ada", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "is_staff": true, "is_active": true, "date_joined": "2020-01-01T00:00:00Z", "groups": [], "user_permissions": []}},
{"model": "auth.user", "pk": 2, "fields": {"password": "!Xp0kQ2hmYjVZ7c1dUqXb8mNn4gq3TtVwR5sL6aBc", "last_login": null, "is_superuser": false, "username": "bob", "first_name": "", "last_name": "", "email": "bob@example.org", "is_staff": false, "is_active": true, "date_joined": "2020-01-01T00:00:00Z", "groups": [], "user_permissions": []}},
{"model": "auth.user", "pk": 3, "fields": {"password": "md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3", "last_login": null, "is_superuser": false, "username": "carol", "first_name": "", "last_name": "", "email": "", "is_staff": false, "is_active": false, "date_joined": "2020-01-01T00:00:00Z", "groups": [3], "user_permissions": []}}
]"#;

#[test]
fn djangos_users_come_with_those_who_have_no_password_and_the_blocked_ones_blocked() {
    let table = "id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined\n\
        1,pbkdf2_sha256$260000$seasalt$YlZ2Vggtqdc61YjArZuoApoBh9JNGYoDRBUGu6tcJQo=,2024-01-02 03:04:05+00,t,ada,Ada,Lovelace,ada@example.org,t,t,2020-01-01 00:00:00+00\n\
        2,!Xp0kQ2hmYjVZ7c1dUqXb8mNn4gq3TtVwR5sL6aBc,,f,bob,,,bob@example.org,f,t,2020-01-01 00:00:00+00\n\
        3,md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3,,f,carol,,,,f,f,2020-01-01 00:00:00+00\n";
    let lines: String =
        serde_json::from_str::<Vec<Value>>(DJANGO).unwrap().iter().map(|row| format!("{row}\n")).collect();
    for (name, text, others) in
        [("auth.json", DJANGO, 1), ("auth.jsonl", lines.as_str(), 1), ("auth_user.csv", table, 0)]
    {
        let site = Installation::migrated();
        let (said, told) = move_in(&site, name, text, &["django"]);
        assert_eq!((said.code, counts(&told)), (0, [3, 0, 0, 0]), "{name}: {told:#}");
        assert_eq!(note(&told, "no_password").1, ["bob"], "{name}");
        assert_eq!(note(&told, "blocked").1, ["carol"], "{name}");
        assert_eq!(note(&told, "rights").1, ["ada"], "{name}");
        assert_eq!(note(&told, "passed_over").0, others, "{name}");
        assert_eq!(person(&site, "carol")["status"], "disabled");
        let ada = person(&site, "ada");
        assert_eq!(
            (&ada["claims"]["family_name"], &ada["claims"]["email_verified"]),
            (&json!("Lovelace"), &json!(null))
        );
    }
}

#[test]
fn users_of_aspnet_identity_come_from_a_table_or_json() {
    const HASH: &str = "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==";
    let header = "Id,UserName,NormalizedUserName,Email,NormalizedEmail,EmailConfirmed,PasswordHash,SecurityStamp,ConcurrencyStamp,PhoneNumber,PhoneNumberConfirmed,TwoFactorEnabled,LockoutEnd,LockoutEnabled,AccessFailedCount";
    let table = format!(
        "{header}\n\
        a1,ada@example.org,ADA@EXAMPLE.ORG,ada@example.org,ADA@EXAMPLE.ORG,1,{HASH},S,C,+44 20 7946 0000,1,1,NULL,1,0\n\
        b2,bob,BOB,bob@example.org,BOB@EXAMPLE.ORG,0,{HASH},S,C,NULL,0,0,9999-12-31 23:59:59.9999999 +00:00,1,0\n\
        c3,carol,CAROL,carol@example.org,CAROL@EXAMPLE.ORG,1,NULL,S,C,NULL,0,0,2020-01-01 00:00:00.0000000 +00:00,1,0\n\
        d4,dora,DORA,NULL,NULL,0,NULL,S,C,NULL,0,0,NULL,1,0\n"
    );
    let tabs = table.replace(',', "\t").replace("NULL", "").to_lowercase();
    // Upper and lower case matter in a hash alone.
    let tabs = tabs.replace(&HASH.to_lowercase(), HASH);
    let json = json!([
        {"Id": "a1", "UserName": "ada@example.org", "Email": "ada@example.org", "EmailConfirmed": true, "PasswordHash": HASH, "PhoneNumber": "+44 20 7946 0000", "PhoneNumberConfirmed": true, "TwoFactorEnabled": true, "LockoutEnabled": true, "AccessFailedCount": 0},
        {"Id": "b2", "UserName": "bob", "Email": "bob@example.org", "EmailConfirmed": false, "PasswordHash": HASH, "LockoutEnd": "9999-12-31T23:59:59.9999999+00:00", "LockoutEnabled": true},
        {"Id": "c3", "UserName": "carol", "Email": "carol@example.org", "EmailConfirmed": true, "LockoutEnd": "2020-01-01T00:00:00+00:00", "LockoutEnabled": true},
        {"Id": "d4", "UserName": "dora"},
    ]);
    for (name, text) in [("AspNetUsers.csv", table), ("users.tsv", tabs), ("users.json", json.to_string())] {
        let site = Installation::migrated();
        let (said, told) = move_in(&site, name, &text, &["aspnet"]);
        assert_eq!((said.code, counts(&told)), (0, [4, 0, 0, 0]), "{name}: {told:#}");
        let ada = person(&site, "ada@example.org");
        assert_eq!((&ada["sub"], &ada["claims"]["email_verified"]), (&json!("a1"), &json!(true)), "{name}");
        assert_eq!(ada["claims"]["phone_number_verified"], true, "{name}");
        let status = |name| person(&site, name)["status"].clone();
        assert_eq!([status("bob"), status("carol")], [json!("disabled"), json!("active")], "{name}");
        assert_eq!(note(&told, "no_password").1, ["carol"], "{name}");
        assert_eq!(note(&told, "no_password_no_address").1, ["dora"], "{name}");
        assert_eq!(note(&told, "second_factor").1, ["ada@example.org"], "{name}");
    }
}

const FIREBASE_HASH: &str = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
const FIREBASE_SALT: &str = "42xEC+ixf3L2lw==";
const HASH_CONFIG: &str = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n";

#[test]
fn an_export_of_firebase_comes_as_json_and_as_csv() {
    let json = json!({"users": [
        {"localId": "u1", "email": "ada@example.org", "emailVerified": true, "passwordHash": FIREBASE_HASH, "salt": FIREBASE_SALT, "displayName": "Ada, Countess", "photoUrl": "https://pictures.example/ada.png", "lastSignedInAt": "1700000000000", "createdAt": "1600000000000", "disabled": false, "providerUserInfo": []},
        {"localId": "u2", "email": "bob@example.org", "emailVerified": true, "displayName": "Bob", "photoUrl": "javascript:alert(1)", "createdAt": "1600000000000", "providerUserInfo": [{"providerId": "google.com", "rawId": "117", "email": "bob@example.org"}]},
        {"localId": "u3", "phoneNumber": "+15551234567", "createdAt": "1600000000000", "providerUserInfo": []},
        {"localId": "u4", "email": "dora@example.org", "emailVerified": false, "passwordHash": FIREBASE_HASH, "salt": FIREBASE_SALT, "disabled": true, "customAttributes": "{\"admin\":true}", "providerUserInfo": []},
    ]});
    let row = |cells: [&str; 13]| {
        let [id, email, verified, hash, salt, name, photo, google, created, seen, phone, disabled, custom] = cells;
        format!(
            "{id},{email},{verified},{hash},{salt},{name},{photo},{google},,,,,,,,,,,,,,,,{created},{seen},{phone},{disabled},{custom},\n"
        )
    };
    let csv = [
        row([
            "u1",
            "ada@example.org",
            "true",
            FIREBASE_HASH,
            FIREBASE_SALT,
            "\"Ada, Countess\"",
            "https://pictures.example/ada.png",
            "",
            "1600000000000",
            "1700000000000",
            "",
            "false",
            "",
        ]),
        row([
            "u2",
            "bob@example.org",
            "true",
            "",
            "",
            "Bob",
            "javascript:alert(1)",
            "117",
            "1600000000000",
            "",
            "",
            "",
            "",
        ]),
        row(["u3", "", "false", "", "", "", "", "", "1600000000000", "", "+15551234567", "", ""]),
        row([
            "u4",
            "dora@example.org",
            "false",
            FIREBASE_HASH,
            FIREBASE_SALT,
            "",
            "",
            "",
            "1600000000000",
            "",
            "",
            "true",
            "\"{\"\"admin\"\":true}\"",
        ]),
    ]
    .concat();
    for (name, text) in [("users.json", json.to_string()), ("users.csv", csv)] {
        let site = Installation::migrated();
        // Without the project's parameters nobody can verify a hash, and nobody loses it for that.
        let (said, told) = move_in(&site, name, &text, &["firebase", "--dry-run"]);
        assert_eq!((said.code, counts(&told)), (1, [2, 0, 0, 2]), "{name}: {told:#}");
        assert!(told["rows"][0]["error"].as_str().unwrap().contains("--firebase FILE"), "{told:#}");
        std::fs::write(site.file("hash_config"), HASH_CONFIG).unwrap();
        let (said, told) =
            move_in(&site, name, &text, &["firebase", "--firebase", site.file("hash_config").to_str().unwrap()]);
        assert_eq!((said.code, counts(&told)), (0, [4, 0, 0, 0]), "{name}: {told:#}");
        let ada = person(&site, "ada@example.org");
        assert_eq!((&ada["sub"], &ada["claims"]["name"]), (&json!("u1"), &json!("Ada, Countess")), "{name}");
        assert_eq!(person(&site, "bob@example.org")["claims"]["picture"], json!(null), "{name}");
        assert!(said.err.contains("picture must be an address"), "{name}: {}", said.err);
        assert_eq!(person(&site, "u3")["claims"]["phone_number_verified"], true, "{name}");
        assert_eq!(person(&site, "dora@example.org")["status"], "disabled", "{name}");
        assert_eq!(note(&told, "no_password").1, ["bob@example.org"], "{name}");
        assert_eq!(note(&told, "no_password_no_address").1, ["u3"], "{name}");
        assert_eq!(note(&told, "other_provider").1, ["bob@example.org"], "{name}");
        assert_eq!(note(&told, "rights").1, ["dora@example.org"], "{name}");
    }
    let site = Installation::migrated();
    let redacted =
        json!({"users": [{"localId": "u1", "email": "ada@example.org", "passwordHash": "UkVEQUNURUQ=", "salt": ""}]});
    let (_, told) = move_in(&site, "users.json", redacted.to_string(), &["firebase"]);
    assert!(told["rows"][0]["error"].as_str().unwrap().contains("REDACTED"), "{told:#}");
}

#[test]
fn people_read_what_came_along_and_what_did_not() {
    let site = Installation::migrated();
    let path = site.write("realm.json", &realm());
    let said = site.run(&["user", "import", &path, "--from", "keycloak-realm"]);
    for line in [
        "7 created, 0 updated, 0 unchanged, 0 refused.",
        "- 2 people (carol, dora) have no password",
        "- 1 person (bob) was disabled there and stay",
        "- skipped, because they are not people: service accounts (1)",
        "- 1 person (carol) signed in through google",
    ] {
        assert!(said.contains(line), "{line} in {said}");
    }
}

#[test]
fn a_column_that_nobody_knows_is_told_with_the_nearest_name() {
    let site = Installation::migrated();
    let path = site.file("people.csv");
    std::fs::write(&path, "Username;Emial;Enabled;Department\nada;ada@example.org;nein;Engines\nbob;;;\n").unwrap();
    let said = site.run(&["user", "import", path.to_str().unwrap()]);
    for line in
        ["the unknown field Emial", "did you mean `email`?", "did you mean `disabled`?", "the unknown field Department"]
    {
        assert!(said.contains(line), "{line} in {said}");
    }
    assert!(!said.contains("field Username"), "{said}");
    let ada = person(&site, "ada");
    assert_eq!((&ada["claims"]["Department"], &ada["claims"]["email"]), (&json!("Engines"), &json!(null)));
}

#[test]
fn values_are_judged_as_everywhere_and_rows_count_from_one() {
    let site = Installation::migrated();
    let rows = json!([
        {"username": "ada"}, {"username": "bob", "zoneinfo": "Mars/Base"}, {"username": "carol", "picture": "javascript:alert(1)"},
        {"username": "dora", "email": "=?utf-8?q?dora=40example.org=3e?=@evil.example"}, {"username": "erin", "email_verified": 1, "disabled": 0},
    ]);
    let path = site.write("people.json", &rows);
    let said = site.output(&["user", "import", &path], "");
    assert_eq!(said.code, 1);
    for line in [
        "2    bob       the claim zoneinfo must be a time zone",
        "3    carol     the claim picture must be an address",
        "4    dora      the claim email contains an encoded word",
        "counted from 1",
    ] {
        assert!(said.out.contains(line), "{line} in {}", said.out);
    }
    let told: Value = serde_json::from_str(&site.output(&["user", "import", &path, "--json"], "").out).unwrap();
    assert_eq!((&told["rows"][1]["row"], &told["rows"][1]["index"]), (&json!(2), &json!(1)));
    let said = site.output(&["user", "update", "ada", "--claim", "zoneinfo=Mars/Base"], "");
    assert!(said.code == 1 && said.err.contains("time zone"), "{said:?}");
    let said = site.output(&["user", "create", "eve", "--no-password", "--claim", "picture=javascript:alert(1)"], "");
    assert!(said.code == 1 && said.err.contains("picture"), "{said:?}");
}

#[test]
fn hashes_of_each_system_on_the_page_are_taken_from_a_file_of_ones_own() {
    let site = Installation::migrated();
    let hashes = [
        ("wordpress", "$wp$2y$12$RnJgFT5Ooe6P0ajs/eaCYuqKLwWEqkZd01j2JyyrF6mcZa8NHJTxu"),
        ("wordpress-6-7", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
        ("phpbb", "$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
        ("crypt-1", "$1$5pZSV9va$azfrPr6af3Fc7dLblQXVa0"),
        ("apache", "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/"),
        ("django-1-3", "sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8"),
        ("bare-md5", "88a434c88cca4e900f7874cd98123f43"),
        ("ldap", "{CRYPT}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ];
    let rows: String = hashes.iter().map(|(name, hash)| format!("{name};{name}@example.org;{hash}\n")).collect();
    let path = site.file("people.csv");
    std::fs::write(&path, format!("USERNAME;Email;password_hash\n{rows}")).unwrap();
    let said = site.run(&["user", "import", path.to_str().unwrap()]);
    assert!(said.starts_with("8 created, 0 updated, 0 unchanged, 0 refused."), "{said}");
    assert!(site.run(&["user", "show", "phpbb"]).contains("set"), "a password");
}
