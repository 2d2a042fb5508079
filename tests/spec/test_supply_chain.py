"""What we ship: under which licences, locked by hash, and started by nobody special."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import core.up

ROOT = Path(__file__).parents[2]
# Licences that ask for no more than to be named, and those (LGPL, MPL) by which the files stay as they are.
FREE = re.compile(
    r"MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|MPL|Mozilla Public|Zlib|CC0|LGPL"
)
COPYLEFT = re.compile(r"\b(?<!L)A?GPL|GNU (Affero )?General Public", re.IGNORECASE)


@pytest.fixture(scope="module")
def bom() -> ModuleType:
    pytest.importorskip("cyclonedx", reason="cyclonedx is not installed: NOT CHECKED")
    spec = importlib.util.spec_from_file_location("bom", ROOT / "requirements" / "bom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bom"] = module
    spec.loader.exec_module(module)
    return module


def test_nothing_that_ships_binds_its_users(bom: ModuleType) -> None:
    shipped = {name: bom.licence(found) for name, found in bom.shipped().items()}
    assert len(shipped) > 40
    assert not {
        name: said for name, said in shipped.items() if not FREE.search(said) or COPYLEFT.search(said)
    }
    modules = {module["name"]: module["license"] for module in bom.vendored()}
    assert modules
    assert not {
        name: said for name, said in modules.items() if not FREE.search(said) or COPYLEFT.search(said)
    }


def test_the_bill_of_materials_names_all_of_it(bom: ModuleType) -> None:
    bill = bom.bill()
    named = {component.name for component in bill.components}
    assert named == {*bom.shipped(), *(module["name"] for module in bom.vendored())}
    assert all(component.version for component in bill.components)
    assert {"pyarrow", "pillow", "authlib", "webauthn", "preact"} <= {name.lower() for name in named}


def test_the_bill_of_materials_is_read_by_other_programs(bom: ModuleType) -> None:
    import cyclonedx.exception
    from cyclonedx.model.bom import Bom
    from cyclonedx.output.json import JsonV1Dot6

    said = json.loads(JsonV1Dot6(bom.bill()).output_as_string())
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    again = Bom.from_json(said)  # type: ignore[attr-defined]
    assert {part.name for part in again.components} == {part["name"] for part in said["components"]}
    try:
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator

        faults = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(said))
    except cyclonedx.exception.MissingOptionalDependencyException:
        pytest.skip("no jsonschema here: read back, BUT NOT JUDGED BY THE SCHEMA")
    assert faults is None


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_locked_distribution_has_its_hashes(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    locked = [line for line in lines if line and not line.startswith("#")]
    assert len(locked) > 30
    assert not [line.split()[0] for line in locked if "==" not in line or "--hash=sha256:" not in line]


def test_the_container_runs_as_nobody_special() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER 10001:10001"]
    assert lines.index(users[0]) < next(n for n, line in enumerate(lines) if line.startswith("ENTRYPOINT"))
    assert not [line for line in lines if line.startswith("ADD") or "--privileged" in line or "curl" in line]
    assert "--require-hashes" in "\n".join(lines)
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8").split()
    assert {".git", ".env*", "data"} <= set(ignored)


def test_the_container_copies_what_is_there_and_nothing_it_may_not() -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from=" not in line]
    assert copied
    assert not [path for paths in copied for path in paths if not (ROOT / path).exists()]
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8").split()
    assert not {path.split("/")[0] for paths in copied for path in paths} & set(ignored)
    stages = {line.split(" AS ")[1] for line in lines if " AS " in line}
    assert {word for line in lines for word in re.findall(r"--from=(\S+)", line)} <= stages
    words = json.loads(next(line for line in lines if line.startswith("ENTRYPOINT")).split(" ", 1)[1])
    known = {option for param in core.up.up.params for option in param.opts}
    assert words[0] == "/opt/nowalls/bin/nowalls"
    assert {word for word in words if word.startswith("--")} <= known


def test_all_that_the_program_reads_is_in_the_package() -> None:
    """A container holds the installed package alone: a file that is not listed is not there."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    data = described["package-data"]
    endings = tuple(pattern.removeprefix("**/*") for pattern in data["*"])
    places = tuple(f"dashboards/{pattern.removesuffix('**')}" for pattern in data["dashboards"])
    packages = [name.rstrip("*") for name in described["packages"]["find"]["include"]]
    listed = subprocess.run(
        ["git", "ls-files", *packages], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not listed:
        pytest.skip("this is no checkout: NOT CHECKED WHAT THE PACKAGE HOLDS")
    read = [path for path in listed if not path.endswith((".py", ".md", ".d.ts", "/.npmrc"))]
    assert len(read) > 100
    assert not [path for path in read if not path.endswith(endings) and not path.startswith(places)]
