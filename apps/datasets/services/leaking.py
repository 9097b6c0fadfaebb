"""Leaks between the splits of a version: the same file, the same group, or pictures that look alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from django.db import connection, transaction

from apps.accounts.models import User
from apps.assets.services.likeness import fill_likeness
from apps.core.errors import Invalid
from apps.datasets.errors import NotReady
from apps.datasets.models import DatasetVersion, Leak
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from domain.sampling.near import near_pairs

WITHIN = 4  # bits of 64 in which pictures that look alike differ at most
MOST_WITHIN = 12
KEPT = 5_000  # pairs of each kind
FILL_ROWS = 500
_BITS = np.uint64(1 << 63)

# The first two items of each pair of splits that share a file or a group.
_SHARED = """
WITH firsts AS (
    SELECT {key} AS key, split, min(ordinal) AS ordinal FROM datasets_versionitem
    WHERE version_id = %(version)s AND {key} <> '' GROUP BY 1, 2
)
SELECT a.ordinal, b.ordinal FROM firsts a JOIN firsts b ON a.key = b.key AND a.split < b.split
ORDER BY 1, 2 LIMIT %(limit)s
"""
_LOOKS = """
SELECT i.ordinal, i.split, a.likeness, i.asset_sha256, i."group" FROM datasets_versionitem i
JOIN assets_asset a ON a.id = i.asset_id WHERE i.version_id = %s AND a.likeness IS NOT NULL ORDER BY i.ordinal
"""
_WITHOUT = """
SELECT DISTINCT i.asset_id FROM datasets_versionitem i JOIN assets_asset a ON a.id = i.asset_id
WHERE i.version_id = %s AND a.likeness IS NULL ORDER BY 1
"""


@transaction.atomic
def ask_for_leaks(*, version: DatasetVersion, user: User, within: int = WITHIN) -> Job:
    """Look for leaks by a job; what an earlier look found is replaced.

    Raises:
        NotReady: the version is not frozen, or has no splits.
        Invalid: a distance out of bounds.
    """
    if version.state != "frozen" or len(version.splits.get("counts", {})) < 2:
        raise NotReady("Leaks are looked for between the splits of a frozen version; this one has none.")
    if not 0 <= within <= MOST_WITHIN:
        raise Invalid(f"`within` is 0 to {MOST_WITHIN} bits of 64, got {within}.")
    job = enqueue(
        kind="datasets.find_leaks",
        title=f"Leaks of version {version.number}",
        organisation=version.project.organisation_id,
        project=version.project_id,
        user=user,
        arguments={"version": version.pk, "within": within},
    )
    version.leaks = {"job": job.pk, "within": within}
    version.save(update_fields=["leaks"])
    return job


def find_leaks(*, version: DatasetVersion, within: int, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Find, keep and count them. Run twice, the same is found."""
    total = version.item_count
    missing = _without(version.pk)
    for first in range(0, len(missing), FILL_ROWS):
        fill_likeness(asset_ids=missing[first : first + FILL_ROWS])
        progress(min(total, first), total)
    found: dict[str, list[tuple[int, int, int | None]]] = {
        "same_file": [(a, b, 0) for a, b in _shared(version.pk, "asset_sha256")],
        "same_group": [(a, b, None) for a, b in _shared(version.pk, '"group"')],
    }
    found["look_alike"], compared = _alike(version.pk, within)
    counts = {kind: len(pairs) for kind, pairs in found.items()}
    with transaction.atomic():
        locked = DatasetVersion.objects.select_for_update().get(pk=version.pk)
        Leak.objects.filter(version_id=version.pk).delete()
        for kind, pairs in found.items():
            _keep(version.pk, kind, pairs[:KEPT])
        told = {"within": within, "counts": counts, "compared": compared, "unseen": total - compared}
        locked.leaks = locked.leaks | told
        locked.save(update_fields=["leaks"])
    progress(total, total)
    return {"version": version.pk, **counts}


def _without(version_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT, [version_id])
        return [row[0] for row in cursor.fetchall()]


def _shared(version_id: int, key: str) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_SHARED.format(key=key), {"version": version_id, "limit": KEPT})
        return list(cursor.fetchall())


def _alike(version_id: int, within: int) -> tuple[list[tuple[int, int, int | None]], int]:
    """(pairs by ordinal that are neither of one file nor of one group, pictures compared)."""
    ordinals, parts, looks, keys = [], [], [], []
    names: dict[str, int] = {}
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LOOKS, [version_id])
        while rows := cursor.fetchmany(10_000):
            for ordinal, split, look, sha256, group in rows:
                ordinals.append(ordinal)
                parts.append(names.setdefault(split, len(names)))
                looks.append(look)
                keys.append((hash(sha256), hash(group) if group else None))
    hashes = np.array(looks, dtype=np.int64).view(np.uint64) ^ _BITS
    first, second, distance = near_pairs(hashes, np.array(parts, dtype=np.int16), within=within)
    found: list[tuple[int, int, int | None]] = []
    for a, b, bits in zip(first.tolist(), second.tolist(), distance.tolist(), strict=True):
        same_file = keys[a][0] == keys[b][0]
        same_group = keys[a][1] is not None and keys[a][1] == keys[b][1]
        if not same_file and not same_group:
            found.append((ordinals[a], ordinals[b], bits))
    return found, len(ordinals)


def _keep(version_id: int, kind: str, pairs: Iterable[tuple[int, int, int | None]]) -> None:
    Leak.objects.bulk_create(
        (Leak(version_id=version_id, kind=kind, first=a, second=b, distance=bits) for a, b, bits in pairs),
        batch_size=1_000,
    )
