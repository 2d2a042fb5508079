"""Passkeys (WebAuthn): what a browser is asked, and whether its answer is one. No database, no clock."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.parts import Row

_KNOWN_TRANSPORTS = {one.value for one in AuthenticatorTransport}


class BadPasskey(Exception):
    """What the browser answered proves nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are for.

    Attributes:
        origin: scheme, host and port of the pages.
        host: its host, which the browser binds a passkey to.
    """

    origin: str
    host: str

    @classmethod
    def of(cls, url: str) -> "Site":
        """The site that `url` is a page of."""
        parts = urlsplit(url)
        return cls(f"{parts.scheme}://{parts.netloc}", parts.hostname or "")


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey as a browser made it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]


def _known(rows: Iterable[Row]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=bytes(row["credential_id"]),
            transports=[AuthenticatorTransport(one) for one in row["transports"]],
        )
        for row in rows
    ]


def making(
    site: Site, account: int, login: str, name: str, known: Iterable[Row]
) -> tuple[dict[str, Any], bytes]:
    """(options of navigator.credentials.create, challenge). `known` ones are not made again."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="nowalls",
        user_id=f"nowalls/{account}".encode(),
        user_name=login,
        user_display_name=name,
        exclude_credentials=_known(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return json.loads(webauthn.options_to_json(options)), options.challenge


def made(site: Site, answer: dict[str, Any], challenge: bytes) -> Made:
    """The passkey in a browser's answer; raises BadPasskey."""
    try:
        checked = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadPasskey from error
    said = answer.get("response", {}).get("transports") or []
    transports = [one for one in said if one in _KNOWN_TRANSPORTS] if isinstance(said, list) else []
    return Made(
        checked.credential_id, checked.credential_public_key, checked.sign_count, sorted(set(transports))
    )


def asking(site: Site, known: Iterable[Row] = ()) -> tuple[dict[str, Any], bytes]:
    """(options of navigator.credentials.get, challenge); without `known` the browser offers what it has."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_known(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(webauthn.options_to_json(options)), options.challenge


def credential_id(answer: dict[str, Any]) -> bytes:
    """The id of the passkey in an answer; raises BadPasskey."""
    try:
        return webauthn.base64url_to_bytes(answer["rawId"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadPasskey from error


def shown(site: Site, answer: dict[str, Any], challenge: bytes, kept: Row) -> int:
    """The counter of the passkey that signed `challenge`; raises BadPasskey.

    The person was asked for a finger, a face or a number by the device (user verification), so one passkey
    is two factors: something one has, and something one is or knows.
    """
    try:
        checked = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes(kept["public_key"]),
            credential_current_sign_count=kept["sign_count"],
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadPasskey from error
    return checked.new_sign_count
