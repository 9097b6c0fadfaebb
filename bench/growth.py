"""Memory of the worker while 10,000, 100,000 and 1,000,000 regions go in and out: it must not grow with them."""

from __future__ import annotations

from bench.flows import archive, boxes, bring_in, new_project, take_out
from bench.rows import Row
from bench.stack import Stack
from domain.formats import FORMATS

SIZES = ((500, 20), (5_000, 20), (10_000, 100))  # images, boxes on each
SMALL = (64, 48)
MAIN = ("coco", "yolo", "voc", "cvat_xml", "native")
EVERYWHERE = 100_000  # regions at which every other format is measured, too
IMPORT_MB, EXPORT_MB = 250, 150


def measure(stack: Stack) -> list[Row]:
    rows: list[Row] = []
    for images, each in SIZES:
        count = images * each
        manager = stack.client("manager")
        project = new_project(manager, f"{count} regions")
        spent = bring_in(stack, manager, project, archive(images, SMALL, boxes(each)))
        rows += [
            Row(f"import of {count:,} regions with images: peak memory of the worker", spent.peak, "MB", IMPORT_MB),
            Row(f"import of {count:,} regions with images: CPU", spent.cpu, "s"),
        ]
        stack.restart()  # the import's memory is not the exports'
        manager = stack.client("manager")
        for name in _writable() if count == EVERYWHERE else MAIN:
            spent = take_out(stack, manager, project, name)
            rows += [
                Row(f"export of {count:,} regions, {name}: peak memory of the worker", spent.peak, "MB", EXPORT_MB),
                Row(f"export of {count:,} regions, {name}: CPU", spent.cpu, "s"),
            ]
    return rows


def _writable() -> list[str]:
    return [*MAIN, *(name for name in sorted(FORMATS) if FORMATS[name].writer is not None and name not in MAIN)]
