"""Sources: parts of storages whose images are a project's, and when they are looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.activity.services import record
from apps.assets.errors import NotForSources, SourceThere
from apps.assets.globs import MOST_STARS, stars
from apps.assets.models import LinkedObject, Source, Storage, Sync
from apps.assets.services.storages import clean_prefix
from apps.core.errors import Invalid, NotFound
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.models import Project

OPEN = (Job.State.QUEUED, Job.State.RUNNING)
SYNCS_KEPT = 100  # a source
DUE_AT_ONCE = 100
PROJECT_STATES = ("draft", "active", "paused")  # in which scheduled syncs run


def connect_source(*, project: Project, user: User, sent: Any) -> Source:
    """Make images of a part of a storage the project's, and begin to look.

    Raises:
        NotFound: the organisation has no such storage.
        NotForSources, SourceThere, Invalid
    """
    storage = Storage.objects.filter(pk=sent.storage, organisation_id=project.organisation_id).first()
    if storage is None:
        raise NotFound("The project's organisation has no such storage.")
    if not storage.for_sources:
        raise NotForSources("This storage is connected for exports only.")
    pattern = _pattern(sent.pattern)
    try:
        with transaction.atomic():
            source = Source.objects.create(
                project=project,
                storage=storage,
                prefix=storage.options.get("prefix", "") + clean_prefix(sent.prefix),
                pattern=pattern,
                vanished=sent.vanished,
                every_minutes=sent.every_minutes,
                created_by=user,
            )
            _told(source, user, "source.connected")
            _plan(source)
            ask_to_sync(source=source, user=user)
    except IntegrityError as error:
        raise SourceThere("The project takes these images already. Look at its sources.") from error
    return Source.objects.select_related("storage", "job").get(pk=source.pk)


def take_from_storage(*, project: Project, user: User, sent: Any) -> Job:
    """Connect the source, or look at it again where the project has it.

    Raises:
        NotFound: the organisation has no such storage.
        NotForSources, Invalid
    """
    try:
        source = connect_source(project=project, user=user, sent=sent)
    except SourceThere:
        storage = Storage.objects.get(pk=sent.storage)
        source = Source.objects.get(
            project=project,
            storage=storage,
            prefix=storage.options.get("prefix", "") + clean_prefix(sent.prefix),
            pattern=_pattern(sent.pattern),
            removed_at=None,
        )
        return ask_to_sync(source=source, user=user)
    assert source.job is not None
    return source.job


@transaction.atomic
def change_source(*, source: Source, user: User, sent: Any) -> Source:
    """Set when it is looked at and what becomes of items whose file went. Where it looks stays."""
    if sent.every_minutes is not msgspec.UNSET:
        source.every_minutes = sent.every_minutes
        _plan(source)
    if sent.vanished is not msgspec.UNSET:
        source.vanished = sent.vanished
    source.save(update_fields=["every_minutes", "vanished", "updated_at"])
    _told(source, user, "source.changed")
    return source


@transaction.atomic
def disconnect_source(*, source: Source, user: User) -> None:
    """Look no more. Items stay, and their originals are still read from the storage."""
    locked = Source.objects.select_for_update().get(pk=source.pk)
    _told(locked, user, "source.disconnected")
    if not LinkedObject.objects.filter(source=locked).exclude(asset=None).exists() and not _is_open(locked):
        locked.delete()
        return
    locked.removed_at, locked.next_at = timezone.now(), None
    locked.save(update_fields=["removed_at", "next_at", "updated_at"])


@transaction.atomic
def ask_to_sync(*, source: Source, user: User | None) -> Job:
    """Enqueue a look at the source; the one that waits or runs already, where there is one. `user` None: by the schedule."""
    locked = (
        Source.objects.select_for_update(of=("self",)).select_related("project", "storage", "job").get(pk=source.pk)
    )
    if locked.job is not None and locked.job.state in OPEN:
        return locked.job
    locked.job = enqueue(
        kind="assets.sync_source",
        title=f"Sync {locked.storage.name}" + (f": {locked.prefix}" if locked.prefix else ""),
        organisation=locked.project.organisation_id,
        project=locked.project,
        user=user,
        arguments={"source": locked.pk},
    )
    locked.save(update_fields=["job"])
    return locked.job


def ask_for_due_syncs() -> int:
    """Enqueue what the schedules say; how many. Safe to run twice at the same time."""
    now, asked = timezone.now(), 0
    with transaction.atomic():
        due = Source.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            next_at__lte=now, removed_at=None, project__trashed_at=None, project__state__in=PROJECT_STATES
        )
        for source in due.order_by("next_at")[:DUE_AT_ONCE]:
            _plan(source)
            ask_to_sync(source=source, user=None)
            asked += 1
    return asked


def begin_sync(*, source: Source, job: Job) -> Sync:
    """The row of this look; a second start of its job finds it."""
    sync, _ = Sync.objects.get_or_create(source=source, job=job)
    old = Sync.objects.filter(source=source).order_by("-pk").values_list("pk", flat=True)[SYNCS_KEPT:]
    Sync.objects.filter(pk__in=list(old)).delete()
    return sync


def _pattern(text: str) -> str:
    pattern = text.strip().lstrip("/")
    if any(ord(c) < 32 for c in pattern):
        raise Invalid("A pattern has no control characters.")
    if stars(pattern) > MOST_STARS:
        raise Invalid(f"A pattern has at most {MOST_STARS} stars.")
    return pattern


def name_of(storage: Storage, key: str) -> str:
    """What an item is called: its key, or the path of its address."""
    return unquote(urlsplit(key).path) if storage.kind == "http" else key


def _is_open(source: Source) -> bool:
    return source.job is not None and source.job.state in OPEN


def _plan(source: Source) -> None:
    minutes = source.every_minutes
    source.next_at = timezone.now() + timedelta(minutes=minutes) if minutes else None
    Source.objects.filter(pk=source.pk).update(next_at=source.next_at)


def _told(source: Source, user: User, verb: str) -> None:
    record(
        organisation_id=source.project.organisation_id, project_id=source.project_id, verb=verb, actor=user,
        object_type="source", object_id=source.pk, details={"storage": source.storage.name, "prefix": source.prefix},
    )  # fmt: skip
