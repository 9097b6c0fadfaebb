"""What copies an export would make: a few of them with their regions drawn, by the code that the export runs."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from apps.annotations.queries.documents import chunk_bodies
from apps.assets import queries as assets
from apps.assets.models import Asset
from apps.core.errors import NotFound
from apps.datasets.errors import BadOptions, NothingToExport
from apps.datasets.filters import ItemFilter, finished_items
from apps.datasets.models import DatasetVersion, VersionItem
from apps.datasets.services.asking import augment_of
from apps.datasets.services.freezing import NOTHING
from apps.datasets.services.pictures import opened
from apps.projects.models import Project
from domain.schema import LabelSchema, parse

if TYPE_CHECKING:
    from domain.formats import ExportItem

ITEMS = 3
COPIES = 2  # of an item
SIDE = 480  # pixels: what a picture is made smaller to
QUALITY = 85


def example_copies(
    *, project: Project, version_id: int | None, item_filter: ItemFilter | None, augment: dict[str, Any]
) -> list[dict[str, Any]]:
    """A few copies: {name, width, height, regions, picture: a data URL}. Writes nothing.

    Raises:
        BadOptions, NotFound (the version), NothingToExport: no item would be copied.
    """
    from domain.augmentation import Copier
    from domain.formats import FormatError

    schema = parse(project.schema.body) if project.schema else LabelSchema()
    load_blob = partial(assets.blob_bytes, project)
    try:
        recipe = augment_of(augment)
        if recipe is None:
            raise BadOptions("`augment` asks for no copies.")
        copier = Copier(recipe, schema, load_blob)
    except FormatError as error:
        raise BadOptions(error.detail) from error
    found = []
    for asset, item in _items(project, version_id, item_filter or ItemFilter(), recipe.splits):
        for number, copy in enumerate(copier.copies(item)):
            if number == COPIES:
                break
            found.append(_shown(asset, copy, schema))
    if not found:
        raise NothingToExport("No item would be copied: see which splits are copied, and what may change.")
    return found


def _items(
    project: Project, version_id: int | None, item_filter: ItemFilter, splits: list[str]
) -> Iterator[tuple[Asset, ExportItem]]:
    from domain.formats import AssetMeta, ExportItem

    for asset, revision, split in _rows(project, version_id, item_filter, splits):
        meta = AssetMeta(
            name=asset.name, width=asset.width, height=asset.height, id=asset.pk, sha256=asset.sha256, group=asset.group
        )
        chunks = list(chunk_bodies([bytes(digest) for digest in revision.chunks]))
        yield asset, ExportItem(asset=meta, chunks=chunks, outcome=revision.outcome, split=split or None)


def _rows(
    project: Project, version_id: int | None, item_filter: ItemFilter, splits: list[str]
) -> list[tuple[Asset, Any, str]]:
    if version_id is None:
        tasks = finished_items(project, item_filter).select_related("asset", "result")[:ITEMS]
        if not tasks:
            raise NothingToExport(NOTHING)
        return [(task.asset, task.result, "") for task in tasks]
    version = DatasetVersion.objects.filter(project_id=project.pk, pk=version_id).first()
    if version is None:
        raise NotFound("There is no such version in this project.")
    wanted = [*splits, *([""] if "train" in splits else [])]
    items = VersionItem.objects.filter(version=version, split__in=wanted).order_by("ordinal")
    return [(item.asset, item.revision, item.split) for item in items.select_related("asset", "revision")[:ITEMS]]


def _shown(asset: Asset, copy: Any, schema: LabelSchema) -> dict[str, Any]:
    """The copy as the export makes it, of the small picture that people are shown."""
    from domain.augmentation.drawing import drawn, scaled
    from domain.augmentation.pixels import render
    from domain.elements.chunks import RegionEntry, decode_chunk
    from domain.geometry.affine import scaling

    small = opened(_small_path(asset))
    small.thumbnail((SIDE, SIDE))
    across, down = small.width / asset.width, small.height / asset.height
    regions = [
        entry.element for body in copy.item.chunks for entry in decode_chunk(body) if isinstance(entry, RegionEntry)
    ]
    shown = drawn(
        render(small, scaled(copy.plan, across=across, down=down)),
        regions,
        colours={found.id: found.color for found in schema.classes},
        by=scaling(across, down),
    )
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=QUALITY)
    return {
        "name": copy.item.asset.name,
        "width": copy.plan.width,
        "height": copy.plan.height,
        "regions": len(regions),
        "picture": "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode("ascii"),
    }


def _small_path(asset: Asset) -> str:
    made = next((name for name in ("preview", "display") if name in asset.derivatives), None)
    return asset.derivatives[made]["path"] if made else asset.path
