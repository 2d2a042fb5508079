"""Who is kept for testing: the public test people of the data sets this project reports on."""

from collections.abc import Collection, Mapping

from analytics.falls.dataset import Trial

TEST_PEOPLE: Mapping[str, frozenset[str]] = {
    "weda-fall": frozenset({*(f"U{n}" for n in range(11, 15)), *(f"U{n}" for n in range(27, 32))}),
    "sisfall": frozenset({*(f"SA{n}" for n in range(19, 24)), "SE06", *(f"SE{n}" for n in range(11, 16))}),
    "umafall": frozenset(f"S{n}" for n in range(15, 20)),
}
"""Never trained on."""


def is_test(trial: Trial, chosen: Collection[str] | None = None) -> bool:
    """True if the trial's person is a test person: one of `chosen`, or of TEST_PEOPLE when None."""
    people = TEST_PEOPLE.get(trial.dataset, frozenset()) if chosen is None else chosen
    return trial.subject in people


def person(trial: Trial) -> str:
    """One name for one person across data sets."""
    return f"{trial.dataset}/{trial.subject}"
