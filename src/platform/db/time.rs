//! What time a database server thinks it is.

use super::Connection;
use crate::platform::clock::Time;
use diesel::QueryResult;
use diesel::prelude::*;

#[derive(QueryableByName)]
struct Millis {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    millis: i64,
}

/// The server's clock; `None` for an embedded database, which has this machine's.
///
/// # Errors
/// Any failure of the database.
pub fn time(connection: &mut Connection) -> QueryResult<Option<Time>> {
    let Connection::Postgres(server) = connection else { return Ok(None) };
    let query = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint AS millis";
    let row: Millis = diesel::sql_query(query).get_result(server)?;
    Ok(Some(Time::from_millis(row.millis)))
}
