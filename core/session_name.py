"""The MQTT client ids of the platform's own parts: nobody else can guess one, so nobody can take it over.

A broker keeps a session, and what waits in it, for whoever says its client id.
"""

from pathlib import Path

from core.embedded.secret import secret

_LETTERS = 16


def session_name(data: Path, part: str) -> str:
    """The client id of `part` ("ingest") of the platform in the folder `data`; the same at every start."""
    return f"nowalls-{part}-{secret(_kept(data))[:_LETTERS]}"


def session_name_is_made(data: Path) -> bool:
    """Whether the platform in the folder `data` had its secret names before."""
    return _kept(data).exists()


def _kept(data: Path) -> Path:
    return data / "secrets" / "session"
