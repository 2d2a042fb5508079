"""What we say to an edge node is what its library reads."""

import pytest

from ingest.foreign.sparkplug import Sparkplug, Unborn
from tests.support.sparkplug_bytes import sparkplug

NOW = 1_790_000_000_123_000


def test_who_is_not_known_is_asked_for_a_birth_by_a_whole_command() -> None:
    data = sparkplug({"timestamp": 1, "seq": 3, "metrics": [{"alias": 1, "boolean": True}]})
    with pytest.raises(Unborn) as refused:
        Sparkplug().hear("spBv1.0/plant/NDATA/e9", data, NOW)
    [reply] = refused.value.replies
    assert reply.tail == "spBv1.0/plant/NCMD/e9"
    at = NOW // 1000
    asked = {"name": "Node Control/Rebirth", "timestamp": at, "datatype": 11, "boolean": True}
    assert reply.payload == sparkplug({"timestamp": at, "metrics": [asked]})
