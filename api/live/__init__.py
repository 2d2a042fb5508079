"""The live feed: one reader of the database for all sockets, and each socket only what its person may see."""
