"""The commands that need no server: `inspect`, `convert` and `formats`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .showing import following, say, say_json, table


def _offline() -> Any:
    """Only where it is needed: the client alone may be installed, without what reads data sets."""
    from . import offline

    return offline


def named(out: Path) -> str:
    """The format that a file or folder is called after: `voc.zip` is voc.

    Raises:
        ValueError: there is none of this name.
    """
    name = out.name.partition(".")[0].lower()
    known = [row["name"] for row in _offline().known() if row["writes"]]
    if name not in known:
        raise ValueError(f"name the format with --to, or call {out.name!r} after it; there are {', '.join(known)}")
    return name


def pairs(texts: Sequence[str]) -> dict[str, Any]:
    """`NAME=VALUE` as a mapping; true, false and numbers are themselves.

    Raises:
        ValueError: there is no `=` in one.
    """
    out: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise ValueError(f"{text!r} is not NAME=VALUE")
        try:
            out[name] = json.loads(value)
        except ValueError:
            out[name] = value
    return out


def say_losses(losses: Sequence[dict[str, Any]]) -> None:
    for loss in losses:
        say(f"  {loss['count']} × {loss['effect']}: {loss['detail']} [{loss['code']}]")


def inspect(asked: Any) -> int:
    offline = _offline()
    with following(quiet=asked.json) as progress:
        found = offline.inspect(
            asked.path, format=asked.format, to=asked.to, advance=lambda done, total: progress(done, total, "reading")
        )
    if asked.json:
        say_json(found)
        return 0
    images = found["images"]
    print(
        f"{found['title']} ({found['format']}): {images['items']} images, {images['pictures']} of them in it, {found['files']} files"
    )
    if found["splits"]:
        print("splits: " + ", ".join(f"{name} {n}" for name, n in found["splits"].items()))
    for row in found["classes"]:
        print(f"  {row['name']}: " + (", ".join(f"{n} {shape}" for shape, n in row["annotations"].items()) or "none"))
    for problem in found["problems"]:
        print(f"not read: {problem['count']} × {problem['examples'][0]['detail']} [{problem['code']}]")
    say_losses(found["losses"])
    return 0


def convert(asked: Any) -> int:
    offline = _offline()
    with following(quiet=asked.json) as progress:
        report = offline.convert(
            asked.source, asked.out, to=asked.to or named(asked.out), format=asked.format, images=asked.images, options=pairs(asked.option) or None,
            read_options={name: str(value) for name, value in pairs(asked.read_option).items()} or None,
            advance=lambda done, total: progress(done, total, "converting"), overwrite=asked.overwrite,
        )  # fmt: skip
    lost = report["problems"] or any(loss["effect"] == "dropped" for loss in report["losses"])
    code = 1 if lost and not report["regions"] else 0  # nothing came through
    if asked.json:
        say_json(report)
        return code
    print(f"{report['from']} → {report['to']}: {report['items']} items, {report['regions']} regions in {asked.out}")
    for problem in report["problems"]:
        say(f"  not read: {problem['count']} × {problem['examples'][0]['detail']} [{problem['code']}]")
    say_losses(report["losses"])
    if code:
        say("labelwright: no annotation came through")
    return code


def formats(asked: Any) -> int:
    offline = _offline()
    rows = [row | {"shapes": ", ".join(row["shapes"])} if not asked.json else row for row in offline.known()]
    table(rows, ("name", "title", "reads", "writes", "shapes"), as_json=asked.json)
    return 0
