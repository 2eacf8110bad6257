//! Where slices meet at run time: the hubs with state, created once, and the started features.

use super::Op;
use super::authorize::AuthorizationEndpoint;
use super::client_auth::ClientAuthentication;
use super::feature::Routes;
use super::token::TokenEndpoint;
use std::sync::Arc;

/// The hubs. A slice that needs one imports it, so that imports show the dependencies.
#[derive(Clone)]
pub struct Hubs {
    pub client_auth: Arc<ClientAuthentication>,
    pub authorize: Arc<AuthorizationEndpoint>,
    pub token: Arc<TokenEndpoint>,
}

impl Hubs {
    /// Created from the provider's shared state.
    pub fn new(op: &Op) -> Self {
        let client_auth = Arc::new(ClientAuthentication::new(op));
        let authorize = Arc::new(AuthorizationEndpoint::new(op, &client_auth));
        let token = Arc::new(TokenEndpoint::new(op, &client_auth));
        Self { client_auth, authorize, token }
    }
}

/// The hubs, and what mounts the features that are on.
pub(super) struct Started {
    hubs: Hubs,
    routes: Vec<Routes>,
}

impl Op {
    /// The hubs, for the code that mounts the provider and empties its outbox. Handlers take the `Data` of the hub that
    /// they need.
    pub fn hubs(&self) -> &Hubs {
        &self.started().hubs
    }

    /// What mounts the slices with their own state.
    pub fn routes(&self) -> &[Routes] {
        &self.started().routes
    }

    fn started(&self) -> &Started {
        self.started.get_or_init(|| {
            let hubs = Hubs::new(self);
            let mounts = self.features.on().flat_map(|feature| &feature.mount);
            Started { routes: mounts.map(|mount| mount(self, &hubs)).collect(), hubs }
        })
    }
}
