"""One look at a source: the storage's list and ours are walked side by side, in the order of keys, a page at a time.

Only what differs is written, so that a look at a hundred thousand known files reads and writes nothing. Assets, their tasks
and what is known of their objects are made in one transaction; a second start finds them and goes on.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.assets import services
from apps.assets.errors import SourceEmpty
from apps.assets.globs import matcher
from apps.assets.jobs.taking import PICTURES
from apps.assets.models import LinkedObject, Source, Sync
from apps.assets.services import Incoming, Ingested
from apps.assets.services.ingest import Refused, clean_name
from apps.assets.services.storages import open_storage
from apps.assets.storages import Driver, Entry, in_order
from apps.assets.storages.base import by_bytes
from apps.core.errors import DomainError
from apps.jobs.running import JobRun
from apps.tasks import services as tasks
from apps.tasks.models import Task

PAGE = 500  # keys compared at once
BATCH, THREADS = 32, 4  # files taken in at once, fetched at once
IN_MEMORY = 4 << 20
PROBLEMS_KEPT = 100
SUSPICIOUS = 10  # files that are all gone at once: the folder is not mounted, or the list is the wrong one
FOUND = (
    "new",
    "changed",
    "gone",
    "back",
    "refused",
)  # counted in the transaction that writes them; the rest anew each start
Here = LinkedObject.State.HERE


class OutOfOrder(Exception):
    """The service does not list in the order of keys."""


class Look:
    """A sync that runs."""

    def __init__(self, run: JobRun, source: Source, sync: Sync) -> None:
        self.run, self.source, self.sync, self.project = run, source, sync, source.project
        self.wanted = matcher(source.prefix, source.pattern, PICTURES)
        self._begin()

    def _begin(self) -> None:
        self.counts: Counter[str] = Counter({name: self.sync.counts.get(name, 0) for name in FOUND})
        self.looked = 0

    @cached_property
    def driver(self) -> Driver:
        return open_storage(self.source.storage)

    @property
    def user(self) -> User:
        """Who asked; by the schedule, who connected the source."""
        return self.run.user or self.source.created_by

    def whole(self) -> None:
        """Raises what the storage says, JobLost, JobCancelled, SourceEmpty."""
        try:
            self._walk(self._listed(ordered=self.driver.ordered))
        except OutOfOrder:
            self._begin()
            self._walk(self._listed(ordered=False))

    def _listed(self, *, ordered: bool) -> Iterator[list[Entry]]:
        """Pages of the keys that the source wants, each key once and in order.

        Raises:
            OutOfOrder: it was said to come in order, and does not.
        """
        found = self.driver.entries(self.source.prefix)
        last = b""
        page: list[Entry] = []
        for entry in found if ordered else in_order(found):
            if by_bytes(entry) <= last:
                if ordered and by_bytes(entry) < last:
                    raise OutOfOrder
                continue
            last = by_bytes(entry)
            self.looked += 1
            if self.looked % PAGE == 0:
                self._progress()
            if "\0" in entry.key or not self.wanted(entry.key):
                self.counts["ignored"] += 1
                continue
            page.append(entry)
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page

    def _walk(self, pages: Iterator[list[Entry]]) -> None:
        before, any_there = "", False
        for page in pages:
            any_there = True
            self._compare(page)
            self._gone(before, page)
            before = page[-1].key
        if not any_there:
            self._not_all_at_once()
        self._gone(before, [])
        self._keep()
        self._progress()

    def _compare(self, page: list[Entry]) -> None:
        rows = LinkedObject.objects.filter(source=self.source, key__in=[entry.key for entry in page])
        known = {row.key: row for row in rows.select_related("asset")}
        waiting: list[Entry] = []
        for entry in page:
            row = known.get(entry.key)
            if row is None or (entry.etag and entry.etag != row.etag):
                waiting.append(entry)
            elif row.state in (LinkedObject.State.GONE, LinkedObject.State.TRASHED):
                self._back(row)
            else:
                self.counts["same"] += 1
        left = iter(waiting)
        while batch := list(islice(left, BATCH)):
            self._take(batch, known)
            self._progress()

    def _take(self, batch: list[Entry], known: dict[str, LinkedObject]) -> None:
        """Read, check and add files that are new or whose content changed."""
        with ThreadPoolExecutor(THREADS) as pool:
            fetched = list(pool.map(self._fetched, batch))
        files, refused = [], []
        for entry, content in zip(batch, fetched, strict=True):
            if isinstance(content, DomainError):
                self._problem(entry.key, content.code, content.detail)
                self.counts["failed"] += 1
            elif isinstance(content, Refused):
                refused.append((entry, content))
            else:
                files.append((*content, self._incoming(content[0], content[1])))
        items, more = services.prepare(project=self.project, files=[file for _, _, file in files])
        entries = {id(file): entry for entry, _, file in files}
        refused += [(entries[id(one.incoming)], one) for one in more]
        with transaction.atomic():
            self.run.check()
            fresh = [item for item in items if not self._same_content(entries[id(item.incoming)], item, known)]
            added, _, taken = tasks.add_files(project=self.project, user=self.user, items=fresh)
            for one in added:
                entry = entries[id(one.incoming)]
                row = known.get(entry.key)
                self.counts["changed" if row and row.asset_id else "new"] += 1
                if row is not None and row.asset is not None:
                    self._replaced(row)
                self._remember(entry, Here, asset_id=one.asset.pk)
            for entry, why in [*refused, *((entries[id(one.incoming)], one) for one in taken)]:
                self._remember(entry, LinkedObject.State.REFUSED, problem={"code": why.code, "detail": why.detail})
                self.counts["refused"] += 1
                self._problem(entry.key, why.code, why.detail)
            self._keep()

    def _fetched(self, entry: Entry) -> tuple[Entry, IO[bytes]] | Refused | DomainError:
        """The content with what it was when it was read; a fault that may pass is no reason to remember the object."""
        most = settings.LABELWRIGHT_MAX_FILE_BYTES
        too_large = Refused(entry.key, "too_large", f"The file has more than {most} bytes.")
        if entry.size > most:
            return too_large
        content: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # type: ignore[assignment]  # noqa: SIM115
        size = 0
        try:
            with self.driver.reading(entry.key) as reading:
                for data in reading.chunks:
                    size += len(data)
                    if size > most:
                        content.close()
                        return too_large
                    content.write(data)
                return Entry(entry.key, size, reading.entry.etag), content
        except DomainError as error:
            content.close()
            return error

    def _incoming(self, entry: Entry, content: IO[bytes]) -> Incoming:
        content.seek(0)
        name = clean_name(services.name_of(self.source.storage, entry.key)) or "image"
        key = sha256(entry.key.encode("utf-8", "surrogatepass")).hexdigest()[:36]
        return Incoming(
            name=name, size=entry.size, open=lambda: content, linked=True, made_by=f"sync {self.run.job.pk} {key}"
        )

    def _same_content(self, entry: Entry, item: Ingested, known: dict[str, LinkedObject]) -> bool:
        """The same bytes under another etag, or an answer of an earlier start: only the row is written."""
        row = known.get(entry.key)
        if row is None or row.asset is None or row.asset.sha256 != item.values["sha256"]:
            return False
        self._remember(entry, Here, asset_id=row.asset_id)
        self.counts["same"] += 1
        return True

    def _replaced(self, row: LinkedObject) -> None:
        """An item that nobody has begun gives way to the new one; work on the old picture stays, without its original."""
        assert row.asset is not None
        ids = list(Task.objects.filter(asset=row.asset, trashed_at=None).values_list("pk", flat=True))
        if set(ids) == set(tasks.lock_waiting(ids)):
            self._trash([row.asset.pk])
        else:
            self._problem(row.key, "replaced", "Another file took its place, and its item had work on it, which stays.")

    def _gone(self, before: str, page: list[Entry]) -> None:
        """What we know between two keys and the storage does not list."""
        rows = LinkedObject.objects.filter(source=self.source, key__gt=before).filter(
            state__in=[Here, LinkedObject.State.REFUSED]
        )
        if page:
            rows = rows.filter(key__lte=page[-1].key).exclude(key__in=[entry.key for entry in page])
        while some := list(rows.order_by("key").select_related("asset")[:PAGE]):
            with transaction.atomic():
                self.run.check()
                for row in some:
                    self._problem(row.key, "gone", "The file is not in the storage any more.")
                trashed = self.source.vanished == Source.Vanished.TRASH
                there = [row for row in some if row.asset is not None and row.asset.trashed_at is None]
                LinkedObject.objects.filter(pk__in=[row.pk for row in some]).update(state=LinkedObject.State.GONE)
                if trashed and there:
                    self._trash([row.asset_id for row in there if row.asset_id])
                    LinkedObject.objects.filter(pk__in=[row.pk for row in there]).update(
                        state=LinkedObject.State.TRASHED
                    )
                self.counts["gone"] += len(some)
                self._keep()

    def _back(self, row: LinkedObject) -> None:
        """It is there again, as it was; what was trashed for its absence comes out of the trash."""
        with transaction.atomic():
            self.run.check()
            if row.state == LinkedObject.State.TRASHED and row.asset_id:
                tasks.restore_with_assets(project=self.project, asset_ids=[row.asset_id])
                services.restore_assets(project=self.project, ids=[row.asset_id], user=self.user)
            row.state = Here if row.problem is None else LinkedObject.State.REFUSED
            row.save(update_fields=["state"])
            self.counts["back"] += 1
            self._keep()

    def _not_all_at_once(self) -> None:
        known = LinkedObject.objects.filter(source=self.source, state=Here).count()
        if known >= SUSPICIOUS:
            raise SourceEmpty(
                f"The storage shows nothing there, where {known} files were. Is the folder mounted? Nothing was changed."
            )

    def _trash(self, ids: list[int]) -> None:
        moved = services.trash_assets(project=self.project, ids=ids, user=self.user)
        tasks.trash_with_assets(project=self.project, asset_ids=moved)

    def _remember(
        self, entry: Entry, state: LinkedObject.State, *, asset_id: int | None = None, problem: Any = None
    ) -> None:
        values = {
            "etag": entry.etag[:200],
            "size": entry.size,
            "state": state,
            "asset_id": asset_id,
            "problem": problem,
        }
        LinkedObject.objects.update_or_create(source=self.source, key=entry.key, defaults=values)

    def _problem(self, key: str, code: str, detail: str) -> None:
        told = {"name": key[:300], "code": code, "detail": detail[:300]}
        if len(self.sync.problems) < PROBLEMS_KEPT and told not in self.sync.problems:
            self.sync.problems.append(told)

    def _keep(self) -> None:
        self.sync.counts = dict(self.counts)
        self.sync.save(update_fields=["counts", "problems"])

    def _progress(self) -> None:
        self.run.progress(self.looked)
