"""What to say: to the person in trouble, to the emergency number, to the family. In both languages."""

from collections.abc import Mapping
from typing import Any

from api import showing
from api.models.incident_full import Texts
from api.models.words import Text
from api.parts import Row
from core import messages
from core.instant import from_datetime


def texts(incident: Row, person: Row | None, access_note: str, age: int | None) -> Texts:
    """Drafts about a row of `incident_card`; `person` is its resident, if it is about one."""
    shown = {
        language: _words(incident, person, access_note, age, language) for language in messages.LANGUAGES
    }
    zone = incident["time_zone"]
    return Texts(
        call=_both("draft.call" if person else "draft.call_home", shown, zone),
        emergency=_both("draft.emergency", shown, zone),
        family=_both("draft.family", shown, zone),
    )


def _both(key: str, shown: Mapping[str, Mapping[str, Any]], zone: str) -> Text:
    return Text.model_validate(
        {language: messages.render(key, words, language, zone).strip() for language, words in shown.items()}
    )


def _words(
    incident: Row, person: Row | None, access_note: str, age: int | None, language: str
) -> dict[str, Any]:
    zone = incident["time_zone"]
    station = incident["station_name_en"] if language == "en" else ""
    title = showing.title(incident["kind"], incident["severity"], zone)
    said: dict[str, Any] = {
        "station": station or incident["station_name"] or "nowalls",
        "name": incident["resident_name"] or incident["home_code"] or "?",
        "address": incident["address"] or "?",
        "title": title.en if language == "en" else title.zh,
        "sentence": messages.render(incident["reason_key"], incident["reason_params"], language, zone),
        "onset_at": from_datetime(incident["onset"]),
        "status": messages.render(f"draft.status.{incident['state']}", {}, language, zone),
    }
    optional = {"age": age, "risks": person["risks"] if person else "", "entry": access_note}
    for name, value in optional.items():
        said[name] = "" if not value else messages.render(f"draft.{name}", {name: value}, language, zone)
    return said
