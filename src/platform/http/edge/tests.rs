//! The edge before a small application.

use super::*;
use crate::platform::config::Layers;
use crate::platform::random::OsRandom;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, web};

async fn whoami(visit: Visit) -> String {
    format!("{} {}", visit.client, visit.trace.trace_id())
}

async fn explode() -> HttpResponse {
    panic!("a bug")
}

async fn fail() -> Result<HttpResponse, Error> {
    Err(actix_web::error::ErrorBadRequest("no"))
}

struct Answer {
    status: u16,
    headers: header::HeaderMap,
    body: String,
}

async fn ask(toml: &str, requests: Vec<TestRequest>) -> Vec<Answer> {
    let config = Layers::default().text("latchkey.toml", toml).load().unwrap();
    let app = App::new()
        .wrap(Edge::public(&config, Arc::new(OsRandom), None))
        .route("/whoami", web::get().to(whoami))
        .route("/explode", web::get().to(explode))
        .route("/healthz", web::get().to(whoami))
        .route("/fail", web::get().to(fail));
    let app = init_service(app).await;
    let mut answers = Vec::new();
    for request in requests {
        let response = match app.call(request.to_request()).await {
            Ok(response) => response.map_into_boxed_body(),
            // As the server does with it.
            Err(error) => ServiceResponse::new(TestRequest::default().to_http_request(), error.error_response()),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = String::from_utf8(read_body(response).await.to_vec()).unwrap();
        answers.push(Answer { status, headers, body });
    }
    answers
}

fn from(peer: &str, path: &str) -> TestRequest {
    TestRequest::get().uri(path).peer_addr(peer.parse().unwrap()).insert_header((header::HOST, "id.example.com"))
}

async fn ask_one(toml: &str, request: TestRequest) -> Answer {
    ask(toml, vec![request]).await.remove(0)
}

#[actix_web::test]
async fn a_handler_learns_who_asks_and_in_which_trace() {
    let request = from("10.0.0.1:80", "/whoami?a=b")
        .insert_header(("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        .insert_header(("x-forwarded-for", "192.0.2.1"));
    let body = ask_one("proxy.trusted = [\"10.0.0.0/8\"]", request).await.body;
    assert_eq!(body, "192.0.2.1 4bf92f3577b34da6a3ce929d0e0e4736");
}

#[actix_web::test]
async fn a_stranger_names_neither_its_address_nor_its_trace() {
    let request = from("192.0.2.1:80", "/whoami")
        .insert_header(("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        .insert_header(("x-forwarded-for", "127.0.0.1"));
    let body = ask_one("", request).await.body;
    assert!(body.starts_with("192.0.2.1 ") && !body.contains("4bf92f35"), "{body}");
}

#[actix_web::test]
async fn every_answer_carries_the_security_headers() {
    let long = format!("/whoami?{}", "a".repeat(8192));
    let requests = ["/whoami", "/nowhere", "/fail", "/explode", &long].map(|path| from("192.0.2.1:80", path)).into();
    for answer in ask("", requests).await {
        assert_eq!(answer.headers.get("x-content-type-options").unwrap(), "nosniff", "{}", answer.status);
        assert_eq!(answer.headers.get("x-frame-options").unwrap(), "DENY");
        assert!(!answer.headers.contains_key("strict-transport-security"));
    }
    let secure = "issuer = \"https://id.example.com\"";
    let answer = ask_one(secure, from("192.0.2.1:80", "/whoami")).await;
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[actix_web::test]
async fn a_panic_is_a_500_with_an_id_and_others_live() {
    let paths = ["/explode", "/whoami", "/explode", "/whoami"];
    let answers = ask("", paths.map(|path| from("192.0.2.1:80", path)).into()).await;
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [500, 200, 500, 200]);
    let body: serde_json::Value = serde_json::from_str(&answers[0].body).unwrap();
    assert_eq!(body["error"], "server_error");
    let id = body["error_description"].as_str().unwrap().strip_prefix("request ").unwrap();
    assert!(id.len() == 16 && !answers[0].body.contains("bug"), "{}", answers[0].body);
}

#[actix_web::test]
async fn an_error_of_a_handler_stays_what_it_is() {
    let answer = ask_one("", from("192.0.2.1:80", "/fail")).await;
    assert_eq!((answer.status, answer.body.as_str()), (400, "no"));
}

#[actix_web::test]
async fn a_url_of_more_than_8_kib_is_refused() {
    let answers = ask(
        "",
        [8191, 8192]
            .map(|length| from("192.0.2.1:80", &format!("/whoami?{}", "a".repeat(length - "/whoami".len()))))
            .into(),
    )
    .await;
    assert_eq!([answers[0].status, answers[1].status], [200, 200]);
    let answer = ask_one("", from("192.0.2.1:80", &format!("/whoami?{}", "a".repeat(8192)))).await;
    assert_eq!(answer.status, 414);
    assert!(answer.body.contains("\"error\":\"invalid_request\""), "{}", answer.body);
}

#[actix_web::test]
async fn headers_of_more_than_16_kib_are_refused() {
    let with = |length| from("192.0.2.1:80", "/whoami").insert_header(("x-long", "a".repeat(length)));
    let answers = ask("", vec![with(16_000), with(16_384)]).await;
    assert_eq!([answers[0].status, answers[1].status], [200, 431]);
}

#[actix_web::test]
async fn rfc9112_3_2_a_request_without_one_good_host_is_refused() {
    let with = |hosts: &[&'static str]| {
        let request = TestRequest::get().uri("/whoami").peer_addr("192.0.2.1:80".parse().unwrap());
        hosts.iter().fold(request, |request, host| request.append_header((header::HOST, *host)))
    };
    let answers = ask("", vec![with(&["a"]), with(&[]), with(&["a", "a"]), with(&["a b"])]).await;
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 400, 400, 400]);
    for (answer, why) in answers.iter().skip(1).zip(["no Host", "more than one Host", "must be a host"]) {
        assert!(answer.body.contains("invalid_request") && answer.body.contains(why), "{}", answer.body);
    }
}

#[actix_web::test]
async fn behind_a_proxy_only_the_proxy_is_heard() {
    let toml = "proxy.trusted = [\"10.0.0.0/8\"]";
    let through = from("10.0.0.1:80", "/whoami").insert_header(("x-forwarded-for", "192.0.2.7"));
    let answers = ask(
        toml,
        vec![
            through,
            from("192.0.2.1:80", "/whoami").insert_header(("x-forwarded-for", "10.0.0.1")),
            from("127.0.0.1:80", "/whoami"),
            from("127.0.0.1:80", "/healthz"),
            from("[::1]:80", "/healthz"),
            from("192.0.2.1:80", "/healthz"),
            TestRequest::get().uri("/whoami"),
        ],
    )
    .await;
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 403, 403, 200, 200, 403, 403]);
    assert!(answers[0].body.starts_with("192.0.2.7 "));
}

#[actix_web::test]
async fn a_health_check_through_a_proxy_that_does_not_say_who_asks_is_marked() {
    let answers = ask(
        "proxy.trusted = [\"10.0.0.1\"]",
        vec![
            from("10.0.0.1:80", "/healthz"),
            from("10.0.0.1:80", "/healthz").insert_header(("x-forwarded-for", "192.0.2.7")),
            from("127.0.0.1:80", "/healthz"),
            from("10.0.0.1:80", "/whoami"),
        ],
    )
    .await;
    let marked = |answer: &Answer| answer.headers.contains_key(FORWARDED_HEADER);
    assert_eq!(answers.iter().map(marked).collect::<Vec<_>>(), [true, false, false, false]);
}

#[actix_web::test]
async fn a_request_is_counted_by_its_routes_template() {
    let exporter = metrics::Exporter::install().unwrap();
    let config = Layers::default().load().unwrap();
    let app = App::new()
        .wrap(Edge::public(&config, Arc::new(OsRandom), None))
        .service(web::scope("/auth").route("/items/{id}", web::get().to(whoami)));
    let app = init_service(app).await;
    for path in ["/auth/items/1?secret=1", "/auth/items/2", "/auth/odd-path-of-a-stranger"] {
        call_service(&app, from("192.0.2.1:80", path).to_request()).await;
    }
    let text = exporter.render();
    assert!(text.contains("requests_total{method=\"GET\",route=\"/auth/items/{id}\",status=\"2xx\"} 2"), "{text}");
    assert!(text.contains("route=\"unmatched\",status=\"4xx\"") && !text.contains("stranger"), "{text}");
}

/// Over a real socket, since what becomes of an error there is the server's doing.
#[actix_web::test]
async fn a_connection_outlives_a_panic() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let edge = Edge::public(&Config::default(), Arc::new(OsRandom), None);
    let app = move || {
        App::new().wrap(edge.clone()).route("/explode", web::get().to(explode)).route("/whoami", web::get().to(whoami))
    };
    let server = actix_web::HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let requests =
        "GET /explode HTTP/1.1\r\nHost: a\r\n\r\nGET /whoami HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    socket.write_all(requests.as_bytes()).await.unwrap();
    let mut answers = String::new();
    socket.read_to_string(&mut answers).await.unwrap();
    handle.stop(false).await;
    let (first, second) = answers.split_at(answers.rfind("HTTP/1.1 ").unwrap());
    assert!(first.starts_with("HTTP/1.1 500 ") && first.contains("x-frame-options: DENY"), "{answers}");
    assert!(second.starts_with("HTTP/1.1 200 ") && second.contains("\r\n\r\n127.0.0.1 "), "{answers}");
}
