"""`nowalls` whose parts are started again after a second at most: many kills in little time."""

from core import supervisor_part
from core.command import main

if __name__ == "__main__":
    supervisor_part.LONGEST_PAUSE_S = 1.0
    main()
