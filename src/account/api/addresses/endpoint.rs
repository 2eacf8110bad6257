//! The addresses of a person. Every change asks for a sign-in of the last ten minutes (AUT-06).

use crate::account::address_book::{self, Owner, Refusal};
use crate::account::api::bearer::Bearer;
use crate::account::api::endpoint::{Answer, Stop, answered, bearer, body};
use crate::account::api::schema::{Address, AddressChange, AddressProof, NewAddress};
use crate::account::api::view::{Problem, done, object, quoted, seen};
use crate::account::seen::Seen;
use crate::model::address;
use crate::op::Op;
use crate::op::page::PageRequest;
use crate::platform::clock::Time;
use crate::platform::http::edge;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

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

fn owner(op: &Op, http: &HttpRequest, bearer: Bearer, arrival: edge::Visit) -> Owner {
    let request = PageRequest::new(op, http);
    Owner {
        session_id: bearer.session_id,
        user: bearer.user,
        address: arrival.client.address(),
        place: request.place(),
        language: request.texts.lang(),
    }
}

fn refused(refusal: Refusal) -> Stop {
    let problem = match refusal {
        Refusal::NotAnAddress => Problem::new(422, "invalid_address", "no letter can be sent to such an address"),
        Refusal::TooMany => Problem::new(422, "too_many_addresses", "remove one first"),
        Refusal::TooManyLetters => {
            Problem::new(429, "too_many_letters", "too many letters were asked for: wait").retry_after(3600)
        }
        Refusal::NoMail => Problem::new(422, "no_mail", "this provider sends no mail: nothing can be verified"),
        Refusal::Unknown => Problem::not_found(),
        Refusal::WrongCode => Problem::new(422, "wrong_code", "it is not this code, or it is good no more"),
        Refusal::Taken => Problem::new(409, "taken", "another account has verified this address"),
        Refusal::Unproved => Problem::new(422, "not_verified", "only a verified address can be the primary one"),
        Refusal::Primary => Problem::new(422, "primary", "make another address the primary one first"),
        Refusal::OnlyWayBack => {
            Problem::new(422, "only_way_back", "without it there is no way back into the account: verify another first")
        }
        Refusal::Stale => Problem::stale(),
    };
    problem.into()
}

/// An address with its tag.
fn answer(address: address::Address) -> HttpResponse {
    let tag = quoted(&address_book::tag_of(&address));
    object(&shown(address), Some(&tag))
}

/// A change of what was read, lately enough after a sign-in.
async fn to_change(op: &Op, http: &HttpRequest) -> Result<(Bearer, Seen), Stop> {
    let bearer = bearer(op, http).await?;
    bearer.must_be_fresh(op.now())?;
    let seen = seen(http.headers())?;
    Ok((bearer, seen))
}

async fn after(op: &Op, owner: &Owner, id: &str) -> Answer {
    let found = address_book::find(op, &fresh(op, owner).await?, id).await?;
    Ok(answer(found.ok_or_else(Problem::not_found)?))
}

/// The person as they are after the change.
async fn fresh(op: &Op, owner: &Owner) -> Result<crate::model::user::User, Stop> {
    let id = owner.user.id.clone();
    let found = op.db.read(move |connection| crate::model::user::store::find(connection, &id)).await?;
    Ok(found.ok_or_else(Problem::not_found)?)
}

/// Every address, the primary one first.
#[utoipa::path(get, path = "/api/account/v1/addresses", responses((status = 200, body = [Address])))]
pub async fn addresses(op: Data<Op>, http: HttpRequest) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let held = address_book::list(&op, &bearer.user).await?;
        Ok(object(&held.into_iter().map(shown).collect::<Vec<_>>(), None))
    }
    .await;
    answered(&op, answer).await
}

/// Adds an address, unverified, and sends a letter with a code and a link to it.
#[utoipa::path(
    post, path = "/api/account/v1/addresses", request_body = NewAddress,
    responses((status = 200, body = Address), (status = 401), (status = 422), (status = 429))
)]
pub async fn add_address(op: Data<Op>, http: HttpRequest, arrival: edge::Visit, payload: Payload) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        bearer.must_be_fresh(op.now())?;
        let new: NewAddress = body(&http, payload, "address").await?;
        let owner = owner(&op, &http, bearer, arrival);
        Ok(answer(address_book::add(&op, &owner, &new.address).await?.map_err(refused)?))
    }
    .await;
    answered(&op, answer).await
}

/// One address.
#[utoipa::path(
    get, path = "/api/account/v1/addresses/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Address), (status = 404))
)]
pub async fn address(op: Data<Op>, http: HttpRequest, id: Path<String>) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        let found = address_book::find(&op, &bearer.user, &id).await?;
        Ok(answer(found.ok_or_else(Problem::not_found)?))
    }
    .await;
    answered(&op, answer).await
}

/// Makes a verified address the primary one.
#[utoipa::path(
    patch, path = "/api/account/v1/addresses/{id}", request_body = AddressChange,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = Address), (status = 401), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub async fn change_address(
    op: Data<Op>,
    http: HttpRequest,
    id: Path<String>,
    arrival: edge::Visit,
    payload: Payload,
) -> HttpResponse {
    let answer = async {
        let (bearer, seen) = to_change(&op, &http).await?;
        let owner = owner(&op, &http, bearer, arrival);
        let change: AddressChange = body(&http, payload, "primary").await?;
        if !change.primary {
            let why = "an address ceases to be the primary one when another becomes it";
            return Err(Problem::new(422, "not_editable", why).into());
        }
        address_book::make_primary(&op, &owner, &id, &seen).await?.map_err(refused)?;
        after(&op, &owner, &id).await
    }
    .await;
    answered(&op, answer).await
}

/// Verifies an address by the code that was sent to it; without a code, sends another letter.
#[utoipa::path(
    post, path = "/api/account/v1/addresses/{id}/verification", request_body = AddressProof,
    params(("id" = String, Path)),
    responses((status = 200, body = Address), (status = 401), (status = 404), (status = 409), (status = 422), (status = 429))
)]
pub async fn verify_address(
    op: Data<Op>,
    http: HttpRequest,
    id: Path<String>,
    arrival: edge::Visit,
    payload: Payload,
) -> HttpResponse {
    let answer = async {
        let bearer = bearer(&op, &http).await?;
        bearer.must_be_fresh(op.now())?;
        let proof: AddressProof = body(&http, payload, "code").await?;
        let owner = owner(&op, &http, bearer, arrival);
        match proof.code {
            Some(code) => address_book::prove_by_code(&op, &owner, &id, &code).await?,
            None => address_book::send_again(&op, &owner, &id).await?.map(drop),
        }
        .map_err(refused)?;
        after(&op, &owner, &id).await
    }
    .await;
    answered(&op, answer).await
}

/// Takes an address away.
#[utoipa::path(
    delete, path = "/api/account/v1/addresses/{id}", params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = 401), (status = 404), (status = 412), (status = 422), (status = 428))
)]
pub async fn remove_address(op: Data<Op>, http: HttpRequest, id: Path<String>, arrival: edge::Visit) -> HttpResponse {
    let answer = async {
        let (bearer, seen) = to_change(&op, &http).await?;
        let owner = owner(&op, &http, bearer, arrival);
        address_book::remove(&op, &owner, &id, &seen).await?.map_err(refused)?;
        Ok(done())
    }
    .await;
    answered(&op, answer).await
}
