"""From a message on the broker to rows in the store: decode, correct, detect, write, then acknowledge."""
