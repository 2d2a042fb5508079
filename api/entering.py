"""What follows once it is known who calls: whom the database is asked as, and whose name the audit bears."""

from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from api.audit import trail
from api.lease import Lease, become
from api.policy import Action, Role
from core.access import roles

if TYPE_CHECKING:
    from api.guard import Caller


def lease_of(caller: "Caller") -> Lease:
    """All that any of the caller's roles reaches: the first wall is narrower, by action."""
    scopes = [caller.may(action) for action in Action]
    return Lease(
        roles.PERSON,
        caller.session.account,
        tuple(sorted({path for scope in scopes for path in scope.paths})),
        tuple(sorted({one for scope in scopes for one in scope.residents})),
        tuple(
            sorted(grant.resident_id or 0 for grant in caller.session.grants if grant.role is Role.EMERGENCY)
        ),
    )


def entered(connection: HTTPConnection, caller: "Caller") -> "Caller":
    """`caller`, from here on known to everything that serves `connection`."""
    become(lease_of(caller))
    trail.nothing_yet()
    connection.state.caller = caller
    return caller
