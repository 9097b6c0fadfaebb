"""The documentation names what exists: files, headings, make targets, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
NOT_OURS = {".venv", "node_modules", "var", "dist"}
PAGES = sorted(
    page
    for page in PROJECT.rglob("*.md")
    if NOT_OURS.isdisjoint(page.relative_to(PROJECT).parts) and not page.relative_to(PROJECT).parts[0].startswith(".")
)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SETTING = re.compile(r"\bLABELWRIGHT_[A-Z0-9_]*[A-Z0-9]\b")
READERS = [
    file for folder in ("config", "runtime", "bench", "tests", "sdk") for file in (PROJECT / folder).rglob("*.py")
]
READERS += [PROJECT / "frontend" / "vite.config.ts", *(PROJECT / "frontend" / "src").rglob("*.test.ts")]
TARGETS = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))


def settings() -> set[str]:
    """Every variable that our code reads; this file only talks about them."""
    files = (file for file in READERS if file != Path(__file__).resolve())
    return {setting for file in files for setting in SETTING.findall(file.read_text())}


def name(page: Path) -> str:
    return str(page.relative_to(PROJECT))


def links(page: Path) -> list[str]:
    """Where the page points to, links to other servers left out."""
    found = LINK.findall(FENCED.sub("", page.read_text()))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """The fragments that headings of a page get: lower case, punctuation dropped, spaces as hyphens."""
    headings = re.findall(r"^#+ +(.+)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path, link: str) -> bool:
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(PROJECT):
        return True
    return bool(fragment) and fragment not in anchors(target)


def test_there_are_pages_for_users_operators_and_developers():
    assert {"docs/user", "docs/admin", "docs/developer"} <= {name(page.parent) for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_of_a_page_resolves(page):
    assert [link for link in links(page) if broken(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_target_that_a_page_names_exists(page):
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE))
    assert named - TARGETS == set()


def test_the_readme_opens_with_the_two_commands():
    first = re.search(r"^```\n(.*?)^```", (PROJECT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make up", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_setting_that_a_page_names_is_read_somewhere(page):
    named = set(re.findall(SETTING, page.read_text()))
    assert named - settings() == set()


def test_every_limit_is_in_the_operators_table():
    limits = set(re.findall(r"^(LABELWRIGHT_\w+) =", (PROJECT / "config/settings/limits.py").read_text(), re.MULTILINE))
    documented = set(SETTING.findall((PROJECT / "docs/admin/settings.md").read_text()))
    assert limits
    assert limits - documented == set()


def test_the_index_of_decisions_names_every_decision():
    decisions = {page.name for page in (PROJECT / "docs/adr").glob("[0-9]*.md")}
    assert set(links(PROJECT / "docs/adr/README.md")) == decisions
