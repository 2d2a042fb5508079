"""The platform's statements, read by `core.statements`; who has them can open what is sealed in answers."""

import core.sealed  # noqa: F401 - whoever asks the database opens what is sealed in its answers
from core.statements import load

__all__ = ["load"]
