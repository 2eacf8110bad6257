//! A mail server on loopback that speaks TLS: from the first byte, or after STARTTLS.

use super::https_site;
use crate::outside::process::Folder;
use openssl::ssl::{SslAcceptor, SslMethod};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// How it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// RFC 8314 §3.3
    WithTls,
    /// RFC 3207
    WithStartTls,
    /// It offers no TLS at all.
    Plain,
    /// It takes the connection, and says nothing.
    Silent,
}

/// The server.
pub struct TlsMailbox {
    pub address: SocketAddr,
    letters: Arc<Mutex<Vec<(String, bool)>>>,
    folder: Folder,
}

impl TlsMailbox {
    pub fn open(begins: Begins) -> Self {
        let folder = Folder::create("mail");
        let (key, certificate) = https_site::certificate();
        std::fs::write(folder.join("ca.pem"), certificate.to_pem().unwrap()).unwrap();
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        acceptor.set_private_key(&key).unwrap();
        acceptor.set_certificate(&certificate).unwrap();
        let (acceptor, listener) = (acceptor.build(), TcpListener::bind(("127.0.0.1", 0)).unwrap());
        let (address, letters) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<(String, bool)>>>::default());
        let kept = Arc::clone(&letters);
        // Ends with the process.
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming().flatten() {
                match begins {
                    Begins::Silent => held.push(stream),
                    Begins::WithTls => {
                        let Ok(mut stream) = acceptor.accept(stream) else { continue };
                        converse(&mut stream, true, true, &kept);
                    }
                    Begins::Plain => {
                        converse(&mut &stream, true, false, &kept);
                    }
                    Begins::WithStartTls => start_tls(stream, &acceptor, &kept),
                }
            }
        });
        Self { address, letters, folder }
    }

    pub fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Each email, and whether it came by TLS.
    pub fn letters(&self) -> Vec<(String, bool)> {
        self.letters.lock().unwrap().clone()
    }
}

fn start_tls(stream: TcpStream, acceptor: &SslAcceptor, kept: &Mutex<Vec<(String, bool)>>) {
    say(&mut &stream, "220 mailbox.example ESMTP");
    while let Some(line) = line(&mut &stream) {
        match line.as_str() {
            "STARTTLS" => {
                say(&mut &stream, "220 go ahead");
                let Ok(mut stream) = acceptor.accept(stream) else { return };
                converse(&mut stream, false, true, kept);
                return;
            }
            other if other.starts_with("EHLO") => say(&mut &stream, "250-mailbox.example\r\n250 STARTTLS"),
            other if other.starts_with("QUIT") => return,
            // An email without TLS is a fault of who sends it.
            _ => say(&mut &stream, "530 first STARTTLS"),
        }
    }
}

fn converse(stream: &mut (impl Read + Write), greets: bool, is_tls: bool, kept: &Mutex<Vec<(String, bool)>>) {
    if greets {
        say(stream, "220 mailbox.example ESMTP");
    }
    while let Some(verb) = line(stream) {
        match verb.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => say(stream, "250-mailbox.example\r\n250 8BITMIME"),
            "DATA" => {
                say(stream, "354 go on");
                let lines = std::iter::from_fn(|| line(stream)).take_while(|line| line != ".");
                let letter = lines.collect::<Vec<_>>().join("\n");
                kept.lock().unwrap().push((letter, is_tls));
                say(stream, "250 taken");
            }
            "QUIT" => return say(stream, "221 bye"),
            _ => say(stream, "250 ok"),
        }
    }
}

fn say(stream: &mut impl Write, text: &str) {
    // Who hung up hears nothing.
    let _ = stream.write_all(format!("{text}\r\n").as_bytes());
    let _ = stream.flush();
}

fn line(stream: &mut impl Read) -> Option<String> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte).ok()? == 1 {
        if byte[0] == b'\n' {
            return Some(String::from_utf8_lossy(&bytes).trim_end().to_owned());
        }
        bytes.push(byte[0]);
    }
    None
}
