"""Which finished items go into a version, and how they are shared out. A static list of fields, nothing else filters."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from apps.projects.models import Project
from apps.reviews.models import Review
from apps.tasks.models import Task

EXPORTED_OUTCOMES = ("labelled", "empty")  # what is unusable or undecidable trains nothing
SplitName = Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern="^[A-Za-z0-9_-]+$")]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class ItemFilter(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which finished items; every member that is given must hold. Nothing given: all of them."""

    tasks: Annotated[list[int], msgspec.Meta(max_length=100_000)] | None = None
    batch: int | None = None
    name: Annotated[str, msgspec.Meta(max_length=300)] | None = None  # prefix
    group: Annotated[str, msgspec.Meta(max_length=300)] | None = None
    origin: Literal["real", "synthetic", "augmented", "derived"] | None = None
    licence: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    class_id: int | None = None  # present in the item
    annotator: int | None = None
    outcome: Literal["labelled", "empty"] | None = None
    accepted: Literal[True] | None = None  # by a reviewer, fixed or as it was
    finished_after: datetime | None = None
    finished_before: datetime | None = None
    metadata: dict[str, str | int | float | bool] = {}


class SplitShares(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Shares of the items by split name, dealt by group: {"train": 0.8, "val": 0.1, "test": 0.1}.

    `seed`: the project's own unless given. `stratify`: "class", "origin" or "metadata.<key>": each value is shared out
    alike; otherwise the hash of the group decides. `keep`: groups that an earlier named version dealt with this seed stay
    where they are. `test_takes_any`: the split "test" takes more than real items that a person reviewed.
    """

    shares: Annotated[dict[SplitName, Share], msgspec.Meta(min_length=1, max_length=10)]
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31)] | None = None
    stratify: Annotated[str, msgspec.Meta(max_length=110, pattern=r"^(class|origin|metadata\..{1,100})?$")] = ""
    keep: bool = True
    test_takes_any: bool = False


_LOOKUPS = {
    "tasks": "pk__in",
    "batch": "batch_id",
    "name": "asset__name__startswith",
    "group": "asset__group",
    "origin": "asset__origin",
    "licence": "asset__licence",
    "annotator": "annotator_id",
    "outcome": "result__outcome",
    "finished_after": "finished_at__gte",
    "finished_before": "finished_at__lt",
}


def finished_items(project: Project, wanted: ItemFilter) -> QuerySet[Task]:
    """Done tasks with a result, tests of people left out, in the fixed order of their numbers."""
    rows = Task.objects.filter(
        project_id=project.pk,
        purpose=Task.Purpose.WORK,
        state=Task.State.DONE,
        trashed_at=None,
        asset__trashed_at=None,
        result__outcome__in=EXPORTED_OUTCOMES,
    )
    lookups: dict[str, Any] = {path: getattr(wanted, name) for name, path in _LOOKUPS.items()}
    rows = rows.filter(**{path: value for path, value in lookups.items() if value is not None})
    if wanted.class_id is not None:
        rows = rows.filter(result__class_counts__has_key=str(wanted.class_id))
    if wanted.accepted:
        rows = rows.filter(Exists(Review.objects.filter(task_id=OuterRef("pk"), verdict__in=("accept", "fix"))))
    if wanted.metadata:
        rows = rows.filter(asset__metadata__contains=wanted.metadata)
    return rows.order_by("number")
