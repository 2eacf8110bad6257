//! A real browser: headless Chromium behind WebDriver.

use std::process::Command;

use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

use super::process::{Folder, Server, Signal};

/// Whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JavaScript {
    On,
    Off,
}

/// The size of the visible page in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub width: u32,
    pub height: u32,
}

impl Window {
    pub const DESKTOP: Self = Self { width: 1280, height: 900 };
    pub const PHONE: Self = Self { width: 390, height: 844 };
}

/// A WebDriver server. Each session that it opens is a browser with an empty profile.
#[derive(Debug)]
pub struct Chromium {
    server: Server,
    port: u16,
    folder: Folder,
}

impl Chromium {
    pub fn start() -> Self {
        // The WebDriver client's HTTP library wants a TLS provider, though all its traffic is plain loopback.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = Folder::create("chromium");
        let log = folder.join("log");
        let mut command = Command::new("chromedriver");
        command.args(["--port=0", "--allowed-ips=127.0.0.1"]).env("HOME", folder.path()).env("TMPDIR", folder.path());
        let mut server = Server::spawn("chromedriver", command, folder.path(), &log, Signal::Terminate);
        let mut port = None;
        let announced = server.wait_until(|server| {
            port = announced_port(&server.log());
            port.is_some()
        });
        assert!(announced, "chromedriver ended: {}", server.log());
        Self { server, port: port.expect("announced above"), folder }
    }

    /// Where the driver and its browsers keep their files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Where WebDriver is spoken.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A browser of its own, desktop size. End it with `quit().await`; what is left ends with `self`.
    pub async fn open(&self, javascript: JavaScript) -> WebDriver {
        self.open_sized(javascript, Window::DESKTOP).await
    }

    /// A browser of its own with a window of this size.
    pub async fn open_sized(&self, javascript: JavaScript, window: Window) -> WebDriver {
        let driver = WebDriver::new(&self.url(), capabilities(javascript, window)).await;
        driver.unwrap_or_else(|error| panic!("Chromium did not start: {error}\n{}", self.server.log()))
    }
}

/// chromedriver picks its port itself and says which.
fn announced_port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("started successfully on port ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    // Followed by a full stop, so that a half-written number is not taken for a whole one.
    rest[digits.len()..].starts_with('.').then(|| digits.parse().ok())?
}

fn capabilities(javascript: JavaScript, window: Window) -> thirtyfour::ChromeCapabilities {
    let mut chrome = DesiredCapabilities::chrome();
    let size = format!("--window-size={},{}", window.width, window.height);
    // Chromium's own sandbox cannot be built by root; the pages come from the test itself.
    let mut arguments = vec!["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
    arguments.extend(["--hide-scrollbars", "--lang=en-US", "--no-first-run", "--disable-background-networking"]);
    arguments.extend(["--disable-component-update", "--disable-sync", "--no-proxy-server", &size]);
    for argument in arguments {
        chrome.add_arg(argument).expect("an argument is a string");
    }
    // So that a test can ask what the pages made it complain about.
    chrome.set_browser_log_level(LoggingPrefsLogLevel::All).expect("a level is a string");
    if let Some(binary) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(in_path) {
        chrome.set_binary(&binary).expect("a path is a string");
    }
    if javascript == JavaScript::Off {
        // 2 is "block", as a person sets it in the browser's settings.
        let settings = serde_json::json!({ "profile.managed_default_content_settings.javascript": 2 });
        chrome.add_experimental_option("prefs", settings).expect("settings are JSON");
    }
    chrome
}

fn in_path(program: &str) -> Option<String> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())?;
    Some(found.display().to_string())
}
