//! What `docs/operators` tells operators to type and to copy: it is run here as it stands there, but for names, folders and ports.

use super::pages::Page;
use super::support::ports::free;
use super::support::process::{Folder, Server, Signal};
use super::support::{PgBouncer, Postgres, Redis};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use std::path::Path;
use std::process::Command;

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operators").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A certificate of one's own for this machine's name.
fn certificate(folder: &Folder) {
    let key = EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap();
    let key = PKey::from_ec_key(key).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(90).unwrap()).unwrap();
    let names = SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    std::fs::write(folder.join("fullchain.pem"), builder.build().to_pem().unwrap()).unwrap();
    std::fs::write(folder.join("privkey.pem"), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
}

/// The page's places and ports become this test's.
struct Here {
    folder: Folder,
    port: u16,
    public: u16,
    plain: u16,
}

impl Here {
    fn create() -> Self {
        let folder = Folder::create("recipe");
        std::fs::create_dir(folder.join("etc")).unwrap();
        std::fs::create_dir(folder.join("var")).unwrap();
        certificate(&folder);
        Self { folder, port: free(), public: free(), plain: free() }
    }

    fn placed(&self, text: &str) -> String {
        let path = |name: &str| self.folder.join(name).display().to_string();
        // A machine may have no IPv6.
        let text: String =
            text.lines().filter(|line| !line.contains("listen [::]")).map(|line| format!("{line}\n")).collect();
        text.replace("/etc/latchkey", &path("etc"))
            .replace("/var/lib/latchkey", &path("var"))
            .replace("/etc/letsencrypt/live/id.example.com", &self.folder.path().display().to_string())
            .replace("https://id.example.com", &format!("https://localhost:{}", self.public))
            .replace("server_name id.example.com", "server_name localhost")
            .replace("127.0.0.1:8080", &format!("127.0.0.1:{}", self.port))
            .replace("listen 443", &format!("listen 127.0.0.1:{}", self.public))
            .replace("listen 80", &format!("listen 127.0.0.1:{}", self.plain))
    }

    /// Runs the commands of a console block; each must succeed.
    fn run(&self, block: &str) -> String {
        let mut said = String::new();
        let binary = Path::new(env!("CARGO_BIN_EXE_latchkey"));
        let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
        for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let mut shell = Command::new("sh");
            for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LATCHKEY__")) {
                shell.env_remove(name);
            }
            shell.args(["-c", &self.placed(command)]).current_dir(self.folder.path());
            shell.env("PATH", &path).env("PASSWORD", "analytical engine 1843");
            let output = shell.output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "$ {command}\n{text}");
            said.push_str(&text);
        }
        said
    }

    /// Serves from another working directory than that of the commands: nothing may depend on it.
    fn serve(&self, config: &str) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
        command.args(["serve", "--config"]).arg(self.folder.join(config)).current_dir("/");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("LATCHKEY__")) {
            command.env_remove(name);
        }
        let mut server =
            Server::spawn("latchkey", command, self.folder.path(), &self.folder.join("log"), Signal::Terminate);
        let port = self.port;
        let is_ready =
            |_: &mut Server| super::support::http::get(port, "/readyz").is_some_and(|(status, _)| status == 200);
        assert!(server.wait_until(is_ready), "{}", server.log());
        server
    }

    /// nginx with the page's file, changed by `change`, in a main file that keeps everything in this folder.
    fn nginx(&self, change: impl Fn(String) -> String) -> Server {
        let recipe = self.folder.join("latchkey.conf");
        std::fs::write(&recipe, change(self.placed(&page("nginx.conf")))).unwrap();
        let folder = self.folder.path().display();
        let places: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {folder}/nginx-{kind};\n"))
            .concat();
        let main = format!(
            "daemon off; pid {folder}/nginx.pid; error_log stderr;\nevents {{}}\nhttp {{ access_log off;\n{places}include {};\n}}\n",
            recipe.display()
        );
        std::fs::write(self.folder.join("nginx-main.conf"), main).unwrap();
        let mut command = Command::new(if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" });
        command
            .arg("-e")
            .arg("stderr")
            .arg("-p")
            .arg(self.folder.path())
            .arg("-c")
            .arg(self.folder.join("nginx-main.conf"));
        let mut server =
            Server::spawn("nginx", command, self.folder.path(), &self.folder.join("nginx-log"), Signal::Quit);
        let plain = self.plain;
        let is_ready = |_: &mut Server| super::support::http::get(plain, "/").is_some_and(|(status, _)| status == 308);
        assert!(server.wait_until(is_ready), "{}", server.log());
        server
    }
}

#[test]
fn the_first_hour_is_as_the_page_says_and_the_doctor_sees_what_the_proxy_does() {
    let (here, first_hour) = (Here::create(), Page::read("docs/operators/first-hour.md"));
    let toml = first_hour.blocks_in("toml").concat();
    let own_ca = format!("\n[egress]\nextra_ca_file = \"{}\"\n", here.folder.join("fullchain.pem").display());
    std::fs::write(here.folder.join("etc/latchkey.toml"), here.placed(&toml) + own_ca.as_str()).unwrap();
    let consoles = first_hour.blocks_in("console");
    let (before, after) = consoles.split_at(2);
    let said: String = before.iter().map(|block| here.run(block)).collect();
    for word in ["Created a signing key", "The schema is current.", "Created ada", "lk_cs_"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let _server = here.serve("etc/latchkey.toml");
    {
        let _nginx = here.nginx(|recipe| recipe);
        assert_eq!(after.len(), 1);
        let said = here.run(&after[0]);
        for word in ["answers with the issuer", "the proxy names the client's address (X-Forwarded-For)"] {
            assert!(said.contains(word), "{word} in {said}");
        }
    }
    // The line that people leave out.
    let doctor = "$ latchkey doctor --config /etc/latchkey/latchkey.toml || true\n";
    {
        let forgets = |recipe: String| recipe.replace("proxy_set_header X-Forwarded-For", "proxy_set_header X-Other");
        let _nginx = here.nginx(forgets);
        let said = here.run(doctor);
        assert!(said.contains("FAIL  the proxy adds no X-Forwarded-For"), "{said}");
    }
    // A proxy that the server was not told of.
    let config = std::fs::read_to_string(here.folder.join("etc/latchkey.toml")).unwrap();
    drop(_server);
    std::fs::write(here.folder.join("etc/latchkey.toml"), config.replace("\"127.0.0.1\", \"::1\"", "\"192.0.2.1\""))
        .unwrap();
    let _server = here.serve("etc/latchkey.toml");
    let _nginx = here.nginx(|recipe| recipe);
    let said = here.run(doctor);
    assert!(
        said.contains("the peer 127.0.0.1 is not in `proxy.trusted`") && said.contains("add the address"),
        "{said}"
    );
}

#[test]
fn the_first_steps_of_the_readme_lead_to_a_provider_that_conforms() {
    let (here, readme) = (Here::create(), Page::read("README.md"));
    let toml = readme.blocks_in("toml").concat();
    let own_ca = format!("\n[egress]\nextra_ca_file = \"{}\"\n", here.folder.join("fullchain.pem").display());
    std::fs::write(here.folder.join("latchkey.toml"), here.placed(&toml) + own_ca.as_str()).unwrap();
    let clients = readme.code().into_iter().find(|span| span.starts_with("[{")).unwrap();
    std::fs::write(here.folder.join("clients.json"), clients).unwrap();
    let steps = readme.blocks_in("console").into_iter().find(|block| block.contains("latchkey serve")).unwrap();
    let (before, after) = steps.split_once("$ latchkey serve").unwrap();
    let said = here.run(before);
    for word in ["Created a signing key", "1 registered", "lk_cs_", "Created ada"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let _server = here.serve("latchkey.toml");
    let _nginx = here.nginx(|recipe| recipe);
    let said = here.run(after.split_once('\n').unwrap().1);
    assert!(said.contains("answers with the issuer") && !said.contains("FAIL"), "{said}");
}

#[test]
fn the_stores_are_as_the_doctor_wants_them_with_the_files_of_the_page() {
    let here = Here::create();
    let redis = Redis::configured(&page("redis.conf"));
    let database = Postgres::shared().create_database();
    let (_, name) = database.rsplit_once('/').unwrap();
    let pooler = PgBouncer::configured(|port, users| {
        let server = format!("host=127.0.0.1 port={} dbname={name} user=latchkey", Postgres::shared().port());
        let text = page("pgbouncer.ini").replace("host=db.example.com port=5432 dbname=latchkey", &server);
        let text = text.replace("listen_port = 6432", &format!("listen_port = {port}"));
        text.replace("scram-sha-256", "trust").replace("/etc/pgbouncer/userlist.txt", users)
    });
    let toml = &Page::read("docs/operators/stores.md").blocks_in("toml")[0];
    let toml = toml
        .replace(
            "postgres://latchkey:secret@db.example.com/latchkey",
            &pooler.same_database("postgres://host/latchkey"),
        )
        .replace(
            "rediss://:secret@redis.example.com:6379/0",
            &format!("redis://:change-me@127.0.0.1:{}/0", redis.port()),
        )
        .replace("max_connections = 10", "prepared_statements = false\nmax_connections = 10");
    std::fs::write(here.folder.join("etc/latchkey.toml"), here.placed(&toml)).unwrap();
    here.run("$ (umask 077; openssl rand -base64 32 > /etc/latchkey/master.key)\n$ latchkey migrate --config /etc/latchkey/latchkey.toml\n");
    // Nobody serves: that alone is wrong.
    let said = here.run("$ latchkey doctor --config /etc/latchkey/latchkey.toml || true\n");
    for word in ["ok    the database is behind a pooler", "(noeviction)"] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert_eq!((said.matches("FAIL").count(), said.matches("cannot be fetched").count()), (1, 1), "{said}");
    assert!(!said.contains("append-only"), "{said}");
}

const UNITS: [&str; 3] = ["latchkey.service", "latchkey-backup.service", "latchkey-backup.timer"];

#[test]
fn the_units_have_sections_and_keys_that_systemd_knows() {
    let folder = Folder::create("unit");
    for name in UNITS {
        // Whether the binary is there is the machine's affair.
        std::fs::write(folder.join(name), page(name).replace("/usr/local/bin/latchkey", "/bin/true")).unwrap();
        parse_unit(name);
    }
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no"]).args(UNITS.map(|name| folder.join(name)));
    let Ok(output) = verify.output() else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    let ours: Vec<&str> = said.lines().filter(|line| UNITS.iter().any(|name| line.contains(name))).collect();
    let is_wrong = |line: &str| ["Unknown", "Failed to parse", "Invalid"].iter().any(|word| line.contains(word));
    assert!(!ours.iter().any(|line| is_wrong(line)), "{ours:#?}");
    let service = page("latchkey.service");
    for line in
        ["ExecStart=/usr/local/bin/latchkey serve --config /etc/latchkey/latchkey.toml", "User=latchkey", "[Install]"]
    {
        assert!(service.contains(line), "{line}");
    }
}

#[test]
fn the_nightly_backup_is_one_that_can_be_restored() {
    let here = Here::create();
    let toml = Page::read("docs/operators/first-hour.md").blocks_in("toml").concat();
    std::fs::write(here.folder.join("etc/latchkey.toml"), here.placed(&toml)).unwrap();
    here.run("$ (umask 077; openssl rand -base64 32 > /etc/latchkey/master.key)\n$ latchkey migrate --config /etc/latchkey/latchkey.toml\n");
    let unit = page("latchkey-backup.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/bin/sh -c '")).unwrap();
    // As systemd reads it: %% is %, and the state directory is there.
    let script = start.trim_end_matches('\'').replace("%%", "%").replace("/usr/local/bin/latchkey", "latchkey");
    std::fs::create_dir(here.folder.join("var-backups")).unwrap();
    let state = here.folder.join("var-backups");
    let said = here.run(&format!("$ STATE={}; {script}\n", state.display()));
    let made: Vec<_> = std::fs::read_dir(&state).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [made] = made.as_slice() else { panic!("{made:?}: {said}") };
    let restored =
        here.run(&format!("$ latchkey restore --overwrite --config /etc/latchkey/latchkey.toml {}\n", made.display()));
    assert!(said.contains("encrypted under the master key") && !restored.is_empty(), "{said}\n{restored}");
    // Old ones are deleted where they lie, and nothing else.
    let find = unit.lines().find_map(|line| line.strip_prefix("ExecStartPost=")).unwrap();
    here.run(&format!("$ {}\n", find.replace("/var/lib/latchkey-backups", &state.display().to_string())));
    assert!(made.exists());
}

/// What can be said on a machine without systemd.
fn parse_unit(name: &str) {
    for (number, line) in page(name).lines().enumerate() {
        let is_sound = line.is_empty() || line.starts_with(['#', '[']) || line.contains('=');
        assert!(is_sound, "{name}, line {}: {line}", number + 1);
    }
}
