"""`nowalls up --tls`: pages over HTTPS, devices over MQTTS, and nothing without."""

import json
import ssl
import time

import httpx
import pytest

from alerts.delivery.watch import pages_answer
from core import tls
from tests.acceptance.conftest import document
from tests.conftest import _open_folder
from tests.support.house import PATIENCE_S, living_in, wait_for
from tests.support.mqtt import Client

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]


def test_a_house_over_tls() -> None:
    with living_in(_open_folder() / "data", "--tls") as house:
        secure = house.url.replace("http://", "https://")
        trusting = tls.client_context(tls.folder(house.data) / "ca.crt")
        assert "/ca.crt" in house.said
        assert house.first_link.startswith(secure)
        answer = httpx.get(f"{secure}/login", verify=trusting, timeout=PATIENCE_S)
        assert answer.status_code == 200
        assert "max-age" in answer.headers["strict-transport-security"]
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{secure}/login", verify=ssl.create_default_context())
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{house.url}/login", timeout=PATIENCE_S)
        secrets = json.loads(house.run("community", "load", "-", given=document()))
        assert house.broker.startswith("mqtts://")

        def arrived() -> bool:
            with Client(house.broker, "w1", secrets["w1"], context=trusting) as watch:
                if watch.let_in:
                    vital = {"t": int(time.time() * 1000), "seq": 1, "heart_rate": 70}
                    watch.publish("nw/v1/h1/w1/vital", json.dumps(vital).encode())
                return watch.let_in

        wait_for(arrived, "the watch is let in")
        wait_for(lambda: house.sql("SELECT 1 FROM reading"), "the reading")
        # The watch over all parts finds the pages by their own authority, and by no other.
        assert pages_answer("127.0.0.1", house.http_port, tls.folder(house.data) / "ca.crt")()
        assert not pages_answer("127.0.0.1", house.http_port)()
        house.run("tls", "status")
