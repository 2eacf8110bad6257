//! RFC 6749 §3.2, §5: the token endpoint.

use crate::support::TestOp;

on_both_stores! {
    async fn rfc6749_5_1_the_answer_is_json_that_nobody_keeps(op: TestOp) {
        op.person("ada").await;
        let rp = op.web_app().await;
        let request = rp.request();
        let code = rp.code(&mut op.browser(), &request).await;
        let answer = rp.redeem(&code, &request).await;
        answer.ok();
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("pragma"), "no-cache");
        assert!(answer.header("content-type").starts_with("application/json"));
        let json = answer.json();
        assert_eq!((json["token_type"].as_str(), json["expires_in"].as_i64()), (Some("Bearer"), Some(600)));
    }
}
