"""The fixtures themselves: each test gets a database and a broker of its own."""

import psycopg
import pytest

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_finds_its_database_migrated_and_empty(dsn, turn):
    with psycopg.connect(dsn) as conn:
        assert conn.execute("SELECT count(*) FROM station").fetchone() == (0,)
        conn.execute(
            "INSERT INTO station (path, code, level, name) VALUES ('1', 'pine', 'community', 'Pine Lane')"
        )


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_finds_a_broker_that_lets_the_platform_in(broker, turn):
    assert broker.is_ready()
