//! Samples.

use super::view::{DemoPerson, Home, StartLink, Starting, Tour};
use crate::pages::parts::Application;
use crate::pages::preview::{Sample, Stage};

/// The page in its states.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let view = |is_signed_in: bool, applications, tour| Home {
        page: stage.page(),
        person: is_signed_in.then(|| stage.person()),
        sign_in_url: "",
        account_url: Some(String::new()),
        sign_out_url: "",
        applications,
        tour,
    };
    let link = |name: &str| StartLink { url: String::new(), name: name.to_owned() };
    let tour = Tour {
        issuer: "http://localhost:8080",
        demo_url: "",
        mailbox_url: "",
        discovery_url: "",
        jwks_url: "",
        people: vec![
            DemoPerson { name: stage.cast.name, username: stage.cast.username, password: "analytical engine 1843" },
            DemoPerson { name: "Grace Hopper", username: "grace", password: "first compiler 1952" },
        ],
        client_id: "snippets",
        redirect_uri: "http://127.0.0.1:9876/callback",
        redirect_port: 9876,
    };
    let both = vec![link(stage.cast.application), link(stage.cast.other_application)];
    let stranger = Application { is_unverified: true, ..stage.application() };
    let starting = Starting { page: stage.page(), application: stranger, url: "", home_url: "" };
    let sample = |state, view: Home<'_>| stage.sample("home/page.html", ("home", state), &view);
    vec![
        sample("empty", view(false, Vec::new(), None)),
        sample("filled", view(true, both, None)),
        sample("tour", view(false, Vec::new(), Some(tour))),
        stage.sample("home/starting.html", ("start", "unverified"), &starting),
    ]
}
