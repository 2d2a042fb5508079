"""Which ingest worker looks after which part of the town, and what it may write there."""
