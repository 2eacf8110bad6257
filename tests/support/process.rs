//! Server processes that never outlive their test.
//!
//! A value in a `static` is not dropped, and a killed process drops nothing at all. So every server has a guard: a
//! small shell that waits for the end of its standard input, whose other end only the test process holds. When the
//! test process ends, however it ends, the guard stops the server and removes its folder.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use std::os::unix::process::{CommandExt, ExitStatusExt};

/// How long a server may take to start or to stop. Generous: test machines are busy.
pub const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(5);

/// A signal by the name that `kill` knows it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Terminate,
    Interrupt,
    Quit,
    Kill,
    Stop,
    Continue,
    HangUp,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Interrupt => "INT",
            Self::Quit => "QUIT",
            Self::Kill => "KILL",
            Self::Stop => "STOP",
            Self::Continue => "CONT",
            Self::HangUp => "HUP",
        }
    }
}

/// A temporary folder, removed when dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// A new folder below the system's temporary one; its path is short enough for a Unix socket in it.
    pub fn create(kind: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("lk-{kind}-{}-{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Self { path },
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => panic!("cannot create {}: {error}", path.display()),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// A running server, its log and its guard. Dropping it stops the server at once.
#[derive(Debug)]
pub struct Server {
    name: String,
    child: Child,
    guard: Guard,
    log: PathBuf,
    stop_signal: Signal,
    exited: Option<ExitStatus>,
}

impl Server {
    /// Starts `command` with both outputs appended to `log`. `folder` is removed if the test process dies.
    pub fn spawn(name: &str, mut command: Command, folder: &Path, log: &Path, stop_signal: Signal) -> Self {
        let out = File::options().create(true).append(true).open(log).expect("the log can be written");
        let err = out.try_clone().expect("a file can be duplicated");
        // A process group of its own: Ctrl-C reaches the test first, and whatever the server starts can be ended
        // with it.
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).process_group(0).spawn();
        let child = child.unwrap_or_else(|error| panic!("cannot start {name} ({command:?}): {error}"));
        let guard = Guard::watch(child.id(), stop_signal, folder);
        Self { name: name.to_owned(), child, guard, log: log.to_owned(), stop_signal, exited: None }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the server has written so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The exit status, once the process has ended.
    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        if self.exited.is_none() {
            self.exited = self.child.try_wait().expect("a child can be waited for");
            if self.exited.is_some() {
                self.guard.dismiss();
            }
        }
        self.exited
    }

    pub fn is_running(&mut self) -> bool {
        self.exit_status().is_none()
    }

    /// Waits until `ready` says so. `false` when the server has ended instead.
    ///
    /// # Panics
    /// After [`PATIENCE`], with the end of the log.
    pub fn wait_until(&mut self, mut ready: impl FnMut(&mut Self) -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if !self.is_running() {
                return false;
            }
            // Asked again after the answer: something else may be answering on a port that we lost.
            if ready(self) && self.is_running() {
                return true;
            }
            std::thread::sleep(POLL);
        }
        panic!("{} did not get ready in {PATIENCE:?}; its log ends:\n{}", self.name, tail(&self.log()));
    }

    /// Sends a signal; does nothing when the process has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.is_running() {
            send(signal, &self.pid().to_string());
        }
    }

    /// Waits for the process to end.
    ///
    /// # Panics
    /// After [`PATIENCE`], with the end of the log.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.exit_status() {
                return status;
            }
            std::thread::sleep(POLL);
        }
        panic!("{} did not stop in {PATIENCE:?}; its log ends:\n{}", self.name, tail(&self.log()));
    }

    /// kill -9, and waits until the process is gone.
    pub fn kill9(&mut self) {
        self.signal(Signal::Kill);
        self.wait();
    }

    /// Asks the server to stop in its own way and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal(self.stop_signal);
        self.wait()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.is_running() {
            self.signal(self.stop_signal);
            let deadline = Instant::now() + Duration::from_secs(10);
            while self.is_running() && Instant::now() < deadline {
                std::thread::sleep(POLL);
            }
        }
        if self.is_running() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        // Whatever the server had started is in its process group.
        send(Signal::Kill, &format!("-{}", self.pid()));
        self.guard.dismiss();
    }
}

/// The shell that outlives the test process for a moment.
#[derive(Debug)]
struct Guard {
    shell: Child,
    dismissed: bool,
}

/// Arguments: process id, stop signal, folder. A word on standard input dismisses it; the end of the input makes it act.
const GUARD: &str = r#"
read -r word && exit 0
kill -s "$2" "$1" 2>/dev/null
tries=0
while kill -s 0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -s KILL -- "-$1" 2>/dev/null
rm -rf -- "$3"
"#;

impl Guard {
    fn watch(pid: u32, signal: Signal, folder: &Path) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard", &pid.to_string(), signal.name()]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let shell = command.spawn().expect("there is a shell");
        Self { shell, dismissed: false }
    }

    fn dismiss(&mut self) {
        if !self.dismissed {
            self.dismissed = true;
            if let Some(mut stdin) = self.shell.stdin.take() {
                let _ = io::Write::write_all(&mut stdin, b"done\n");
            }
            let _ = self.shell.wait();
        }
    }
}

/// Starts a server on a free port, again on another one when it ended before it was ready.
pub fn start_on_free_port<S>(name: &str, mut start: impl FnMut(u16) -> Result<S, String>) -> (u16, S) {
    let mut last = String::new();
    for _ in 0..5 {
        let port = super::ports::free();
        match start(port) {
            Ok(server) => return (port, server),
            Err(log) => last = log,
        }
    }
    panic!("{name} did not start on five ports; its log ends:\n{}", tail(&last));
}

/// How a process ended, in words for an assertion's message.
pub fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "unknown end".to_owned(),
    }
}

/// The last lines of a log, for a panic's message.
pub fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// `kill` is a word of the shell: a program of that name is not on every machine.
fn send(signal: Signal, target: &str) {
    let mut command = Command::new("sh");
    command.args(["-c", r#"kill -s "$1" -- "$2""#, "kill", signal.name(), target]);
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
