"""The platform's statements, read by `core.statements`; whoever has them can open what is sealed."""

import core.sealed  # noqa: F401 - whoever asks the database opens what is sealed in its answers
from core.statements import load as load
