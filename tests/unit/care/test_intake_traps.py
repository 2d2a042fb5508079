"""Sheets as they come from offices: cells that lost their digits, days in words, people written twice."""

import io
from typing import Any

import openpyxl
import pytest

from care.export.table import Column, write
from care.intake.checking import Preview, check
from care.intake.sheet import read
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
