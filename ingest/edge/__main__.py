"""`python -m ingest.edge CONFIG FOLDER`: the gateway with nothing else loaded."""

import sys
from pathlib import Path

from ingest.edge.commands import start
from ingest.edge.config import read

if __name__ == "__main__":
    start(read(Path(sys.argv[1])), Path(sys.argv[2]))
