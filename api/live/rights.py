"""What the readers of the feed may see: looked at every few seconds, and at once when rights change."""

from collections.abc import Iterable

from api import lease, policy
from api.live.reader import SIGNED_OUT, Reader
from api.parts import Parts
from api.policy import Action, Scope
from api.store import accounts
from api.store.accounts import Session

CHANNEL = "rights"  # of NOTIFY: rung where a role, a consent, an account or a session ends or begins
Group = tuple[Scope, Scope, Scope]


def scopes_of(session: Session) -> Group:
    """Scopes of incidents seen, incidents acted on and residents seen."""
    return (
        policy.scope(session.grants, Action.SEE_INCIDENTS) or Scope(),
        policy.scope(session.grants, Action.ACT_ON_INCIDENTS) or Scope(),
        policy.scope(session.grants, Action.SEE_RESIDENTS) or Scope(),
    )


def desk_of(session: Session) -> Scope:
    """Where somebody runs the station's board."""
    return policy.scope(session.grants, Action.SEND_SOMEBODY) or Scope()


async def look(parts: Parts, readers: Iterable[Reader], *, alive: bool) -> list[Reader]:
    """Give each of `readers` its scopes as they are now, and end those whose session holds no longer. With
    `alive`, that their sockets are open counts as use of the sessions. Returns those whose scopes changed."""
    known = list(readers)
    changed: list[Reader] = []
    if not known:
        return changed
    with lease.borrowed(lease.DOOR):
        async with parts.pool.connection() as conn:
            hashes = list({reader.token_hash for reader in known})
            sessions = await accounts.sessions(conn, hashes, parts.now, parts.wall_now)
            if alive:
                await accounts.touch(conn, list(sessions), parts.wall_now)
    for reader in known:
        session = sessions.get(reader.token_hash)
        if session is None:
            reader.end(SIGNED_OUT)
        else:
            before, now = (reader.see, reader.act, reader.residents), scopes_of(session)
            reader.see, reader.act, reader.residents = now
            reader.desk = desk_of(session)
            if before != now:
                changed.append(reader)
    return changed
