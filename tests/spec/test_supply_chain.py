"""What we ship: under which licences, locked by hash, and started by nobody special."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

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
