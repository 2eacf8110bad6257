//! Vectors as their systems document them, and what is refused.

use super::*;
use crate::platform::password::Cost;
use serde_json::{Value, json};

const PROJECT: &str = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n";

const HORSE: &str = "correct horse";
const SALT: &str = "AAECAwQFBgcICQoLDA0ODw==";

fn project() -> FirebaseProject {
    FirebaseProject::parse(PROJECT).unwrap()
}

/// What is kept of a hash.
fn imported(value: Value) -> Result<String, UnusableHash> {
    import(&value, Some(&project())).map(|kept| kept.expose().clone())
}

/// Where it is documented, the hash there, and its password.
fn vectors() -> Vec<(&'static str, Value, &'static str)> {
    let passlib = "passlib.readthedocs.io";
    let django = "Django, tests/auth_tests/test_hashers.py";
    let crypt = "U. Drepper, Unix crypt using SHA-256 and SHA-512, test vectors";
    let aspnet = "ASP.NET Core Identity, PasswordHasherTest";
    let keycloak = "Keycloak's credential representation, made with Python's hashlib";
    let openwall = "Openwall crypt_blowfish, wrapper.c";
    vec![
        (openwall, json!("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "U*U"),
        (
            openwall,
            json!("$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"),
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
        ),
        (
            "PHP password_hash, made with Python's bcrypt",
            json!("$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq"),
            "rasmuslerdorf",
        ),
        ("OpenLDAP, {CRYPT}", json!("{CRYPT}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), "U*U"),
        (
            passlib,
            json!("$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E"),
            "password",
        ),
        // RFC 7914 §12: N = 16384, r = 8, p = 1, the salt "SodiumChloride".
        (
            "RFC 7914 §12",
            json!(
                "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw"
            ),
            "pleaseletmein",
        ),
        (
            django,
            json!(
                "scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw=="
            ),
            "lètmein",
        ),
        (
            passlib,
            json!("$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdew$/hzjypjXGy76eQJ.wq7Ru0Kv4648Yyn016wkJ6SXBIs"),
            "password",
        ),
        (passlib, json!("$pbkdf2-sha256$8000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE"), "password"),
        ("RFC 6070 §2, 4096 iterations", json!("$pbkdf2-sha1$i=4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE"), "password"),
        (django, json!("pbkdf2_sha256$260000$seasalt$YlZ2Vggtqdc61YjArZuoApoBh9JNGYoDRBUGu6tcJQo="), "lètmein"),
        (aspnet, json!("AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg=="), "my password"),
        (aspnet, json!("AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M"), "my password"),
        (
            aspnet,
            json!("AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw=="),
            "my password",
        ),
        (crypt, json!("$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"), "Hello world!"),
        (
            crypt,
            json!(
                "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
            ),
            "Hello world!",
        ),
        (
            crypt,
            json!(
                "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."
            ),
            "Hello world!",
        ),
        (
            "Django 5.2, make_password",
            json!("pbkdf2_sha256$1000000$eXHTIfIIAjArwMH3RSPSmD$V+QolJoEnH5J9Mpt6+V8FvJDxb0I8d0Or+NQARKnfss="),
            HORSE,
        ),
        (
            "Django 5.2, make_password",
            json!("bcrypt_sha256$$2b$12$mdBLELwp7tMWX7gd/GFrueCcrPKttQCb.Qex0Bx5EQjDdYhdj/k7q"),
            HORSE,
        ),
        (
            "Django 5.2, make_password",
            json!(
                "scrypt$16384$Yms0qoEL2iAHvQtRbhqRss$8$5$a/fnG7fTOs6fKdvxgihz3oarXRmdTpVYbKgfQ7S1Slss9rjJo/2QIjuxWBDpAWrDp2AdrnQhKAZDdnyC8rbCXQ=="
            ),
            HORSE,
        ),
        (
            "RFC 2307 userPassword, made with Python's hashlib",
            json!("{SSHA}TUJSOZXEpsO0ugaXv1z4WCS+DMwAAQIDBAUGBw=="),
            HORSE,
        ),
        (
            "OpenLDAP pw-sha2, made with Python's hashlib",
            json!("{SSHA256}Y5vD+Iq3CpVfgnuNwvKU1Ho4qGx15uzJc99ko3CD7h8AAQIDBAUGBw=="),
            HORSE,
        ),
        (
            "OpenLDAP pw-sha2, made with Python's hashlib",
            json!(
                "{ssha512}SGN41g/7Nh5fW1caq7+OFLY1bStmyjRGeqqYToVdk0I9L+xm2+jSyFnhDNYpXUOOGQ9nETeYvQasgfmOQKvGSAABAgMEBQYH"
            ),
            HORSE,
        ),
        (
            "OpenLDAP pw-pbkdf2, made with Python's hashlib",
            json!("{PBKDF2-SHA256}1000$AAECAwQFBgcICQoLDA0ODw$yRTMTwbMbo9G0VfjobWqerzuuxe7BETNTErBbKKumGQ"),
            HORSE,
        ),
        (
            keycloak,
            json!({
                "secretData": json!({"value": "qnA427fe69fAjkevcHZvnm7vp3MewnxKL4g2WLfI7U6teQVH1eR2L5DfcV0psPIfjGPtlZbkpnogYX+2TaSl6w==", "salt": SALT, "additionalParameters": {}}).to_string(),
                "credentialData": json!({"hashIterations": 27500, "algorithm": "pbkdf2-sha256", "additionalParameters": {}}).to_string(),
            }),
            HORSE,
        ),
        (
            keycloak,
            json!({
                "type": "password",
                "secretData": {"value": "yzcbocDEMOl5/MTYnR/zPaPet3GxOxmiMmRUZ1SniVigMZlYh+XCTqbLAzoJhAQe4nvLfcCZUgzkOW4RY6HwZA==", "salt": SALT},
                "credentialData": {"hashIterations": 30000, "algorithm": "pbkdf2-sha512"},
            }),
            HORSE,
        ),
        (
            "keycloak-bcrypt's credential, around Openwall's hash",
            json!({
                "type": "password",
                "secretData": json!({"value": "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "salt": ""}).to_string(),
                "credentialData": json!({"hashIterations": 5, "algorithm": "bcrypt", "additionalParameters": {}}).to_string(),
            }),
            "U*U",
        ),
        ("Openwall phpass, test.php", json!("$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"), "test12345"),
        ("phpBB 3, of the same hash", json!("$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"), "test12345"),
        (
            "WordPress 6.8.1, wp_hash_password (juanma.codes, 2025-07-03)",
            json!("$wp$2y$12$RnJgFT5Ooe6P0ajs/eaCYuqKLwWEqkZd01j2JyyrF6mcZa8NHJTxu"),
            "my_password",
        ),
        (passlib, json!("$1$5pZSV9va$azfrPr6af3Fc7dLblQXVa0"), "password"),
        ("Apache HTTP Server, Password Formats", json!("$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/"), "myPassword"),
        (django, json!("sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8"), "lètmein"),
        (django, json!("sha1$$6d138ca3ae545631b3abd71a4f076ce759c5700b"), "lètmein"),
        (django, json!("md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3"), "lètmein"),
        (django, json!("md5$$88a434c88cca4e900f7874cd98123f43"), "lètmein"),
        (django, json!("88a434c88cca4e900f7874cd98123f43"), "lètmein"),
        (django, json!("pbkdf2_sha1$260000$seasalt2$wAibXvW6jgvatCdONi6SMJ6q7mI="), "lètmein"),
        (
            "Firebase, github.com/firebase/scrypt, README",
            json!({"passwordHash": "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==", "salt": "42xEC+ixf3L2lw=="}),
            "user1password",
        ),
    ]
}

#[test]
fn documented_hashes_verify_and_their_neighbours_do_not() {
    for (source, hash, password) in vectors() {
        let kept = imported(hash.clone()).unwrap_or_else(|error| panic!("{source}: {hash}: {error}"));
        let foreign = Foreign::parse(&kept).unwrap().unwrap();
        assert_eq!(foreign.to_kept(), kept, "{source}");
        assert!(foreign.matches(password.as_bytes()), "{source}: {kept}");
        let shorter = &password[..password.len().min(72) - 1];
        assert!(!foreign.matches(shorter.as_bytes()), "{source}: {kept}");
    }
}

#[test]
fn keycloaks_and_djangos_argon2_become_phc_strings() {
    let phc = "$argon2id$v=19$m=7168,t=5,p=1$AAECAwQFBgcICQoLDA0ODw$I9aBicNnH49yuiIjQJC85giAQWszITIjdobXf3FdYMg";
    let keycloak = json!({
        "secretData": {"value": "I9aBicNnH49yuiIjQJC85giAQWszITIjdobXf3FdYMg=", "salt": SALT},
        "credentialData": {"hashIterations": 5, "algorithm": "argon2", "additionalParameters": {
            "hashLength": ["32"], "memory": ["7168"], "type": ["id"], "version": ["1.3"], "parallelism": ["1"]}},
    });
    for value in [
        json!(phc),
        json!(format!("argon2{phc}")),
        json!(format!("{{ARGON2}}{phc}")),
        json!(keycloak.to_string()),
        keycloak,
    ] {
        assert_eq!(imported(value).unwrap(), phc);
    }
    assert!(Cost::of_import(phc).is_ok());
}

#[test]
fn a_hash_that_would_eat_the_machine_is_refused_with_its_reason() {
    let hash = "AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8";
    for absurd in [
        "$2b$15$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui".to_owned(),
        "$2b$31$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui".to_owned(),
        format!("$scrypt$ln=18,r=8,p=1$c2FsdA${hash}"),
        format!("$scrypt$ln=14,r=8,p=64$c2FsdA${hash}"),
        format!("$scrypt$ln=63,r=1,p=1$c2FsdA${hash}"),
        format!("$scrypt$ln=4294967295,r=4294967295,p=4294967295$c2FsdA${hash}"),
        format!("$pbkdf2-sha256$i=4294967295$c2FsdA${hash}"),
        format!("$pbkdf2-sha256$i=0$c2FsdA${hash}"),
        format!("pbkdf2_sha256$30000000$salt${hash}="),
        "$6$rounds=999999999$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJuesI68OTLiBFdcbYEdFCoEOfaS35inz1".to_owned(),
        "$argon2id$v=19$m=4194304,t=64,p=1$AAECAwQFBgcICQoLDA0ODw$I9aBicNnH49yuiIjQJC85giAQWszITIjdobXf3FdYMg".to_owned(),
        format!("$firebase-scrypt$ln=24,r=8${hash}$Bw$c2FsdA${hash}"),
        "$P$TIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0".to_owned(),
        "$wp$2y$31$Q1xinFjrZeLWJBvxviIL6u834Fu.evIEFHAUVisQ5O.w9Dm0sMdES".to_owned(),
    ] {
        let refused = imported(json!(absurd)).unwrap_err();
        assert!(refused.to_string().contains("its cost"), "{absurd}: {refused}");
        // What was planted past the import is refused as well.
        assert!(Foreign::parse(&absurd).is_none_or(|parsed| parsed.is_err()), "{absurd}");
    }
}

#[test]
fn what_is_no_hash_is_refused() {
    for bad in [
        json!(""),
        json!("secret"),
        json!("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        json!("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe"),
        json!("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOé"),
        json!("$1$salt$abcdefghijklmnopqrstu"),
        json!("$1$saltofnine$abcdefghijklmnopqrstuv"),
        json!("$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L"),
        json!("$wp$2y$10$short"),
        json!("sha1$salt$5f4dcc3b5aa765d61d8327deb882cf99"),
        json!("md5$salt$xf4dcc3b5aa765d61d8327deb882cf99"),
        json!("crypt$$ab1Hv2Lg7ltQo"),
        json!("5f4dcc3b5aa765d61d8327deb882cf9"),
        json!("{SSHA}TUJSOZXEpsO0ugaXv1z4WCS+DMw="),
        json!("{MD5}X03MO1qnZdYdgyfeuILPmQ=="),
        json!("!unusable"),
        json!("AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1u"),
        json!("AQAAAAkAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw=="),
        json!("AQAAAAEAACcQ/////wABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw=="),
        json!("$pbkdf2-sha256$i=1000$c2FsdA$c2hvcnQ"),
        json!("$5$rounds=x$salt$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
        json!("{\"secretData\": 1"),
        json!({"secretData": {}, "credentialData": {}}),
        json!({"secretData": {"value": "AA==", "salt": "AA=="}, "credentialData": {"hashIterations": 1, "algorithm": "md5"}}),
        json!({"passwordHash": "AAAA", "salt": "AAAA"}),
        json!({}),
        json!(7),
        json!("x".repeat(5_000)),
        json!("bcrypt$".repeat(500)),
        json!({"secretData": {"value": "bcrypt$".repeat(20_000)}, "credentialData": {"algorithm": "bcrypt"}}),
        json!({"secretData": {"value": "argon2".repeat(20_000)}, "credentialData": {"algorithm": "bcrypt"}}),
    ] {
        assert!(imported(bad.clone()).is_err(), "{bad}");
    }
    let firebase = json!({"passwordHash": "lSrfV15c", "salt": "42xEC+ixf3L2lw=="});
    assert!(import(&firebase, None).unwrap_err().to_string().contains("--firebase"));
}

#[test]
fn a_firebase_project_is_read_as_the_console_or_json_writes_it() {
    let json = json!({"algorithm": "SCRYPT", "base64_signer_key": "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==", "base64_salt_separator": "Bw==", "rounds": 8, "mem_cost": 14});
    for text in [json.to_string(), format!("{json:#}"), format!("{{\"hash_config\": {json}}}")] {
        assert_eq!(FirebaseProject::parse(&text), Ok(project()), "{text}");
    }
    for (gone, named) in [("rounds", "rounds"), ("mem_cost", "mem_cost"), ("base64_signer_key", "base64_signer_key")] {
        let error = FirebaseProject::parse(&PROJECT.replace(gone, "other")).unwrap_err();
        assert!(error.contains(named), "{error}");
    }
    assert!(FirebaseProject::parse(&PROJECT.replace("mem_cost: 14", "mem_cost: 30")).is_err());
}
