"""What is in a file of annotations, before anything of it is brought in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from apps.assets import queries as assets
from apps.assets.models import Asset
from apps.datasets.errors import ImportRefused
from apps.datasets.models import Import
from apps.datasets.services.importing import Tally, by_name, guessed, names_of, opened, reader_of
from apps.datasets.services.schema_from import by_names, match
from domain.elements.structs import Region
from domain.formats import FormatError
from domain.formats.sources import SourceError
from domain.schema import LabelSchema, parse

AT_ONCE = 500  # items whose assets are looked up together


def look_into_import(*, row: Import, part: Path, progress: Callable[[int, int | None, str], None]) -> dict[str, Any]:
    """Read the whole file and keep what is in it as the import's preview; nothing of the project changes.

    Raises:
        ImportRefused: the file is not readable as that format.
    """
    tally, found_here, pictures = Tally(), 0, 0
    by_class: dict[int, Counter[str]] = {}
    with opened(row.path, part) as file:
        _, found, reader, header = reader_of(row, file, Lock())
        tally.format = found.name
        try:
            items = reader.items()
            while batch := list(islice(items, AT_ONCE)):
                for item in batch:
                    pictures += item.media is not None
                    for problem in item.problems:
                        tally.problem(problem.code, problem.detail, item.asset.name)
                    for element in item.elements:
                        if isinstance(element, Region):
                            by_class.setdefault(element.class_id, Counter())[element.shape] += 1
                tally.items += len(batch)
                found_here += _known(row.project_id, batch)
                progress(tally.items, header.items, "")
        except (FormatError, SourceError) as error:
            raise ImportRefused(
                error.code, f"{error.detail} {tally.items} items before this place can be read."
            ) from error
    preview = {
        "format": found.name,
        "items": tally.items,
        "pictures": pictures,
        "matched": found_here,
        "regions": sum(n for counts in by_class.values() for n in counts.values()),
        "classes": _classes(row, header, by_class),
        "questions": [attribute.name for attribute in (header.schema or header).item_attributes],
        "problems": list(tally.problems.values()),
    }
    Import.objects.filter(pk=row.pk).update(preview=preview, format=found.name)
    return preview


def _known(project_id: int, batch: list[Any]) -> int:
    """How many items are of an asset that the project has, by external id or name."""
    names = {name for item in batch for name in guessed(names_of(item.asset.name))}
    named = assets.assets_named(project_id, names)
    wanted = {item.asset.external_id for item in batch if item.asset.external_id}
    rows = Asset.objects.filter(project_id=project_id, external_id__in=wanted, trashed_at=None)
    external = set(rows.values_list("external_id", flat=True)) if wanted else set()
    return sum(
        (item.asset.external_id or None) in external or by_name(named, names_of(item.asset.name)) is not None
        for item in batch
    )


def _classes(row: Import, header: Any, by_class: dict[int, Counter[str]]) -> list[dict[str, Any]]:
    """The file's classes with what they would become."""
    schema = parse(row.project.schema.body) if row.project.schema else LabelSchema()
    known = by_names(schema)
    out = []
    for found in header.classes:
        mine = match(known, found.name)
        counts = by_class.get(found.key, Counter())
        out.append(
            {
                "name": found.name,
                "regions": counts.total(),
                "shapes": sorted(counts),
                "attributes": [attribute.name for attribute in found.attributes],
                "class_id": mine.id if mine is not None else None,
            }
        )
    return out
