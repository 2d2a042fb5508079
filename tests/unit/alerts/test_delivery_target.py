"""No message finds its way into our own network."""

import pytest

from alerts.delivery.channel import Outcome
from alerts.delivery.target import ForbiddenTarget, aim, judge


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost:5432/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://2130706433/", "http://0x7f.1/", "http://10.0.0.7/", "http://172.16.3.4/", "https://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data", "http://100.64.0.1/", "http://[fd00::1]/", "http://[fe80::1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://0.0.0.0/",
        "http://0/", "http://[::]/", "http://[::127.0.0.1]/", "http://[64:ff9b:1::7f00:1]/", "http://[fec0::1]/",
        "http://[::ffff:0:127.0.0.1]/", "http://192.0.0.192/opc/v1/", "http://[64:ff9b::c000:c0]/",
        "http://[5f00::1]/", "http://[3fff::1]/", "http://192.88.99.1/",
        "http://017700000001/", "http://127.1/", "http://0x7f000001/", "http://224.0.0.1/",
        "ftp://93.184.216.34/", "file:///etc/passwd", "http:///x", "http://user:word@93.184.216.34/",
        "http://93.184.216.34:99999/",
    ],
)  # fmt: skip
def test_addresses_that_lead_inside_are_refused(address: str) -> None:
    with pytest.raises(ForbiddenTarget):
        aim(address, allow_private=False)


def test_a_public_address_is_taken_as_it_is() -> None:
    target = aim("https://93.184.216.34/a/b?c=d", allow_private=False)
    assert (target.ip, target.port, target.path) == ("93.184.216.34", 443, "/a/b?c=d")


def test_a_house_may_allow_its_own_network() -> None:
    assert aim("http://127.0.0.1:81/", allow_private=True).port == 81


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT), (202, Outcome.SENT), (302, Outcome.REFUSED), (400, Outcome.REFUSED),
        (408, Outcome.UNREACHABLE), (429, Outcome.LIMITED), (500, Outcome.UNREACHABLE),
    ],
)  # fmt: skip
def test_what_a_status_means(status: int, outcome: Outcome) -> None:
    assert judge(status).outcome is outcome
