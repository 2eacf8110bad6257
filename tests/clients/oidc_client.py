#!/usr/bin/env python3
"""A relying party that nobody of Latchkey wrote: Authlib and joserfc, driven end to end.

It does what an application and the browser in front of it do: discovery, authorization code with PKCE (filling in the
sign-in and consent forms over HTTP), ID token validation with the published keys, userinfo, refresh, introspection,
revocation, and RP-initiated logout. One line per step; exit status 0 when every step held.

Environment: ISSUER, CLIENT_ID, CLIENT_SECRET (client_secret_basic), REDIRECT_URI, USERNAME, PASSWORD, and if wanted
POST_LOGOUT_REDIRECT_URI (registered) and SCOPE. Packages: requirements.txt beside this file.
"""

import os
import sys
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from browser import TIMEOUT, Browser, require

ISSUER = os.environ["ISSUER"]
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]
REDIRECT_URI = os.environ["REDIRECT_URI"]
USERNAME = os.environ["USERNAME"]
PASSWORD = os.environ["PASSWORD"]
POST_LOGOUT_REDIRECT_URI = os.environ.get("POST_LOGOUT_REDIRECT_URI")
SCOPE = os.environ.get("SCOPE", "openid profile email offline_access")


def step(name, detail=""):
    print(f"ok {name}{': ' + detail if detail else ''}", flush=True)


# ----------------------------------------------------------------------------------------------- the relying party


class RelyingParty:
    def __init__(self):
        self.browser = Browser(USERNAME, PASSWORD)
        self.oauth = OAuth2Session(
            CLIENT_ID,
            CLIENT_SECRET,
            scope=SCOPE,
            redirect_uri=REDIRECT_URI,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic",
            revocation_endpoint_auth_method="client_secret_basic",
            introspection_endpoint_auth_method="client_secret_basic",
            default_timeout=TIMEOUT,
            leeway=0,  # a test may set a short lifetime: the library would take such a token for expired
        )
        self.oauth.trust_env = False

    def discover(self):
        answer = self.json(ISSUER.rstrip("/") + "/.well-known/openid-configuration")
        require(answer["issuer"] == ISSUER, f"the metadata says issuer {answer['issuer']}, expected {ISSUER}")
        require("S256" in answer["code_challenge_methods_supported"], "S256 is not announced")
        self.metadata = answer
        self.keys = KeySet.import_key_set(self.json(answer["jwks_uri"]))
        step("discovery", f"{len(self.keys.keys)} keys")

    def json(self, url):
        answer = requests.get(url, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()

    def authorize(self, browser, nonce, verifier, **more):
        """Sends the browser to Latchkey and returns the URL it comes back with."""
        endpoint = self.metadata["authorization_endpoint"]
        url, state = self.oauth.create_authorization_url(endpoint, code_verifier=verifier, nonce=nonce, **more)
        back = browser.open(url, REDIRECT_URI)
        require(isinstance(back, str), f"no redirect to {REDIRECT_URI}; the last page was:\n{getattr(back, 'text', '')}")
        answer = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        require(answer.get("state") == state, "state came back changed")
        require(answer.get("iss") == ISSUER, f"iss in the response is {answer.get('iss')} (RFC 9207)")
        return back, answer, state

    def sign_in(self):
        nonce, verifier = generate_token(32), generate_token(64)
        back, answer, state = self.authorize(self.browser, nonce, verifier, prompt="consent")
        require("code" in answer, f"no code came back: {answer}")
        step("authorization code", "signed in, consented, state and iss hold")
        token = self.oauth.fetch_token(
            self.metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
        )
        for member in ("access_token", "id_token", "refresh_token", "expires_in"):
            require(token.get(member), f"the token response has no {member}")
        require(token["token_type"].lower() == "bearer", f"token_type {token['token_type']}")
        step("token", "code redeemed with PKCE and client_secret_basic")
        self.token, self.id_token = token, token["id_token"]
        self.claims = self.validate(token, nonce)
        step("id token", f"signature, iss, aud, exp, nonce and at_hash hold, sub {self.claims['sub']}")

    def validate(self, token, nonce):
        algorithms = self.metadata["id_token_signing_alg_values_supported"]
        require("none" not in algorithms, "alg none is announced")
        registry = JWSRegistry(algorithms=algorithms)
        decoded = jwt.decode(token["id_token"], self.keys, algorithms=algorithms, registry=registry)
        options = {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": CLIENT_ID}}
        params = {"nonce": nonce, "client_id": CLIENT_ID, "access_token": token["access_token"]}
        claims = CodeIDToken(decoded.claims, decoded.header, options=options, params=params)
        claims.validate(leeway=5)
        return claims

    def userinfo(self):
        answer = self.oauth.get(self.metadata["userinfo_endpoint"], timeout=TIMEOUT)
        require(answer.status_code == 200, f"userinfo said {answer.status_code}: {answer.text}")
        claims = answer.json()
        require(claims["sub"] == self.claims["sub"], "userinfo is about someone else (OpenID Connect Core 5.3.2)")
        step("userinfo", ", ".join(sorted(claims)))

    def refresh(self):
        before = self.token
        after = self.oauth.refresh_token(self.metadata["token_endpoint"], refresh_token=before["refresh_token"])
        require(after["access_token"] != before["access_token"], "refresh gave the same access token")
        require(after.get("refresh_token") != before["refresh_token"], "the refresh token was not rotated")
        if "id_token" in after:
            claims = self.validate(after, None)
            require(claims["sub"] == self.claims["sub"], "sub changed at refresh (OpenID Connect Core 12.2)")
            self.id_token = after["id_token"]
        self.token = after
        step("refresh", "rotated")

    def introspect(self, kind):
        url = self.metadata["introspection_endpoint"]
        answer = self.oauth.introspect_token(url, token=self.token[kind], token_type_hint=kind)
        require(answer.status_code == 200, f"introspection said {answer.status_code}: {answer.text}")
        return answer.json()

    def introspection(self):
        answer = self.introspect("access_token")
        require(answer["active"] is True, f"a fresh access token is not active: {answer}")
        require(answer.get("client_id") == CLIENT_ID, f"client_id {answer.get('client_id')}")
        step("introspection", "active")

    def revocation(self):
        url = self.metadata["revocation_endpoint"]
        for kind in ("access_token", "refresh_token"):
            answer = self.oauth.revoke_token(url, token=self.token[kind], token_type_hint=kind)
            require(answer.status_code == 200, f"revocation said {answer.status_code}: {answer.text}")
            left = self.introspect(kind)
            require(left == {"active": False}, f"a revoked {kind} introspects as {left} (RFC 7662 section 2.2)")
        answer = self.oauth.get(self.metadata["userinfo_endpoint"], timeout=TIMEOUT)
        require(answer.status_code == 401, f"userinfo with a revoked token said {answer.status_code}")
        step("revocation", "access and refresh token are dead")

    def logout(self):
        _, answer, _ = self.authorize(self.browser, generate_token(32), generate_token(64), prompt="none")
        require("code" in answer, f"there should be a session to end: {answer}")
        state = generate_token(16)
        wanted = {"id_token_hint": self.id_token, "client_id": CLIENT_ID}
        if POST_LOGOUT_REDIRECT_URI:
            wanted.update(post_logout_redirect_uri=POST_LOGOUT_REDIRECT_URI, state=state)
        url = requests.Request("GET", self.metadata["end_session_endpoint"], params=wanted).prepare().url
        back = self.browser.open(url, POST_LOGOUT_REDIRECT_URI)
        if POST_LOGOUT_REDIRECT_URI:
            require(isinstance(back, str), f"no redirect to {POST_LOGOUT_REDIRECT_URI} after logout")
            require(parse_qs(urlsplit(back).query).get("state") == [state], "logout's state came back changed")
        _, answer, _ = self.authorize(self.browser, generate_token(32), generate_token(64), prompt="none")
        require(answer.get("error") == "login_required", f"prompt=none after logout said {answer}")
        step("logout", "the session is over, prompt=none says login_required")


def main():
    party = RelyingParty()
    steps = [
        party.discover,
        party.sign_in,
        party.userinfo,
        party.refresh,
        party.introspection,
        party.revocation,
        party.logout,
    ]
    for each in steps:
        try:
            each()
        except Exception as error:  # the last line says which step, for whoever reads a test's output
            print(f"failed {each.__name__}: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
