//! Pictures of people and logos of applications: taken within bounds, encoded again, and served from here alone.

use crate::account_api::{Holder, problem};
use crate::support::https_site::HttpsSite;
use crate::support::receiver::LOOPBACK;
use crate::support::registrar::{manage, party, plain, registered, with};
use crate::support::relying_party::web_app;
use crate::support::stores::masters;
use crate::support::*;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use latchkey::app;
use latchkey::model::picture::{Named, store};
use latchkey::platform::picture;
use latchkey::platform::random::OsRandom;
use reqwest::Method;
use serde_json::json;
use std::io::Cursor;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const OPEN: &str = "registration.mode = \"open\"\nthrottle.registration_address = \"off\"";

/// A square PNG of one colour, by its red.
fn png(red: u8, side: u32) -> Vec<u8> {
    wide_png(red, (side, side))
}

fn wide_png(red: u8, (width, height): (u32, u32)) -> Vec<u8> {
    let mut file = Vec::new();
    let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb([red, 60, 60])));
    picture.write_to(&mut Cursor::new(&mut file), ImageFormat::Png).unwrap();
    file
}

/// The status, headers and bytes of a picture below the issuer.
async fn fetched(op: &TestOp, url: &str) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
    let path = url.strip_prefix(op.issuer()).unwrap_or(url);
    let response = crate::support::http::client().get(op.url(path)).send().await.unwrap();
    (response.status().as_u16(), response.headers().clone(), response.bytes().await.unwrap().to_vec())
}

/// Sends a picture through the account API.
async fn put(holder: &Holder, tag: Option<&str>, media_type: &str, file: Vec<u8>) -> Answer {
    let request = holder.rp().raw(Method::PUT, "/api/account/v1/profile/picture").bearer_auth(holder.token());
    let request = match tag {
        Some(tag) => request.header("if-match", tag),
        None => request,
    };
    Answer::of(request.header("content-type", media_type).body(file)).await
}

/// A server with this logo, by http.
async fn logo_server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(answer).mount(&server).await;
    server
}

/// What `src` the first logo of the sign-in page has; none where a letter stands for it.
async fn shown_logo(op: &TestOp, rp: &RelyingParty) -> Option<String> {
    let page = op.browser().open(&rp.request().url()).await.ok().clone();
    assert!(page.header("content-security-policy").contains("; img-src 'self'; "), "{:?}", page.headers);
    for source in page.body.split("<img").skip(1).filter_map(|tag| answer::between(tag, " src=\"", "\"")) {
        assert!(source.starts_with('/'), "a page names the foreign picture {source}");
    }
    let logo = page.body.split("class=\"tile tile-logo\"").nth(1);
    logo.and_then(|tag| answer::between(tag, " src=\"", "\""))
}

on_both_stores! {
    async fn a_picture_is_uploaded_served_from_here_told_to_applications_and_replaced(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let mut browser = op.browser();
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        browser.open("/account/profile").await.ok();
        let page = browser.upload(&browser.csrf(), "set", &png(10, 900)).await;
        assert!(page.ok().body.contains("Your changes are saved"), "{}", page.body);
        let url = rp.userinfo(&tokens.access_token).await.json()["picture"].as_str().unwrap().to_owned();
        assert!(url.starts_with(&format!("{}/pictures/", op.issuer())), "{url}");
        let path = url.strip_prefix(op.issuer()).unwrap();
        assert!(page.body.contains(&format!("src=\"{path}\"")), "the page shows it: {}", page.body);
        let (status, headers, content) = fetched(&op, &url).await;
        assert_eq!(status, 200);
        for (name, value) in [
            ("content-type", "image/png"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
            ("cache-control", "public, max-age=31536000, immutable"),
            ("cross-origin-resource-policy", "cross-origin"),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
        let kept = image::load_from_memory(&content).unwrap();
        assert_eq!((kept.width(), kept.height()), (512, 512));
        let again = crate::support::http::client().get(op.url(path)).header("if-none-match", &headers["etag"]);
        assert_eq!(Answer::of(again).await.status, 304);
        // Another one has another address, and the one before is gone.
        browser.upload(&browser.csrf(), "set", &png(200, 20)).await.ok();
        let other = rp.userinfo(&tokens.access_token).await.json()["picture"].as_str().unwrap().to_owned();
        assert_ne!(url, other);
        assert_eq!((fetched(&op, &url).await.0, fetched(&op, &other).await.0), (404, 200));
        assert!(browser.upload(&browser.csrf(), "remove", b"").await.ok().body.contains("Your changes are saved"));
        assert!(rp.userinfo(&tokens.access_token).await.json()["picture"].is_null());
        assert_eq!(fetched(&op, &other).await.0, 404);
    }

    async fn what_is_no_still_picture_within_bounds_is_refused_at_its_field_and_nothing_changes(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/profile").await.ok();
        let csrf = browser.csrf();
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
        let too_long = vec![0; picture::LONGEST + 1];
        let far_too_long = vec![0; 2 * picture::LONGEST];
        let table = [
            (svg, "Choose a PNG, JPEG or WebP picture."),
            (b"GIF89a\x01\0\x01\0".to_vec(), "Choose a PNG, JPEG or WebP picture."),
            (Vec::new(), "Choose a PNG, JPEG or WebP picture."),
            (too_long, "This file is larger than 5 MB."),
            (far_too_long, "This file is larger than 5 MB."),
            (wide_png(1, (8193, 2)), "This picture has too many pixels."),
        ];
        for (file, why) in table {
            let page = browser.upload(&csrf, "set", &file).await;
            assert_eq!(page.status, 422, "{why}");
            assert!(page.body.contains(why) && page.body.contains("<input autofocus class=\"input-file\""), "{why}: {}", page.body);
            assert!(!page.body.contains("avatar-picture"));
        }
        // Every other form stays as short as it was.
        let long = "x".repeat(20 * 1024);
        assert_eq!(browser.post("/account/profile", &[("csrf", csrf.as_str()), ("nickname", &long)]).await.status, 413);
    }

    async fn ses_10_a_picture_without_the_sessions_token_or_from_elsewhere_is_not_taken(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/profile").await.ok();
        let csrf = browser.csrf();
        assert_eq!(browser.upload("x", "set", &png(1, 9)).await.status, 403);
        let mut elsewhere = browser.clone();
        elsewhere.headers.push(("origin", "https://evil.example".into()));
        assert_eq!(elsewhere.upload(&csrf, "set", &png(1, 9)).await.status, 403);
        assert!(op.browser().upload(&csrf, "set", &png(1, 9)).await.body.contains("id=\"password\""), "a stranger signs in first");
        assert!(!browser.open("/account/profile").await.body.contains("avatar-picture"));
    }

    async fn rfc9110_13_1_1_the_account_api_takes_a_picture_of_the_version_that_was_read(op: TestOp) {
        let holder = Holder::of(&op, "ada").await;
        let tag = holder.read("/profile").await.header("etag").to_owned();
        problem(&put(&holder, None, "image/png", png(1, 9)).await, 428, "if_match_required");
        problem(&put(&holder, Some("\"99\""), "image/png", png(1, 9)).await, 412, "stale");
        problem(&put(&holder, Some(&tag), "application/json", png(1, 9)).await, 415, "invalid_request");
        problem(&put(&holder, Some(&tag), "image/png", b"no picture".to_vec()).await, 422, "invalid_picture");
        problem(&put(&holder, Some(&tag), "image/png", vec![0; picture::LONGEST + 1]).await, 413, "invalid_request");
        let saved = put(&holder, Some(&tag), "image/png", png(1, 9)).await;
        let url = saved.ok().json()["claims"]["picture"].as_str().unwrap().to_owned();
        assert!(saved.header("etag") != tag && fetched(&op, &url).await.0 == 200);
        problem(&put(&holder, Some(&tag), "image/png", png(2, 9)).await, 412, "stale");
        // Who names another server's picture has none here any more.
        let tag = saved.header("etag").to_owned();
        let patch = json!({ "picture": "https://pictures.example/me.png" });
        let patched = holder.send(Method::PATCH, "/profile", Some(&tag), Some(patch)).await;
        assert_eq!(patched.ok().json()["claims"]["picture"], "https://pictures.example/me.png");
        assert_eq!(fetched(&op, &url).await.0, 404);
        let saved = put(&holder, Some("*"), "image/png", png(3, 9)).await;
        let url = saved.ok().json()["claims"]["picture"].as_str().unwrap().to_owned();
        let removed = holder.send(Method::DELETE, "/profile/picture", Some(saved.header("etag")), None).await;
        assert!(removed.ok().json()["claims"]["picture"].is_null() && fetched(&op, &url).await.0 == 404);
        let allowed = Answer::of(holder.rp().raw(Method::OPTIONS, "/api/account/v1/profile/picture")).await;
        assert!(allowed.header("access-control-allow-methods").contains("PUT"));
    }

    async fn a_person_who_is_gone_leaves_no_picture(op: TestOp) {
        op.person("ada").await;
        let mut browser = op.browser();
        browser.console("ada", "/account/profile").await.ok();
        let page = browser.upload(&browser.csrf(), "set", &png(1, 9)).await.ok().clone();
        let path = answer::between(page.body.split("avatar-picture").nth(1).unwrap(), "src=\"", "\"").unwrap();
        browser.open("/account/data").await.ok();
        let copy = browser.send("/account/data", &[]).await.ok().json();
        assert_eq!(copy["picture"]["media_type"], "image/png");
        browser.open("/account/data/delete").await.ok();
        browser.submit(&[("confirm", "ada")]).await.ok();
        assert_eq!(fetched(&op, &path).await.0, 200, "who may come back keeps it");
        op.advance(days(15));
        app::housekeeping(&op.op, &masters()).await.unwrap();
        assert_eq!(fetched(&op, &path).await.0, 404);
    }

    async fn pictures_are_taken_only_where_the_operator_lets_people_edit_theirs(setup: Setup) {
        let stores = setup.stores();
        let fixed = setup.config("[profile.fields.picture]\nedit = \"operator\"").start();
        let off = Setup::new(stores).config("features.pictures = false").start();
        for op in [fixed, off] {
            let holder = Holder::of(&op, "ada").await;
            let mut browser = op.browser();
            let page = browser.console("ada", "/account/profile").await.ok().body.clone();
            assert!(!page.contains("picture-form"), "{page}");
            assert_eq!(browser.upload(&browser.csrf(), "set", &png(1, 9)).await.status, 400);
            problem(&put(&holder, Some("*"), "image/png", png(1, 9)).await, 422, "not_editable");
        }
    }

    async fn an_applications_logo_is_fetched_once_through_the_guard_and_served_from_here(setup: Setup) {
        let op = setup.config(LOOPBACK).start();
        let server = logo_server(ResponseTemplate::new(200).set_body_bytes(png(9, 700))).await;
        let uri = format!("{}/logo.png", server.uri());
        let rp = op.client(web_app()).await;
        let mut metadata = web_app();
        metadata["logo_uri"] = json!(uri);
        rp.reregister(&op, metadata.clone()).await;
        rp.ask_for_logo(&op).await;
        assert_eq!(shown_logo(&op, &rp).await, None, "a letter stands there until it is fetched");
        assert_eq!(app::deliver_due(&op.op).await.unwrap(), 1);
        let logo = shown_logo(&op, &rp).await.expect("a logo");
        let (status, headers, content) = fetched(&op, &logo).await;
        assert!(status == 200 && headers["content-type"] == "image/png");
        assert_eq!(image::load_from_memory(&content).unwrap().width(), 512);
        for _ in 0..3 {
            shown_logo(&op, &rp).await;
            op.advance(minutes(60));
            app::deliver_due(&op.op).await.unwrap();
        }
        assert_eq!(server.received_requests().await.unwrap().len(), 1, "fetched once");
        // Another address is another logo.
        metadata["logo_uri"] = json!(format!("{uri}?2"));
        rp.reregister(&op, metadata).await;
        op.changed();
        assert_eq!((shown_logo(&op, &rp).await, fetched(&op, &logo).await.0), (None, 404));
    }

    async fn a_logo_that_cannot_be_fetched_leaves_a_letter_and_is_tried_again_for_a_day(setup: Setup) {
        let op = setup.config(LOOPBACK).start();
        let server = logo_server(ResponseTemplate::new(503)).await;
        let mut metadata = web_app();
        metadata["logo_uri"] = json!(server.uri());
        let rp = op.client(metadata).await;
        rp.ask_for_logo(&op).await;
        app::deliver_due(&op.op).await.unwrap();
        assert_eq!(shown_logo(&op, &rp).await, None);
        server.reset().await;
        Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_bytes(png(9, 40))).mount(&server).await;
        op.advance(minutes(1));
        app::deliver_due(&op.op).await.unwrap();
        assert!(shown_logo(&op, &rp).await.is_some());
        // One that is no picture is not asked for again; one that never answers well is given up after a day.
        for (answer, most) in [(ResponseTemplate::new(200).set_body_string("<svg/>"), 1), (ResponseTemplate::new(404), 60)] {
            let server = logo_server(answer).await;
            let mut metadata = web_app();
            metadata["logo_uri"] = json!(server.uri());
            let rp = op.client(metadata).await;
            rp.ask_for_logo(&op).await;
            for _ in 0..40 {
                app::deliver_due(&op.op).await.unwrap();
                op.advance(minutes(61));
            }
            let tries = server.received_requests().await.unwrap().len();
            assert!((1..=most).contains(&tries), "{tries}");
            for _ in 0..3 {
                op.advance(minutes(120));
                app::deliver_due(&op.op).await.unwrap();
            }
            assert_eq!(server.received_requests().await.unwrap().len(), tries, "it is over");
            assert_eq!(shown_logo(&op, &rp).await, None);
        }
    }

    async fn egr_01_a_logo_in_a_private_network_is_not_fetched(op: TestOp) {
        let server = logo_server(ResponseTemplate::new(200).set_body_bytes(png(9, 40))).await;
        let mut metadata = web_app();
        metadata["logo_uri"] = json!(server.uri());
        let rp = op.client(metadata).await;
        rp.ask_for_logo(&op).await;
        app::deliver_due(&op.op).await.unwrap();
        assert_eq!((server.received_requests().await.unwrap().len(), shown_logo(&op, &rp).await), (0, None));
    }

    async fn cli_17_the_logo_of_a_client_that_registered_itself_is_the_operators_choice(setup: Setup) {
        let stores = setup.stores();
        for wanted in [false, true] {
            let site = HttpsSite::start();
            let logo = site.put("/logo.png", 200, png(9, 40));
            let toml = format!("{}\nbranding.client_logos = {wanted}", site.toml());
            let op = Setup::new(stores).config(OPEN).config(&toml).start();
            let known = registered(&with(&op, None, json!({ "logo_uri": logo })).await);
            let rp = party(&op, &known).await;
            app::deliver_due(&op.op).await.unwrap();
            assert_eq!(shown_logo(&op, &rp).await.is_some(), wanted);
            assert_eq!(site.visits().len(), usize::from(wanted));
        }
    }

    async fn rfc7592_2_2_a_client_that_registers_another_logo_loses_the_one_before(setup: Setup) {
        let site = HttpsSite::start();
        let [first, second] = ["/1.png", "/2.png"].map(|path| site.put(path, 200, png(9, 40)));
        let toml = format!("{}\nbranding.client_logos = true", site.toml());
        let op = setup.config(OPEN).config(&toml).start();
        let known = registered(&with(&op, None, json!({ "logo_uri": first })).await);
        let rp = party(&op, &known).await;
        app::deliver_due(&op.op).await.unwrap();
        let old = shown_logo(&op, &rp).await.expect("a logo");
        let mut body = plain();
        (body["client_id"], body["logo_uri"]) = (known["client_id"].clone(), json!(second));
        manage(&op, Method::PUT, &known, Some(&body)).await.ok();
        assert_eq!((shown_logo(&op, &rp).await, fetched(&op, &old).await.0), (None, 404));
        app::deliver_due(&op.op).await.unwrap();
        assert_ne!(shown_logo(&op, &rp).await.expect("the new one"), old);
    }

    async fn a_logo_that_an_operator_uploaded_stays_and_goes_with_the_client(setup: Setup) {
        let op = setup.config(LOOPBACK).start();
        let server = logo_server(ResponseTemplate::new(200).set_body_bytes(png(9, 40))).await;
        let rp = op.client(web_app()).await;
        let named = Named::new(picture::read(&png(80, 40)).unwrap(), &OsRandom);
        let (id, now, own) = (rp.client_id.clone(), op.now(), named.name.clone());
        op.write(move |tx| store::set_logo(tx, &id, &named, None, now)).await;
        op.changed();
        let path = shown_logo(&op, &rp).await.expect("a logo");
        assert!(path.ends_with(&own));
        let mut metadata = web_app();
        metadata["logo_uri"] = json!(server.uri());
        rp.reregister(&op, metadata).await;
        rp.ask_for_logo(&op).await;
        app::deliver_due(&op.op).await.unwrap();
        assert_eq!(shown_logo(&op, &rp).await.as_deref(), Some(path.as_str()));
        assert!(server.received_requests().await.unwrap().is_empty());
        let id = rp.client_id.clone();
        assert!(op.write(move |tx| latchkey::model::client::store::delete(tx, &id)).await);
        assert_eq!(fetched(&op, &path).await.0, 404);
    }

    async fn a_name_that_is_no_pictures_is_404(op: TestOp) {
        for path in ["/pictures/x", "/pictures/%00", "/pictures/..%2f..%2fetc", &format!("/pictures/{}", "a".repeat(200))] {
            assert_eq!(fetched(&op, path).await.0, 404, "{path}");
        }
        let posted = crate::support::http::client().post(op.url("/pictures/x"));
        assert_eq!(Answer::of(posted).await.status, 405);
    }
}
