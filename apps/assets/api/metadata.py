"""The `metadata` part of an upload: JSON Lines or CSV, one row a file."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from apps.assets.errors import BadForm
from apps.assets.services import Fields

NAMES = ("name", "file_name", "filename", "file")
TEXTS = {"external_id": 300, "group": 300, "licence": 200, "license": 200, "attribution": 500}
ORIGINS = frozenset({"real", "synthetic", "augmented", "derived"})
MAX_BYTES = 32 * 1024 * 1024
Rows = dict[str, dict[str, Any]]


def rows_of(data: bytes) -> Rows:
    """{file name: what its row says}.

    Raises:
        BadForm: neither JSON Lines nor CSV, or a row that names no file; the line is named.
    """
    if len(data) > MAX_BYTES:
        raise BadForm(f"`metadata` has {len(data)} bytes, at most {MAX_BYTES} are taken.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadForm("`metadata` is not UTF-8.") from error
    first = text.lstrip()[:1]
    found = _array(text) if first == "[" else _lines(text) if first == "{" else _csv(text)
    rows: Rows = {}
    for number, row in enumerate(found, start=1):
        name = next((row.pop(key) for key in NAMES if row.get(key)), None)
        if not isinstance(name, str):
            raise BadForm(f"Row {number} of `metadata` names no file: it needs `name` or `file_name`.")
        rows[name] = row
    return rows


def _array(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadForm(f"`metadata` is not valid JSON: {error}") from error
    if not all(isinstance(row, dict) for row in found):
        raise BadForm("`metadata` must be a list of objects.")
    return list(found)


def _lines(text: str) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise BadForm(f"Line {number} of `metadata` is not valid JSON: {error}") from error
        if not isinstance(row, dict):
            raise BadForm(f"Line {number} of `metadata` is no object.")
        found.append(row)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _csv(text: str) -> list[dict[str, Any]]:
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        rows = [{key: value for key, value in row.items() if key and value not in (None, "")} for row in reader]
    except csv.Error as error:
        raise BadForm(f"`metadata` is neither JSON Lines nor CSV: {error}") from error
    if not any(name in (reader.fieldnames or ()) for name in NAMES):
        raise BadForm("The first line of the CSV must name its columns, one of them `name` or `file_name`.")
    return [{key: _typed(key, value) for key, value in row.items()} for row in rows]


def _typed(key: str, text: str) -> Any:
    """Numbers and truth values of a CSV as such; names and codes with leading zeros stay text."""
    if key in NAMES or key in TEXTS or key == "origin":
        return text
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    plain = text.lstrip("-")
    if (
        plain.isascii()
        and plain.replace(".", "", 1).isdigit()
        and (plain[:1] != "0" or plain == "0" or plain.startswith("0."))
    ):
        return float(text) if "." in text else int(text)
    return text


def fields_of(row: dict[str, Any], common: Fields) -> Fields:
    """What is said about one file: its row over what holds for all.

    Raises:
        BadForm: a member of the wrong type or length.
    """
    row = dict(row)
    given: dict[str, Any] = {}
    for name, length in TEXTS.items():
        value = row.pop(name, None)
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > length or "\0" in value:
            raise BadForm(f"`{name}` is a text of at most {length} characters.")
        given["licence" if name == "license" else name] = value
    origin = row.pop("origin", None) or common.origin
    if origin not in ORIGINS:
        raise BadForm(f"`origin` is one of {', '.join(sorted(ORIGINS))}.")
    own = row.pop("metadata", None) or {}
    if not isinstance(own, dict):
        raise BadForm("`metadata` of a row is an object.")
    return Fields(
        external_id=given.get("external_id") or common.external_id,
        group=given.get("group", common.group),
        origin=origin,
        licence=given.get("licence", common.licence),
        attribution=given.get("attribution", common.attribution),
        metadata=common.metadata | row | own,
    )
