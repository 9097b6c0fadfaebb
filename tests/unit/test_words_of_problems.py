"""Whoever reads German reads a refusal in German: the front end has words for every code that a request can meet."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path

from apps.core.errors import DomainError

SAID = Path(__file__).parents[2] / "frontend/src/app/i18n/said/de.json"


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def test_every_problem_has_a_german_title() -> None:
    importlib.import_module("config.urls")
    codes = {kind.code for kind in _below(DomainError)}
    said = json.loads(SAID.read_text())["problem"]
    assert len(codes) > 100
    assert sorted(codes - said.keys()) == []
