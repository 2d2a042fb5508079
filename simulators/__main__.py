"""`python -m simulators`: the demo community, as `nowalls up --demo` starts it."""

import asyncio
import logging
import signal
import sys

from core import logs
from core.clock import parse
from core.settings import load
from simulators import demo

log = logging.getLogger(__name__)


async def _until_told(plan: demo.Plan) -> None:
    settings = load()
    task = asyncio.ensure_future(demo.run(settings, parse(settings.clock), plan))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = load()
    logs.setup("simulators", settings.log_level, settings.log_format)
    try:
        asyncio.run(_until_told(demo.Plan(worked=True)))
    except demo.CannotBegin as error:
        log.error("the demo community was not taken in", extra={"error": str(error)})
        sys.exit(1)


if __name__ == "__main__":
    main()
