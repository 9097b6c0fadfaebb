"""Formats: one file each, found by looking in this package. Streaming writers and readers.

A format module has `FORMAT: Format`. `FORMATS` maps names (and aliases) to them; `detect` finds the one that can read a
source. Writers take items one by one and a sink; readers give items one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from .base import (
    AssetMeta,
    ExportItem,
    Format,
    FormatError,
    ImportClass,
    ImportHeader,
    ImportItem,
    ImportProblem,
    Reader,
    Writer,
    choices_of,
    open_reader,
    wide_text,
)
from .report import Loss, LossReport
from .sinks import FolderSink, Sink, ZipSink
from .sources import FileSource, FolderSource, Source, ZipSource, open_source


def _discover() -> dict[str, Format]:
    found: dict[str, Format] = {}
    for module in sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_")):
        for value in vars(import_module(f"{__name__}.{module}")).values():
            if isinstance(value, Format):
                found[value.name] = value
    return found


class _Formats(Mapping[str, Format]):
    """The registry, filled when it is first asked: numpy and Pillow stay out of processes that never read or write one."""

    def __init__(self) -> None:
        self._found: dict[str, Format] = {}

    def _all(self) -> dict[str, Format]:
        if not self._found:
            self._found = _discover()
        return self._found

    def __getitem__(self, name: str) -> Format:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


FORMATS: Mapping[str, Format] = _Formats()


def get(name: str) -> Format:
    """The format of a name. Raises FormatError with the known names."""
    try:
        return FORMATS[name]
    except KeyError:
        raise FormatError("unknown_format", f"unknown format {name!r}; known are {', '.join(FORMATS)}") from None


def detect(source: Source) -> Format:
    """The format that is surest to recognise a source. Raises FormatError when none does."""
    best, surest = None, 0.0
    for found in FORMATS.values():
        sure = found.sniff(source) if found.sniff is not None else 0.0
        if sure > surest:
            best, surest = found, float(sure)
    if best is not None:
        return best
    if (wide := wide_text(source)) is not None:
        raise FormatError("wrong_encoding", f"{wide} is UTF-16 or UTF-32; save it as UTF-8, as the formats ask")
    inner = next(
        (p for p in source.paths() if p.lower().endswith((".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar"))), None
    )
    if inner is not None:
        raise FormatError(
            "archive_in_archive", f"{inner} is an archive in the archive; give it by itself, or its files"
        )
    readable = ", ".join(f.name for f in FORMATS.values() if f.sniff is not None)
    raise FormatError("format_not_recognised", f"the file is none of {readable}; name the format, or check the file")


__all__ = [
    "FORMATS",
    "AssetMeta",
    "ExportItem",
    "FileSource",
    "FolderSink",
    "FolderSource",
    "Format",
    "FormatError",
    "ImportClass",
    "ImportHeader",
    "ImportItem",
    "ImportProblem",
    "Loss",
    "LossReport",
    "Reader",
    "Sink",
    "Source",
    "Writer",
    "ZipSink",
    "ZipSource",
    "choices_of",
    "detect",
    "get",
    "open_reader",
    "open_source",
]
