//! Free ports of the loopback interface.

use std::collections::HashSet;
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

static HANDED_OUT: Mutex<Option<HashSet<u16>>> = Mutex::new(None);

/// A port that nothing listens on now and that no other caller in this process was given.
///
/// Between this call and the server's own bind another process may take it: whoever starts a server tries again
/// with another port (see `process::start_on_free_port`).
pub fn free() -> u16 {
    let mut handed_out = HANDED_OUT.lock().unwrap_or_else(PoisonError::into_inner);
    let handed_out = handed_out.get_or_insert_default();
    loop {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback interface has a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        if handed_out.insert(port) {
            return port;
        }
    }
}
