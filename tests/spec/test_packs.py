"""Every page is served with packs, and its first load is small."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import dashboards
from api.packs.shelf import Packs
from api.shelf import Item, Shelf

PAGES = sorted(page.stem for page in dashboards.PAGES.glob("*.html"))
BUDGET = {"board": 80_000}  # bytes, compressed
NODE = shutil.which("node")


@pytest.fixture(scope="module")
def packs() -> Packs:
    return Packs(Shelf(dashboards.PAGES), Shelf(dashboards.STATIC))


def files_of(page: Item) -> list[str]:
    return re.findall(r'(?:href|src|content)="/static/packs/([^"]+)"', page.body.decode())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_its_packs_and_no_single_modules(packs: Packs, name: str, tmp_path: Path) -> None:
    page = packs.page(name)
    assert page is not None
    assert b"modulepreload" not in page.body
    assert b"/static/style/" not in page.body, "not linked: the log says why"
    files = files_of(page)
    assert [one.split("/")[1] for one in files if one.endswith(".js")] == [f"{name}.js"]
    scripts = {one for one in files if one.endswith(".js")} | {files[0].split("/")[0] + f"/{name}.more.js"}
    for one in scripts:
        pack = packs.pack(one)
        if pack is not None and NODE:
            (tmp_path / "pack.mjs").write_bytes(pack.body)
            subprocess.run([NODE, "--check", tmp_path / "pack.mjs"], check=True, timeout=30)


@pytest.mark.parametrize("name", PAGES)
def test_the_first_load_is_small(packs: Packs, name: str) -> None:
    page = packs.page(name)
    assert page is not None
    first = [page] + [packs.pack(one) for one in files_of(page) if ".more." not in one]
    size = sum(len(one.squeezed or one.body) for one in first if one)
    assert size <= BUDGET.get(name, 100_000), f"{size} bytes"


def test_packs_of_another_version_are_not_here(packs: Packs) -> None:
    page = packs.page("board")
    assert page is not None
    digest = files_of(page)[0].split("/")[0]
    assert packs.pack(f"{digest}/board.js") is not None
    for name in (
        "0123456789abcdef/board.js",
        f"{digest}/login.js",
        f"{digest}/../board.js",
        "board.js",
        "",
        "/",
    ):
        assert packs.pack(name) is None


def test_a_change_is_linked_again_and_a_mistake_leaves_the_page_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "static" / "style").mkdir(parents=True)
    page = tmp_path / "pages" / "p.html"
    page.write_text(
        '<title>p</title>\n  <link rel="stylesheet" href="/static/style/p.css">\n'
        '  <script type="module" src="/static/p.js"></script>\n'
    )
    script, style = tmp_path / "static" / "p.js", tmp_path / "static" / "style" / "p.css"
    script.write_text("export const a = 1;")
    style.write_text("p { color: red; }")
    served = Packs(Shelf(tmp_path / "pages"), Shelf(tmp_path / "static"))
    before = served.page("p")
    assert before is served.page("p")
    script.write_text("export const a = 22;")
    after = served.page("p")
    assert before is not None
    assert after is not None
    assert before.body != after.body
    style.write_text('p { background: url("neighbour.png"); }')
    refused = served.page("p")
    assert refused is not None
    assert refused.body == page.read_bytes()
