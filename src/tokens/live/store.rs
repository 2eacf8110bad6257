//! Queries about families whose tokens are used.

use super::{Delegated, Live, Question};
use crate::model::user::{User, store::UserRow};
use crate::platform::db::{Connection, schema::*};
use crate::tokens::family::store::{authorized, binding};
use diesel::dsl::exists;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text};
use diesel::{PgConnection, QueryResult};
use std::collections::HashMap;

/// A family as it is judged.
#[derive(Queryable, Selectable)]
#[diesel(table_name = token_families)]
struct FamilyRow {
    id: String,
    client_id: String,
    person_epoch: i64,
    authorization_data: String,
    expires_at: i64,
    revoked_at: Option<i64>,
    binding: Option<String>,
}

/// Whether a family, and a token of it, may still be used.
fn stands(family: &FamilyRow, user: &User, jti_revoked: bool, question: &Question) -> bool {
    !jti_revoked
        && family.client_id == question.client_id
        && family.revoked_at.is_none()
        && family.expires_at > question.now.millis()
        && family.person_epoch == user.epoch
        && user.is_active()
}

fn delegated(family: &FamilyRow, user: User) -> QueryResult<Delegated> {
    let bound_to = binding(family.binding.as_deref())?;
    Ok(Delegated { user, authorized: authorized(&family.authorization_data)?, bound_to })
}

/// One question, in one query.
///
/// # Errors
/// Any database failure; the same for every function here.
pub fn find(connection: &mut Connection, question: &Question) -> QueryResult<Live> {
    let revoked = exists(revoked_tokens::table.find(&question.jti));
    let row: Option<(FamilyRow, UserRow, bool)> = token_families::table
        .inner_join(people::table)
        .filter(token_families::id.eq(&question.family_id))
        .select((FamilyRow::as_select(), UserRow::as_select(), revoked))
        .first(connection)
        .optional()?;
    let Some((family, user, revoked)) = row else { return Ok(None) };
    let user = User::from(user);
    if stands(&family, &user, revoked, question) { delegated(&family, user).map(Some) } else { Ok(None) }
}

/// Many questions, in one query where the database is a server.
pub fn find_all(connection: &mut Connection, questions: &[Question]) -> QueryResult<Vec<Live>> {
    match connection {
        Connection::Postgres(server) => find_in_one(server, questions),
        Connection::Sqlite(_) => questions.iter().map(|question| find(connection, question)).collect(),
    }
}

fn find_in_one(server: &mut PgConnection, questions: &[Question]) -> QueryResult<Vec<Live>> {
    let ids: Vec<&str> = questions.iter().map(|question| question.family_id.as_str()).collect();
    let jtis = questions.iter().map(|question| question.jti.clone()).collect();
    let rows: Vec<(FamilyRow, UserRow, Vec<String>)> = token_families::table
        .inner_join(people::table)
        .filter(token_families::id.eq_any(ids))
        .select((FamilyRow::as_select(), UserRow::as_select(), RevokedAmong(jtis)))
        .load(server)?;
    let mut found = HashMap::with_capacity(rows.len());
    for (family, user, revoked) in rows {
        found.insert(family.id.clone(), (family, User::from(user), revoked));
    }
    let judge = |question: &Question| {
        let Some((family, user, revoked)) = found.get(&question.family_id) else { return Ok(None) };
        if stands(family, user, revoked.contains(&question.jti), question) {
            delegated(family, user.clone()).map(Some)
        } else {
            Ok(None)
        }
    };
    questions.iter().map(judge).collect()
}

/// Those of the names that were revoked, as a column: PostgreSQL looks once for all rows.
#[derive(Debug, QueryId)]
struct RevokedAmong(Vec<String>);

impl Expression for RevokedAmong {
    type SqlType = Array<Text>;
}

impl ValidGrouping<()> for RevokedAmong {
    type IsAggregate = is_aggregate::Never;
}

impl<Source> SelectableExpression<Source> for RevokedAmong {}

impl<Source> AppearsOnTable<Source> for RevokedAmong {}

impl QueryFragment<Pg> for RevokedAmong {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("ARRAY(SELECT jti FROM revoked_tokens WHERE jti = ANY(");
        out.push_bind_param::<Array<Text>, _>(&self.0)?;
        out.push_sql("))");
        Ok(())
    }
}
