//! The statement.

use super::super::AuthorizationCode;
use super::super::store::told_until;
use crate::model::user::{User, UserStatus, store::UserRow};
use crate::platform::crypto::TokenHash;
use crate::protocol::pkce::CodeChallenge;
use crate::tokens::family::NewFamily;
use diesel::helper_types::SqlTypeOf;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{PgConnection, QueryResult};

/// What the statement did.
pub(in crate::tokens) enum Spent {
    /// The code is spent, and its family began for this person.
    Began(User),
    /// The code is spent, and nothing began: the person, the session or the client is no longer active.
    Alone,
    /// It was spent before.
    Before,
}

/// Spends the code; where that is the first time, and the person of a session that has not ended may authorize the enabled
/// client, its family begins in that person's epoch. The session is held until the transaction is over.
///
/// # Errors
/// Any failure of the database.
pub(in crate::tokens) fn spend(
    server: &mut PgConnection,
    hash: &TokenHash,
    code: &AuthorizationCode,
    family: &NewFamily,
) -> QueryResult<Spent> {
    let spend = Spend {
        user: <UserRow as Selectable<Pg>>::construct_selection(),
        hash: hash.as_str(),
        code,
        challenge: code.code_challenge.as_ref().map(CodeChallenge::as_str),
        family,
        session_id: &family.session_id,
        authorized: serde_json::json!(family.authorized).to_string(),
        binding: family.binding.as_ref().map(|binding| serde_json::json!(binding).to_string()),
        active: UserStatus::Active.as_str(),
        allowed_at: code.issued_at.millis(),
        starts_at: family.starts_at.millis(),
        idle_until: family.idle_until.millis(),
        told_until: told_until(family).millis(),
        expires_at: family.expires_at.millis(),
    };
    let (is_spent, user): (bool, Option<UserRow>) = spend.get_result(server)?;
    Ok(match (is_spent, user) {
        (true, Some(user)) => Spent::Began(user.into()),
        (true, None) => Spent::Alone,
        (false, _) => Spent::Before,
    })
}

type UserColumns = <UserRow as Selectable<Pg>>::SelectExpression;

/// Three writes and a look (PostgreSQL §7.8.4), prepared once a connection.
struct Spend<'a> {
    user: UserColumns,
    hash: &'a str,
    code: &'a AuthorizationCode,
    challenge: Option<&'a str>,
    family: &'a NewFamily,
    session_id: &'a str,
    binding: Option<String>,
    authorized: String,
    active: &'static str,
    allowed_at: i64,
    starts_at: i64,
    idle_until: i64,
    told_until: i64,
    expires_at: i64,
}

impl QueryId for Spend<'_> {
    type QueryId = Spend<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Spend<'_> {
    type SqlType = (Bool, Nullable<SqlTypeOf<UserColumns>>);
}

impl<C> RunQueryDsl<C> for Spend<'_> {}

impl QueryFragment<Pg> for Spend<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (code, family) = (self.code, self.family);
        out.push_sql("WITH spent AS (INSERT INTO spent_codes (hash, client_id, family_id, redirect_uri, code_challenge, spent_at, expires_at) VALUES (");
        out.push_bind_param::<Text, _>(&self.hash)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&code.client_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&family.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&code.redirect_uri)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.challenge)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.starts_at)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.told_until)?;
        // A session that is being ended is waited for, and looked at again as it is then.
        out.push_sql(
            ") ON CONFLICT DO NOTHING RETURNING family_id), \
             held AS (SELECT person_id, person_epoch FROM sessions WHERE ended_at IS NULL AND id = ",
        );
        out.push_bind_param::<Text, _>(&self.session_id)?;
        out.push_sql(" AND person_id = ");
        out.push_bind_param::<Text, _>(&family.person_id)?;
        out.push_sql(" AND (withdrawn_at IS NULL OR withdrawn_at <= ");
        out.push_bind_param::<BigInt, _>(&self.allowed_at)?;
        out.push_sql(
            ") FOR SHARE), \
             allowed AS (SELECT people.id, people.epoch FROM held JOIN people ON people.id = held.person_id \
             WHERE people.epoch = held.person_epoch AND people.status = ",
        );
        out.push_bind_param::<Text, _>(&self.active)?;
        out.push_sql(" AND EXISTS (SELECT 1 FROM clients WHERE enabled AND id = ");
        out.push_bind_param::<Text, _>(&family.client_id)?;
        out.push_sql(
            ")), \
             began AS (INSERT INTO token_families (id, client_id, person_id, person_epoch, session_id, \
             authorization_data, offline, secret, generation, rotated_at, idle_until, created_at, expires_at, binding) \
             SELECT spent.family_id, ",
        );
        out.push_bind_param::<Text, _>(&family.client_id)?;
        out.push_sql(", allowed.id, allowed.epoch, ");
        out.push_bind_param::<Text, _>(&self.session_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.authorized)?;
        out.push_sql(", ");
        out.push_bind_param::<Bool, _>(&family.offline)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&family.secret)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&family.generation)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.starts_at)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.idle_until)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.starts_at)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.expires_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.binding)?;
        out.push_sql(" FROM spent, allowed RETURNING person_id) SELECT EXISTS (SELECT 1 FROM spent), ");
        self.user.walk_ast(out.reborrow())?;
        out.push_sql(" FROM (SELECT) AS one LEFT JOIN people ON people.id = (SELECT person_id FROM began)");
        Ok(())
    }
}
