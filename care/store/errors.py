"""What the care package's tables refuse."""


class CareError(Exception):
    """What was asked for does not fit what is recorded."""


class Unknown(CareError):
    """No such station, home, person or device."""


class Conflict(CareError):
    """The code is taken by something else."""


class LostRace(CareError):
    """It was changed since it was read."""
