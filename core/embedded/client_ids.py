"""Client ids that devices chose themselves: who uses one first has it. No I/O, no clock.

A broker ends the connection of whoever had the same client id, and hands on what waits under it. The ids that
came with a secret are bound to their owner (core.embedded.guest_list); these are bound by their use.
"""

from collections.abc import Mapping
from typing import NamedTuple

MOST = 16  # of one guest: a device that draws another at each start forgets the oldest
KEPT_S = 120  # so long after it was seen an id is kept for who is away: the same hardware may get a new login


class Held(NamedTuple):
    """Whose an id is, by code, and when (Unix seconds) it was last said so."""

    code: str
    at: float


class ClientIds:
    """What this process has let in, or found in; what is in at other nodes of a cluster it does not know."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._of: dict[str, list[str]] = {}

    @property
    def held(self) -> Mapping[str, Held]:
        """By client id."""
        return self._held

    def rival(self, client_id: str, code: str) -> Held | None:
        """Who else has the id; None when it is free, or `code`'s own."""
        held = self._held.get(client_id)
        return None if held is None or held.code == code else held

    def note(self, client_id: str, code: str, now: float) -> None:
        """`code` uses it."""
        if not client_id:
            return  # the server draws one
        before = self._held.get(client_id)
        if before is not None and before.code != code:
            self._forget(client_id)
        own = self._of.setdefault(code, [])
        if client_id in own:
            own.remove(client_id)
        own.append(client_id)
        self._held[client_id] = Held(code, now)
        if len(own) > MOST:
            self._forget(own[0])

    def keep(self, codes: frozenset[str]) -> None:
        """Forget the ids of whoever is known no longer."""
        for code in set(self._of) - codes:
            for client_id in self._of.pop(code):
                del self._held[client_id]

    def _forget(self, client_id: str) -> None:
        code = self._held.pop(client_id).code
        self._of[code].remove(client_id)
