"""What is in deploy/: read, resolved and checked as far as that goes without the programs that run it.

Nothing here starts a container or a cluster. With `pip install helm-python-sdk kubernetes-validate` the
chart is rendered by Helm's own code and each object held against Kubernetes' schema; without them those
tests are skipped.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.settings_document import variables
from core.command import TABLE
from core.supervisor_module import _ENTRY
from core.up import PARTS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "nowalls"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
OURS = {name: s for name, s in COMPOSE["services"].items() if str(s["image"]).startswith("nowalls:")}
UNITS = sorted((DEPLOY / "systemd").iterdir())
MODULES = {_ENTRY.get(part, part) for part in PARTS}


def depends(service: dict[str, Any]) -> set[str]:
    return set(service.get("depends_on", ()))


def test_every_part_runs_in_a_container_of_its_own() -> None:
    started = {service["entrypoint"][-1] for service in OURS.values() if "-m" in service["entrypoint"]}
    assert started == MODULES | {"core.migrate"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_no_container_of_ours_may_more_than_it_must(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service
    assert service.get("pid") in (None, "service:broker")


def test_no_container_may_fill_the_disk_with_what_it_says() -> None:
    for name, service in COMPOSE["services"].items():
        assert {"max-size", "max-file"} <= set(service["logging"]["options"]), name


def test_what_a_container_names_is_there() -> None:
    services, volumes, networks = COMPOSE["services"], COMPOSE["volumes"], COMPOSE["networks"]
    for name, service in services.items():
        assert depends(service) <= set(services), name
        assert set(service.get("networks", ())) <= set(networks), name
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            there = (DEPLOY / "compose" / source).exists() if source.startswith(".") else source in volumes
            assert there, f"{name}: {source}"
        ours = {name for name in service.get("environment", {}) if name.startswith("NOWALLS_")}
        assert ours <= variables(), name


def test_nobody_waits_for_somebody_who_waits_for_them() -> None:
    left = {name: depends(service) for name, service in COMPOSE["services"].items()}
    while ready := {name for name, waits in left.items() if not waits & left.keys()}:
        left = {name: waits for name, waits in left.items() if name not in ready}
    assert left == {}


def test_every_secret_is_asked_for_and_none_is_given() -> None:
    text = (DEPLOY / "compose" / "compose.yaml").read_text()
    example = dict(
        line.split("=", 1)
        for line in (DEPLOY / "compose" / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    asked = set(re.findall(r"\$\{(\w+)", text)) - {"NOWALLS_VERSION"}
    assert asked == set(example)
    for name in (name for name in asked if name.endswith(("PASSWORD", "TOKEN"))):
        assert example[name] == ""
        assert not re.findall(rf"\${{{name}(?!:\?)[^}}]*}}", text), f"{name} must have no default"


def test_only_the_pages_and_the_broker_can_be_reached_and_from_this_machine_alone() -> None:
    opened = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert set(opened) == {"api", "broker", "grafana"}
    assert all("127.0.0.1" in port for ports in opened.values() for port in ports)
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]


def test_devices_reach_a_listener_on_which_nobody_ends_anothers_connection() -> None:
    port, inner = COMPOSE["services"]["broker"]["ports"][0].rsplit(":", 2)[1:]
    assert port == "1883"
    lines = (DEPLOY / "compose" / "mosquitto.conf").read_text().splitlines()
    assert lines[lines.index(f"listener {inner}") + 1] == "use_username_as_clientid true"


def test_every_image_is_of_a_version() -> None:
    for name, service in COMPOSE["services"].items():
        if name not in OURS:  # those are built from what lies here
            assert re.search(r":v?\d+\.\d+", str(service["image"])), name


def test_our_image_runs_as_nobody_special() -> None:
    lines = (ROOT / "Containerfile").read_text().splitlines()
    last = [line for line in lines if line.startswith("FROM")][-1]
    after = lines[lines.index(last) :]
    assert "USER 10001:10001" in after
    assert all(":latest" not in line and ":" in line for line in lines if line.startswith("FROM"))
    assert not [line for line in lines if line.startswith("ADD ") or "curl" in line]


def test_the_volume_of_the_logins_belongs_to_the_user_who_writes_them() -> None:
    """A new volume takes the owner that its folder has in the image."""
    writers = [
        service
        for name, service in COMPOSE["services"].items()
        if name in OURS and "devices:/mosquitto/devices" in service.get("volumes", [])
    ]
    assert writers
    lines = (ROOT / "Containerfile").read_text()
    for service in writers:
        user = str(service["user"]).partition(":")[0]
        assert f"install -d -o {user} -g {user} -m 0750 /mosquitto/devices" in lines


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_says_nothing_that_systemd_does_not_know(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here: UNITS ARE NOT VERIFIED")
    for path in UNITS:  # its programs stand in /opt on a real machine; here anything that can be run will do
        text = re.sub(r"/opt/nowalls/bin/\w+", "/bin/true", path.read_text())
        (tmp_path / path.name).write_text(text)
    said = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True, check=False
    )
    assert [line for line in said.stderr.splitlines() if str(tmp_path) in line or unit.name in line] == []


@pytest.mark.parametrize("unit", [u for u in UNITS if u.suffix == ".service"], ids=lambda path: path.name)
def test_a_unit_calls_commands_that_there_are_and_not_as_root(unit: Path) -> None:
    text = unit.read_text()
    assert "User=nowalls" in text
    assert "NoNewPrivileges=yes" in text
    # What a program asks for that it may not have is refused: to be killed for it would end the watch.
    assert ("SystemCallFilter=" in text) == ("SystemCallErrorNumber=EPERM" in text)
    for called in re.findall(
        r"^ExecStart=/opt/nowalls/bin/nowalls (?:--data \S+ )?(\w+)", text, re.MULTILINE
    ):
        assert called in TABLE


def test_the_chart_uses_only_values_that_it_has() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    for path in sorted((CHART / "templates").iterdir()):
        text = path.read_text()
        assert text.count("{") == text.count("}"), path.name
        for used in re.findall(r"\.Values\.([\w.]+)", text):
            found: Any = values
            for word in used.split("."):
                assert word in found, f"{path.name}: .Values.{used}"
                found = found[word]
        assert set(re.findall(r"NOWALLS_[A-Z_]+", text)) <= variables(), path.name


def test_the_chart_starts_every_part() -> None:
    text = (CHART / "templates" / "parts.yaml").read_text()
    pairs = re.search(r"\$modules := dict (.*?) \}\}", text)
    assert pairs
    words = re.findall(r'"([\w.]+)"', pairs[1])
    assert dict(zip(words[::2], words[1::2], strict=True)) == {part: _ENTRY.get(part, part) for part in PARTS}


VALUES: tuple[dict[str, Any], ...] = (
    {},
    {
        "publicUrl": "https://care.example",
        "ingress": {"enabled": True, "host": "care.example", "tlsSecret": "tls", "className": "nginx"},
        "monitor": {"enabled": True},
        "environment": {"NOWALLS_LOG_LEVEL": "WARNING"},
        "data": {"existingClaim": "mine"},
    },
)


def rendered(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    helm = pytest.importorskip("helm_python", reason="no Helm here: THE CHART IS NOT RENDERED")
    for text in helm.Chart.load(str(CHART)).render(values=values, name="night").values():
        yield from (one for one in yaml.safe_load_all(text) if one)


@pytest.mark.parametrize("values", VALUES, ids=["as it comes", "with everything"])
def test_kubernetes_would_take_what_the_chart_makes(values: dict[str, Any]) -> None:
    found = list(rendered(values))
    kubernetes = pytest.importorskip("kubernetes_validate", reason="THE CHART IS NOT HELD AGAINST KUBERNETES")
    for one in found:
        if not one["apiVersion"].startswith("monitoring."):
            kubernetes.validate(one, "1.31", strict=True)
    assert len([one for one in found if one["kind"] == "Deployment"]) == len(PARTS)


def test_no_pod_may_more_than_it_must() -> None:
    for one in rendered({}):
        if one["kind"] not in ("Deployment", "Job"):
            continue
        pod = one["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert "limits" in container["resources"]
