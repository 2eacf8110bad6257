//! `management.*`, `tls.*`, `proxy.*`, `egress.*`: where the provider meets the network.

use super::reader::Reader;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// `management.*`
#[derive(Debug, Clone, Default)]
pub struct Management {
    /// `management.listen`: a listener of its own for metrics and health; absent, there are no metrics to fetch.
    pub listen: Option<SocketAddr>,
}

impl Management {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("management.listen", &mut self.listen);
    }
}

/// `tls.*`: both files or none.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// `tls.certificate_file`: PEM, the leaf first.
    pub certificate_file: Option<PathBuf>,
    /// `tls.private_key_file`: PEM.
    pub private_key_file: Option<PathBuf>,
}

impl Tls {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("tls.certificate_file", &mut self.certificate_file);
        reader.read("tls.private_key_file", &mut self.private_key_file);
        let (certificate, key) = (self.certificate_file.is_some(), self.private_key_file.is_some());
        reader.require(key || !certificate, "tls.certificate_file", "needs `tls.private_key_file` too");
        reader.require(certificate || !key, "tls.private_key_file", "needs `tls.certificate_file` too");
    }

    /// Whether the public listener speaks TLS.
    pub fn is_on(&self) -> bool {
        self.certificate_file.is_some()
    }
}

/// `proxy.*`
#[derive(Debug, Clone, Default)]
pub struct Proxy {
    /// `proxy.trusted`: whose forwarded headers are believed. With one listed, other peers are refused.
    pub trusted: Vec<IpNet>,
}

impl Proxy {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("proxy.trusted", &mut self.trusted);
        let everyone = self.trusted.iter().any(|network| network.prefix_len() == 0);
        reader.require(
            !everyone,
            "proxy.trusted",
            "must not contain the whole internet: anyone could claim any address",
        );
    }
}

/// `egress.*`
#[derive(Debug, Clone, Default)]
pub struct Egress {
    /// `egress.allow_addresses`: may be fetched although private, by http and on any port.
    pub allow_addresses: Vec<IpNet>,
    /// `egress.extra_ca_file`: PEM certificates that are trusted beside the system's.
    pub extra_ca_file: Option<PathBuf>,
}

impl Egress {
    pub(super) fn read(&mut self, reader: &mut Reader) {
        reader.read("egress.allow_addresses", &mut self.allow_addresses);
        reader.read("egress.extra_ca_file", &mut self.extra_ca_file);
    }

    /// Whether the operator opened `address`.
    pub fn allows(&self, address: IpAddr) -> bool {
        self.allow_addresses.iter().any(|network| network.contains(&address.to_canonical()))
    }
}
