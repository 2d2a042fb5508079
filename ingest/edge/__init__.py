"""The gateway in a home: the same decoders and detectors in one small process that also works alone."""
