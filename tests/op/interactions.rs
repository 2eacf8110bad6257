//! What anybody can make the provider keep: an interaction, before anyone has signed in.

use crate::support::people::PASSWORD;
use crate::support::wire::Raw;
use crate::support::{Answer, Browser, Setup, TestOp, minutes, seconds};
use latchkey::op::authorize::interaction::Purpose;

/// What the store holds of the page that a browser shows.
async fn held(op: &TestOp, browser: &Browser) -> String {
    let id = browser.path.rsplit('/').next().unwrap().to_owned();
    let secret = browser.cookies[&format!("lk_i_{id}")].clone();
    let bound = op.op.interactions.bound(&id, Some(&secret)).await.unwrap().expect("an interaction");
    match bound.interaction.purpose {
        Purpose::Authorize(query) | Purpose::Logout(query) => query,
        Purpose::Home | Purpose::Account(_) => String::new(),
    }
}

on_both_stores! {
    async fn an_authorization_request_is_kept_as_far_as_it_was_understood(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request().with("scope", "openid email weather");
        let noisy = request.clone().and("junk", &"j".repeat(5_000)).and("claims_locales", &"de-x-abc ".repeat(25))
            .and("id_token_hint", &"h".repeat(1_500));
        let mut browser = op.browser();
        browser.headers = vec![("origin", "https://rp.example".into())];
        browser.post("/authorize", &noisy.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>()).await.ok();
        browser.headers.clear();
        let kept = held(&op, &browser).await;
        assert!(kept.len() < 1_200 && !kept.contains("junk") && !kept.contains("weather") && !kept.contains("hhh"), "{kept}");
        // Nothing that counts is lost.
        browser.sign_in("ada", PASSWORD).await;
        let answer = browser.allow().await;
        assert_eq!(answer.query().get("state").map(String::as_str), request.find("state"));
        let tokens = rp.redeem(&answer.query()["code"], &request).await.ok().json();
        assert_eq!(tokens["scope"], "openid email");
        assert_eq!(rp.id_claims(tokens["id_token"].as_str().unwrap()).await["nonce"].as_str(), request.find("nonce"));
    }

    async fn every_parameter_that_is_understood_outlives_the_sign_in_page(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request().with("claims", r#"{"id_token":{"phone_number":null}}"#).with("max_age", "60")
            .with("acr_values", "1fa").with("display", "popup").with("login_hint", "ada").with("response_mode", "form_post")
            .with("ui_locales", "de");
        let mut browser = op.browser();
        browser.open(&request.url()).await.ok();
        assert!(browser.page().body.contains("lang=\"de\""), "{}", browser.page().body);
        let kept = held(&op, &browser).await;
        for (name, _) in &request.parameters {
            assert!(kept.contains(&format!("{name}=")), "{name} in {kept}");
        }
    }

    async fn a_logout_request_is_kept_as_far_as_it_was_understood(op: TestOp) {
        let (rp, _) = op.tokens().await;
        let mut browser = op.browser();
        browser.walk(&rp.request().url()).await;
        let junk = "j".repeat(2_000);
        browser.open(&op.url(&format!("/logout?client_id={}&logout_hint={junk}&junk={junk}&id_token_hint={junk}", rp.client_id))).await.ok();
        let kept = held(&op, &browser).await;
        assert!(kept.len() < 200 && kept.contains("client_id") && !kept.contains("jjj"), "{kept}");
    }

    async fn nobody_who_has_not_signed_in_is_waited_for_longer_than_a_quarter_of_an_hour(op: TestOp) {
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        browser.open(&rp.request().url()).await.ok();
        op.advance(minutes(14));
        browser.sign_in("ada", PASSWORD).await;
        assert!(browser.is_at("/consent"));
        // Whoever has signed in may take the hour.
        op.advance(minutes(50));
        assert!(browser.allow().await.query().contains_key("code"));
        let mut late = op.browser();
        late.open(&rp.request().url()).await.ok();
        op.advance(minutes(15) + seconds(1));
        late.sign_in("ada", PASSWORD).await.refused(400, "invalid_request");
    }

    async fn one_network_begins_so_many_within_a_while_and_others_are_not_held_up(setup: Setup) {
        let op = setup.config("throttle.interaction_network = \"3/1m\"\nproxy.trusted = [\"127.0.0.1\"]").start();
        let rp = op.web_app().await;
        let target = rp.request().url().replace(&op.address, "");
        let from = |target: &str, address: &str| {
            let request = Raw::new("GET", target).header("x-forwarded-for", address.as_bytes());
            let op = &op;
            async move { request.send(op).await }
        };
        let status = |answer: Answer| answer.status;
        // A household has a whole /64 of IPv6, and what begins here is one count whatever it begins.
        assert_eq!(status(from(&target, "2001:db8:1:2::1").await), 303);
        assert_eq!(status(from("/login", "2001:db8:1:2::2").await), 303);
        assert_eq!(status(from(&target, "2001:db8:1:2:ffff::3").await), 303);
        let refused = from(&target, "2001:db8:1:2:3:4:5:6").await;
        assert_eq!((refused.status, refused.error().as_str()), (429, "temporarily_unavailable"), "{}", refused.body);
        assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|wait| (1..=60).contains(&wait)));
        assert_eq!(status(from(&target, "2001:db8:1:3::1").await), 303);
        assert_eq!(status(from(&target, "203.0.113.7").await), 303);
        // What needs no page is answered all the same.
        assert_eq!(status(from(&format!("{target}&prompt=none"), "2001:db8:1:2::1").await), 303);
        op.advance(minutes(1));
        assert_eq!(status(from(&target, "2001:db8:1:2::1").await), 303);
    }
}
