"""`python -m care load DOCUMENT`: the same as `nowalls community load`."""

from care.commands import community

if __name__ == "__main__":
    community(prog_name="python -m care")
