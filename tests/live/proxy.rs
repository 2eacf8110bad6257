//! A load balancer in a page: each connection goes to the next instance. And a line to a store that can be cut.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Listens from the start, serves once it is told where to.
#[derive(Debug)]
pub struct RoundRobin {
    listener: TcpListener,
    served: Arc<[AtomicUsize; 2]>,
}

impl RoundRobin {
    pub fn open() -> Self {
        Self { listener: TcpListener::bind(("127.0.0.1", 0)).unwrap(), served: Arc::default() }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }

    /// Connections that each instance got so far.
    pub fn served(&self) -> Vec<usize> {
        self.served.iter().map(|count| count.load(Ordering::Relaxed)).collect()
    }

    /// Serves for as long as the test process lives.
    pub fn serve(&self, ports: Vec<u16>) {
        let (listener, served) = (self.listener.try_clone().unwrap(), Arc::clone(&self.served));
        std::thread::spawn(move || {
            for (number, client) in listener.incoming().flatten().enumerate() {
                let chosen = number % ports.len();
                served[chosen].fetch_add(1, Ordering::Relaxed);
                let Ok(server) = TcpStream::connect(("127.0.0.1", ports[chosen])) else { continue };
                join(client, server);
            }
        });
    }
}

fn join(mut client: TcpStream, mut server: TcpStream) {
    if pass_first_on(&mut client, &mut server).is_none() {
        return;
    }
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || pour(from, to));
    std::thread::spawn(move || pour(server, client));
}

/// One request a connection, so that the next one goes to the other instance.
fn pass_first_on(client: &mut TcpStream, server: &mut TcpStream) -> Option<()> {
    let mut head = vec![0; 16 * 1024];
    let length = client.read(&mut head).ok().filter(|length| *length > 0)?;
    let head = String::from_utf8(head[..length].to_vec()).ok()?;
    server.write_all(head.replacen("Connection: keep-alive", "Connection: close", 1).as_bytes()).ok()
}

fn pour(mut from: TcpStream, mut to: TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}

/// How a line is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Whole,
    /// Connections are reset, new ones at once.
    Cut,
    /// Connections stand and nothing passes, as where packets are dropped.
    Silent,
}

#[derive(Debug)]
struct Wire {
    state: State,
    to: u16,
    ends: Vec<TcpStream>,
}

/// A line from a process to a store: a port of its own that leads to the store's.
#[derive(Clone, Debug)]
pub struct Line {
    port: u16,
    wire: Arc<Mutex<Wire>>,
}

impl Line {
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let wire = Wire { state: State::Whole, to: port, ends: Vec::new() };
        let line = Self { port: listener.local_addr().unwrap().port(), wire: Arc::new(Mutex::new(wire)) };
        let serving = line.clone();
        std::thread::spawn(move || listener.incoming().flatten().for_each(|client| serving.connect(client)));
        line
    }

    /// The near end.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A URL of the store, over this line.
    pub fn url(&self, url: &str) -> String {
        url.replacen(&format!(":{}/", self.lock().to), &format!(":{}/", self.port), 1)
    }

    pub fn cut(&self) {
        self.become_(State::Cut);
    }

    pub fn fall_silent(&self) {
        self.become_(State::Silent);
    }

    pub fn heal(&self) {
        self.become_(State::Whole);
    }

    /// Leads to another server from now on, as a name or a virtual address does after a failover.
    pub fn lead_to(&self, port: u16) {
        self.cut();
        self.lock().to = port;
        self.heal();
    }

    /// Leads new connections to another server; those that stand stay with the old one, which still answers.
    pub fn lead_new_ones_to(&self, port: u16) {
        self.lock().to = port;
    }

    fn become_(&self, state: State) {
        let mut wire = self.lock();
        wire.state = state;
        if state == State::Cut {
            wire.ends.drain(..).for_each(|end| drop(end.shutdown(Shutdown::Both)));
        }
    }

    fn state(&self) -> State {
        self.lock().state
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Wire> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self, client: TcpStream) {
        let mut wire = self.lock();
        if wire.state == State::Cut {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", wire.to)) else { return };
        for (from, to) in [(&client, &server), (&server, &client)] {
            wire.ends.push(from.try_clone().unwrap());
            let (line, from, to) = (self.clone(), from.try_clone().unwrap(), to.try_clone().unwrap());
            std::thread::spawn(move || line.carry(from, to));
        }
    }

    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        from.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let length = match from.read(&mut bytes) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                Err(_) => break,
            };
            while self.state() == State::Silent {
                std::thread::sleep(Duration::from_millis(5));
            }
            if to.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }
}
