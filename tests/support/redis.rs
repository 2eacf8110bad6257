//! A Redis server of the test's own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use super::process::{Folder, Server, Signal, start_on_free_port};

/// A Redis server on a free port. It keeps nothing on disk: started again, it is empty.
#[derive(Debug)]
pub struct Redis {
    server: Server,
    port: u16,
    folder: Folder,
    settings: Vec<String>,
}

impl Redis {
    /// The instance that all tests of this process share, started by the first that asks. Tests that share it keep
    /// apart by database number or by key prefix; one that kills Redis starts its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Redis> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With settings of its own: `&["--replicaof", "127.0.0.1 6379"]`.
    pub fn start_with(settings: &[&str]) -> Self {
        let folder = Folder::create("redis");
        let settings: Vec<String> = settings.iter().map(|&setting| setting.to_owned()).collect();
        let (port, server) = start_on_free_port("redis-server", |port| serve(&folder, port, &settings));
        Self { server, port, folder, settings }
    }

    /// With a configuration file of its own, and after it the port and the folder.
    pub fn configured(text: &str) -> Self {
        let folder = Folder::create("redis");
        let file = folder.join("redis.conf");
        std::fs::write(&file, text).expect("the folder can be written");
        let (port, server) = start_on_free_port("redis-server", |port| {
            let mut command = Command::new("redis-server");
            command.arg(&file).args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"]).arg(folder.path());
            let mut server = Server::spawn("redis-server", command, folder.path(), &folder.join("log"), Signal::Kill);
            // It may want a password first.
            let is_ready = |_: &mut Server| ask(port, "PING").is_some();
            if server.wait_until(is_ready) { Ok(server) } else { Err(server.log()) }
        });
        Self { server, port, folder, settings: Vec::new() }
    }

    /// A sentinel that watches the master at `port` under the name `main`, alone.
    pub fn sentinel(port: u16) -> Self {
        let folder = Folder::create("sentinel");
        let text = format!(
            "sentinel monitor main 127.0.0.1 {port} 1\nsentinel down-after-milliseconds main 4000\n\
             sentinel failover-timeout main 3000\nsentinel resolve-hostnames no\n"
        );
        let (port, server) = start_on_free_port("redis-server --sentinel", |port| {
            let file = folder.join("sentinel.conf");
            std::fs::write(&file, &text).expect("the folder can be written");
            let mut command = Command::new("redis-server");
            command.arg(&file).arg("--sentinel").args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"]);
            command.arg(folder.path());
            let mut server =
                Server::spawn("redis-server --sentinel", command, folder.path(), &folder.join("log"), Signal::Kill);
            let is_ready = |server: &mut Server| {
                ask(port, "INFO server").is_some_and(|i| i.contains(&format!("process_id:{}\r", server.pid())))
            };
            if server.wait_until(is_ready) { Ok(server) } else { Err(server.log()) }
        });
        Self { server, port, folder, settings: Vec::new() }
    }

    /// What the server answers to one command in the inline form.
    pub fn ask(&self, command: &str) -> String {
        ask(self.port, command).unwrap_or_else(|| panic!("{command}: no answer"))
    }

    /// Database 0.
    pub fn url(&self) -> String {
        self.database_url(0)
    }

    /// One of the databases 0 to 1023.
    pub fn database_url(&self, number: u32) -> String {
        format!("redis://127.0.0.1:{}/{number}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// kill -9: everything it held is lost.
    pub fn kill(&mut self) {
        self.server.kill9();
    }

    /// A fresh, empty server on the same port, whether the old one still ran or not.
    pub fn restart_empty(&mut self) {
        self.kill();
        let again = serve(&self.folder, self.port, &self.settings);
        self.server = again.unwrap_or_else(|log| panic!("redis-server did not start again:\n{log}"));
    }

    /// Stops answering without closing a connection, as a server that hangs does.
    pub fn freeze(&mut self) {
        self.server.signal(Signal::Stop);
    }

    /// Answers again.
    pub fn thaw(&mut self) {
        self.server.signal(Signal::Continue);
    }

    pub fn log(&self) -> String {
        self.server.log()
    }
}

fn serve(folder: &Folder, port: u16, settings: &[String]) -> Result<Server, String> {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--databases", "1024"]);
    command.args(["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction", "--dir"]);
    command.arg(folder.path()).args(settings);
    let log = folder.join("log");
    let mut server = Server::spawn("redis-server", command, folder.path(), &log, Signal::Kill);
    let is_ready = |server: &mut Server| {
        ask(port, "INFO server").is_some_and(|i| i.contains(&format!("process_id:{}\r", server.pid())))
    };
    if server.wait_until(is_ready) { Ok(server) } else { Err(server.log()) }
}

/// One command in the inline form, and all that came back.
fn ask(port: u16, command: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    stream.write_all(format!("{command}\r\nQUIT\r\n").as_bytes()).ok()?;
    let mut answer = Vec::new();
    // A sentinel keeps the line open.
    let _ = stream.read_to_end(&mut answer);
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
}
