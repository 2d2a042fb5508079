"""A sheet of people: what can be read, what is wrong with a row, and that a row is a person or a problem."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.identity import check_letter
from care.intake.checking import Known, Preview, check
from care.intake.sheet import HEADINGS, SheetError, read

TODAY = date(2026, 11, 22)
IDENTITY = "99000019430501002" + check_letter("99000019430501002")
KNOWN = Known(frozenset({"east", "west"}))


def rows(*cells: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    return [(line, {"name": "Lin", "station": "east", **some}) for line, some in enumerate(cells, start=2)]


def looked_at(*cells: dict[str, str], known: Known = KNOWN) -> Preview:
    return check(rows(*cells), known, TODAY)


def problems(*cells: dict[str, str], known: Known = KNOWN) -> list[tuple[int, str, str]]:
    return [(p.line, p.column, p.key) for p in looked_at(*cells, known=known).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_csv_file_as_any_spreadsheet_writes_it(encoding: str, separator: str) -> None:
    text = separator.join(["姓名", "服务站编号", "Date of Birth", "备注"]) + "\r\n"
    text += separator.join([" 林玉兰 ", "east", "1943-05-01", "x"]) + "\r\n\r\n"
    sheet = read(text.encode(encoding), "people.csv")
    assert sheet.rows == [(2, {"name": "林玉兰", "station": "east", "born": "1943-05-01"})]
    assert sheet.ignored == ("备注",)


def test_an_excel_file_with_days_and_numbers_as_excel_keeps_them() -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "服务站", "出生日期", "手机", "能力等级"])
    book.active.append(["林玉兰", "east", datetime(1943, 5, 1), 13800001234, 2.0])
    book.active.append([None, None, None, None, None])
    book.active.append(["刘云", "west", None, None, None])
    content = io.BytesIO()
    book.save(content)
    sheet = read(content.getvalue(), "People.XLSX")
    assert [line for line, _ in sheet.rows] == [2, 4]
    assert sheet.rows[0][1]["born"] == "1943-05-01"
    person = check(sheet.rows, KNOWN, TODAY).people[0]
    assert (person.phone, person.grade, person.born) == ("+8613800001234", 2, date(1943, 5, 1))


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "a.csv", "empty"),
        (b"name,age\nLin,80\n", "a.csv", "no column is headed"),
        ("姓名,name,station\n".encode(), "a.csv", "mean the same"),
        (b"\xff\xfe\x00\x81", "a.csv", "neither"),
        (b"PK\x03\x04 no zip", "a.xlsx", "not an Excel file"),
        (b"", "a.xlsx", "not an Excel file"),
    ],
)
def test_what_is_no_sheet_is_said(content: bytes, name: str, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        read(content, name)


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    book, kept = openpyxl.Workbook(), io.BytesIO()
    book.save(kept)
    swollen = io.BytesIO()
    with zipfile.ZipFile(kept) as source, zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = content.replace(
                    b"<sheetData></sheetData>", b"<sheetData>" + b"<row/>" * 2_000_000 + b"</sheetData>"
                )
                assert len(content) > 10_000_000
            packed.writestr(part.filename, content)
    with pytest.raises(SheetError, match="unpacks to too much"):
        read(swollen.getvalue(), "a.xlsx")


def test_a_whole_row_becomes_a_person() -> None:
    person = looked_at(
        {
            "identity": IDENTITY,
            "phone": "138 0000 1234",
            "living": "独居",
            "category": "重点",
            "grade": "中度失能",
            "address": "1 Willow Lane",
            "risks": "stairs",
            "contact1": "Lin Min",
            "relation1": "daughter",
            "contact_phone1": "13900001234",
        }
    ).people[0]
    assert (person.sex, person.born, person.identity) == ("female", date(1943, 5, 1), IDENTITY)
    assert (person.living, person.category, person.grade) == ("alone", "key", 2)
    assert person.texts["risks"] == "stairs"
    assert [(c.name, c.relation, c.phone) for c in person.contacts] == [
        ("Lin Min", "daughter", "+8613900001234")
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"name": ""}, [("name", "intake.missing")]),
        ({"station": "north"}, [("station", "intake.no_station")]),
        ({"born": "1943-13-01"}, [("born", "intake.bad_day")]),
        ({"born": "2031-01-01"}, [("born", "intake.bad_day")]),
        ({"born": "a-b-c"}, [("born", "intake.bad_day")]),
        ({"born": "1943-01"}, [("born", "intake.bad_day")]),
        ({"sex": "?"}, [("sex", "intake.unknown_word")]),
        ({"grade": "5"}, [("grade", "intake.unknown_word")]),
        ({"phone": "call me"}, [("phone", "phone.none")]),
        ({"identity": IDENTITY[:-1] + "0"}, [("identity", "identity.check")]),
        ({"identity": IDENTITY, "sex": "男"}, [("sex", "intake.disagrees")]),
        ({"identity": IDENTITY, "born": "1943-05-02"}, [("born", "intake.disagrees")]),
        ({"risks": "x" * 501}, [("risks", "intake.too_long")]),
        ({"name": "L\x00"}, [("name", "intake.too_long"), ("name", "intake.missing")]),
        ({"contact_phone1": "13900001234"}, [("contact1", "intake.missing")]),
        (
            {"name": "", "station": "", "sex": "?"},
            [("name", "intake.missing"), ("station", "intake.missing"), ("sex", "intake.unknown_word")],
        ),
    ],
)
def test_everything_wrong_with_a_row_is_said_at_once(
    cells: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert sorted((c, k) for _, c, k in problems(cells)) == sorted(expected)


def test_the_same_person_twice_in_one_sheet() -> None:
    assert problems({"identity": IDENTITY}, {"identity": IDENTITY, "name": "Lin Y"}) == [
        (3, "identity", "intake.twice")
    ]
    assert problems({"home": "h1"}, {"home": "h1"}, {"home": "h2"}) == [(3, "name", "intake.twice")]


def test_whoever_is_in_our_care_is_not_taken_in_again() -> None:
    known = Known(
        frozenset({"east"}), {"h1": "east"}, frozenset({("h1", "Lin")}), identities=frozenset({IDENTITY})
    )
    assert problems({"identity": IDENTITY}, {"home": "h1"}, known=known) == [
        (2, "identity", "intake.known"),
        (3, "name", "intake.known"),
    ]


def test_one_station_answers_for_a_home() -> None:
    known = Known(frozenset({"east", "west"}), {"h1": "west"})
    moved = {"home": "h2", "station": "west", "name": "Liu"}
    assert problems({"home": "h1"}, {"home": "h2"}, moved, known=known) == [
        (2, "station", "intake.home_elsewhere"),
        (4, "station", "intake.home_elsewhere"),
    ]


def test_those_at_one_address_share_a_home() -> None:
    people = looked_at(
        {"address": "1 Lane"}, {"address": "1 Lane", "name": "Liu"}, {"address": "2 Lane"}, {}
    ).people
    assert people[0].home == people[1].home
    assert len({person.home for person in people}) == 3


@given(st.lists(st.dictionaries(st.sampled_from(sorted(HEADINGS)), st.text(max_size=20)), max_size=5))
def test_each_row_is_a_person_or_a_problem_whatever_stands_in_it(cells: list[dict[str, str]]) -> None:
    numbered = list(enumerate(cells, start=2))
    preview = check(numbered, KNOWN, TODAY)
    assert {p.line for p in preview.people} ^ {p.line for p in preview.problems} == {n for n, _ in numbered}
    assert not {p.line for p in preview.people} & {p.line for p in preview.problems}
