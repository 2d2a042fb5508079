"""What an address of a service may not make this machine do."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import requests

from alerts.delivery import target
from alerts.delivery.channel import Outcome
from alerts.delivery.channels.services import Services
from alerts.delivery.keys import Keys
from alerts.delivery.message import Message
from alerts.delivery.settings import DeliverySettings
from api import addresses
from api.problems import Problem

ROBOT = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
CHAT = "tgram://123456789:abcdefg_hijklmnop/12315544/"
TEAM = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"
LETTER = "mailto://li:secret@mail.example.com"
MESSAGE = Message("1", "Possible fall", "Kitchen", "", "", "high", "en", "raised", False, 1, 1, 0, {})


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went out over HTTP."""
    heard: list[str] = []

    def post(url: str, **said: object) -> requests.Response:
        heard.append(f"{url} {said}")
        answer = requests.Response()
        answer.status_code = 204
        return answer

    monkeypatch.setattr(requests, "post", post)
    return heard


@pytest.mark.parametrize("service", [ROBOT, CHAT, TEAM])
@pytest.mark.parametrize("spelt", ["template", "%74emplate", "TEMPLATE"])
def test_nobody_is_sent_a_file_of_the_server(
    said: list[str], tmp_path: Path, service: str, spelt: str
) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"content": "the first link"}))
    address = f"{service}?{spelt}={secret}"
    answer = Services(DeliverySettings(), Keys(tmp_path)).send(address, MESSAGE)
    assert not [one for one in said if "the first link" in one]
    assert answer.outcome is Outcome.REFUSED
    with pytest.raises(Problem, match="bad-address"):
        addresses.apprise(address, private=True)


@pytest.mark.parametrize("page", ["http://127.0.0.1:8080/api/v1/health", "http://169.254.169.254/latest"])
def test_nobody_is_sent_a_page_of_the_servers_network(said: list[str], tmp_path: Path, page: str) -> None:
    answer = Services(DeliverySettings(), Keys(tmp_path)).send(f"{ROBOT}?template={page}", MESSAGE)
    assert (answer.outcome, said) == (Outcome.REFUSED, [])


@pytest.mark.parametrize(
    "key", ["pgp=sign&pgpprv=/etc/hostname", "pgp=encrypt&pgppub=/etc/hostname", "wkd=yes"]
)
def test_no_key_for_letters_is_read(tmp_path: Path, key: str) -> None:
    with pytest.raises(Problem):
        addresses.apprise(f"{LETTER}?{key}", private=False)


def test_an_address_neither_leads_on_nor_trusts_anybody(said: list[str], tmp_path: Path) -> None:
    answer = Services(DeliverySettings(), Keys(tmp_path)).send(f"{ROBOT}?redirect=yes&verify=no", MESSAGE)
    assert answer.outcome is Outcome.SENT
    assert "'allow_redirects': False" in said[0]
    assert "'verify': True" in said[0]
    for wish in ("redirect=yes", "verify=no"):
        with pytest.raises(Problem):
            addresses.apprise(f"{ROBOT}?{wish}", private=False)


def test_an_ordinary_address_is_kept(said: list[str], tmp_path: Path) -> None:
    assert addresses.apprise(f"{ROBOT}?tts=no", private=False)
    assert addresses.apprise(f"{LETTER}?smtp=mail.example.com&to=wang@example.com", private=False)
    assert Services(DeliverySettings(), Keys(tmp_path)).send(ROBOT, MESSAGE).outcome is Outcome.SENT


class Turncoat:
    """A name that is somewhere outside when it is looked at, and inside when it is used."""

    def __init__(self, port: int) -> None:
        self.port, self.asked = port, 0

    def __call__(self, host: str, port: Any, *_: Any, **__: Any) -> list[Any]:
        self.asked += 1
        if self.asked == 1:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", port))]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", self.port))]


@pytest.mark.parametrize(
    "address",
    ["json://turn.example/x", "ntfy://turn.example/topic", "bark://turn.example/key",
     "mailto://turn.example?from=a@x.example&to=b@x.example&smtp=turn.example"],
)  # fmt: skip
def test_a_name_that_turns_inside_between_the_look_and_the_sending_gets_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as inside:
        inside.bind(("127.0.0.1", 0))
        inside.listen()
        inside.setblocking(False)
        turncoat = Turncoat(inside.getsockname()[1])
        monkeypatch.setattr(target, "_resolve", turncoat)
        answer = Services(DeliverySettings(), Keys(tmp_path)).send(address, MESSAGE)
        assert turncoat.asked >= 2, "it was looked up again, or this proves nothing"
        assert (answer.outcome, answer.detail) == (Outcome.REFUSED, "an address that is not public")
        with pytest.raises(BlockingIOError):
            inside.accept()
        assert socket.getaddrinfo("turn.example", 80)[0][4][0] == "127.0.0.1", "others are not concerned"
