"""Sheets as they come from offices: cells that lost their digits, days in words, people written twice."""

import io
import random
import zipfile
from contextlib import suppress
from typing import Any

import openpyxl
import pytest

from care.export.table import Column, write
from care.intake.checking import Preview, check
from care.intake.sheet import SheetError, read
from tests.unit.care.test_intake import IDENTITY, KNOWN, TODAY, problems


def from_excel(*rows: tuple[Any, ...]) -> Preview:
    book, kept = openpyxl.Workbook(), io.BytesIO()
    sheet: Any = book.active
    sheet.append(["姓名", "服务站编号", "身份证号", "出生日期", "住址"])
    for row in rows:
        sheet.append(row)
    book.save(kept)
    return check(read(kept.getvalue(), "a.xlsx").rows, KNOWN, TODAY)


def test_a_number_whose_last_digits_the_sheet_has_lost_is_nobodys() -> None:
    # Fifteen digits are kept; these zeros even pass the check digit.
    looked = from_excel(
        ("林玉兰", "east", 990000194305010008, None, None), ("刘云", "east", IDENTITY, None, None)
    )
    assert [(one.line, one.column) for one in looked.problems] == [(2, "identity")]
    assert [one.name for one in looked.people] == ["刘云"]


@pytest.mark.parametrize("day", ["1949年12月31日", "1949年12月31", "1949.12.31", "1949/12/31", "1949-12-31"])
def test_days_as_people_write_them(day: str) -> None:
    (person,) = from_excel(("林玉兰", "east", None, day, None)).people
    assert str(person.born) == "1949-12-31"


def test_a_formula_that_came_to_nothing_is_no_name_and_no_address() -> None:
    looked = from_excel(("#N/A", "east", None, None, None), ("林玉兰", "east", None, None, "#REF!"))
    assert [(one.line, one.key) for one in looked.problems] == [(2, "intake.missing")]
    assert looked.people[0].texts["address"] == ""


def test_one_person_with_and_without_a_number_is_one_person() -> None:
    numbered, bare = {"home": "h1", "identity": IDENTITY}, {"home": "h1"}
    assert problems(numbered, bare) == [(3, "name", "intake.twice")]
    assert problems(bare, numbered) == [(3, "name", "intake.twice")]
    assert problems(numbered, {"home": "h2"}) == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("cell", ["=1+1", "＝1+1", "\n=1", "a\x0bb"])
def test_what_a_stranger_wrote_neither_runs_nor_breaks_the_file(form: Any, cell: str) -> None:
    kept = io.BytesIO()
    write(kept, form, [Column("a", "a")], [[[cell]]])
    if form == "csv":
        written = kept.getvalue().decode("utf-8-sig").partition("\r\n")[2].strip('\r"')
    else:
        sheet: Any = openpyxl.load_workbook(io.BytesIO(kept.getvalue())).active
        written = str(sheet["A2"].value)
    assert written.startswith("'" if "1" in cell else "a b")


def parts_of_a_workbook() -> dict[str, bytes]:
    book, kept = openpyxl.Workbook(), io.BytesIO()
    sheet: Any = book.active
    for row in (("name", "station", "phone"), ("Lin", "east", "13800000000")):
        sheet.append(row)
    book.save(kept)
    with zipfile.ZipFile(kept) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"),
        ("xl/workbook.xml", b'<workbook attribute="<"/>'),
        ("xl/workbook.xml", b""),
        ("[Content_Types].xml", b"\x00" * 40),
    ],
)
def test_a_workbook_that_somebody_broke_is_refused_like_any_other_file(name: str, data: bytes) -> None:
    """Else it would be looked at for ever, and no sheet behind it."""
    with pytest.raises(SheetError):
        read(packed(parts_of_a_workbook() | {name: data}), "a.xlsx")


def test_no_byte_that_is_changed_in_a_workbook_raises_anything_else() -> None:
    draw, parts = random.Random(20261122), parts_of_a_workbook()
    whole, refused = packed(parts), 0
    for _ in range(150):
        name = draw.choice(sorted(parts))
        text, zipped = bytearray(parts[name]), bytearray(whole)
        text[draw.randrange(len(text))] = draw.choice(b'<>"\x00e-9')
        zipped[draw.randrange(len(zipped))] ^= 1 << draw.randrange(8)
        for broken in (packed(parts | {name: bytes(text)}), bytes(zipped)):
            refused += 1
            with suppress(SheetError):
                read(broken, "a.xlsx")
                refused -= 1
    assert refused > 30
