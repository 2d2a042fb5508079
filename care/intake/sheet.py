"""Reading a sheet (CSV in any usual encoding, or Excel) into rows of text by column."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

_MOST_ROWS = 500_000
_EXACT = 10**15  # a number in a sheet keeps fifteen digits
# What Excel writes where no value came of a formula.
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})
# What a workbook may become when it is unpacked: more than half a million people take. One of people shrinks
# to a tenth or a twentieth; what shrinks to less than a hundredth was made to fill our memory.
_MOST_UNPACKED = 768 * 1024 * 1024
_MOST_SHRUNK = 100
_SMALL = 1024 * 1024
_ENCODINGS = ("utf-8-sig", "gb18030")  # what Excel writes in China

# column -> what its heading may be; the first of each language is what we write ourselves
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "name"),
    "sex": ("性别", "sex"),
    "born": ("出生日期", "born", "生日", "date of birth", "birthday"),
    "identity": ("身份证号", "identity number", "身份证号码", "公民身份号码"),
    "phone": ("电话", "phone", "联系电话", "手机", "手机号", "telephone", "mobile"),
    "station": ("服务站编号", "station", "station code", "服务站"),
    "home": ("家庭编号", "home", "home code"),
    "address": ("地址", "address", "住址", "家庭住址"),
    "access_note": ("入户说明", "access note"),
    "living": ("居住状况", "living", "居住情况", "living situation"),
    "category": ("类别", "category", "巡访类别"),
    "grade": ("能力等级", "ability grade", "grade"),
    "risks": ("风险", "risks"),
    "medicines": ("用药", "medicines"),
    "allergies": ("过敏", "allergies"),
    "doctor": ("医生", "doctor", "家庭医生"),
    "contact1": ("联系人1", "contact 1", "紧急联系人", "联系人"),
    "relation1": ("关系1", "relation 1", "与老人关系", "关系"),
    "contact_phone1": ("联系人电话1", "contact phone 1", "紧急联系人电话", "联系人电话"),
    "contact2": ("联系人2", "contact 2"),
    "relation2": ("关系2", "relation 2"),
    "contact_phone2": ("联系人电话2", "contact phone 2"),
}
_COLUMN = {heading: column for column, headings in HEADINGS.items() for heading in headings}


class SheetError(ValueError):
    """The file is not a sheet that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows with their line numbers (the heading is line 1), and headings that mean nothing to us."""

    rows: Sequence[tuple[int, dict[str, str]]]
    ignored: tuple[str, ...]


def read(content: bytes, name: str) -> Sheet:
    """Read a file called `name`: .xlsx as Excel, anything else as CSV. Raises SheetError."""
    lines = _excel(content) if name.lower().endswith((".xlsx", ".xlsm")) else _csv(content)
    headings = next(lines, None)
    if headings is None:
        raise SheetError("the sheet is empty")
    columns = [_COLUMN.get(" ".join(heading.casefold().split())) for heading in headings]
    for needed in ("name", "station"):
        if needed not in columns:
            raise SheetError(f"no column is headed {' or '.join(HEADINGS[needed][:2])}")
    twice = {column for column in columns if column is not None and columns.count(column) > 1}
    if twice:
        raise SheetError(f"two columns mean the same: {', '.join(sorted(twice))}")
    rows = []
    for line, cells in enumerate(lines, start=2):
        row = {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
        if row:
            rows.append((line, row))
        if len(rows) > _MOST_ROWS:
            raise SheetError(f"more than {_MOST_ROWS} rows: split the sheet")
    ignored = [heading for heading, column in zip(headings, columns, strict=True) if heading and not column]
    return Sheet(rows, tuple(ignored))


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [cell.strip() for cell in cells]
    except csv.Error as error:
        raise SheetError(f"not a CSV file: {error}") from error


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError("the text is neither UTF-8 nor GB 18030")


def _excel(content: bytes) -> Iterator[list[str]]:
    import openpyxl  # noqa: PLC0415 - too big for who never asks

    try:
        _refuse_bomb(content)
        with closing(openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)) as book:
            sheet: Any = book.worksheets[0] if book.worksheets else None
            rows: Iterable[Sequence[Any]] = sheet.iter_rows(values_only=True) if sheet is not None else ()
            for cells in rows:
                yield [_text(cell) for cell in cells]
    except SheetError:
        raise
    # A file that somebody broke, or built: the libraries below have a dozen words for it (of XML, of zip, of
    # their own), and whichever comes, this sheet is refused and the next one is looked at.
    except Exception as error:
        raise SheetError("not an Excel file") from error


def _refuse_bomb(content: bytes) -> None:
    """Raises SheetError; the sizes that the file tells are those that it is unpacked to at most."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
    shrunk = any(part.file_size > max(_SMALL, part.compress_size * _MOST_SHRUNK) for part in parts)
    if shrunk or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise SheetError("the Excel file unpacks to too much")


def _text(cell: object) -> str:
    """A cell as a person would type it: a whole number without ".0", a day without its midnight."""
    if cell is None or (isinstance(cell, str) and cell in _ERRORS):
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT:
        return f"{cell:e}"  # a sheet has lost its last digits: no number of a person any more
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
