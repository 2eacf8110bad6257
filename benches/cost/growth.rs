//! A full store: the same rows once a million people and as many token families are in it.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use crate::stage::{Stage, Store};

/// How much there is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub people: usize,
    pub clients: usize,
}

impl Size {
    pub const FULL: Self = Self { people: 1_000_000, clients: 10_000 };
    /// For a run that only shows that it runs.
    pub const SMALL: Self = Self { people: 1_000, clients: 100 };
}

/// Fills the store with people, each with a name to sign in by and a token family.
pub fn seed(stage: &Stage, store: Store, size: Size) {
    let url = stage.database();
    match store {
        Store::Sqlite => {
            let mut connection = SqliteConnection::establish(&url).expect("the file is there");
            let series = |count: usize| {
                format!(
                    "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n)"
                )
            };
            let sql =
                format!("PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE; {} COMMIT; ANALYZE;", inserts(size, series));
            connection.batch_execute(&sql).expect("the store takes what is written");
        }
        Store::PostgresAndRedis => {
            let mut connection = PgConnection::establish(&url).expect("the database is there");
            let series = |count: usize| format!("generate_series(1, {count}) AS n (i)");
            connection.batch_execute(&inserts(size, series)).expect("the store takes what is written");
            connection.batch_execute("ANALYZE;").expect("statistics can be made");
        }
    }
}

fn inserts(size: Size, series: impl Fn(usize) -> String) -> String {
    let (people, clients) = (series(size.people), series(size.clients));
    format!(
        "INSERT INTO people (id, sub, status, epoch, version, claims, created_at, updated_at)
           SELECT 'grown-' || i, 'grown-sub-' || i, 'active', 0, 1, '{{\"name\":\"Grown Person\"}}', 0, 0 FROM {people};
         INSERT INTO identifiers (kind, folded, value, person_id, verified_at, created_at)
           SELECT 'username', 'grown' || i, 'grown' || i, 'grown-' || i, 0, 0 FROM {people};
         INSERT INTO clients (id, origin, enabled, version, metadata, created_at, updated_at)
           SELECT 'grown-client-' || i, 'operator', TRUE, 1, '{{\"redirect_uris\":[\"https://rp.example/cb\"]}}', 0, 0 FROM {clients};
         INSERT INTO token_families (id, client_id, person_id, person_epoch, session_id, authorization_data, offline, secret,
             generation, rotated_at, idle_until, created_at, expires_at)
           SELECT 'grown-family-' || i, 'grown-client-' || (i % {each} + 1), 'grown-' || i, 0, NULL,
             '{{\"scope\":\"openid\",\"auth_time\":0,\"acr\":null}}', TRUE, 'x', 1, 0, 4102444800000, 0, 4102444800000 FROM {people};",
        each = size.clients,
    )
}
