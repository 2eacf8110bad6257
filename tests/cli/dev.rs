//! `latchkey dev`: one server a folder, told when it is not so, and a line for scripts.

use super::installation::Installation;
use super::support::http::get;
use super::support::ports::free as port;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Child;

/// Ended with its test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn interrupt(child: &Child) {
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_and_reset_touches_nothing() {
    let site = Installation::sqlite();
    let port = port();
    let mut first = Running(site.spawn(&["dev", "--json", "--port", &port.to_string()]));
    let mut lines = BufReader::new(first.0.stdout.take().unwrap()).lines();
    let told: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(told["issuer"], format!("http://localhost:{port}"));
    assert_eq!(told["people"][0]["username"], "ada");
    let config = told["config"].as_str().unwrap().to_owned();
    for more in [&["--reset"][..], &[]] {
        let said = site.output(&[&["dev", "--port", "1"], more].concat(), "");
        assert_eq!(said.code, 1, "{said:?}");
        for word in [
            "another latchkey dev is running on .latchkey",
            &format!("http://localhost:{port}"),
            "--port 2 --data .latchkey-2",
        ] {
            assert!(said.err.contains(word), "{word} in {}", said.err);
        }
    }
    let said = site.output(&["dev", "--port", "1", "--reset", "--json"], "");
    assert!(
        serde_json::from_str::<Value>(&said.out).unwrap()["error"].as_str().unwrap().contains("--reset"),
        "{said:?}"
    );
    let said = site.output(&["user", "list", "--config", &config, "--json"], "");
    assert!(said.out.contains("ada"), "the running server has its database: {said:?}");
    let said = site.output(&["dev", "--data", "other", "--port", &port.to_string()], "");
    assert!(said.code == 1 && said.err.contains(&format!("latchkey dev --port {}", port + 1)), "{said:?}");
    interrupt(&first.0);
    assert!(first.0.wait().unwrap().success());
}

#[test]
fn whoever_stops_it_is_told_where_everything_is() {
    let site = Installation::sqlite();
    let port_of_it = port();
    let mut server = Running(site.spawn(&["dev", "--port", &port_of_it.to_string(), "--data", "my data"]));
    let mut out = BufReader::new(server.0.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("Ctrl-C") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    // What is printed comes before what listens for signals.
    while get(port_of_it, "/readyz").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    interrupt(&server.0);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert!(server.0.wait().unwrap().success());
    assert!(rest.contains("Stopped") && rest.contains("latchkey dev --data 'my data'"), "{rest}");
    // The lock went with the process.
    let mut again =
        Running(site.spawn(&["dev", "--json", "--reset", "--port", &port().to_string(), "--data", "my data"]));
    let line = BufReader::new(again.0.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    assert!(line.contains("\"issuer\""), "{line}");
}
