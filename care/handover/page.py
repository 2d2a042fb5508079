"""The page as PDF, A4, one side. Chinese is set in a font every PDF reader brings along."""

from collections.abc import Iterable
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, KeepInFrame, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from care.handover.facts import Handover
from core import messages

_FONT = "STSong-Light"
_MARGIN = 15 * mm
_LONGEST = 300  # characters of a free text; the whole is in the record


def pdf(handover: Handover, language: str) -> bytes:
    """The page in "zh" or "en"; always one side: long texts are cut and say so."""
    title = _say("handover.title", language)
    return one_side(title, _parts(handover, language, title))


def one_side(title: str, parts: Iterable[Flowable]) -> bytes:
    """`parts` on one side of A4, made smaller as far as needed."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, title=title, author="nowalls", leftMargin=_MARGIN, rightMargin=_MARGIN,
        topMargin=_MARGIN, bottomMargin=_MARGIN, invariant=True,
    )  # fmt: skip
    width, height = A4[0] - 2 * _MARGIN - 12, A4[1] - 2 * _MARGIN - 12
    document.build([KeepInFrame(width, height, list(parts), mode="shrink")])
    return out.getvalue()


def _parts(one: Handover, language: str, title: str) -> Iterable[Flowable]:
    yield text(title, 18, bold=True)
    made = one.made_at.astimezone(messages.zone(one.zone)).strftime("%Y-%m-%d %H:%M")
    yield text(_say("handover.made", language, when=made), 9)
    yield Spacer(1, 4 * mm)
    if one.happening:
        yield _box(f"{one.happening.title[language]} · #{one.happening.number}", one.happening.text[language])
        yield Spacer(1, 4 * mm)
    yield _rows(language, _who(one, language))
    yield Spacer(1, 4 * mm)
    yield _rows(language, _medical(one, language))
    yield Spacer(1, 4 * mm)
    yield _rows(language, _lately(one, language))
    yield Spacer(1, 4 * mm)
    yield _rows(language, _calls(one))
    yield Spacer(1, 4 * mm)
    yield text(_say("handover.care", language), 9)


def _who(one: Handover, language: str) -> Iterable[tuple[str, str]]:
    sex = _say(f"sex.{one.sex}", language) if one.sex else ""
    age = "" if one.age is None else _say("handover.age", language, years=one.age)
    born = one.born.isoformat() if one.born else ""
    yield "handover.name", "  ".join(part for part in (one.name, sex, age, born) if part)
    yield "handover.address", one.address
    yield "handover.access", one.access_note
    yield "handover.phone", one.phone


def _medical(one: Handover, language: str) -> Iterable[tuple[str, str]]:
    yield "handover.allergies", one.allergies
    yield "handover.medicines", one.medicines
    yield "handover.risks", one.risks
    yield "handover.grade", _say(f"grade.{one.grade}", language) if one.grade is not None else ""
    yield "handover.doctor", one.doctor


def _lately(one: Handover, language: str) -> Iterable[tuple[str, str]]:
    for vital in one.vitals:
        at = int(vital.at.timestamp() * 1e6)
        numbers = {"latest": vital.latest, "least": vital.least, "greatest": vital.greatest, "seen_at": at}
        yield f"metric.{vital.metric}", _say("handover.vital", language, one.zone, unit=vital.unit, **numbers)
    if one.last_activity_at:
        at = int(one.last_activity_at.timestamp() * 1e6)
        key = "handover.last_in_room" if one.last_room else "handover.last"
        room = {"room": one.last_room} if one.last_room else {}
        yield "handover.activity", _say(key, language, one.zone, last_at=at, **room)
        hours = ", ".join(f"{hour:02d}" for hour in one.active_hours)
        yield "handover.hours", hours


def _calls(one: Handover) -> Iterable[tuple[str, str]]:
    yield "handover.station", f"{one.station}  {one.station_phone}".strip()
    for contact in one.contacts:
        yield "handover.contact", f"{contact.name} ({contact.relation})  {contact.phone}"


def _rows(language: str, rows: Iterable[tuple[str, str]]) -> Flowable:
    nothing = _say("handover.nothing", language)
    cells = [[text(_say(key, language), 10, bold=True), text(cell or nothing, 12)] for key, cell in rows] or [
        [text("", 10), text(nothing, 12)]
    ]
    table = Table(cells, colWidths=[38 * mm, None])
    line = ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.lightgrey)
    table.setStyle(TableStyle([line, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _box(head: str, body: str) -> Flowable:
    table = Table([[text(head, 15, bold=True)], [text(body, 13)]])
    table.setStyle(TableStyle([("BOX", (0, 0), (-1, -1), 1.2, colors.black)]))
    return table


def text(words: str, size: int, *, bold: bool = False) -> Paragraph:
    """`words` as a paragraph of `size` points; very long ones are cut and say so."""
    short = words if len(words) <= _LONGEST else f"{words[:_LONGEST]} …"
    style = ParagraphStyle("text", fontName=_FONT, fontSize=size, leading=size * 1.35, wordWrap="CJK")
    shown = escape("".join(c if c.isprintable() else " " for c in short))
    return Paragraph(f"<b>{shown}</b>" if bold and shown.isascii() else shown, style)


def _say(key: str, language: str, zone: str = "UTC", **params: object) -> str:
    return messages.render(key, params, language, zone)
