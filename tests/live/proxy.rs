//! A load balancer in a page: each connection goes to the next instance.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
