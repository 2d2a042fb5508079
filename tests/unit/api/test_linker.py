"""Modules joined into packs: the same exports, run once each, and what is not understood is refused."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from api.packs.linker import Linked, link
from api.packs.script import Script, read
from api.packs.tokens import Refused, tokens

NODE = shutil.which("node")

HOUSE = {
    "a.js": """// @ts-check
        /* comment with import { x } from "./no.js" */
        import { one, two as zwei } from "./lib/b.js";
        import whole from "./lib/c.js";
        import "./lib/side.js";
        export const sum = one + zwei;
        export function half(n) { return n / 2 / 1; }
        export { one as first, whole };
        export { two } from "./lib/b.js";
        export const text = `a // no comment ${[1, 2].map((n) => `<${n}>`).join("}")} import "./x.js"`;
        export const pattern = /["'`/]+[/*]/g.source;
        export const later = async () => (await import("./lib/d.js")).name;
        export const again = async () => (await import("./lib/b.js")).one;
    """,
    "lib/b.js": 'import "./side.js";\nexport const one = 1;\nconst II = 2;\nexport { II as two };\n',
    "lib/c.js": 'var z=function(){return"c"};export default z();',
    "lib/side.js": "globalThis.runs = (globalThis.runs ?? 0) + 1;",
    "lib/d.js": 'import{one}from"./b.js";import{helper}from"./e.js";export const name=`d${one}${helper()}`;',
    "lib/e.js": "export class E {}\nexport function helper() { return typeof E; }\n",
}


def house(files: dict[str, str], entry: str = "a.js") -> Linked:
    def find(path: str) -> Script:
        return read(path, files[path])

    return link(entry, find, "./house.more.js")


def test_what_is_read_is_what_was_written() -> None:
    for text in HOUSE.values():
        assert "".join(one.text for one in tokens(text)) == text


def test_what_is_fetched_later_is_in_the_second_pack() -> None:
    linked = house(HOUSE)
    assert "class E" in linked.more
    assert "class E" not in linked.first
    assert linked.first.count("globalThis.runs = ") == 1
    assert "comment" not in linked.first.replace("a // no comment", "")


@pytest.mark.skipif(NODE is None, reason="no node")
def test_packs_give_what_the_modules_give(tmp_path: Path) -> None:
    linked = house(HOUSE)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for path, text in HOUSE.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "house.js").write_text(linked.first)
    (tmp_path / "house.more.js").write_text(linked.more)
    ask = """
        const words = (it) => Object.fromEntries(Object.entries(it).sort().map(([k, v]) => [k, String(v)]));
        const about = async (it) => ({ ...words(it),
          later: await it.later(), again: await it.again(), runs: globalThis.runs });
        const pack = (await import("./house.js"))["a.js"];
        const packed = await about(pack);
        globalThis.runs = 0;
        console.log(JSON.stringify([packed, await about(await import("./a.js"))]));
    """
    (tmp_path / "ask.js").write_text(ask)
    said = subprocess.run(
        [str(NODE), "ask.js"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=30
    )
    packed, plain = json.loads(said.stdout)
    assert packed == plain
    assert packed["sum"] == "3"
    assert packed["later"] == "d1function"
    assert packed["runs"] == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("export let open = 1;", "export let"),
        ("export var open = 1;", "export var"),
        ("export const a = 1, b = 2;", "two names"),
        ("export const { a } = {};", "export const {"),
        ('export * from "./lib/b.js";', "export \\*"),
        ('import * as b from "./lib/b.js";', "not ours"),
        ('import b, { one } from "./lib/b.js";', "not ours"),
        ('import { one } from "preact";', "no neighbour"),
        ('import { three } from "./lib/b.js";', "gives no three"),
        ('import { "odd name" as odd } from "./lib/b.js";', "not ours"),
        ("const here = import.meta.url;", "import.meta"),
        ("const b = import(path);", "plain string"),
        ("const b = import(`./lib/b.js`);", "plain string"),
        ('const b = await import("./lib/b.js");', "await"),
        ("export default function named() {}", "with a name"),
        ("const $1 = 2;", "linker's"),
        ("const open = [1, 2;", "never opened|stays open"),
        ("const open = `text", "does not end"),
        ('const open = "text', "cannot be read"),
        ('import { a } from "./a.js"; export const b = a;', "a.js imports a.js"),
        ('import { one } from "./missing.js";', "missing"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, why: str) -> None:
    def find(path: str) -> Script:
        if path == "missing.js":
            raise Refused("there is no missing.js")
        return read(path, (HOUSE | {"a.js": text})[path])

    with pytest.raises(Refused, match=why):
        link("a.js", find, "./house.more.js")


def test_modules_that_need_each_other_are_refused() -> None:
    files = {
        "a.js": 'import { b } from "./b.js"; export const a = 1;',
        "b.js": 'import { a } from "./a.js"; export const b = 1;',
    }
    with pytest.raises(Refused, match=r"a\.js imports b\.js imports a\.js"):
        house(files)


def test_a_large_module_of_others_is_fetched_alone() -> None:
    files = {
        "a.js": 'export const draw = () => import("./vendor/map.js");',
        "vendor/map.js": "export default 1;",
    }
    assert 'import("/static/vendor/map.js")' in house(files).first
    files["a.js"] += 'import map from "./vendor/map.js";'
    with pytest.raises(Refused, match="fetched twice"):
        house(files)
