"""The certificate of an erasure on paper: what was removed, what is kept, which key is destroyed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer, Table, TableStyle

from care.handover.page import text
from core import messages

_MARGIN = 15 * mm
_WIDTHS = [92 * mm, 34 * mm, 26 * mm, 22 * mm]


def pdf(document: Mapping[str, Any], sha256: str, language: str, zone: str) -> bytes:
    """`document` (care.store.erasure.certificate) and its digest in "zh" or "en"; each page bears it."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    paper = SimpleDocTemplate(
        out, pagesize=A4, title=_say("certificate.title", language), author="nowalls", leftMargin=_MARGIN,
        rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN, invariant=True,
    )  # fmt: skip

    def foot(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 7)
        canvas.drawString(_MARGIN, 8 * mm, f"sha256 {sha256}   {canvas.getPageNumber()}")

    paper.build(list(_parts(document, sha256, language, zone)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _parts(one: Mapping[str, Any], sha256: str, language: str, zone: str) -> Iterable[Flowable]:
    yield text(_say("certificate.title", language), 18, bold=True)
    yield Spacer(1, 3 * mm)
    keys = ", ".join(map(str, one["keys"]["destroyed"]))
    said = [
        ("certificate.who", f"{one['resident']}  ·  #{one['erasure']}"),
        ("certificate.ground", _say(f"certificate.ground.{one['ground']}", language)),
        ("certificate.asked", f"{one['requested_by']}  {_when(one['requested_at'], zone)}"),
        ("certificate.agreed", one["agreed_by"] or _say("certificate.waited", language)),
        ("certificate.done", f"{one['done_by']}  {_when(one['done_at'], zone)}"),
        ("certificate.key", f"{keys or '-'}  {_when(one['keys']['at'], zone)}"),
        ("certificate.digest", f"{sha256[:32]} {sha256[32:]}"),
    ]
    yield _table(
        [[text(_say(key, language), 9, bold=True), text(words, 9)] for key, words in said], [38 * mm, None]
    )
    yield Spacer(1, 3 * mm)
    yield text(_say("certificate.backups", language), 9)
    yield Spacer(1, 3 * mm)
    heads = ("certificate.what", "certificate.table", "certificate.fate", "certificate.rows")
    rows = [[text(_say(key, language), 8, bold=True) for key in heads]]
    for part in one["tables"]:
        fate = _say(f"certificate.fate.{part['fate']}", language)
        cells = (part[language], part["table"], fate, str(part["rows"]))
        rows.append([text(cell, 8) for cell in cells])
    yield _table(rows, _WIDTHS, head=True)


def _table(rows: Sequence[Sequence[Any]], widths: Sequence[float | None], *, head: bool = False) -> Table:
    table = Table([list(row) for row in rows], colWidths=widths, repeatRows=1 if head else 0)
    line = ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.lightgrey)
    table.setStyle(TableStyle([line, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _when(at: str, zone: str) -> str:
    return datetime.fromisoformat(at).astimezone(messages.zone(zone)).strftime("%Y-%m-%d %H:%M:%S")


def _say(key: str, language: str) -> str:
    return messages.render(key, {}, language, "UTC")
