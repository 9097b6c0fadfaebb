"""Tasks of several images: pages of a list, or pictures side by side, each with the results that are about it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

from domain.formats.media import MEDIA_SUFFIXES

Result = dict[str, Any]


class Part(msgspec.Struct):
    """One image of a task: the task with it alone, its results, and what is to be told of how they were found."""

    task: dict[str, Any]
    results: list[Result]
    key: str = ""
    told: list[tuple[str, str]] = []


def is_picture(text: str) -> bool:
    return urlsplit(text).path.lower().endswith(MEDIA_SUFFIXES) or "/data/local-files/" in text


def parts_of(task: dict[str, Any], results: list[Result]) -> list[Part]:
    """The images of a task; results that say nothing of where they belong are the first's."""
    given = task.get("data")
    data = given if isinstance(given, dict) else {}
    for name, value in data.items():
        if isinstance(value, list) and value and all(isinstance(one, str) and is_picture(one) for one in value):
            return _pages(task, results, name, value)
    pictures = [name for name, value in data.items() if isinstance(value, str) and is_picture(value)]
    about = list(dict.fromkeys(str(r["to_name"]) for r in results if r.get("to_name") is not None))
    if len(pictures) < 2 or len(about) < 2:
        return [Part(task, results)]
    return _side_by_side(task, results, pictures, about)


def _pages(task: dict[str, Any], results: list[Result], name: str, values: list[str]) -> list[Part]:
    places: list[list[Result]] = [[] for _ in values]
    beyond = 0
    for result in results:
        page = result.get("item_index") or 0
        if isinstance(page, int) and 0 <= page < len(values):
            places[page].append(result)
        else:
            beyond += 1
    told = [("bad_region", f"{beyond} results are of pages that the task does not have")] if beyond else []
    alone = [task | {"data": {name: value}} for value in values]
    return [Part(one, places[i], f"/{i}", told if i == 0 else []) for i, one in enumerate(alone)]


def _side_by_side(task: dict[str, Any], results: list[Result], pictures: list[str], about: list[str]) -> list[Part]:
    """Controls name the image by its tag, which the file does not tie to a picture: by name, by number, else in order."""
    place = {tag: _same(tag, pictures) for tag in about}
    guessed = [tag for tag, found in place.items() if found is None or list(place.values()).count(found) > 1]
    if guessed:
        place = {tag: pictures[min(i, len(pictures) - 1)] for i, tag in enumerate(about)}
    told = [("images_guessed", f"{', '.join(guessed)}: which image it is was taken from the order")] if guessed else []
    out = []
    for i, name in enumerate(pictures):
        own = [r for r in results if place.get(str(r.get("to_name")), pictures[0]) == name]
        alone = task | {"data": {name: task["data"][name]}, "file_upload": None}
        out.append(Part(alone, own, f"/{name}", told if i == 0 else []))
    return out


def _same(tag: str, pictures: list[str]) -> str | None:
    if tag in pictures:
        return tag
    number = re.search(r"\d+$", tag)
    found = [name for name in pictures if number and (m := re.search(r"\d+$", name)) and m[0] == number[0]]
    return found[0] if len(found) == 1 else None
