"""A typed client of the nowalls API: a method a route, answers as TypedDicts (nowalls_client.models)."""

from nowalls_client.calls import Calls as Client
from nowalls_client.transport import Problem

__all__ = ["Client", "Problem"]
