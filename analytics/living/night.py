"""Unusual activity at night: up and about far more than in the nights before."""

from analytics.living import limits
from analytics.living.day import at_night
from analytics.living.life import Life, Say
from core.finding import Reason

KIND = "night_activity"
FEWEST_MINUTES = 45.0  # a night with fewer active minutes needs no look


def night(life: Life, time: int) -> list[Say]:
    """After a sign at night: more active minutes than in any of the past nights, and far more than usual?"""
    if KIND in life.open or not life.alone or not at_night(time + life.offset, life.night):
        return []
    most = life.limit(KIND, lambda: limits.count(life.usual("night_minutes"), FEWEST_MINUTES - 1))
    minutes = life.day.night
    if most is None or minutes <= most:
        return []
    past = life.usual("night_minutes")
    usual = sorted(past)[len(past) // 2]
    params = {"minutes": minutes, "usual": round(usual), "most": round(max(past)), "days": len(past)}
    return [Say(KIND, time, time, Reason("night_activity.much", params))]
