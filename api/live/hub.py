"""The hub: reads what is new once for all sockets and hands each its part."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from uuid import UUID

import psycopg
import psycopg_pool

from api import connections
from api.live import looks, presence, rights, words
from api.live.cursor import Cursor
from api.live.presence import Presence, Viewed
from api.live.proofs import Proofs
from api.live.reader import SERVER_RESTARTS, SIGNED_OUT, Reader
from api.live.residents import Watch
from api.parts import Connection, Parts
from api.policy import Scope
from api.store import feed, incidents, reaching
from core.instant import iso

log = logging.getLogger(__name__)

_POLL_S = 1.0  # the doorbell is a convenience; this is the truth
_FRESH_S = 4.0
_RESIDENTS_S = 2.0
_VIEWERS_S = 0.2
_PROOFS_S = 0.5
_MOST_RESUMED = 1000
_CHUNK = 200
_CROWDED = 128
_AWAY = (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests, psycopg_pool.PoolClosed)


def _worded(what: str, key: object, make: Callable[[], str | None]) -> str | None:
    """What `make` gives; None where it fails: one thing that cannot be shown holds up none of the others,
    and who fetches it again meets the same error."""
    try:
        return make()
    except Exception as error:
        log.error(f"{what} cannot be shown", extra={what: key, "error": type(error).__name__})
        return None


def _made(told: words.IncidentTexts, see: Scope, act: Scope) -> str | None:
    return _worded("incident", told.id, lambda: told.for_reader(see, act))


class Hub:
    """All live sockets of one process.

    It holds no truth: a new hub begins at the database's present, and its readers come back with cursors.
    """

    def __init__(self, parts: Parts, version: str) -> None:
        self._parts, self._version = parts, version
        self._readers: set[Reader] = set()
        self._groups: dict[rights.Group, list[Reader]] | None = None
        self._bell = asyncio.Event()
        self._rights = asyncio.Event()  # whose changed, since they were looked at
        self._started = asyncio.Event()
        self._watch = Watch(parts)
        self._asking: asyncio.Queue[Reader] = asyncio.Queue()
        self._presence = Presence()
        self._proofs, self._leaving = Proofs(parts), looks.Leaving(parts)
        self._epoch = ""
        self._horizon = 0
        self._seen: dict[int, int] = {}  # position -> transaction, of transactions from the horizon on
        self._looked_at = float("-inf")
        self._away = False

    @property
    def count(self) -> int:
        """Sockets connected."""
        return len(self._readers)

    @property
    def fresh(self) -> bool:
        """Whether the database was read moments ago: what readers have is the present."""
        return time.monotonic() - self._looked_at < _FRESH_S

    @property
    def cursor(self) -> str:
        """Where the feed stands."""
        return str(Cursor(self._epoch, self._horizon))

    def ring(self) -> None:
        """Look now."""
        self._bell.set()

    def sign_out(self, token_hash: bytes) -> None:
        """End the sockets of a session."""
        for reader in list(self._readers):
            if reader.token_hash == token_hash:
                reader.end(SIGNED_OUT)

    async def run(self) -> None:
        """Until cancelled; a database that is away is waited for."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._read())
            group.create_task(self._every(_RESIDENTS_S, self._tell_residents))
            group.create_task(self._every(words.HEARTBEAT_S, self._beat))
            group.create_task(self._every(_VIEWERS_S, self._tell_viewers))
            group.create_task(self._grant())
            group.create_task(self._every(_PROOFS_S, self._proofs.hand_in))
            group.create_task(self._every(looks.EVERY_S, self._note_looks))

    async def serve(self, reader: Reader, cursor: str | None) -> None:
        """Say hello, bring `reader` up to date from `cursor`, then tell everything new until it ends."""
        await asyncio.wait_for(self._started.wait(), 5)
        self._readers.add(reader)
        self._groups = None
        try:
            # Joined first: what is committed from here on comes by the queue, the rest is in the catch-up.
            at = self.cursor
            missed = await self._missed(cursor)
            greeting = await self._greeting(reader, cursor, missed, at)
            await reader.serve(greeting + self._viewers_for(reader), self._asking)
        finally:
            self._readers.discard(reader)
            self._groups = None
            self._presence.look(reader, reader.account, reader.name, None)
            await self._leaving.note(reader)

    async def _missed(self, text: str | None) -> list[UUID] | None:
        """Incidents that changed since the cursor; None when that cannot be told."""
        cursor = Cursor.parse(text) if text else None
        if cursor is None or cursor.epoch != self._epoch:
            return None
        async with self._parts.pool.connection() as conn:
            _, xmax = await feed.horizon(conn)
            if cursor.horizon > xmax:
                return None
            found = await feed.incidents_since(conn, cursor.horizon, _MOST_RESUMED + 1)
        return found if len(found) <= _MOST_RESUMED else None

    async def _greeting(
        self, reader: Reader, cursor: str | None, missed: list[UUID] | None, at: str
    ) -> list[str]:
        """The first texts. All that was missed carries the reader's own cursor, and only the heartbeat after
        it the new one: a socket that drops in between is resumed from where it really was."""
        now = iso(self._parts.clock.now())
        if cursor is None or missed is None:
            return [words.hello(now, at, self._version, resumed=False)]
        texts = [words.hello(now, cursor, self._version, resumed=True)]
        if missed:
            texts += await self._catch_up(reader, missed, cursor)
        if self.fresh:
            texts.append(words.heartbeat(now, at))
        return texts

    async def _catch_up(self, reader: Reader, missed: list[UUID], cursor: str) -> list[str]:
        async with self._parts.pool.connection() as conn:
            rows = await incidents.some(conn, missed)
        told = [words.IncidentTexts(row, cursor) for row in rows]
        texts = [(one, _made(one, reader.see, reader.act)) for one in told]
        reader.showed.update(who for one, text in texts if text is not None for who in one.subjects)
        return [text for _, text in texts if text is not None]

    # -- reading the database -------------------------------------------------------------------------
    async def _listen(self) -> None:
        conninfo = self._parts.settings.database_url.get_secret_value()
        while True:
            try:
                async with await connections.doorbell(conninfo) as conn:
                    self._rights.set()
                    self.ring()  # what happened while nobody listened
                    async for notice in conn.notifies():
                        if notice.channel == presence.CHANNEL:
                            self._presence.hear(notice.payload)
                        else:
                            if notice.channel == rights.CHANNEL:
                                self._rights.set()
                            self.ring()
            except psycopg.Error as error:
                self._lost(error)
            await asyncio.sleep(1)

    async def _read(self) -> None:
        known = False
        while True:
            try:
                if not known:
                    await self._begin()
                    known = True
                await self._look()
            except _AWAY as error:
                self._lost(error)
                known = False
                await asyncio.sleep(0.5)
                continue
            await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._bell.wait(), _POLL_S)
        except TimeoutError:
            return
        finally:
            self._bell.clear()

    async def _begin(self) -> None:
        """Learn where the database stands; if it is not the one we knew, the readers must begin anew."""
        async with self._parts.pool.connection() as conn:
            epoch = await feed.epoch(conn)
            if epoch == self._epoch:
                return
            horizon, _ = await feed.horizon(conn)
            present = await feed.news(conn, horizon, ())
        for reader in list(self._readers):
            reader.end(SERVER_RESTARTS)
        self._epoch, self._horizon, self._seen = epoch, horizon, present.events
        await self._watch.begin()
        self._started.set()

    async def _look_at_rights(self) -> None:
        """Somebody's rights changed: before anything more is told, each reader's are looked at again."""
        self._rights.clear()
        try:
            changed = await rights.look(self._parts, self._readers, alive=False)
        except BaseException:
            self._rights.set()
            raise
        self._begin_anew(changed)

    def _begin_anew(self, readers: Iterable[Reader]) -> None:
        """Let these fetch their lists again: what became theirs stands already, and of what is theirs no more
        nothing will be told, not even that it is over."""
        self._groups = None
        text = words.hello(iso(self._parts.clock.now()), self.cursor, self._version, resumed=False)
        for reader in readers:
            reader.offer(text)

    async def _look(self) -> None:
        if self._rights.is_set():
            await self._look_at_rights()
        async with self._parts.pool.connection() as conn:
            news = await feed.news(conn, self._horizon, self._seen.keys())
            cursor = self.cursor  # the old one: whoever leaves amid these texts has not had the rest
            for first in range(0, len(news.incidents), _CHUNK):
                rows = await incidents.some(conn, news.incidents[first : first + _CHUNK])
                await self._tell([words.IncidentTexts(row, cursor) for row in rows])
            await self._tell_people(conn, news.steps)
        # Only now: had anything above failed, the next look would find the same events again.
        self._horizon = news.horizon
        events = self._seen | news.events
        self._seen = {position: xid for position, xid in events.items() if xid >= news.horizon}
        self._looked_at = time.monotonic()
        if self._away:
            self._away = False
            log.info("the live feed goes on")

    def _lost(self, error: Exception) -> None:
        """Say once that the database is away."""
        if not self._away:
            self._away = True
            log.warning("the live feed waits for the database", extra={"error": type(error).__name__})

    # -- telling the readers --------------------------------------------------------------------------
    def _by_scope(self) -> dict[rights.Group, list[Reader]]:
        if self._groups is None:
            self._groups = {}
            for reader in self._readers:
                key = (reader.see, reader.act, reader.residents)
                self._groups.setdefault(key, []).append(reader)
        return self._groups

    async def _tell(self, texts: Iterable[words.IncidentTexts]) -> None:
        for told in texts:
            for (see, act, _), readers in self._by_scope().items():
                text = _made(told, see, act)
                if text is not None:
                    for reader in readers:
                        reader.offer(text)
                        reader.showed.update(told.subjects)
            await self._let_drain()

    async def _tell_people(self, conn: Connection, steps: Sequence[tuple[UUID, int]]) -> None:
        """The messages that these events asked for, to the sockets of whom they are for."""
        by_account: dict[int, list[Reader]] = {}
        for reader in self._readers:
            by_account.setdefault(reader.account, []).append(reader)
        if not steps or not by_account:
            return
        for row in await reaching.told(conn, steps, by_account):
            if row["recipient_kind"] == "station":
                self._proofs.at_station(row, self._readers)
                continue
            text = _worded("notification", row["id"], partial(words.notification, row))
            for reader in by_account[row["recipient_id"]] if text is not None else ():
                if reader.see.covers(row["path"], row["subjects"]):
                    reader.offer(text or "")
                    self._proofs.at_account(row)

    async def _tell_viewers(self) -> None:
        """Who has what open, to everybody who may act on it; other processes hear of what changed here."""
        said: list[str] = []
        for viewed, here in self._presence.changed():
            text = presence.text(viewed.incident, self._presence.viewers(viewed.incident))
            for (_, act, _), readers in self._by_scope().items():
                if act.covers(viewed.path, viewed.subjects):
                    for reader in readers:
                        reader.offer(text)
            if here:
                said.append(self._presence.word(viewed))
        await self._say(said)

    async def _say(self, said: Sequence[str]) -> None:
        if said:
            async with self._parts.pool.connection() as conn:
                await feed.say(conn, presence.CHANNEL, said)

    def _viewers_for(self, reader: Reader) -> list[str]:
        return [
            presence.text(viewed.incident, self._presence.viewers(viewed.incident))
            for viewed in self._presence.open()
            if reader.act.covers(viewed.path, viewed.subjects)
        ]

    def viewers(self, incident: UUID) -> list[tuple[int, str]]:
        """(account, name) of who has an incident open just now."""
        return self._presence.viewers(str(incident))

    async def _tell_residents(self) -> None:
        if not self._readers:
            return  # nobody to tell; what changes meanwhile is found when somebody comes
        for row in await self._watch.changed():
            text = _worded("resident", row["id"], partial(words.resident, row, self._parts.now))
            if text is None:
                continue
            for (_, _, scope), readers in self._by_scope().items():
                if scope.covers(row["path"], (row["id"],)):
                    for reader in readers:
                        reader.offer(text)
                        reader.showed.add(row["id"])
            await self._let_drain()

    async def _let_drain(self) -> None:
        """Give the writers a turn; with a crowd waiting, up to a tenth of a second."""
        for _ in range(20):
            if max((reader.backlog for reader in self._readers), default=0) < _CROWDED:
                return
            await asyncio.sleep(0.005)

    async def _beat(self) -> None:
        """Look at every session again, then say that the feed lives, if it does."""
        readers = list(self._readers)
        if not readers:
            return
        self._begin_anew(await rights.look(self._parts, readers, alive=True))
        if self.fresh:
            text = words.heartbeat(iso(self._parts.clock.now()), self.cursor)
            for reader in readers:
                reader.offer(text)
        await self._say(self._presence.words())

    async def _grant(self) -> None:
        """See to what the peers ask for, one after the other."""
        while True:
            reader = await self._asking.get()
            wishes = reader.take_wishes()
            if wishes.ping and self.fresh:
                reader.offer(words.heartbeat(iso(self._parts.clock.now()), self.cursor))
            if wishes.said_viewing:
                try:
                    await self._view(reader, wishes.viewing)
                except _AWAY as error:
                    self._lost(error)

    async def _view(self, reader: Reader, incident: UUID | None) -> None:
        """`reader` has `incident` open, if it is theirs to act on."""
        row = None
        if incident is not None:
            async with self._parts.pool.connection() as conn:
                row = await incidents.one(conn, reader.act, incident)
        viewed = None if row is None else Viewed(str(row["id"]), row["path"], tuple(row["subjects"]))
        if reader in self._readers:
            self._presence.look(reader, reader.account, reader.name, viewed)

    async def _note_looks(self) -> None:
        await looks.note(self._parts, list(self._readers))

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                if self._started.is_set():
                    await work()
            except _AWAY as error:
                self._lost(error)
