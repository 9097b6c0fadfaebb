"""Pictures of a project that are the same or look alike, in groups, found by a job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.assets.services.likeness import fill_likeness
from apps.core.errors import Invalid
from apps.core.permissions import Action
from apps.datasets.models import AlikeGroup, AlikePicture, AlikeSearch
from apps.datasets.services.leaking import FILL_ROWS, MOST_WITHIN, WITHIN
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.access import project_for
from domain.sampling.near import joined, near_pairs

JOB = "datasets.find_alike"
MOST_GROUPS = 5_000
MOST_IN_GROUP = 200
UNSIGNED = 2**64

# Work only: tests of people are copies of pictures. Finished ones first, then large ones: the first of a group is the one to keep.
_PICTURES = """
SELECT a.id, a.sha256, a.likeness FROM tasks_task t JOIN assets_asset a ON a.id = t.asset_id
WHERE t.project_id = %s AND t.purpose = 'work' AND t.trashed_at IS NULL AND t.state <> 'archived'
ORDER BY t.state <> 'done', a.width::bigint * a.height DESC, t.number
"""


class _Picture(NamedTuple):
    asset: int
    sha256: str
    looks: int | None


@transaction.atomic
def ask_for_alike(*, user: User, project_id: int, within: int = WITHIN) -> Job:
    """Look for pictures that look alike by a job; what an earlier look found is replaced when it ends.

    Raises:
        NotFound, NotAllowed: the project, or managing its tasks, is not for this person.
        Invalid: a distance out of bounds.
    """
    access = project_for(user, project_id, Action.TASKS_MANAGE)
    if not 0 <= within <= MOST_WITHIN:
        raise Invalid(f"`within` is 0 to {MOST_WITHIN} bits of 64, got {within}.")
    job = enqueue(
        kind=JOB, title=f"Look-alikes of {access.project.name}", organisation=access.project.organisation_id,
        project=project_id, user=user, arguments={"project": project_id, "within": within},
    )  # fmt: skip
    AlikeSearch.objects.update_or_create(project_id=project_id, defaults={"job": job, "within": within})
    return job


def find_alike(*, project_id: int, within: int, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Find and keep the groups. Run twice, the same are found."""
    missing = [one.asset for one in _pictures(project_id) if one.looks is None]
    for first in range(0, len(missing), FILL_ROWS):
        fill_likeness(asset_ids=missing[first : first + FILL_ROWS])
        progress(first, len(missing))
    pictures = list({one.asset: one for one in _pictures(project_id)}.values())
    groups = list(_groups(pictures, within))
    unseen = sum(one.looks is None for one in pictures)
    with transaction.atomic():
        AlikeGroup.objects.filter(project_id=project_id).delete()
        _keep(project_id, groups[:MOST_GROUPS])
        AlikeSearch.objects.filter(project_id=project_id).update(
            compared=len(pictures), unseen=unseen, within=within, found_at=timezone.now()
        )
    return {"groups": len(groups), "pictures": sum(len(group) for group in groups)}


def _keep(project_id: int, groups: list[list[_Picture]]) -> None:
    rows = AlikeGroup.objects.bulk_create(
        [AlikeGroup(project_id=project_id, same_file=len({one.sha256 for one in group}) == 1) for group in groups]
    )
    AlikePicture.objects.bulk_create(
        [
            AlikePicture(project_id=project_id, group=row, asset_id=one.asset, place=place, bits=_bits(group[0], one))
            for row, group in zip(rows, groups, strict=True)
            for place, one in enumerate(group)
        ],
        batch_size=2_000,
    )


def _pictures(project_id: int) -> Iterator[_Picture]:
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES, [project_id])
        for asset, sha256, looks in cursor.fetchall():
            yield _Picture(asset, sha256, None if looks is None else looks % UNSIGNED)


def _bits(first: _Picture, one: _Picture) -> int:
    if first.sha256 == one.sha256 or first.looks is None or one.looks is None:
        return 0
    return (first.looks ^ one.looks).bit_count()


def _groups(pictures: list[_Picture], within: int) -> Iterable[list[_Picture]]:
    """Groups of two or more in the order of their first pictures; copies of a file first, then the nearest.

    Files and likenesses that occur many times are one place each, so that a thousand copies cost no million of pairs.
    """
    by_file: dict[str, int] = {}
    by_looks: dict[int, int] = {}
    place, links = list[int](), list[tuple[int, int]]()
    for at, one in enumerate(pictures):
        first = by_file.setdefault(one.sha256, at)
        place.append(first)
        if one.looks is not None:
            links.append((by_looks.setdefault(one.looks, first), first))
    hashes = np.array(list(by_looks), dtype=np.uint64)
    heads = list(by_looks.values())
    near = near_pairs(hashes, np.arange(len(hashes)), within=within)
    links += [(heads[a], heads[b]) for a, b in zip(near[0].tolist(), near[1].tolist(), strict=True)]
    head_of = joined(len(pictures), [*links, *enumerate(place)])
    found: dict[int, list[_Picture]] = defaultdict(list)
    for at, one in enumerate(pictures):
        found[head_of[at]].append(one)
    groups = [group for _, group in sorted(found.items()) if len(group) > 1]
    for group in groups:
        group[1:] = sorted(group[1:], key=lambda one, first=group[0]: _bits(first, one))  # type: ignore[misc]
    return [group[:MOST_IN_GROUP] for group in groups]
