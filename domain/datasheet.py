"""The card of a dataset in words: Markdown from the facts that were counted and what people say.

After Gebru et al., Datasheets for Datasets (2021): why it was made, what is in it, how it was labelled, what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SAID = ("purpose", "collection", "limits", "maintenance")  # what people write, in the order of the card
_TITLES = {
    "purpose": "Purpose",
    "collection": "How the images were collected",
    "limits": "Known limits and what it must not be used for",
    "maintenance": "Contact and maintenance",
}


def render(sheet: Mapping[str, Any]) -> str:
    """README.md of a datasheet. The same datasheet gives the same text."""
    said, version = sheet["said"], sheet["dataset_version"]
    title, frozen = sheet["project"]["name"], ""
    if "number" in version:
        title, frozen = f"{title}, version {version['number']}: {version['name']}", f", frozen {version['frozen_on']}"
    lines = [f"# {_plain(title)}", ""]
    lines += [f"{version['items']} items, {version['regions']} regions{frozen}.", ""]
    lines += [f"SHA-256 of items, labels and splits: `{version['sha256']}`", ""]
    lines += _said(said, "purpose")
    lines += ["## Contents", "", *_splits(sheet["splits"]), *_classes(sheet["classes"], sheet["splits"])]
    lines += _shares("Shapes", "shape", sheet["shapes"]) + _shares("Origin of the items", "origin", sheet["origins"])
    for key, found in sheet["metadata"].items():
        lines += _shares(
            f"By {_plain(key)}", _plain(key), found["values"], more=found["distinct"] - len(found["values"])
        )
    lines += _shares("Licences", "licence", sheet["licences"]) + _said(said, "collection")
    lines += ["## How it was labelled", "", *_labelled(sheet["labelled"], sheet["guideline"])]
    lines += ["## Quality", "", *_quality(sheet["quality"])]
    lines += ["## Gaps", "", *_bullets(sheet["gaps"]), *_said(said, "limits")]
    lines += ["## Changes", "", *_changes(sheet["changes"]), *_said(said, "maintenance")]
    lines += ["The same, for machines: `datasheet.json`.", ""]
    return "\n".join(lines)


def _plain(text: Any) -> str:
    """Text that is no Markdown: on one line, and no end of a table's cell."""
    return (
        " ".join(str("" if text is None else text).split())
        .replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("`", "'")
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(['---'] * len(heads))}|"]
    return [*lines, *(f"| {' | '.join(_plain(cell) for cell in row)} |" for row in rows), ""]


def _bullets(sentences: Iterable[str]) -> list[str]:
    found = [f"- {_plain(one)}" for one in sentences]
    return [*found, ""] if found else ["None was found.", ""]


def _said(said: Mapping[str, str], name: str) -> list[str]:
    text = said.get(name, "").strip()
    return [f"## {_TITLES[name]}", "", text, ""] if text else []


def _splits(splits: Sequence[Mapping[str, Any]]) -> list[str]:
    if not splits:
        return ["The items are in no splits.", ""]
    return _table(
        ("split", "items", "regions", "groups"),
        [(one["name"], one["items"], one["regions"], one["groups"]) for one in splits],
    )


def _classes(classes: Sequence[Mapping[str, Any]], splits: Sequence[Mapping[str, Any]]) -> list[str]:
    names = [one["name"] for one in splits]
    rows = []
    for one in classes:
        by_split = [one["splits"].get(name, 0) for name in names]
        rows.append((one["title"] or one["name"], one["description"], one["regions"], one["items"], *by_split))
    return ["### Classes", "", *_table(("class", "description", "regions", "items", *names), rows)]


def _shares(title: str, head: str, counted: Mapping[str, int], *, more: int = 0) -> list[str]:
    if not counted:
        return []
    rows: list[tuple[Any, ...]] = [(name or "not given", count) for name, count in counted.items()]
    if more > 0:
        rows.append((f"{more} more values", ""))
    return [f"### {title}", "", *_table((head, "count"), rows)]


def _labelled(labelled: Mapping[str, Any], guideline: Mapping[str, Any] | None) -> list[str]:
    lines = [f"- {_plain(kind)}: {n} items" for kind, n in labelled["stages"].items()]
    lines.append(f"- reviewed by a person: {labelled['reviewed']} items")
    lines += [f"- {name}: {n} items" for name, n in labelled["people"].items()]
    lines += [f"- reviewer {_plain(name)}: {n} items" for name, n in labelled["reviewers"].items()]
    lines += [f"- regions from {_plain(source)}: {n}" for source, n in labelled["sources"].items()]
    if guideline:
        lines.append(f"- guideline version {guideline['number']}; its text is in `datasheet.json`")
    return [*lines, ""]


def _quality(quality: Mapping[str, Any]) -> list[str]:
    lines = []
    agreement = quality["agreement"]
    if agreement["value"] is None:
        lines.append(f"- Agreement of independent answers: not known ({_plain(agreement['reason'])}).")
    else:
        lines.append(f"- Agreement of independent answers: {_interval(agreement)}, {agreement['n_items']} tasks.")
    for audit in quality["audits"]:
        result = "accepted" if audit["accepted"] else "not accepted"
        lines.append(
            f"- Audit {audit['number']}: {result}; {audit['wrong']} of {audit['judged']} wrong, "
            f"{_interval({'value': audit['rate'], 'ci95': (audit['low'], audit['high'])})}."
        )
    if not quality["audits"]:
        lines.append("- No audit was finished.")
    return [*lines, ""]


def _interval(found: Mapping[str, Any]) -> str:
    ci = found.get("ci95")
    value = f"{found['value']:.3f}"
    return f"{value} (95 % interval {ci[0]:.3f} to {ci[1]:.3f})" if ci and ci[0] is not None else value


def _changes(changes: Mapping[str, Any] | None) -> list[str]:
    if changes is None:
        return ["This is the first named version.", ""]
    return [
        f"Since version {changes['against']}: {changes['added']} items added, {changes['removed']} removed, "
        f"{changes['relabelled']} labelled anew, {changes['moved']} in another split.",
        "",
    ]
