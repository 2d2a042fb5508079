"""A city's own identity provider (OpenID Connect): what is asked of it and whether its answer holds.

Authorization code with PKCE; the answer is a signed token whose issuer, audience, nonce and time are checked.
Where to ask is what the operator set and what that address says about itself; nothing that a visitor sends
becomes an address, and no redirect is followed.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.settings import ApiSettings

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

_TIMEOUT_S = 8
_MOST_BYTES = 256 * 1024
_SLACK_S = 60  # clocks differ
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]  # none with a shared secret, and never "none"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderFault(Exception):
    """The provider does not answer, or not as it should; the message says what, without anything it sent."""


@dataclass(frozen=True, slots=True)
class Known:
    """Where a provider wants to be asked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(slots=True)
class Asked:
    """What the provider said about itself, and when (real time)."""

    known: Known | None = None
    at: datetime | None = None


def safe(url: str) -> bool:
    """Whether `url` may be asked: https, or this machine itself (a provider beside us, and tests)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def discover(issuer: str) -> Known:
    """What the provider says about itself; raises ProviderFault."""
    document = _json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise ProviderFault("it calls itself by another name than was set")
    found = [document.get(name) for name in _ENDPOINTS]
    if not all(isinstance(one, str) and safe(one) for one in found):
        raise ProviderFault("an address of it is not https")
    if urlsplit(issuer).scheme == "https" and not all(str(one).startswith("https:") for one in found):
        raise ProviderFault("an address of it is not https")
    return Known(issuer, *map(str, found))


def _json(url: str) -> dict[str, Any]:
    if not safe(url):
        raise ProviderFault("its address is not https")
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, timeout=_TIMEOUT_S, allow_redirects=False, stream=True)
            with answer:
                if answer.status_code != requests.codes.ok:
                    raise ProviderFault(f"HTTP {answer.status_code}")
                body = answer.raw.read(_MOST_BYTES + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise ProviderFault(type(error).__name__) from error
    if len(body) > _MOST_BYTES:
        raise ProviderFault("it says too much")
    try:
        said = json.loads(body)
    except ValueError as error:
        raise ProviderFault("no JSON") from error
    if not isinstance(said, dict):
        raise ProviderFault("no JSON object")
    return said


def _client(own: ApiSettings, redirect: str) -> "OAuth2Session":
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 - too big for who never asks

    session = OAuth2Session(
        own.oidc_client_id,
        own.oidc_client_secret.get_secret_value() or None,
        scope=own.oidc_scope,
        redirect_uri=redirect,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic"
        if own.oidc_client_secret.get_secret_value()
        else "none",
    )
    session.trust_env = False
    return session


def address(own: ApiSettings, known: Known, redirect: str, state: str, nonce: str, verifier: str) -> str:
    """Where the browser is sent."""
    with _client(own, redirect) as session:
        url, _ = session.create_authorization_url(
            known.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
        )
    return str(url)


def claims(
    own: ApiSettings, known: Known, redirect: str, code: str, nonce: str, verifier: str, now_s: float
) -> dict[str, Any]:
    """Who came back, for the `code` in their hands; raises ProviderFault.

    Args:
        now_s: Unix time, by which the token must hold.
    """
    from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415 - too big for who never asks

    try:
        with _client(own, redirect) as session:
            answer = session.fetch_token(
                known.token_endpoint,
                code=code,
                code_verifier=verifier,
                grant_type="authorization_code",
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
    except (OAuthError, requests.RequestException, OSError, ValueError) as error:
        raise ProviderFault(f"no token: {type(error).__name__}") from error
    signed = answer.get("id_token") if isinstance(answer, Mapping) else None
    if not isinstance(signed, str):
        raise ProviderFault("no id_token")
    try:
        keys = KeySet.import_key_set(_json(known.jwks_uri))  # type: ignore[arg-type]
        said = jwt.decode(signed, keys, algorithms=_ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderFault(f"the token's signature: {type(error).__name__}") from error
    wrong = judge(said, own.oidc_client_id, known.issuer, nonce, now_s)
    if wrong:
        raise ProviderFault(wrong)
    return dict(said)


def judge(said: Mapping[str, Any], client: str, issuer: str, nonce: str, now_s: float) -> str:
    """What is wrong with the claims of a token whose signature is right; "" when nothing is."""
    audience = said.get("aud")
    heard = audience if isinstance(audience, list) else [audience]
    if said.get("iss") != issuer:
        return "the token is of another issuer"
    if client not in heard or (len(heard) > 1 and said.get("azp") != client):
        return "the token is for somebody else"
    if not hmac.compare_digest(str(said.get("nonce", "")).encode(), nonce.encode()):
        return "the token answers another question"
    expires, made = said.get("exp"), said.get("iat")
    if not isinstance(expires, int | float) or now_s > expires + _SLACK_S:
        return "the token is over"
    if not isinstance(made, int | float) or made > now_s + _SLACK_S:
        return "the token is from the future"
    subject = said.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        return "the token names nobody"
    return ""
