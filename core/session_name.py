"""The MQTT client ids of the platform's own parts: nobody else can guess one, so nobody can take it over.

A broker keeps a session, and what waits in it, for whoever says its client id.
"""

from pathlib import Path

from core.embedded.secret import secret

_LETTERS = 16
# How they all begin: the embedded broker lets no device in that calls itself so.
PLATFORM_SESSIONS = "nowalls-"


def session_name(data: Path, part: str) -> str:
    """The client id of `part` ("ingest") of the platform in the folder `data`; the same at every start."""
    kept = secret(data / "secrets" / "session")
    return f"nowalls-{part}-{kept[:_LETTERS]}"


def gateway_session(code: str) -> str:
    """The client id of the gateway `code` at the platform: the broker keeps it for that device."""
    return f"{PLATFORM_SESSIONS}gateway-{code}"
