"""What a relative's Home Assistant is told of the entities, in the words of old releases and of new ones."""

import json

from alerts.delivery.home_assistant import configs, state


def test_each_entity_says_its_id_as_old_and_as_new_releases_read_it() -> None:
    known = configs("k7q2", "Grandma", "en")
    assert len(known) == 3
    for topic, payload in known.items():
        component, name, _ = topic.split("/")[-3:]
        told = json.loads(payload)
        assert told["default_entity_id"] == f"{component}.nowalls_k7q2_{name}"
        assert told["object_id"] == f"nowalls_k7q2_{name}"
        assert name in json.loads(state("well", "none")), "its template finds it"
