//! The addresses of a person. Every change asks for a sign-in of the last ten minutes (AUT-06).

use super::book::{self, Refusal};
use crate::account::api::{Part, by};
use crate::account::caller::{Caller, FreshCaller};
use crate::account::owner::Owner;
use crate::model::{address, user};
use crate::op::Op;
use crate::platform::clock::Time;
use crate::platform::http::api::{Answer, Problem, Stop, done, object, quoted};
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Path;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi as _, ToSchema};

/// What this adds to the API.
pub fn part() -> Part {
    let endpoints = vec![
        ("/addresses", vec![by(Method::GET, addresses), by(Method::POST, add_address)]),
        (
            "/addresses/{id}",
            vec![by(Method::GET, address), by(Method::PATCH, change_address), by(Method::DELETE, remove_address)],
        ),
        ("/addresses/{id}/verification", vec![by(Method::POST, verify_address)]),
    ];
    Part { endpoints, description: Description::openapi() }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(addresses, add_address, address, change_address, remove_address, verify_address))]
struct Description;

/// An address of the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Address {
    /// For the path.
    pub id: String,
    /// As typed.
    pub address: String,
    /// Whether it is the primary address.
    pub primary: bool,
    /// Whether it is verified.
    pub verified: bool,
    /// RFC 3339
    pub verified_at: Option<String>,
    /// RFC 3339
    pub added_at: String,
}

/// A new address.
#[derive(Deserialize, ToSchema)]
pub struct NewAddress {
    /// The address.
    pub address: String,
}

/// A change of an address.
#[derive(Deserialize, ToSchema)]
pub struct AddressChange {
    /// True: it becomes the primary one.
    pub primary: bool,
}

/// A proof that the person receives email at an address.
#[derive(Deserialize, ToSchema)]
pub struct AddressProof {
    /// The code from the email; without it, another email is sent.
    pub code: Option<String>,
}

fn shown(address: address::Address) -> Address {
    Address {
        id: address.id(),
        primary: address.is_primary,
        verified: address.is_verified(),
        verified_at: address.verified_at.map(Time::rfc3339),
        added_at: address.created_at.rfc3339(),
        address: address.value,
    }
}

fn refused(refusal: Refusal) -> Stop {
    let problem = match refusal {
        Refusal::NotAnAddress => Problem::new(422, "invalid_address", "email cannot be sent to such an address"),
        Refusal::TooMany => Problem::new(422, "too_many_addresses", "too many addresses: remove one first"),
        Refusal::TooManyLetters => {
            Problem::new(429, "too_many_letters", "too many emails were requested: wait").retry_after(3600)
        }
        Refusal::NoMail => {
            Problem::new(422, "no_mail", "this provider sends no email, so addresses cannot be verified")
        }
        Refusal::Unknown => Problem::not_found(),
        Refusal::WrongCode => Problem::new(422, "wrong_code", "wrong or expired code"),
        Refusal::Taken => Problem::new(409, "taken", "another account has verified this address"),
        Refusal::Unproved => Problem::new(422, "not_verified", "only a verified address can be the primary one"),
        Refusal::Primary => Problem::new(422, "primary", "make another address the primary one first"),
        Refusal::OnlyWayBack => Problem::new(
            422,
            "only_way_back",
            "the account could not be recovered without it: verify another address first",
        ),
        Refusal::Stale => Problem::stale(),
    };
    problem.into()
}

/// An address with its ETag.
fn answer(address: address::Address) -> HttpResponse {
    let tag = quoted(&book::tag_of(&address));
    object(&shown(address), Some(&tag))
}

async fn after(op: &Op, owner: &Owner, id: &str) -> Answer {
    let found = book::find(op, &fresh(op, owner).await?, id).await?;
    Ok(answer(found.ok_or_else(Problem::not_found)?))
}

/// The person as they are after the change.
async fn fresh(op: &Op, owner: &Owner) -> Result<user::User, Stop> {
    let id = owner.user.id.clone();
    let found = op.db.read(move |connection| user::store::find(connection, &id)).await?;
    Ok(found.ok_or_else(Problem::not_found)?)
}

/// Every address, the primary one first.
#[utoipa::path(get, path = "/api/account/v1/addresses", responses((status = 200, body = [Address])))]
pub async fn addresses(caller: Caller) -> Answer {
    let held = book::list(&caller.op, &caller.user).await?;
    Ok(object(&held.into_iter().map(shown).collect::<Vec<_>>(), None))
}

/// Adds an address, unverified, and sends an email with a code and a link to it.
#[utoipa::path(
    post, path = "/api/account/v1/addresses", request_body = NewAddress,
    responses((status = 200, body = Address), (status = 401), (status = 422), (status = 429))
)]
pub async fn add_address(caller: FreshCaller) -> Answer {
    let new: NewAddress = caller.body("address")?;
    let owner = caller.owner();
    Ok(answer(book::add(&caller.op, &owner, &new.address).await?.map_err(refused)?))
}

/// One address.
#[utoipa::path(
    get, path = "/api/account/v1/addresses/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Address), (status = 404))
)]
pub async fn address(caller: Caller, id: Path<String>) -> Answer {
    let found = book::find(&caller.op, &caller.user, &id).await?;
    Ok(answer(found.ok_or_else(Problem::not_found)?))
}

/// Makes a verified address the primary one.
#[utoipa::path(
    patch, path = "/api/account/v1/addresses/{id}", request_body = AddressChange,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Address), (status = 401), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub async fn change_address(caller: FreshCaller, id: Path<String>) -> Answer {
    let (seen, owner) = (caller.seen()?, caller.owner());
    let change: AddressChange = caller.body("primary")?;
    if !change.primary {
        let why = "to change the primary address, make another address the primary one";
        return Err(Problem::new(422, "not_editable", why).into());
    }
    book::make_primary(&caller.op, &owner, &id, &seen).await?.map_err(refused)?;
    after(&caller.op, &owner, &id).await
}

/// Verifies an address by the code that was sent to it; without a code, sends another email.
#[utoipa::path(
    post, path = "/api/account/v1/addresses/{id}/verification", request_body = AddressProof,
    params(("id" = String, Path)),
    responses((status = 200, body = Address), (status = 401), (status = 404), (status = 409), (status = 422), (status = 429))
)]
pub async fn verify_address(caller: FreshCaller, id: Path<String>) -> Answer {
    let proof: AddressProof = caller.body("code")?;
    let owner = caller.owner();
    match proof.code {
        Some(code) => book::prove_by_code(&caller.op, &owner, &id, &code).await?,
        None => book::send_again(&caller.op, &owner, &id).await?.map(drop),
    }
    .map_err(refused)?;
    after(&caller.op, &owner, &id).await
}

/// Removes an address.
#[utoipa::path(
    delete, path = "/api/account/v1/addresses/{id}", params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub async fn remove_address(caller: FreshCaller, id: Path<String>) -> Answer {
    let (seen, owner) = (caller.seen()?, caller.owner());
    book::remove(&caller.op, &owner, &id, &seen).await?.map_err(refused)?;
    Ok(done())
}
