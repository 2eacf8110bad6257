//! The listeners: public and management, TLS, limits, draining on SIGTERM.

use crate::app::{self, Machine, More};
use crate::op::Op;
use crate::platform::config::Config;
use crate::platform::crypto::MasterKeys;
use crate::platform::http::certificate::Certificate;
use crate::platform::http::edge::Edge;
use crate::platform::http::health::{self, Health};
use crate::platform::http::limits;
use crate::platform::paths::Location;
use crate::platform::telemetry::metrics::Exporter;
use actix_web::dev::Server;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// Requests that are under way may finish within this time after SIGTERM.
const DRAIN: u64 = 30;
/// Connections that may wait until they are taken, of which the machine may allow fewer (`net.core.somaxconn`). Where
/// they don't fit, the kernel drops what a client has sent already, and the client's next try comes seconds later.
const BACKLOG: i32 = 1024;
const HOUSEKEEPING: Duration = Duration::from_secs(60);
/// How often the outbox is looked at for what others wrote: another server, a command, a try that is due again.
const OUTBOX: Duration = Duration::from_secs(2);

/// Assembles the provider and serves until it is stopped; `ready` is called when the listener is open.
///
/// # Errors
/// What an operator has to know: an address that is taken, a store that does not answer, a secret that does not open.
pub fn serve(config: Config, machine: Machine, more: More, ready: impl FnOnce(&Config)) -> Result<(), String> {
    let (config, masters) = (Arc::new(config), Arc::clone(&machine.masters));
    actix_web::rt::System::new().block_on(async {
        let listener = bind(&config).map_err(|error| error.to_string())?;
        let op = app::assemble(Arc::clone(&config), machine).await.map_err(|error| error.to_string())?;
        tracing::info!(issuer = config.issuer.as_str(), listen = %config.listen, "serving");
        ready(&config);
        run(op, masters, more, listener).await.map_err(|error| error.to_string())
    })
}

/// Serves until it is stopped.
///
/// # Errors
/// When a listener cannot be opened or TLS files cannot be read.
pub async fn run(op: Op, masters: Arc<MasterKeys>, more: More, listener: TcpListener) -> io::Result<()> {
    let op = Data::new(op);
    let exporter = Exporter::install().map_err(io::Error::other)?;
    let certificate = Certificate::open(&op.config.tls).map_err(io::Error::other)?;
    let keeper = tokio::spawn(keep(op.clone().into_inner(), masters));
    let courier = tokio::spawn(deliver(op.clone().into_inner()));
    let health = health_of(&op);
    let watcher = tokio::spawn(look_after(health.clone().into_inner()));
    let watch = certificate.clone().map(|certificate| tokio::spawn(certificate.watch()));
    let public = public(&op, more, listener, certificate, health.clone())?;
    let served = match op.config.management.listen {
        Some(address) => {
            let management = management(&op, exporter, address, health)?;
            // It serves while the public one drains, and has no end of its own. A server hears only while it is
            // polled, so it must be awaited together with the one that stops it.
            let handle = management.handle();
            let drained = async {
                let served = public.await;
                handle.stop(false).await;
                served
            };
            futures_util::future::try_join(drained, management).await.map(drop)
        }
        None => public.await,
    };
    keeper.abort();
    // What it holds is sent again by another server, or by this one after a minute.
    courier.abort();
    watcher.abort();
    watch.inspect(tokio::task::JoinHandle::abort);
    served
}

/// Opens the public listener's socket.
///
/// # Errors
/// When the address is taken.
pub fn bind(config: &Config) -> io::Result<TcpListener> {
    listen(config.listen)
        .map_err(|cause| io::Error::new(cause.kind(), format!("listen = \"{}\": {cause}", config.listen)))
}

/// As the standard library does it, whose queue has 128 places.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restart does not wait for the connections of before. (On Windows the flag would let others take the address.)
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn public(
    op: &Data<Op>,
    more: More,
    listener: TcpListener,
    certificate: Option<Arc<Certificate>>,
    health: Data<Health>,
) -> io::Result<Server> {
    let edge = app::edge(op);
    let shared = op.clone();
    let server = HttpServer::new(move || {
        let (op, more, health) = (shared.clone(), Arc::clone(&more), health.clone());
        App::new()
            .wrap(edge.clone())
            .app_data(health)
            .configure(move |config| app::mount(config, &op, |config| more(config)))
    })
    .keep_alive(Duration::from_secs(75))
    .client_request_timeout(limits::HEAD_TIME)
    .tls_handshake_timeout(limits::HANDSHAKE_TIME)
    .client_disconnect_timeout(Duration::from_secs(2))
    .shutdown_timeout(DRAIN);
    let server = match certificate {
        Some(certificate) => server.listen_rustls_0_23(listener, tls(certificate)?)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

fn management(
    op: &Data<Op>,
    exporter: Exporter,
    address: std::net::SocketAddr,
    health: Data<Health>,
) -> io::Result<Server> {
    let edge = Edge::management(&op.config, Arc::clone(&op.random));
    let exporter = Data::new(exporter);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(edge.clone())
            .app_data(health.clone())
            .app_data(exporter.clone())
            .configure(health::routes)
            .route(&Location::Metrics.to_string(), web::get().to(figures))
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).bind(address)?.run())
}

async fn figures(exporter: Data<Exporter>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(exporter.render())
}

fn health_of(op: &Data<Op>) -> Data<Health> {
    let url = op.config.database.url.url().expose().clone();
    Data::new(Health::new(op.db.clone(), op.slots.clone(), url, Arc::clone(&op.clock)))
}

/// How often readiness is looked at where nobody asks: `/metrics` tells of it, and a store that takes no writes any more is
/// found out before a request is.
const WATCH: Duration = Duration::from_secs(10);

async fn look_after(health: Arc<Health>) {
    loop {
        // It logs what it finds.
        let _ = health.check().await;
        tokio::time::sleep(WATCH).await;
    }
}

async fn keep(op: Arc<Op>, masters: Arc<MasterKeys>) {
    loop {
        // At once too: the first start leaves the keys to encrypt to for later.
        if let Err(unavailable) = app::housekeeping(&op, &masters).await {
            tracing::error!(cause = %unavailable, "housekeeping failed and will be retried");
        }
        tokio::time::sleep(HOUSEKEEPING).await;
    }
}

/// Concurrent rounds of the outbox, so that a slow server does not delay the others.
const ROUNDS: usize = 8;

/// Empties the outbox: at once after a commit of this server, and every so often.
async fn deliver(op: Arc<Op>) {
    let mut rounds = FuturesUnordered::new();
    loop {
        let has_more = tokio::select! {
            Some(tried) = rounds.next() => tried > 0,
            () = op.outbox.news(OUTBOX) => true,
        };
        if has_more && rounds.len() < ROUNDS {
            rounds.push(deliver_once(&op));
        }
    }
}

/// How many were tried.
async fn deliver_once(op: &Op) -> usize {
    match app::deliver_due(op).await {
        Ok(tried) => tried,
        Err(unavailable) => {
            tracing::error!(cause = %unavailable, "sending the outbox failed and will be retried");
            tokio::time::sleep(OUTBOX).await;
            0
        }
    }
}

/// TLS 1.2 and 1.3 with rustls' suites.
fn tls(certificate: Arc<Certificate>) -> io::Result<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(builder.map_err(io::Error::other)?.with_no_client_auth().with_cert_resolver(certificate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn f_25_a_burst_of_connections_waits_until_it_is_taken() {
        let listener = listen(([127, 0, 0, 1], 0).into()).unwrap();
        let address = listener.local_addr().unwrap();
        let most =
            std::fs::read_to_string("/proc/sys/net/core/somaxconn").ok().and_then(|most| most.trim().parse().ok());
        let burst = 400.min(most.unwrap_or(128_usize));
        let connect = |_| TcpStream::connect_timeout(&address, Duration::from_secs(1));
        let waiting: Vec<_> = (0..burst).map(connect).collect::<Result<_, _>>().unwrap();
        assert_eq!(waiting.len(), burst);
    }
}
