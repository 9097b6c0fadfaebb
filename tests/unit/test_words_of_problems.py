"""Whoever reads German reads refusals, titles of jobs, what an export loses and what it can be asked in German: the front end
has words for those that the server makes.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core.errors import DomainError
from domain.augmentation import copying
from domain.formats import FORMATS, choices_of, reworking
from domain.formats.writing import COMMON_LOSSES

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


def test_whatever_an_export_loses_is_said_in_german() -> None:
    writers = [getattr(found.writer, "func", found.writer) for found in FORMATS.values() if found.writer is not None]
    codes = {*COMMON_LOSSES, *reworking.CODES, *copying.CODES}.union(*(getattr(one, "losses", ()) for one in writers))
    said = json.loads(SAID.read_text())["loss"]
    assert len(codes) > 60
    assert sorted(codes ^ said.keys()) == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_option_of_a_format_and_each_of_its_values_has_words(language: str) -> None:
    said = json.loads((SAID.parents[1] / language / "exchange.json").read_text())["option"]
    for found in FORMATS.values():
        for maker, options in ((found.writer, found.options), (found.reader, found.read_options)):
            choices = choices_of(maker)
            for name in options:
                assert {"label", *choices.get(name, ())} <= said.get(name, {}).keys(), f"{found.name}: {name}"
