"""Whoever reads German reads refusals and titles of jobs in German: the front end has words for those that the server makes."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from apps.core.errors import DomainError

PROJECT = Path(__file__).parents[2]
SAID = PROJECT / "frontend/src/app/i18n/said/de.json"


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def test_every_problem_has_a_german_title() -> None:
    importlib.import_module("config.urls")
    codes = {kind.code for kind in _below(DomainError)}
    said = json.loads(SAID.read_text())["problem"]
    assert len(codes) > 100
    assert sorted(codes - said.keys()) == [], f"say them in {SAID.relative_to(PROJECT)}"


def test_every_title_that_is_written_where_a_job_is_asked_for_has_german_words() -> None:
    patterns = [re.compile(one) for one in json.loads(SAID.read_text())["job"]]
    written = {title for file in (PROJECT / "apps").rglob("*.py") for title in _titles(ast.parse(file.read_text()))}
    assert len(written) > 20
    assert [one for one in sorted(written) if not any(pattern.match(one) for pattern in patterns)] == []


def _titles(tree: ast.Module) -> Iterator[str]:
    """`title=` of calls that enqueue, with 7 for each value that is filled in."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if not re.search("enqueue|begin_bulk_change", ast.unparse(call.func)):
            continue
        for keyword in call.keywords:
            text = keyword.value.left if isinstance(keyword.value, ast.BinOp) else keyword.value
            if keyword.arg == "title" and isinstance(text, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in text.values)
            elif keyword.arg == "title" and isinstance(text, ast.Constant):
                yield str(text.value)
