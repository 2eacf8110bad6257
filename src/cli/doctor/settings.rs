//! The configuration as a whole.

use super::{Finding, Site};
use crate::pages::looks;
use crate::platform::config::{Config, Origin, RegistrationMode, RequirePkce};

pub(in crate::cli) fn look(site: &Site) -> Vec<Finding> {
    let config = &site.config;
    let mut found: Vec<Finding> = match config.check_for_serve(looks::findings(config)) {
        Ok(()) => vec![Finding::ok("the configuration is valid")],
        Err(findings) => findings
            .iter()
            .map(|finding| {
                Finding::fail(format!("{}: `{}` {}", finding.origin, finding.key, finding.problem), finding.fix.clone())
            })
            .collect(),
    };
    found.extend(pkce(config));
    found.extend(proxy(config));
    if config.registration.mode == RegistrationMode::Open {
        found.push(Finding::warn(
            "`registration.mode` is open: anyone may register applications",
            "set it to `token` unless that is intended",
        ));
    }
    if config.legacy_implicit {
        found.push(Finding::warn(
            "`legacy.implicit` is on: tokens can pass through the address bar (RFC 9700 section 2.1.2)",
            "turn it off once no application needs it",
        ));
    }
    if let Origin::Environment(_) = config.origin("keys.master_key") {
        found.push(Finding::warn(
            "the master key is in the environment, where every child process and crash report can see it",
            "put it into a file with mode 0400 and set `keys.master_key_file`",
        ));
    }
    found
}

fn pkce(config: &Config) -> Option<Finding> {
    let fix = "set it to `rfc9700`, and `require_pkce = false` for each client that does not support PKCE yet";
    match config.require_pkce {
        RequirePkce::All | RequirePkce::Rfc9700 => None,
        RequirePkce::Public => Some(Finding::warn(
            "`pkce.require` is public: stolen codes of confidential clients can be injected (RFC 9700 section 4.5)",
            fix,
        )),
        RequirePkce::Off => {
            Some(Finding::warn("`pkce.require` is off: stolen codes can be used (RFC 9700 section 2.1.1)", fix))
        }
    }
}

fn proxy(config: &Config) -> Option<Finding> {
    let behind = config.issuer.is_https() && !config.tls.is_on();
    match (behind, config.proxy.trusted.len()) {
        // `check_for_serve` reports it.
        (true, 0) | (false, 0) => None,
        (true, networks) => {
            Some(Finding::ok(format!("a proxy terminates TLS; {networks} networks may name client addresses")))
        }
        (false, _) if config.tls.is_on() => Some(Finding::warn(
            "`proxy.trusted` is set although this process terminates TLS itself: other peers are refused",
            "remove `proxy.trusted` if clients connect directly",
        )),
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::Layers;

    #[test]
    fn pkce_off_is_a_finding() {
        let config = Layers::default().text("t", "pkce.require = \"off\"").load().unwrap();
        assert!(pkce(&config).is_some_and(|finding| finding.what.contains("off")));
        assert!(pkce(&Config::default()).is_none());
    }
}
