"""The published descriptions and the client are what the code says; a change that breaks programs is seen."""

from api.description.__main__ import changed, made, stale


def test_descriptions_and_client_are_what_the_code_says() -> None:
    files = made()
    old = stale(files)
    found = "\n".join(map(str, changed(files))) if old else ""
    assert old == [], f"run: python -m api.description\n{found}"
