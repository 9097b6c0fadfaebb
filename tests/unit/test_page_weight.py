"""A page with the canvas may load so much script and no more; the check sums what its imports bring."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from runtime import weight


def chunk(dist: Path, name: str, size: int) -> str:
    noise = random.Random(name).randbytes(size)  # compresses to no less than it is
    (dist / name).write_bytes(noise)
    return name


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shared = {"file": chunk(tmp_path, "shared.js", 400_000)}
    entry = {"file": chunk(tmp_path, "index.js", 1_000), "imports": ["_shared.js"]}
    words = {"file": chunk(tmp_path, "de.js", 1_000), "imports": ["index.html"]}
    pages = {name: {"file": chunk(tmp_path, f"p{at}.js", 1_000)} for at, name in enumerate(weight.PAGES)}
    manifest = {"_shared.js": shared, "index.html": entry, "src/app/i18n/de/index.ts": words, **pages}
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(weight, "DIST", tmp_path)
    monkeypatch.setattr(weight, "MANIFEST", tmp_path / ".vite/manifest.json")
    return tmp_path


def test_what_is_imported_counts_once_and_compressed(dist: Path) -> None:
    parts = weight.weigh(weight.PAGES[0])
    assert set(parts) == {"shared.js", "index.js", "de.js", "p0.js"}
    assert parts["shared.js"] == len(gzip.compress((dist / "shared.js").read_bytes(), 9))
    assert weight.too_heavy() == (True, "")


def test_a_page_that_grew_too_heavy_fails_and_names_its_parts(dist: Path) -> None:
    chunk(dist, "p0.js", 250_000)
    good, words = weight.too_heavy()
    assert not good
    assert weight.PAGES[0] in words
    assert "shared.js 400," in words
    assert weight.PAGES[1] not in words
