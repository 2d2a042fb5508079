"""Proof that a message has arrived: an open board or phone was pushed the incident that it is about."""

from collections.abc import Iterable
from uuid import UUID

from alerts.delivery import receipts
from api.acting import in_thread
from api.live.reader import Reader
from api.parts import Parts, Row


class Proofs:
    """Collects what was pushed and hands it in a moment later: the feed does not wait for it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stations: dict[tuple[UUID, int], set[int]] = {}

    def at_account(self, row: Row) -> None:
        """A message (a row of `told`) for an account went to one of its sockets."""
        self._stations.setdefault((row["incident_id"], row["recipient_id"]), set())

    def at_station(self, row: Row, readers: Iterable[Reader]) -> None:
        """One for a station went out; it has arrived if somebody runs the station's board just now."""
        for reader in readers:
            if reader.desk.covers(row["station_path"]):
                self._stations.setdefault((row["incident_id"], reader.account), set()).add(
                    row["recipient_id"]
                )
                return

    async def hand_in(self) -> None:
        """Tell the alerts package of everything since the last time."""
        collected, self._stations = self._stations, {}
        now = self._parts.clock.now()
        for (incident, account), stations in collected.items():
            await in_thread(self._parts, receipts.boards_showed, incident, account, sorted(stations), now)
