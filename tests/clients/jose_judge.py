"""Judges tokens as an implementation that Latchkey shares no code with (joserfc).

Reads a JSON list of cases from standard input and writes a JSON list of verdicts, in their order.
"""

import base64
import json
import sys
import warnings

from joserfc import jwe, jwk, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jws import JWSRegistry

warnings.simplefilter("ignore")


def unpadded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def verify(case):
    registry = JWSRegistry(algorithms=case["algs"], strict_check_header=False)
    try:
        keys = jwk.KeySet.import_key_set(case["keys"])
        token = jwt.decode(case["token"], keys, registry=registry)
    except InvalidKeyIdError as error:
        # A token that names no key may be signed by any (RFC 7515 §4.1.4); the library leaves the choice to its user.
        if "'None'" not in str(error):
            raise
        token = first_that_fits(case, registry)
    rules = jwt.JWTClaimsRegistry(
        now=case["now"],
        leeway=60,
        iss={"essential": True, "value": case["iss"]},
        aud={"essential": True, "value": case["aud"]},
        exp={"essential": True},
    )
    rules.validate(token.claims)
    return {"claims": plain(token.claims)}


def first_that_fits(case, registry):
    for key in case["keys"]["keys"]:
        try:
            return jwt.decode(case["token"], jwk.import_key(key), registry=registry)
        except JoseError as error:
            last = error
    raise last


def plain(claims):
    """The claims, unless they hold what JSON has no words for and Python reads all the same."""
    try:
        json.dumps(claims, allow_nan=False)
        return claims
    except ValueError:
        return None


def key_of(case):
    return jwk.import_key(case["key"])


def decrypt(case):
    registry = jwe.JWERegistry(algorithms=case["algs"], strict_check_header=False)
    found = jwe.decrypt_compact(case["token"], key_of(case), registry=registry)
    return {"content": unpadded(found.plaintext)}


def encrypt(case):
    registry = jwe.JWERegistry(algorithms=case["algs"], strict_check_header=False)
    return {"token": jwe.encrypt_compact(case["header"], case["content"], key_of(case), registry=registry)}


def judge(case):
    try:
        return {"ok": True, **{"verify": verify, "decrypt": decrypt, "encrypt": encrypt}[case["do"]](case)}
    except Exception as error:  # whatever it is, it is a refusal
        return {"ok": False, "why": f"{type(error).__name__}: {error}"[:200]}


json.dump([judge(case) for case in json.load(sys.stdin)], sys.stdout)
