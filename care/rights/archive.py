"""Everything about one person as a ZIP: a sheet a table, JSON, FHIR R4, pictures and a guide."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from care.export.table import harmless
from care.store.dossier import Part

_READ_ME = {
    "zh": """这里是本系统保存的关于一位老人（编号 {resident}）的全部数据，导出于 {made_at}。

everything.json  除读数和波形外的全部表格
fhir.json        健康摘要（HL7 FHIR R4）
photos/          照片
tables/          每个表格一个 CSV 文件（UTF-8，时间为 UTC）：
""",
    "en": """This is everything that this system holds about resident {resident}, written at {made_at}.

everything.json  all tables but readings and raw motion
fhir.json        a summary of health (HL7 FHIR R4)
photos/          the pictures
tables/          a CSV file for each table (UTF-8, times in UTC):
""",
}


class Archive:
    """A ZIP that is written piece by piece to `out`; close it with `with`."""

    def __init__(self, out: IO[bytes], made_at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._when = made_at.timetuple()[:6]

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def file(self, name: str, content: bytes) -> None:
        """One whole file."""
        with self._entry(name) as member:
            member.write(content)

    def table(self, name: str, columns: Sequence[str], stretches: Iterable[Sequence[Sequence[Any]]]) -> int:
        """A sheet; returns how many rows."""
        number = 0
        with self._entry(f"tables/{name}.csv") as member, io.TextIOWrapper(
            member, "utf-8-sig", newline=""
        ) as text:  # fmt: skip
            writer = csv.writer(text)
            writer.writerow(columns)
            for rows in stretches:
                number += len(rows)
                writer.writerows([harmless(_cell(value)) for value in row] for row in rows)
        return number

    def document(
        self, pieces: Iterator[tuple[str, Sequence[str], Iterable[Sequence[Sequence[Any]]]]]
    ) -> None:
        """All tables in one object: name to list of rows, each an object."""
        with self._entry("everything.json") as member, io.TextIOWrapper(member, "utf-8") as text:
            text.write("{")
            for n, (name, columns, stretches) in enumerate(pieces):
                text.write(f"{',' if n else ''}\n{json.dumps(name)}: [")
                first = True
                for rows in stretches:
                    for row in rows:
                        value = dict(zip(columns, row, strict=True))
                        text.write(
                            ("" if first else ",")
                            + "\n  "
                            + json.dumps(value, ensure_ascii=False, default=str)
                        )
                        first = False
                text.write("]")
            text.write("\n}\n")

    def guide(self, resident: int, made_at: datetime, found: Sequence[tuple[Part, int]]) -> None:
        """README in each language: what stands in which file."""
        for language, words in _READ_ME.items():
            head = words.format(resident=resident, made_at=made_at.isoformat(timespec="seconds"))
            lines = [
                f"  {part.name}.csv ({number})  {part.zh if language == 'zh' else part.en}"
                for part, number in found
            ]
            self.file(f"README.{language}.txt", (head + "\n".join(lines) + "\n").encode())

    def _entry(self, name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(name, self._when)
        info.compress_type = zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return self._zip.open(info, "w", force_zip64=True)


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if isinstance(value, datetime) else str(value) if value is not None else ""
