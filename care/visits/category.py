"""What a station owes a person whom nobody put into a category: it follows from grade and living. Pure."""

ALONE = frozenset({"alone", "left_behind", "lost_only_child"})


def category(grade: int | None, living: str) -> str:
    """ "high_risk", "key" or "ordinary".

    Complete loss of ability, and severe loss in somebody who lives alone, is high risk; moderate and severe
    loss, and living alone with any loss, is a key group. A rule of ours, to be set otherwise for each person.
    """
    alone = living in ALONE
    if grade is None:
        return "ordinary"
    if grade >= 4 or (grade == 3 and alone):
        return "high_risk"
    if grade >= 2 or (grade == 1 and alone):
        return "key"
    return "ordinary"
