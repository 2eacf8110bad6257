//! The short-lived store as a Redis Cluster of several processes: sign-in runs on it, and a node that dies is told as
//! such, never as a code or a session that does not exist.

use crate::outside::redis_cluster::RedisCluster;
use crate::support::{Setup, Stores, Tokens, run};

const CODES: usize = 6;

fn on_a_cluster<F: Future<Output = ()>>(sentence: impl FnOnce(RedisCluster, Setup) -> F) {
    let cluster = RedisCluster::start();
    let url = cluster.url();
    run(Stores::Sqlite, |setup: Setup| sentence(cluster, setup.ephemeral(&url)));
}

#[test]
fn f_01_sign_in_runs_on_a_cluster_and_a_dead_node_is_told_as_unavailable() {
    on_a_cluster(|mut cluster, setup| async move {
        let op = setup.start();
        op.person("ada").await;
        let (rp, mut browser) = (op.web_app().await, op.browser());
        let tokens = rp.sign_in(&mut browser, &rp.request()).await;
        rp.userinfo(&tokens.access_token).await.ok();
        let tokens = Tokens::of(rp.refresh(&tokens.refresh_token).await.ok());

        // Codes lie on all three nodes; one of them dies.
        let mut codes = Vec::new();
        for _ in 0..CODES {
            let request = rp.request();
            codes.push((rp.code(&mut browser, &request).await, request));
        }
        cluster.kill(1);
        let (mut served, mut unavailable) = (0, Vec::new());
        for (code, request) in codes {
            let answer = rp.redeem(&code, &request).await;
            match answer.status {
                200 => served += 1,
                503 => unavailable.push((code, request)),
                _ => panic!("{} {}", answer.status, answer.body),
            }
        }
        assert!(served + unavailable.len() == CODES);
        // Nothing durable lies there.
        rp.refresh(&tokens.refresh_token).await.ok();

        cluster.restart(1);
        // What it held is lost, and now that is known.
        for (code, request) in unavailable {
            rp.redeem(&code, &request).await.refused(400, "invalid_grant");
        }
        for _ in 0..3 {
            rp.sign_in(&mut op.browser(), &rp.request()).await;
        }
    });
}
