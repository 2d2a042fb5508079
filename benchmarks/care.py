"""`python -m benchmarks.care`: finding one of a million people, a city's figures, and taking in a hundred
thousand, all over HTTP.

A database and one API process on this machine, nothing else running. People have Chinese names, homes,
telephones and identity tails; each was visited once, and every tenth has ordered a meal. The caller is the
city's administrator: the largest scope there is.
"""

import csv
import io
import json
import random
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import httpx
import numpy as np
import psycopg

from benchmarks.hall import Hall, hall
from benchmarks.stages import quantiles
from care.search import identity_key, keys
from care.store.sealing import hidden
from core import sealed

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "秀英桂兰玉珍淑凤建国志强德明福春梅红霞丽华永光文学海金荣素芳长生翠莲永庆惠宝根月娥小妹"
_STREETS, _COMMUNITIES = 100, 10  # of each street
_STRETCH = 20_000
_PATIENCE_S = 600.0


class People:
    """The same people every time."""

    def __init__(self, number: int) -> None:
        self._rng = random.Random(7)
        self.number = number

    def name(self) -> str:
        """Two or three characters."""
        given = "".join(self._rng.choice(_GIVEN) for _ in range(self._rng.choice((1, 2, 2, 2))))
        return self._rng.choice(_SURNAMES) + given

    def phone(self) -> str:
        """A mobile number of nobody."""
        return f"+86199{self._rng.randrange(10**8):08}"

    def tail(self) -> str:
        """Something that ends like an identity number; the rest of it is never looked for."""
        return f"31010119400101{self._rng.randrange(10_000):04}"


def fill(conn: psycopg.Connection[Any], people: People) -> None:
    """A city of streets and communities with everybody in it, a visit each and some orders."""
    now = datetime.now(UTC)
    conn.execute(
        "INSERT INTO station (id, parent_id, path, code, level, name)"
        " SELECT 10 + n, 1, ('1.' || 10 + n)::ltree, 's' || n, 'street', 'Street ' || n"
        " FROM generate_series(1, %s) n", (_STREETS,),
    )  # fmt: skip
    conn.execute(
        "INSERT INTO station (id, parent_id, path, code, level, name)"
        " SELECT 1000 + n, 11 + n %% %(s)s, ('1.' || 11 + n %% %(s)s || '.' || 1000 + n)::ltree, 'c' || n,"
        " 'community', 'Community ' || n FROM generate_series(1, %(n)s) n",
        {"s": _STREETS, "n": _STREETS * _COMMUNITIES},
    )
    for first in range(2, people.number + 2, _STRETCH):
        _stretch(conn, people, range(first, min(first + _STRETCH, people.number + 2)), now)
    conn.execute("SELECT setval(pg_get_serial_sequence('resident', 'id'), %s)", (people.number + 2,))
    conn.execute("SELECT setval(pg_get_serial_sequence('home', 'id'), %s)", (people.number + 2,))
    _work(conn, people.number, now)
    conn.commit()
    conn.autocommit = True
    conn.execute("VACUUM ANALYZE")
    conn.autocommit = False


def _stretch(conn: psycopg.Connection[Any], people: People, ids: range, now: datetime) -> None:
    since = now - timedelta(days=60)
    rows = [
        (key, 1001 + key % (_STREETS * _COMMUNITIES), people.name(), people.phone(), people.tail())
        for key in ids
    ]
    with conn.cursor() as cursor:
        with cursor.copy("COPY home (id, code, station_id, address, created_at) FROM STDIN") as copy:
            for key, station, *_ in rows:
                copy.write_row((key, f"home{key}", station, f"{key % 997} 弄 {key % 89} 号", since))
        columns = (
            "COPY resident (id, station_id, name, phone, category, ability_grade, living, created_at,"
            " seal_key) FROM STDIN"
        )
        places = sealed.places(conn, len(rows))
        with cursor.copy(columns) as copy:
            for place, (key, station, name, phone, _) in zip(places, rows, strict=True):
                category = ("ordinary", "ordinary", "key", "high_risk")[key % 4]
                known = (sealed.seal(name, place), sealed.seal(phone, place), category, key % 5)
                copy.write_row((key, station, *known, ("alone", "couple")[key % 2], since, place))
        with cursor.copy("COPY residence (resident_id, home_id, during) FROM STDIN") as copy:
            for key, *_ in rows:
                copy.write_row((key, key, f"[{since.isoformat()},)"))
        with cursor.copy("COPY resident_key (resident_id, key) FROM STDIN") as copy:
            for key, _, name, phone, tail in rows:
                # Whole numbers are made up of tails here, and two may be alike.
                for word in hidden(keys(name, phone, tail) - {identity_key(tail)}):
                    copy.write_row((key, word))


def _work(conn: psycopg.Connection[Any], number: int, now: datetime) -> None:
    conn.execute(
        "INSERT INTO visit (resident_id, station_id, at, way, result, minutes, written_at)"
        " SELECT id, station_id, %(now)s - make_interval(hours => id %% 720), 'home', 'well', 20, %(now)s"
        " FROM resident WHERE id > 1", {"now": now},
    )  # fmt: skip
    conn.execute("INSERT INTO provider (id, station_id, name) VALUES (1, 1, 'Canteen')")
    conn.execute(
        "INSERT INTO service (id, station_id, provider_id, kind, name, price_fen, subsidy_fen, during)"
        " VALUES (1, 1, 1, 'meal', '午餐', 1500, '{0,0,0,0,0}', tstzrange(%s, NULL))",
        (now - timedelta(days=60),),
    )  # fmt: skip
    conn.execute(
        "INSERT INTO service_order (version, resident_id, station_id, service_id, provider_id, via,"
        " wanted_at, price_fen, subsidy_fen, state, state_since)"
        " SELECT 4, id, station_id, 1, 1, 'phone', %(now)s - make_interval(hours => id %% 700), 1500, 0,"
        " 'confirmed', %(now)s FROM resident WHERE id > 1 AND id %% 10 = 0", {"now": now},
    )  # fmt: skip


def questions(people: People, number: int) -> Iterator[tuple[str, str]]:
    """(kind, what is typed): what people look for, and what nobody is called."""
    again, rng = People(people.number), random.Random(11)
    known = [(again.name(), again.phone(), again.tail()) for _ in range(min(people.number, 20_000))]
    for _ in range(number):
        name, phone, tail = rng.choice(known)
        letters = sorted((k for k in keys(name) if k.isascii()), key=len)
        yield "name", name
        yield "surname", name[0]
        yield "beginning of the pinyin", letters[-1][:5]
        yield "initials", letters[0]
        yield "telephone", phone.removeprefix("+86")
        yield "identity tail", tail[-4:]
        yield "nobody", secrets.token_hex(6)


class Caller:
    """The city's administrator, on one connection."""

    def __init__(self, here: Hall) -> None:
        self._http = httpx.Client(
            base_url=f"http://{here.address}/api/v1", headers={"Cookie": here.cookie}, timeout=120
        )
        self._http.headers["X-CSRF-Token"] = self._http.get("/session").raise_for_status().json()["csrf"]

    def get(self, path: str, **params: Any) -> Any:
        """The answer; raises httpx.HTTPStatusError."""
        return self._http.get(path, params=params).raise_for_status().json()

    def post(self, path: str, content: bytes = b"", **params: Any) -> Any:
        """The same of something sent."""
        return self._http.post(path, params=params, content=content).raise_for_status().json()


def timed(doing: Callable[[], Any]) -> float:
    """Seconds that it took."""
    began = time.perf_counter()
    doing()
    return time.perf_counter() - began


def search(caller: Caller, path: str, people: People, number: int) -> dict[str, Any]:
    """Milliseconds by kind of question, and of all."""
    taken: dict[str, list[float]] = {}
    for kind, asked in questions(people, number):
        taken.setdefault(kind, []).append(timed(lambda asked=asked: caller.get(path, q=asked)))  # type: ignore[misc]
    every = [one for some in taken.values() for one in some]
    found: dict[str, Any] = {kind: quantiles(np.array(some)) for kind, some in taken.items()}
    return found | {"all": quantiles(np.array(every))}


def figures(caller: Caller, number: int) -> dict[str, float]:
    """Milliseconds of the city's page, once its months are counted."""
    end = time.monotonic() + _PATIENCE_S
    while caller.get("/care/statistics")["coverage"]["stale"]:
        if time.monotonic() > end:
            raise TimeoutError("the months are not counted")
        time.sleep(1)
    return quantiles(np.array([timed(lambda: caller.get("/care/statistics")) for _ in range(number)]))


def take_in(caller: Caller, number: int) -> dict[str, Any]:
    """Seconds until the preview of a sheet of `number` new people, and until they are in."""
    people, text = People(number), io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["姓名", "服务站编号", "地址", "电话", "居住状况"])
    for n in range(number):
        writer.writerow([people.name(), f"c{1 + n % 1000}", f"新村 {n} 号", people.phone(), "独居"])
    began = time.perf_counter()
    key = caller.post("/care/intakes", text.getvalue().encode(), name="people.csv")["id"]
    looked = _until(caller, key, "ready")
    previewed = time.perf_counter() - began
    caller.post(f"/care/intakes/{key}/accept")
    done = _until(caller, key, "done")
    whole = time.perf_counter() - began
    return {
        "preview_s": round(previewed, 1),
        "taken_in_s": round(whole - previewed, 1),
        "all_s": round(whole, 1),
        "problems": looked["problems"],
        "words_of_progress": done["seen"],
    }


def _until(caller: Caller, key: int, state: str) -> dict[str, Any]:
    seen: set[int] = set()
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        found: dict[str, Any] = caller.get(f"/care/intakes/{key}")
        seen.add(found["done"])
        if found["state"] == state:
            return found | {"seen": len(seen)}
        if found["state"] == "failed":
            raise RuntimeError(found["why"])
        time.sleep(0.25)
    raise TimeoutError(f"the sheet is not {state}")


def measure(people: int, number: int, sheet: int) -> dict[str, Any]:
    """Everything, on a private system."""
    crowd = People(people)
    began = time.monotonic()
    with hall(lambda conn: fill(conn, crowd)) as here:
        caller = Caller(here)
        results: dict[str, Any] = {"people": people, "filled_s": round(time.monotonic() - began)}
        for path in ("/residents", "/care/residents"):
            search(caller, path, crowd, 3)  # the caches of a server that has run for a minute
            results[f"search {path} ms"] = search(caller, path, crowd, number)
        results["city figures ms"] = figures(caller, 40)
        results["intake"] = {"rows": sheet} | take_in(caller, sheet)
    return results


@click.command()
@click.option("--people", default=1_000_000, show_default=True)
@click.option("--number", default=100, show_default=True, help="Questions of each kind.")
@click.option("--sheet", default=100_000, show_default=True, help="Rows of the sheet that is taken in.")
@click.option("--json", "target", default=Path("out/bench-care.json"), type=click.Path(path_type=Path))
def main(people: int, number: int, sheet: int, target: Path) -> None:
    """Search, figures and intake over HTTP on this machine."""
    results = measure(people, number, sheet)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    click.echo(json.dumps(results, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
