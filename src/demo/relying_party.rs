//! What a relying party does: asks for a sign-in, checks the answer, uses the tokens.

use super::{
    Demo, Failure,
    provider::Provider,
    show,
    view::{Step, StepKind},
    visit::{Pending, SignedIn},
    wire::Wire,
};
use crate::platform::random;
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, CsrfToken,
    LogoutRequest, Nonce, NonceVerifier, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, Scope, SignatureVerificationError, SubjectIdentifier, TokenResponse as _, UserInfoClaims,
    core::{CoreAuthenticationFlow, CoreGenderClaim, CoreIdToken, CoreIdTokenClaims, CoreTokenResponse},
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;

/// Claims beyond the standard ones, so that all are shown.
#[derive(Debug, Serialize, Deserialize)]
struct FurtherClaims {
    #[serde(flatten)]
    claims: serde_json::Map<String, serde_json::Value>,
}

impl AdditionalClaims for FurtherClaims {}

impl Demo {
    /// The authorization request (RFC 6749 §4.1.1, RFC 7636, OpenID Connect Core §3.1.2.1).
    pub(super) async fn authorization_request(&self) -> Result<(Url, Pending), Failure> {
        let provider = self.provider().await?;
        let [state, nonce, code_verifier] = std::array::from_fn(|_| random::token(&*self.random));
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(code_verifier.clone()));
        let (csrf, once) = (CsrfToken::new(state.clone()), Nonce::new(nonce.clone()));
        let (url, _, _) = provider
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || csrf, || once)
            .add_scopes(["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let steps = vec![show::navigation(StepKind::AuthorizationRequest, &url)];
        Ok((url, Pending { state, nonce, code_verifier, steps }))
    }

    /// The answer to it: checked, redeemed, verified with the published keys (OpenID Connect Core §3.1.3).
    pub(super) async fn sign_in(&self, pending: Pending, answer: &Url) -> Result<SignedIn, Failure> {
        let provider = self.provider().await?;
        let code = self.authorization_code(&provider, &pending, answer)?;
        let wire = Wire::new(&self.http);
        let request = provider.client.exchange_code(AuthorizationCode::new(code))?;
        let verifier = PkceCodeVerifier::new(pending.code_verifier);
        let tokens = request.set_pkce_verifier(verifier).request_async(&wire).await?;
        let (id_token, claims) = self.verified(&tokens, &Nonce::new(pending.nonce)).await?;
        let mut steps = pending.steps;
        steps.push(show::navigation(StepKind::Callback, answer));
        steps.push(show::exchange(StepKind::TokenResponse, wire.last()));
        steps.extend(show::token(StepKind::IdToken, &id_token.to_string()));
        steps.extend(show::token(StepKind::AccessToken, tokens.access_token().secret()));
        let (userinfo, person) = self.userinfo(tokens.access_token(), claims.subject()).await?;
        steps.push(userinfo);
        Ok(SignedIn {
            person,
            csrf: random::token(&*self.random),
            subject: claims.subject().to_string(),
            id_token,
            access_token: tokens.access_token().clone(),
            refresh_token: tokens.refresh_token().cloned(),
            steps,
        })
    }

    /// The code of an answer that fits the request (RFC 6749 §4.1.2, RFC 9207 §2.4).
    fn authorization_code(&self, provider: &Provider, pending: &Pending, answer: &Url) -> Result<String, Failure> {
        let answer = Answer::parse(answer)?;
        if !answer.state.is_some_and(|state| bool::from(state.as_bytes().ct_eq(pending.state.as_bytes()))) {
            return Err(Failure::client(
                "invalid_state",
                "The response does not match this browser's request.".to_owned(),
            ));
        }
        let required = provider.announced.authorization_response_iss_parameter_supported;
        if answer.iss.as_ref().map_or(required, |iss| *iss != self.config.issuer) {
            return Err(Failure::client("invalid_issuer", "The response is from another provider.".to_owned()));
        }
        match (answer.error, answer.code) {
            (Some(error), _) => Err(Failure::client(&error, answer.error_description)),
            (None, Some(code)) => Ok(code),
            (None, None) => Err(Failure::client(
                "invalid_response",
                "The response contains neither a code nor an error.".to_owned(),
            )),
        }
    }

    /// New tokens for the refresh token (RFC 6749 §6, OpenID Connect Core §12.2).
    pub(super) async fn refresh(&self, signed_in: &mut SignedIn) -> Result<(), Failure> {
        let Some(refresh_token) = signed_in.refresh_token.clone() else {
            return Err(Failure::client("no_refresh_token", None));
        };
        let (provider, wire) = (self.provider().await?, Wire::new(&self.http));
        let tokens = provider.client.exchange_refresh_token(&refresh_token)?.request_async(&wire).await?;
        let mut steps = vec![show::exchange(StepKind::Refresh, wire.last())];
        // The old refresh token may be spent by now: whatever comes next, the new one must be kept.
        signed_in.refresh_token = tokens.refresh_token().cloned().or(Some(refresh_token));
        signed_in.access_token = tokens.access_token().clone();
        if tokens.id_token().is_some() {
            let (id_token, claims) = self.verified(&tokens, any_nonce).await?;
            if claims.subject().as_str() != signed_in.subject {
                return Err(Failure::provider("invalid_id_token", "the refreshed token names someone else"));
            }
            steps.extend(show::token(StepKind::IdToken, &id_token.to_string()));
            signed_in.id_token = id_token;
        }
        steps.extend(show::token(StepKind::AccessToken, signed_in.access_token.secret()));
        signed_in.add(steps);
        Ok(())
    }

    /// The claims about the person, and what they call them (OpenID Connect Core §5.3).
    pub(super) async fn userinfo(
        &self,
        token: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<(Step, String), Failure> {
        let (provider, wire) = (self.provider().await?, Wire::new(&self.http));
        let request = provider.client.user_info(token.clone(), Some(subject.clone()))?;
        let claims: UserInfoClaims<FurtherClaims, CoreGenderClaim> = request.request_async(&wire).await?;
        Ok((show::exchange(StepKind::Userinfo, wire.last()), person(&claims)))
    }

    /// What the provider says of the access token (RFC 7662).
    pub(super) async fn introspect(&self, token: &AccessToken) -> Result<Step, Failure> {
        let (provider, wire) = (self.provider().await?, Wire::new(&self.http));
        let Some(endpoint) = provider.announced.introspection_endpoint.clone() else {
            return Err(Failure::provider("not_announced", "introspection_endpoint"));
        };
        provider.client.clone().set_introspection_url(endpoint).introspect(token).request_async(&wire).await?;
        Ok(show::exchange(StepKind::Introspection, wire.last()))
    }

    /// Where a browser signs out at the provider, and the `state` that it brings back (RP-Initiated Logout 1.0 §2).
    pub(super) async fn logout_request(&self, id_token: &CoreIdToken) -> Result<(Url, String), Failure> {
        let provider = self.provider().await?;
        let Some(endpoint) = provider.announced.end_session_endpoint.clone() else {
            return Err(Failure::provider("not_announced", "end_session_endpoint"));
        };
        let back = PostLogoutRedirectUrl::new(self.url("/signed-out"))
            .map_err(|error| Failure::provider("unusable_url", error))?;
        let state = random::token(&*self.random);
        let request = LogoutRequest::from(endpoint).set_id_token_hint(id_token).set_post_logout_redirect_uri(back);
        Ok((request.set_state(CsrfToken::new(state.clone())).http_get_url(), state))
    }

    /// The ID token and its claims; keys that are not known yet are fetched once.
    async fn verified<N>(
        &self,
        tokens: &CoreTokenResponse,
        nonce: N,
    ) -> Result<(CoreIdToken, CoreIdTokenClaims), Failure>
    where
        N: NonceVerifier + Copy,
    {
        use ClaimsVerificationError::SignatureVerification;
        let provider = self.provider().await?;
        match verify(&provider, tokens, nonce)? {
            Ok(verified) => Ok(verified),
            Err(SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                Ok(verify(&*self.provider_anew().await?, tokens, nonce)??)
            }
            Err(error) => Err(error.into()),
        }
    }
}

type Verified = Result<(CoreIdToken, CoreIdTokenClaims), ClaimsVerificationError>;

/// Signature, issuer, audience, times, nonce, and that the access token is the one that belongs to it.
fn verify<N: NonceVerifier>(provider: &Provider, tokens: &CoreTokenResponse, nonce: N) -> Result<Verified, Failure> {
    let invalid = |why: &dyn std::fmt::Display| Failure::provider("invalid_id_token", why);
    let id_token = tokens.id_token().ok_or_else(|| invalid(&"there is none in the answer"))?;
    let verifier = provider.client.id_token_verifier();
    let claims = match id_token.claims(&verifier, nonce) {
        Ok(claims) => claims.clone(),
        Err(error) => return Ok(Err(error)),
    };
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = id_token.signing_alg().map_err(|error| invalid(&error))?;
        let key = id_token.signing_key(&verifier).map_err(|error| invalid(&error))?;
        if AccessTokenHash::from_token(tokens.access_token(), algorithm, key)? != *expected {
            return Err(invalid(&"at_hash does not match the access token"));
        }
    }
    Ok(Ok((id_token.clone(), claims)))
}

/// A refreshed ID token needs no nonce (OpenID Connect Core §12.2).
#[allow(clippy::unnecessary_wraps, reason = "the crate's form of a nonce check")]
fn any_nonce(_: Option<&Nonce>) -> Result<(), String> {
    Ok(())
}

fn person(claims: &UserInfoClaims<FurtherClaims, CoreGenderClaim>) -> String {
    let name = claims.name().and_then(|names| names.get(None)).map(|name| name.to_string());
    let username = || claims.preferred_username().map(|name| name.to_string());
    name.or_else(username).unwrap_or_else(|| claims.subject().to_string())
}

/// The parameters of an authorization response.
#[derive(Default)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Answer {
    /// A parameter may come once (RFC 6749 §3.1); unknown ones are passed over.
    fn parse(url: &Url) -> Result<Self, Failure> {
        let mut answer = Self::default();
        for (name, value) in url.query_pairs() {
            let place = match &*name {
                "code" => &mut answer.code,
                "state" => &mut answer.state,
                "iss" => &mut answer.iss,
                "error" => &mut answer.error,
                "error_description" => &mut answer.error_description,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(Failure::client("invalid_response", format!("The parameter {name} was sent twice.")));
            }
        }
        Ok(answer)
    }
}
