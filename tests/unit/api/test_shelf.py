"""Static files: the ones on the shelf, and none beside it."""

import base64
import gzip
import hashlib
import os
from pathlib import Path

import pytest

from api.headers import policy_for
from api.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    root = tmp_path / "static"
    (root / "js").mkdir(parents=True)
    (root / "js" / "board.js").write_text("export const answer = 42;\n" * 50)
    (root / ".hidden").write_text("no")
    (tmp_path / "secret.txt").write_text("no")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    return Shelf(root)


def test_a_file_has_its_type_hash_and_a_smaller_copy(shelf: Shelf) -> None:
    item = shelf.find("js/board.js")
    assert item is not None
    assert item.media_type == "text/javascript; charset=utf-8"
    assert item.squeezed is not None
    assert gzip.decompress(item.squeezed) == item.body
    assert len(item.squeezed) < len(item.body)


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt", "js/../../secret.txt", "/etc/passwd", "link.txt", ".hidden", "js", "", "nothing.js",
        "js/board.js\x00.png", "..\\secret.txt", "x" * 5000, "js//../.hidden",
    ],
)  # fmt: skip
def test_nothing_else_can_be_had(shelf: Shelf, name: str) -> None:
    assert shelf.find(name) is None


def test_a_changed_file_is_read_again(shelf: Shelf, tmp_path: Path) -> None:
    before = shelf.find("js/board.js")
    path = tmp_path / "static" / "js" / "board.js"
    path.write_text("export const answer = 43;\n")
    os.utime(path, ns=(1, 1))
    after = shelf.find("js/board.js")
    assert before is not None
    assert after is not None
    assert before.etag != after.etag


def test_a_page_allows_its_import_map_and_no_other_inline_script(tmp_path: Path) -> None:
    text = '{"imports": {"preact": "/static/vendor/preact.js"}}'
    page = f'<script type="importmap">{text}</script><script>alert(1)</script>'
    (tmp_path / "board.html").write_text(page)
    item = Shelf(tmp_path).find("board.html")
    assert item is not None
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert item.import_maps == (f"'sha256-{digest}'",)
    policy = policy_for(item.import_maps)
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
