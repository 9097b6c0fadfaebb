"""Testing a storage, looking at a source, and looking at those whose time has come."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from apps.assets import services
from apps.assets.jobs.syncing import Look
from apps.assets.models import Source, Storage, Sync
from apps.assets.services.probing import probe
from apps.core.errors import NotFound
from apps.jobs.running import JobRun, job


@job("assets.test_storage")
def test_storage(run: JobRun) -> dict[str, Any]:
    """Connect, list, read and, where exports go there, write; what was found stands at the storage."""
    storage = Storage.objects.filter(pk=run.arguments["storage"]).first()
    if storage is None:
        raise NotFound("The storage was removed.")
    checks = probe(storage)
    run.check()
    services.keep_probe(storage_id=storage.pk, job=run.job, checks=checks)
    return {"storage": storage.pk, "ok": all(check["ok"] for check in checks)}


test_storage.__test__ = False  # type: ignore[attr-defined]  # pytest takes the name for a test


@job("assets.sync_source")
def sync_source(run: JobRun) -> dict[str, Any]:
    """Make assets of what is new at a source, and say what changed and went. Run twice, it goes on where it was."""
    source = (
        Source.objects.select_related("project", "storage", "created_by").filter(pk=run.arguments["source"]).first()
    )
    if source is None or source.removed_at is not None:
        raise NotFound("The source was disconnected.")
    sync = services.begin_sync(source=source, job=run.job)
    look = Look(run, source, sync)
    look.whole()
    Sync.objects.filter(pk=sync.pk).update(finished_at=timezone.now())
    return {"source": source.pk, **sync.counts, "errors": sync.problems}


@shared_task(name="assets.sync_due", ignore_result=True)
def sync_due() -> None:
    """Enqueue the syncs whose time has come. Safe to deliver twice."""
    services.ask_for_due_syncs()
