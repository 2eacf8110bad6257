//! The statement.

use super::super::store::{FamilyRow, Use, family};
use super::super::{Family, Standing, standing};
use crate::model::user::{User, UserStatus, store::UserRow};
use crate::platform::clock::Time;
use crate::platform::db::schema::token_families;
use diesel::helper_types::SqlTypeOf;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryResult};

/// A family that was moved on by a generation, and what it was before.
pub(in crate::tokens) struct Moved {
    pub(in crate::tokens) before: Family,
    pub(in crate::tokens) after: Family,
    pub(in crate::tokens) user: User,
}

/// Moves the family on, if what was presented could be its newest token, of a person who may sign in, for an enabled
/// client. Whether the token was ours is still to be asked: its secret stands in the row.
///
/// # Errors
/// Any database failure; the same for every function here.
pub(in crate::tokens) fn advance(server: &mut PgConnection, using: &Use) -> QueryResult<Option<Moved>> {
    let row: Option<(FamilyRow, UserRow, i64, i64)> = Advance::new(using).get_result(server).optional()?;
    let Some((row, user, rotated_at, idle_until)) = row else { return Ok(None) };
    let after = family(row)?;
    let before = Family {
        generation: after.generation.saturating_sub(1),
        rotated_at: Time::from_millis(rotated_at),
        idle_until: Time::from_millis(idle_until),
        ..after.clone()
    };
    let moved = Moved { before, after, user: user.into() };
    // The rules have the last word, also about what the statement asked.
    let stands = standing(&moved.before, using.presented.generation, using.now, using.grace) == Standing::Newest;
    if stands && moved.user.is_active() && moved.user.epoch == moved.before.person_epoch {
        return Ok(Some(moved));
    }
    put_back(server, &moved)?;
    Ok(None)
}

/// Undoes [`advance`], in its transaction.
pub(in crate::tokens) fn put_back(server: &mut PgConnection, moved: &Moved) -> QueryResult<()> {
    let before = &moved.before;
    diesel::update(token_families::table.find(&before.id))
        .set((
            token_families::generation.eq(before.generation),
            token_families::rotated_at.eq(before.rotated_at.millis()),
            token_families::idle_until.eq(before.idle_until.millis()),
        ))
        .execute(server)
        .map(drop)
}

type FamilyColumns = <FamilyRow as Selectable<Pg>>::SelectExpression;
type UserColumns = <UserRow as Selectable<Pg>>::SelectExpression;

/// `UPDATE … FROM … RETURNING`, prepared once a connection.
struct Advance<'a> {
    family: FamilyColumns,
    user: UserColumns,
    using: &'a Use,
    active: &'static str,
    now: i64,
    idle_until: i64,
}

impl<'a> Advance<'a> {
    fn new(using: &'a Use) -> Self {
        Self {
            family: <FamilyRow as Selectable<Pg>>::construct_selection(),
            user: <UserRow as Selectable<Pg>>::construct_selection(),
            using,
            active: UserStatus::Active.as_str(),
            now: using.now.millis(),
            idle_until: (using.now + using.idle).millis(),
        }
    }
}

impl QueryId for Advance<'_> {
    type QueryId = Advance<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Advance<'_> {
    type SqlType = (SqlTypeOf<FamilyColumns>, SqlTypeOf<UserColumns>, BigInt, BigInt);
}

impl<C> RunQueryDsl<C> for Advance<'_> {}

impl QueryFragment<Pg> for Advance<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let using = self.using;
        out.push_sql("UPDATE token_families SET generation = token_families.generation + 1, rotated_at = ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(", idle_until = LEAST(token_families.expires_at, ");
        out.push_bind_param::<BigInt, _>(&self.idle_until)?;
        out.push_sql(
            ") FROM people, clients, token_families AS before \
             WHERE before.id = token_families.id AND people.id = token_families.person_id \
             AND people.epoch = token_families.person_epoch AND people.status = ",
        );
        out.push_bind_param::<Text, _>(&self.active)?;
        out.push_sql(
            " AND clients.id = token_families.client_id AND clients.enabled AND token_families.revoked_at IS NULL \
             AND token_families.id = ",
        );
        out.push_bind_param::<Text, _>(&using.presented.family_id)?;
        out.push_sql(" AND token_families.client_id = ");
        out.push_bind_param::<Text, _>(&using.client_id)?;
        out.push_sql(" AND token_families.generation = ");
        out.push_bind_param::<BigInt, _>(&using.presented.generation)?;
        out.push_sql(" AND token_families.expires_at > ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(" AND token_families.idle_until > ");
        out.push_bind_param::<BigInt, _>(&self.now)?;
        out.push_sql(" RETURNING ");
        self.family.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        self.user.walk_ast(out.reborrow())?;
        out.push_sql(", before.rotated_at, before.idle_until");
        Ok(())
    }
}
