"""Six-digit codes of authenticator apps (TOTP, RFC 6238) and recovery codes: pure."""

import hmac
import re
import secrets
from base64 import b32encode
from collections.abc import Sequence

import pyotp

STEP_S = 30
_SLACK = 1  # steps that a phone's clock may be off, either way
_SECRET_BYTES = 20
_RECOVERY_CODES = 10
_DIGITS = re.compile(r"[0-9]{6}")


def fresh_secret() -> bytes:
    """160 random bits, as RFC 4226 recommends."""
    return secrets.token_bytes(_SECRET_BYTES)


def as_text(secret: bytes) -> str:
    """A secret as people type it into an app: base 32."""
    return b32encode(secret).decode()


def uri(secret: bytes, login: str) -> str:
    """What the QR picture holds for the app."""
    return pyotp.TOTP(as_text(secret)).provisioning_uri(name=login, issuer_name="nowalls")


def step_of(secret: bytes, code: str, seconds: float, last_step: int) -> int | None:
    """The time step that `code` belongs to; None when it fits none near `seconds` (Unix time).

    A step up to `last_step` was used: a code that somebody looked on at works no second time.
    """
    given = re.sub(r"\s", "", code)
    if not _DIGITS.fullmatch(given):
        return None
    now, totp = int(seconds) // STEP_S, pyotp.TOTP(as_text(secret))
    fitting = [
        step
        for step in range(now - _SLACK, now + _SLACK + 1)
        if hmac.compare_digest(totp.generate_otp(step), given)
    ]
    return next((step for step in fitting if step > last_step), None)


def fresh_recovery() -> Sequence[str]:
    """Ten codes of 80 random bits, written in fours."""
    return [_in_fours(b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(_RECOVERY_CODES)]


def fold_recovery(code: str) -> str:
    """The form in which a recovery code is compared: however it was typed."""
    return re.sub(r"[^a-z2-7]", "", code.lower())


def _in_fours(text: str) -> str:
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
