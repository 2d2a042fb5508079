"""Who takes which step of an order. Pure: roles are words, so that the table reads as one."""

from collections.abc import Collection

FAMILY, STAFF, DESK, TREASURER = "family", "staff", "desk", "treasurer"

WHO = {
    "accept": {STAFF, DESK},
    "refuse": {STAFF, DESK},
    "carry_out": {STAFF, DESK},
    "cancel": {FAMILY, DESK},
    "confirm": {FAMILY, DESK},
    "rate": {FAMILY, DESK},
    "complain": {FAMILY, DESK},
    "refund": {TREASURER},
    "uphold": {TREASURER},
}


def may(action: str, parts: Collection[str]) -> bool:
    """Whether somebody who plays these parts for the order's resident takes this step."""
    return bool(WHO.get(action, set()) & set(parts))
