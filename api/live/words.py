"""What the feed says: JSON texts, each made once for all who get the same."""

import json
from collections.abc import Sequence
from datetime import datetime

from api import reaching, showing
from api.parts import Row
from api.policy import Scope

HEARTBEAT_S = 5


def hello(now: str, cursor: str, version: str, resumed: bool) -> str:
    """The first word to a reader."""
    said = {"type": "hello", "now": now, "cursor": cursor, "version": version}
    return json.dumps(said | {"heartbeat_s": HEARTBEAT_S, "resumed": resumed})


def heartbeat(now: str, cursor: str) -> str:
    """The feed is alive and complete up to here."""
    return json.dumps({"type": "heartbeat", "now": now, "cursor": cursor})


def notification(row: Row) -> str:
    """A message to the person at the socket."""
    body = reaching.notification(row).model_dump_json()
    return f'{{"type":"notification","notification":{body}}}'


def resident(row: Row, now: datetime) -> str:
    """A resident's live state."""
    body = showing.resident(row, now).model_dump_json()
    return f'{{"type":"resident","resident":{body}}}'


class IncidentTexts:
    """The texts of one incident: one for each set of actions its readers may take."""

    def __init__(self, row: Row, cursor: str) -> None:
        self._row, self._cursor = row, cursor
        self._made: dict[Sequence[str], str] = {}

    @property
    def id(self) -> str:
        """Key of the incident."""
        return str(self._row["id"])

    @property
    def subjects(self) -> Sequence[int]:
        """The residents it is about."""
        return tuple(self._row["subjects"])

    def for_reader(self, see: Scope, act: Scope) -> str | None:
        """The text for a reader of these scopes; None when it is none of their business."""
        row = self._row
        if not see.covers(row["path"], row["subjects"]):
            return None
        actions = tuple(showing.legal(row, act))
        text = self._made.get(actions)
        if text is None:
            body = showing.incident(row, actions).model_dump_json()
            text = f'{{"type":"incident","cursor":"{self._cursor}","incident":{body}}}'
            self._made[actions] = text
        return text
