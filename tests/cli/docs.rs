//! What the docs name is there: commands and flags, configuration keys, what the compose file and the other examples hold.
//! What they tell to type is run in `recipes.rs`; links, files and figures are judged in `tests/house/docs.rs`.

use super::installation::Installation;
use super::pages::{Page, code, pages, root, shell};
use latchkey::model::event::EventKind;
use latchkey::platform::config::{FeatureName, Layers};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

// --------------------------------------------------------------------------------------------- commands and flags

/// What is given to `latchkey` in a command of a shell, if it is one of ours.
fn ours(words: &[String]) -> Option<Vec<String>> {
    let words: Vec<&str> = words.iter().map(String::as_str).skip_while(|word| word.contains('=')).collect();
    let arguments = match words.as_slice() {
        ["latchkey", rest @ ..] => rest,
        ["cargo", "run", rest @ ..] if !rest.contains(&"-p") => rest.split(|word| *word == "--").nth(1)?,
        // In a container: what follows the service and the binary, or the image.
        ["docker", "run", rest @ ..] | ["docker", "compose", "exec", rest @ ..] => {
            &rest[rest.iter().rposition(|word| *word == "latchkey")? + 1..]
        }
        _ => return None,
    };
    let is_an_image = words[0] == "docker" && arguments.is_empty();
    (!is_an_image).then(|| arguments.iter().map(|word| (*word).to_owned()).collect())
}

/// `None` where the command line takes it.
fn refused(arguments: &[String]) -> Option<String> {
    let all = std::iter::once("latchkey".to_owned()).chain(arguments.iter().cloned());
    let error = latchkey::cli::definition().try_get_matches_from(all).err()?;
    let is_help = error.exit_code() == 0;
    (!is_help).then(|| error.to_string())
}

#[test]
fn what_the_docs_tell_to_type_is_a_command_with_such_flags() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    let comments = ["docker/compose.yaml", "docker/Dockerfile"].map(|name| {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        let typed = text.lines().filter_map(|line| line.strip_prefix("#   ")).collect::<Vec<_>>().join("\n");
        (name.to_owned(), typed.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>())
    });
    let typed = pages().into_iter().map(|page| (page.name.clone(), page.typed()));
    for (name, lines) in typed.chain(comments) {
        for line in lines {
            // `$(…)` within quotes is no word of ours.
            let line =
                line.replace("\"$(openssl rand -base64 32)\"", "KEY").replace("\"$(openssl rand -hex 24)\"", "KEY");
            for arguments in shell(&line).iter().filter_map(|words| ours(words)) {
                seen += 1;
                wrong.extend(refused(&arguments).map(|error| format!("{name}: {line}\n  {error}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 50, "{seen}");
}

/// Looks at a command that stands in a sentence, as far as it goes: `client create`, `user import --from …`.
fn judge(span: &str) -> Option<String> {
    let words: Vec<&str> = span.split(' ').collect();
    let definition = latchkey::cli::definition();
    let mut command = &definition;
    let mut words = words.into_iter().peekable();
    while let Some(below) = words.peek().and_then(|word| command.find_subcommand(word)) {
        command = below;
        words.next();
    }
    let path = command.get_bin_name().unwrap_or("latchkey").to_owned();
    let has_commands = command.get_subcommands().next().is_some();
    let words: Vec<&str> = words.collect();
    // Capitals stand for any command.
    let is_command = |word: &&&str| has_commands && !word.starts_with('-') && !word.chars().all(char::is_uppercase);
    if let Some(word) = words.first().filter(is_command) {
        return Some(format!("`{span}`: {path} has no command {word}"));
    }
    let positions = if has_commands { 1 } else { command.get_positionals().count() };
    let mut plain = 0;
    let mut takes_value = false;
    for (index, word) in words.iter().enumerate() {
        let Some(flag) = word.strip_prefix("--") else {
            plain += usize::from(!takes_value);
            takes_value = false;
            continue;
        };
        let Some(argument) = command.get_arguments().find(|argument| argument.get_long() == Some(flag)) else {
            return Some(format!("`{span}`: {path} has no flag --{flag}"));
        };
        takes_value = argument.get_action().takes_values();
        let known: Vec<_> = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let given = words.get(index + 1).filter(|value| takes_value && !known.is_empty() && **value != "…");
        let unknown = given.and_then(|given| given.split(['|', ',']).find(|one| !known.iter().any(|name| name == one)));
        if let Some(unknown) = unknown {
            return Some(format!("`{span}`: --{flag} takes {}, not {unknown}", known.join(", ")));
        }
    }
    (plain > positions).then(|| format!("`{span}`: {path} takes {positions} arguments, not {plain}"))
}

#[test]
fn a_command_that_a_sentence_names_is_there() {
    let definition = latchkey::cli::definition();
    let names: BTreeSet<_> = definition.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for span in page.code() {
            let words: Vec<&str> = span.split(' ').collect();
            // `dev --reset` and `user show` are commands, too; `user` alone is a word.
            let is_short = words.len() > 1
                && names.contains(words[0])
                && (words[1].starts_with("--") || names_one(words[0], words[1]));
            let named = span.strip_prefix("latchkey ").or(is_short.then_some(span.as_str()));
            if let Some(named) = named {
                seen += 1;
                wrong.extend(judge(named).map(|fault| format!("{}: {fault}", page.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 80, "{seen}");
}

fn names_one(family: &str, command: &str) -> bool {
    let definition = latchkey::cli::definition();
    definition.find_subcommand(family).is_some_and(|family| family.find_subcommand(command).is_some())
}

#[test]
fn a_sentence_with_a_wrong_command_is_noticed() {
    for good in [
        "user import --from keycloak-realm|django",
        "user list --search",
        "keys revoke KID",
        "user import --from …",
        "dev --reset",
    ] {
        assert_eq!(judge(good), None);
    }
    for bad in [
        "user remove",
        "users",
        "user show --all",
        "user import --from okta",
        "keys list RS256",
        "serve --config-file x",
    ] {
        assert!(judge(bad).is_some(), "{bad}");
    }
    let words = |line: &str| shell(line).iter().filter_map(|words| ours(words)).collect::<Vec<_>>();
    assert!(words("cargo run --release -- dev").iter().all(|arguments| refused(arguments).is_none()));
    assert!(
        words("docker compose exec latchkey latchkey user create --pasword-stdin").iter().all(|a| refused(a).is_some())
    );
    assert!(words("docker build -t latchkey .").is_empty() && words("docker run -p 8080:8080 latchkey").is_empty());
}

/// The examples of every command, each without what it is said to do.
fn examples(command: &clap::Command, found: &mut Vec<String>) {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let typed = help.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| line.contains("latchkey "));
    found.extend(typed.filter_map(|line| line.split("   ").next().map(str::to_owned)));
    command.get_subcommands().for_each(|below| examples(below, found));
}

#[test]
fn the_examples_of_the_help_are_commands_that_are_taken() {
    let mut all = Vec::new();
    examples(&latchkey::cli::definition(), &mut all);
    assert!(all.len() > 50, "{all:#?}");
    let wrong: Vec<_> = all
        .iter()
        .flat_map(|line| shell(line).iter().filter_map(|words| ours(words)).collect::<Vec<_>>())
        .filter_map(|arguments| refused(&arguments).map(|error| format!("{arguments:?}: {error}")))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every file below, with its text.
fn sources(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn commands_that_the_program_itself_tells_to_run_are_there() {
    let definition = latchkey::cli::definition();
    let mut files = Vec::new();
    ["src", "templates", "locales"].iter().for_each(|folder| sources(&root().join(folder), &mut files));
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for (name, text) in &files {
        for (start, _) in text.match_indices("latchkey ") {
            // A command ends where its line, its literal or its quotation does.
            let rest =
                text[start + "latchkey ".len()..].split(['\n', '\\', '`', '"', ';', '(', ',', '<']).next().unwrap();
            let mut words = rest.split_whitespace().peekable();
            let Some(mut command) = words.next().and_then(|word| definition.find_subcommand(word)) else { continue };
            seen += 1;
            if command.get_subcommands().next().is_some()
                && let Some(word) = words.next_if(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
            {
                match command.find_subcommand(word) {
                    Some(below) => command = below,
                    None => wrong.push(format!("{name}: latchkey {rest}")),
                }
            }
            let flags = words.filter_map(|word| word.strip_prefix("--"));
            let is_known = |flag: &str| command.get_arguments().any(|argument| argument.get_long() == Some(flag));
            wrong.extend(flags.filter(|flag| !is_known(flag)).map(|flag| format!("{name}: latchkey {rest}: --{flag}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 60, "{seen}");
}

/// Of one command: what it takes without a flag, and its flags, but for those of every command.
type Usage = (Vec<String>, BTreeSet<String>);

fn usages(command: &clap::Command, path: &str, found: &mut BTreeMap<String, Usage>) {
    let below: Vec<_> = command.get_subcommands().filter(|below| below.get_name() != "help").collect();
    for below in &below {
        usages(below, format!("{path} {}", below.get_name()).trim_start(), found);
    }
    if below.is_empty() {
        let position = |argument: &clap::Arg| {
            let name = argument.get_value_names().unwrap_or_default().concat();
            if argument.is_required_set() || name == "FILE.json" { name } else { format!("[{name}]") }
        };
        let of_all = ["config", "json", "help", "version"];
        let flags = command.get_arguments().filter_map(clap::Arg::get_long).filter(|flag| !of_all.contains(flag));
        let usage =
            (command.get_positionals().map(position).collect(), flags.map(|flag| format!("--{flag}")).collect());
        found.insert(path.to_owned(), usage);
    }
}

#[test]
fn the_page_of_commands_has_every_command_with_its_flags() {
    let mut there = BTreeMap::new();
    usages(&latchkey::cli::definition(), "", &mut there);
    let page = Page::read("docs/operators/commands.md");
    let mut told: BTreeMap<String, Usage> = BTreeMap::new();
    for row in page.prose().iter().filter(|line| line.starts_with("| `")) {
        let spans = code(row);
        let words: Vec<&str> = spans[0].split(' ').collect();
        let is_argument = |word: &&str| word.trim_start_matches('[').starts_with(char::is_uppercase);
        let at = words.iter().position(is_argument).unwrap_or(words.len());
        let flags = spans[1..].iter().filter_map(|span| span.split(' ').next()).filter(|flag| flag.starts_with("--"));
        let usage = (words[at..].iter().map(|word| (*word).to_owned()).collect(), flags.map(str::to_owned).collect());
        assert!(told.insert(words[..at].join(" "), usage).is_none(), "{row} stands there twice");
    }
    for (command, usage) in &there {
        assert_eq!(told.get(command), Some(usage), "`{command}` in docs/operators/commands.md");
    }
    assert_eq!(told.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
}

// --------------------------------------------------------------------------------------------- configuration keys

#[test]
fn every_configuration_in_the_docs_loads() {
    let mut loaded = 0;
    for page in pages() {
        for body in page.blocks_in("toml") {
            let config = Layers::default().text("latchkey.toml", &body).load();
            config.unwrap_or_else(|error| panic!("{}: {error}\n{body}", page.name));
            loaded += 1;
        }
    }
    assert!(loaded >= 5, "{loaded}");
}

/// Whether there is such a key or section; `NAME`, and other capitals, stand for a name of the operator's.
fn is_key(dotted: &str, known: &[String]) -> bool {
    let dotted = dotted.trim_end_matches(".*");
    if let Some(feature) = dotted.strip_prefix("features.") {
        return feature == "NAME" || FeatureName::parse(feature).is_some();
    }
    let section = format!("{dotted}.");
    if known.iter().any(|key| key == dotted || key.starts_with(&section)) {
        return true;
    }
    let named: Vec<_> =
        dotted.split('.').map(|part| if part.chars().all(char::is_uppercase) { "name" } else { part }).collect();
    let told = Layers::default().flag(&named.join("."), "x").load().map(|_| ()).map_err(|error| error.to_string());
    told.err().is_none_or(|error| !error.contains("is not a known key"))
}

#[test]
fn a_configuration_key_that_a_sentence_names_is_there() {
    let known = Layers::known_keys();
    let sections: BTreeSet<&str> =
        known.iter().filter_map(|key| key.split_once('.').map(|(section, _)| section)).collect();
    let is_a_file = |word: &str| {
        [".md", ".rs", ".toml", ".json", ".db", ".key", ".ftl"].iter().any(|ending| word.ends_with(ending))
    };
    let is_an_event = |word: &str| EventKind::ALL.iter().any(|kind| kind.as_str() == word);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for span in page.code() {
            let variable = span.strip_prefix("LATCHKEY__").and_then(|rest| rest.split('=').next());
            let variable = variable.map(|name| name.to_lowercase().replace("__", "."));
            let word = variable.unwrap_or_else(|| span.split([' ', '=']).next().unwrap_or_default().to_owned());
            let is_dotted = word.split_once('.').is_some_and(|(section, _)| sections.contains(section));
            let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '*'));
            if is_dotted && is_plain && !is_a_file(&word) && !is_an_event(&word) {
                seen += 1;
                if !is_key(&word, &known) {
                    wrong.push(format!("{}: `{span}`", page.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "no such configuration key:\n{}", wrong.join("\n"));
    assert!(seen > 80, "{seen}");
}

#[test]
fn every_feature_is_named_where_features_are_listed() {
    let page = Page::read("docs/operators/configuration.md").code();
    let missing: Vec<_> = FeatureName::ALL
        .iter()
        .map(|name| name.as_str())
        .filter(|name| !page.iter().any(|span| span == name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_wrong_key_is_noticed() {
    let known = Layers::known_keys();
    for good in [
        "tokens.code",
        "password.*",
        "scopes.NAME.claims",
        "profile.fields.NAME",
        "branding.clients.shop",
        "features.NAME",
    ] {
        assert!(is_key(good, &known), "{good}");
    }
    for bad in ["tokens.codes", "mail.user", "scopes.NAME.claim", "features.passkey", "branding.colour", "logs.*"] {
        assert!(!is_key(bad, &known), "{bad}");
    }
}

// --------------------------------------------------------------------------------------------- examples

#[test]
fn json_and_yaml_in_the_docs_parse_and_clients_can_be_registered() {
    let mut clients = Vec::new();
    for page in pages() {
        for body in page.blocks_in("yaml") {
            let read: Result<Value, _> = serde_yaml_ng::from_str(&body);
            assert!(read.is_ok(), "{}: {read:?}\n{body}", page.name);
        }
        for body in page.blocks_in("json").iter().filter(|_| page.name == "docs/applications.md") {
            let read: Result<Value, _> = serde_json::from_str(body);
            let read = read.unwrap_or_else(|error| panic!("{}: {error}\n{body}", page.name));
            clients.extend(read.get("redirect_uris").is_some().then_some(read));
        }
    }
    assert!(clients.len() > 8, "{clients:#?}");
    let site = Installation::migrated();
    // What the page says of localhost and of one's own network is a switch of the configuration.
    site.configure("[registration]\nlocalhost = true\n");
    let file = site.write("clients.json", &Value::Array(clients.clone()));
    let said = site.run(&["client", "import", &file]);
    // An id that two products have is registered once.
    let ids: BTreeSet<_> = clients.iter().map(|client| client["client_id"].as_str().unwrap()).collect();
    let updated = clients.len() - ids.len();
    assert!(said.starts_with(&format!("{} registered, {updated} updated, 0 refused.", ids.len())), "{said}");
}

/// What a program says of a text that it only reads.
fn read_by(program: &str, arguments: &[&str], text: &str) -> Result<(), String> {
    let read = Command::new(program).args(arguments).arg(text).stdin(Stdio::null()).output().unwrap();
    if read.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&read.stderr).into_owned()) }
}

#[test]
fn what_is_typed_is_a_shells_and_what_is_python_is_pythons() {
    let mut wrong = Vec::new();
    for page in pages() {
        let typed = page.typed().join("\n");
        wrong.extend(read_by("sh", &["-n", "-c"], &typed).err().map(|error| format!("{}: {error}", page.name)));
        for body in page.blocks_in("python") {
            let read = read_by("python3", &["-c", "import ast, sys; ast.parse(sys.argv[1])"], &body);
            wrong.extend(read.err().map(|error| format!("{}: {error}\n{body}", page.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Keys of a service in the compose specification that this file may use.
const OF_A_SERVICE: &[&str] = &[
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "environment",
    "healthcheck",
    "image",
    "ports",
    "read_only",
    "restart",
    "security_opt",
    "stop_grace_period",
    "tmpfs",
    "volumes",
];

/// `${NAME:-default}` and `${NAME:?message}`, as compose reads them; a name without a default is `given`.
fn interpolated(text: &str, given: &str) -> String {
    let mut parts = text.split("${");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (variable, rest) = part.split_once('}').unwrap();
        let (_, otherwise) = variable.split_once(':').unwrap_or((variable, "?"));
        whole.push_str(otherwise.strip_prefix('-').unwrap_or(given));
        whole.push_str(rest);
    }
    whole
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn the_compose_file_holds_services_that_compose_knows_and_a_configuration_that_serves() {
    let text = std::fs::read_to_string(root().join("docker/compose.yaml")).unwrap();
    let file: Value = serde_yaml_ng::from_str(&text).unwrap();
    assert_eq!(names(&file), BTreeSet::from(["name", "services", "volumes"]));
    let (services, volumes) = (names(&file["services"]), names(&file["volumes"]));
    assert_eq!(services, BTreeSet::from(["latchkey", "postgres", "redis"]));
    for name in &services {
        let service = &file["services"][*name];
        let unknown: Vec<_> = names(service).into_iter().filter(|key| !OF_A_SERVICE.contains(key)).collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
        for (other, how) in service["depends_on"].as_object().into_iter().flatten() {
            assert!(services.contains(other.as_str()), "{name} depends on {other}");
            assert!(
                how["condition"] != "service_healthy" || file["services"][other]["healthcheck"].is_object(),
                "{other}"
            );
        }
        for mount in service["volumes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            assert!(volumes.contains(mount.split(':').next().unwrap()), "{name} mounts {mount}");
        }
    }
    let latchkey = &file["services"]["latchkey"];
    let command = latchkey["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned());
    assert_eq!(refused(&command.collect::<Vec<_>>()), None);
    // The key also serves as the passwords: each is some text.
    let variables = latchkey["environment"].as_object().unwrap().iter();
    let variables = variables.map(|(name, value)| {
        let given = if name.ends_with("MASTER_KEY") { super::installation::MASTER_KEY } else { "a-password" };
        (name.clone(), interpolated(value.as_str().unwrap(), given))
    });
    serves(variables.collect());
}

/// The configuration of these variables alone may be served.
fn serves(variables: Vec<(String, String)>) {
    assert!(variables.len() > 2, "{variables:?}");
    let config = Layers::default().variables(variables).load().unwrap_or_else(|error| panic!("{error}"));
    config.check_for_serve(Vec::new()).unwrap_or_else(|findings| panic!("{findings:#?}"));
}

#[test]
fn the_image_says_in_its_variables_what_the_configuration_takes() {
    let text = std::fs::read_to_string(root().join("docker/Dockerfile")).unwrap().replace("\\\n", " ");
    let variables = text.split_whitespace().filter_map(|word| word.split_once('='));
    let variables = variables.filter(|(name, value)| name.starts_with("LATCHKEY__") && !value.starts_with('"'));
    let mut variables: Vec<_> = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    // What the first lines of the file leave to the one who runs it.
    variables.push(("LATCHKEY__KEYS__MASTER_KEY".to_owned(), super::installation::MASTER_KEY.to_owned()));
    serves(variables);
}

#[test]
fn the_readme_has_the_figures_of_the_files_that_it_links() {
    let readme = Page::read("README.md").prose().join("\n");
    let row = |name: &str| readme.lines().find(|line| line.starts_with(&format!("| **{name}** |"))).unwrap().to_owned();
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    // The table of the suite: profile, variant, passed, warning, review, skipped, failed.
    let mut sums = [0_u32; 5];
    for line in read("conformance/RESULTS.md").lines() {
        let cells: Vec<_> =
            line.split('|').skip(3).take(5).filter_map(|cell| cell.trim().parse::<u32>().ok()).collect();
        for (sum, cell) in sums.iter_mut().zip(cells.iter().filter(|_| cells.len() == 5)) {
            *sum += cell;
        }
    }
    let (conformance, [passed, warnings, _, _, failed]) = (row("conformance"), sums);
    assert!(conformance.contains(&format!(" {passed} modules passed")) && passed > 500, "{conformance}: {sums:?}");
    assert!(warnings == 0 && failed == 0, "README says none: {sums:?}");
    // What names a product that runs: two stand on one line.
    let products = read("docs/applications.md");
    let seen = products.lines().filter(|line| line.starts_with("Seen in a run:")).count() + 1;
    assert!(products.contains("### Authlib and the openidconnect crate"), "the line that names two");
    assert!(row("products").contains(&format!("| {seen} that are not ours")), "{seen}: {}", row("products"));
    let figures = read("docs/performance.md");
    for figure in ["38 ms", "48 ms", "24 MiB"] {
        assert!(row("first answer").contains(figure) && figures.contains(figure), "{figure}");
    }
}

#[test]
fn pictures_in_the_docs_are_small() {
    let pictures: Vec<_> =
        std::fs::read_dir(root().join("docs/pictures")).unwrap().map(|entry| entry.unwrap()).collect();
    let pictures: Vec<_> =
        pictures.iter().filter(|file| file.path().extension().is_some_and(|end| end == "webp")).collect();
    assert!(pictures.len() == 2, "{pictures:?}");
    for picture in pictures {
        let size = picture.metadata().unwrap().len();
        assert!(size <= 100 * 1024, "{}: {size} bytes", picture.path().display());
    }
}

#[test]
fn the_alerts_are_rules_as_prometheus_has_them() {
    let text = std::fs::read_to_string(root().join("docs/operators/alerts.yaml")).unwrap();
    let file: Value = serde_yaml_ng::from_str(&text).unwrap();
    let rules = file["groups"][0]["rules"].as_array().unwrap();
    assert!(rules.len() > 5 && file["groups"][0]["name"] == "latchkey", "{file:#}");
    let alerts: BTreeSet<_> = rules.iter().map(|rule| rule["alert"].as_str().unwrap()).collect();
    assert_eq!(alerts.len(), rules.len(), "a name stands there twice");
    for rule in rules {
        let known = BTreeSet::from(["alert", "annotations", "expr", "for"]);
        assert!(names(rule).is_subset(&known) && rule["annotations"]["summary"].is_string(), "{rule:#}");
        let expression = rule["expr"].as_str().unwrap();
        let (opened, closed) =
            (expression.matches(['(', '{', '[']).count(), expression.matches([')', '}', ']']).count());
        assert!(opened == closed, "{expression}");
    }
    // Which figures they count on is held in tests/house/docs.rs.
    let mut tool = Command::new("promtool");
    tool.args(["check", "rules"]).arg(root().join("docs/operators/alerts.yaml")).stdin(Stdio::null());
    match tool.output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {} // not on this machine
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn caddy_takes_the_caddyfile() {
    let file = root().join("docs/operators/Caddyfile");
    let text = std::fs::read_to_string(&file).unwrap();
    let (opened, closed) = (text.matches('{').count(), text.matches('}').count());
    assert!(opened == closed && opened > 0, "{opened} braces are opened and {closed} closed");
    assert!(text.contains("reverse_proxy 127.0.0.1:8080"), "{text}");
    let mut caddy = Command::new("caddy");
    caddy.args(["validate", "--adapter", "caddyfile", "--config"]).arg(&file).stdin(Stdio::null());
    match caddy.output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {} // not on this machine
        Err(error) => panic!("{error}"),
    }
}
