"""People, homes and wearables that behave like real ones, recorded data played again, and load."""
