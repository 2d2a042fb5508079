"""Writes the software bill of materials: `make sbom` -> out/sbom.cdx.json (CycloneDX 1.6).

What ships: the Python distributions that pyproject.toml asks for and all that these ask for, as installed
here, and the JavaScript modules of dashboards/vendor.json.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "dashboards" / "vendor.json"


def shipped() -> dict[str, Distribution]:
    """Every distribution that a user's installation holds, by its normal name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, Distribution] = {}
    waiting = [Requirement(line) for line in project["dependencies"]]
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        extras = {"", *wanted.extras}
        if name in found and not wanted.extras:
            continue
        if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            found[name] = distribution(wanted.name)
        except PackageNotFoundError:
            sys.exit(f"{wanted.name} is not installed: make setup")
        waiting += [one for one in _requires(found[name]) if _applies(one, extras) and _news(one, found)]
    return dict(sorted(found.items()))


def _requires(of: Distribution) -> Iterator[Requirement]:
    return (Requirement(line) for line in of.requires or ())


def _applies(wanted: Requirement, extras: set[str]) -> bool:
    return wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras)


def _news(wanted: Requirement, found: dict[str, Distribution]) -> bool:
    wanted.marker = None
    return re.sub(r"[-_.]+", "-", wanted.name).lower() not in found


def licence(of: Distribution) -> str:
    """What a distribution says of its licence: an SPDX expression, its classifiers, or its own words."""
    said = of.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    named = [
        line.split(" :: ")[-1] for line in said.get_all("Classifier") or () if line.startswith("License ::")
    ]
    named = [name for name in named if name != "OSI Approved"]
    return " OR ".join(named) or str(said.get("License") or "").split("\n", 1)[0][:80]


def vendored() -> list[dict[str, Any]]:
    """The JavaScript modules of others among the pages: name, version, licence, files with their SHA-256."""
    modules: list[dict[str, Any]] = json.loads(VENDOR.read_text(encoding="utf-8"))["modules"]
    return modules


def bill() -> Bom:
    """All of it."""
    bom, licences = Bom(), LicenseFactory()
    for name, found in shipped().items():
        version = found.version
        component = Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            purl=PackageURL("pypi", None, name, version),
        )
        if said := licence(found):
            component.licenses.add(licences.make_from_string(said))
        bom.components.add(component)
    for module in vendored():
        name, version = module["name"], module["version"]
        hashes = [HashType(alg=HashAlgorithm.SHA_256, content=file["sha256"]) for file in module["files"]]
        library = Component(name=name, version=version, type=ComponentType.LIBRARY, hashes=hashes[:1])
        library.licenses.add(licences.make_from_string(module["license"]))
        bom.components.add(library)
    return bom


def main() -> None:
    """Write the file, and say what is in it."""
    target = ROOT / "out" / "sbom.cdx.json"
    target.parent.mkdir(exist_ok=True)
    text = json.loads(JsonV1Dot6(bill()).output_as_string())
    target.write_text(json.dumps(text, indent=1, sort_keys=True), encoding="utf-8")
    print(f"{target.relative_to(ROOT)}: {len(text['components'])} components")


if __name__ == "__main__":
    main()
