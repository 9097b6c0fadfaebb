"""Revisions: merging a draft into content-addressed chunks, and writing revisions that had no draft."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from operator import attrgetter
from typing import Any, cast

import msgspec
from django.db import connection, transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.activity import counts
from apps.activity.models import CountDelta
from apps.annotations.models import Annotation, Revision
from apps.annotations.queries.documents import chunk_bodies
from apps.annotations.services.index import lines_of, regions_in, write_index
from apps.core.ahead import meanwhile
from apps.core.bulk import draw_ids, insert_alike, insert_rows
from apps.core.packed import packed
from apps.projects.models import Project
from apps.tasks.models import Task
from domain.elements import (
    Answer,
    Chunk,
    Element,
    Region,
    Track,
    all_regions,
    decode_chunk,
    element_id,
    kind_of,
    pack,
    pack_elements,
    unpack,
)

CHUNKS_AT_ONCE = 500
VALUES = (  # of a revision, as `_values` tells them
    "task_id",
    "kind",
    "author_id",
    "stage",
    "outcome",
    "outcome_reason",
    "sha256",
    "chunks",
    "first_ids",
    "element_count",
    "region_count",
    "class_counts",
    "answers",
    "findings",
    "passed_reason",
    "bulk_change_id",
)
_STORE = """
    INSERT INTO annotations_chunk (sha256, body, elements)
    SELECT * FROM unnest(%s::bytea[], %s::bytea[], %s::integer[]) ON CONFLICT (sha256) DO NOTHING"""
Changes = dict[tuple[str, str], bytes | None]  # (id, kind): the new bytes, None where it was deleted


class _Peek(msgspec.Struct):
    """What counts need to know of an element."""

    id: str
    class_id: int | None = msgspec.field(name="class", default=None)
    value: Any = None


_PEEK = msgspec.json.Decoder(_Peek)


@dataclass(slots=True)
class Frozen:
    """The content of a revision."""

    chunks: list[bytes] = field(default_factory=list)
    first_ids: list[str] = field(default_factory=list)
    new: list[Chunk] = field(default_factory=list)
    elements: int = 0
    regions: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Any] = field(default_factory=dict)
    lines: bytes | None = None  # of the region index, where its regions were at hand

    def digest(self) -> str:
        return sha256(b"".join(self.chunks)).hexdigest()

    def class_counts(self) -> dict[str, int]:
        return {name: n for name, n in sorted(self.classes.items()) if n > 0}

    def count(self, kind: str, peeked: _Peek, sign: int) -> None:
        """Add (1) or take away (-1) one element."""
        self.elements += sign
        if kind == "answer":
            if sign > 0:
                self.answers[peeked.id] = peeked.value
            else:
                self.answers.pop(peeked.id, None)
        elif peeked.class_id is not None:
            self.regions += sign * (kind == "region")
            self.classes[str(peeked.class_id)] += sign

    def add(self, pairs: Sequence[tuple[str, bytes]]) -> None:
        """Append (kind, bytes) pairs in id order as new chunks."""
        position = 0
        for chunk in pack(pairs):
            self.chunks.append(chunk.sha256)
            self.first_ids.append(_PEEK.decode(pairs[position][1]).id)
            self.new.append(chunk)
            position += chunk.count


def freeze(base: Revision | None, changes: Changes) -> Frozen:
    """Lay changes over a base. Chunks that no change falls into are taken over as they are: three changed regions on a
    slide of 100,000 rewrite three chunks."""
    frozen = Frozen()
    if base is None or not base.chunks:
        frozen.add(_counted(frozen, sorted((key, raw) for key, raw in changes.items() if raw is not None)))
        return frozen
    frozen.elements, frozen.regions = base.element_count, base.region_count
    frozen.classes, frozen.answers = Counter(base.class_counts), dict(base.answers)
    touched: dict[int, Changes] = {}
    for key, raw in changes.items():
        touched.setdefault(max(0, bisect_right(base.first_ids, key[0]) - 1), {})[key] = raw
    bodies = chunk_bodies([base.chunks[place] for place in sorted(touched)])
    for place, digest in enumerate(base.chunks):
        if place not in touched:
            frozen.chunks.append(bytes(digest))
            frozen.first_ids.append(base.first_ids[place])
            continue
        frozen.add(_merged(frozen, next(bodies), touched[place]))
    return frozen


def freeze_whole(pairs: Iterable[tuple[str, bytes]]) -> Frozen:
    """(kind, canonical bytes) in any order, as a whole; the last of an id counts."""
    by_id = {(_PEEK.decode(raw).id, kind): raw for kind, raw in pairs}
    chunks = list(pack((kind, by_id[name, kind]) for name, kind in sorted(by_id)))
    return _of_chunks(chunks, [entry.element for chunk in chunks for entry in decode_chunk(chunk.body)])


def freeze_elements(elements: Sequence[Element]) -> Frozen:
    """As `freeze_whole`, for elements that are no bytes yet, once each. Needs no database."""
    if all_regions(elements):
        ordered = sorted(elements, key=attrgetter("id.int"))  # as their texts would stand, which cost more
    else:
        ordered = sorted(elements, key=lambda element: (element_id(element), kind_of(element)))
    return _of_chunks(pack_elements(ordered), ordered)


def _of_chunks(chunks: list[Chunk], elements: Sequence[Element]) -> Frozen:
    """The content of chunks that hold these elements."""
    frozen = Frozen(new=chunks, elements=len(elements))
    place = 0
    for chunk in chunks:
        frozen.chunks.append(chunk.sha256)
        frozen.first_ids.append(element_id(elements[place]))
        place += chunk.count
    regions: Sequence[Any] = elements
    if not all_regions(elements):
        regions = [element for element in elements if isinstance(element, Region)]
    classes = Counter(map(attrgetter("class_id"), regions))
    if len(regions) < len(elements):
        frozen.answers = {element.id: element.value for element in elements if isinstance(element, Answer)}
        classes.update(element.class_id for element in elements if isinstance(element, Track))
    frozen.classes = Counter({str(number): n for number, n in classes.items()})
    frozen.regions, frozen.lines = len(regions), lines_of(regions)
    return frozen


def _counted(frozen: Frozen, rows: Iterable[tuple[tuple[str, str], bytes]]) -> list[tuple[str, bytes]]:
    pairs = []
    for (_, kind), raw in rows:
        frozen.count(kind, _PEEK.decode(raw), 1)
        pairs.append((kind, raw))
    return pairs


def _merged(frozen: Frozen, body: bytes, changes: Changes) -> list[tuple[str, bytes]]:
    """The pairs of one chunk with its changes laid over, and the counts moved along."""
    now: dict[tuple[str, str], bytes] = {}
    for kind, raw in unpack(body):
        peeked = _PEEK.decode(raw)
        if (peeked.id, kind) in changes:
            frozen.count(kind, peeked, -1)
        else:
            now[peeked.id, kind] = raw
    for key, fresh in changes.items():
        if fresh is not None:
            frozen.count(key[1], _PEEK.decode(fresh), 1)
            now[key] = fresh
    return [(key[1], raw) for key, raw in sorted(now.items())]


def store_chunks(chunks: Iterable[Chunk]) -> None:
    """Insert chunks that are not there yet."""
    rows = {chunk.sha256: chunk for chunk in chunks}
    if not rows:
        return
    keys = sorted(rows)
    for begin in range(0, len(keys), CHUNKS_AT_ONCE):
        some = keys[begin : begin + CHUNKS_AT_ONCE]
        bodies = [packed(rows[key].body) for key in some]
        values: list[Any] = [_bytea(some), _bytea(bodies), [rows[key].count for key in some]]
        with meanwhile(), connection.cursor() as cursor:
            cursor.execute(_STORE, values)


def _bytea(values: Iterable[bytes]) -> str:
    """An array of them as one text, which the server reads faster than an expression for each."""
    return "{" + ",".join(['"\\\\x' + value.hex() + '"' for value in values]) + "}"


def count_classes(project_id: int, before: dict[str, int], after: dict[str, int]) -> Iterator[CountDelta]:
    """Deltas of regions by class and of tasks that hold a class, when `after` takes the place of `before`."""
    for name in sorted({*before, *after}):
        regions = after.get(name, 0) - before.get(name, 0)
        tasks = (after.get(name, 0) > 0) - (before.get(name, 0) > 0)
        yield CountDelta(project_id=project_id, measure="regions_by_class", key=name, amount=regions)
        yield CountDelta(project_id=project_id, measure="tasks_by_class", key=name, amount=tasks)


@dataclass(slots=True, kw_only=True)
class NewRevision:
    """A revision to write without a draft: an import, a consensus, a bulk change.

    What it holds are `elements`, (kind, canonical bytes) in any order; or `content`, where that is made; or `changes`.
    `based_on` is the revision that it takes the place of.
    """

    task: Task
    elements: Sequence[tuple[str, bytes]] = ()
    content: Frozen | None = None
    kind: str = Annotation.Kind.IMPORT
    author: User | None = None
    outcome: str = "labelled"
    outcome_reason: str = ""
    based_on: Revision | None = None
    stage: str = ""
    findings: int = 0
    passed_reason: str = ""
    bulk_change_id: int | None = None
    changes: Changes | None = None  # over `based_on`: untouched chunks are taken over


def write_revision(*, project: Project, new: NewRevision) -> Revision:
    """As `write_revisions`, for one."""
    return write_revisions(project=project, new=[new])[0]


@transaction.atomic
def write_revisions(*, project: Project, new: Sequence[NewRevision]) -> list[Revision]:
    """Write revisions in bulk, with an annotation each, their chunks, the region index and the counts of classes.

    What becomes of the tasks is the caller's: `tasks.services.finish_from_import` or `keep_as_import`.
    """
    frozen = [_frozen(item) for item in new]
    store_chunks(chunk for one in frozen for chunk in one.new)
    ids, revision_ids = draw_ids(Annotation, len(new)), draw_ids(Revision, len(new))
    # Each annotation begins anew from the revision that was made of it
    common = Annotation(project=project, state=Annotation.State.SUBMITTED, base_version=1, version=1)
    names = ("id", "base_id", "task_id", "author_id", "kind", "based_on_id")
    rows = [
        (pk, base, i.task.pk, i.author.pk if i.author else None, i.kind, i.based_on.pk if i.based_on else None)
        for pk, base, i in zip(ids, revision_ids, new, strict=True)
    ]
    insert_rows(common, names, rows)
    before = Revision.objects.filter(task__any_of=[item.task.pk for item in new])
    numbers = dict(before.values_list("task_id").annotate(Max("number")))
    made = []
    for item, content, annotation, pk in zip(new, frozen, ids, revision_ids, strict=True):
        numbers[item.task.pk] = number = numbers.get(item.task.pk, 0) + 1
        made.append((pk, annotation, number, *_values(item, content)))
    revisions = insert_alike(_under(project, version=1), ("id", "annotation_id", "number", *VALUES), made)
    replaced = [item.based_on.pk for item in new if item.based_on is not None]
    indexed = [(revision, _lines(one)) for revision, one in zip(revisions, frozen, strict=True)]
    write_index(project.pk, indexed, replaced=replaced)
    _count_all(project.pk, new, frozen)
    return revisions


def _lines(frozen: Frozen) -> bytes:
    """Of the region index."""
    return frozen.lines if frozen.lines is not None else lines_of(regions_in(chunk_bodies(frozen.chunks)))


def _frozen(item: NewRevision) -> Frozen:
    if item.content is not None:
        return item.content
    return freeze_whole(item.elements) if item.changes is None else freeze(item.based_on, item.changes)


def _count_all(project_id: int, new: Sequence[NewRevision], frozen: Sequence[Frozen]) -> None:
    regions: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    for item, content in zip(new, frozen, strict=True):
        before, after = (item.based_on.class_counts if item.based_on else {}), content.class_counts()
        regions.update(after)
        tasks.update(after.keys())
        regions.subtract(before)
        tasks.subtract(before.keys())
    counts.add_many(
        CountDelta(project_id=project_id, measure=measure, key=key, amount=amount)
        for measure, found in (("regions_by_class", regions), ("tasks_by_class", tasks))
        for key, amount in sorted(found.items())
    )


def revision_row(
    project: Project, content: Frozen, *, number: int, new: NewRevision, annotation_id: int, version: int
) -> Revision:
    """An unsaved revision of that content, under the project's present versions.

    Args:
        version: the annotation's, that was frozen.
    """
    revision = _under(project, version=version)
    revision.annotation_id, revision.number = annotation_id, number
    for name, value in zip(VALUES, _values(new, content), strict=True):
        setattr(revision, name, value)
    return revision


def _under(project: Project, *, version: int) -> Revision:
    """What all revisions of a project that are written now have."""
    return Revision(
        project_id=project.pk,
        version=version,
        schema_version_id=cast(int, project.schema_id),
        guideline_version_id=project.guideline_id,
        workflow_version_id=cast(int, project.workflow_id),
    )


def _values(new: NewRevision, content: Frozen) -> tuple[Any, ...]:
    """`VALUES` of a revision."""
    return (
        new.task.pk,
        new.kind,
        new.author.pk if new.author is not None else None,
        new.stage,
        new.outcome,
        new.outcome_reason,
        content.digest(),
        content.chunks,
        content.first_ids,
        content.elements,
        content.regions,
        content.class_counts(),
        content.answers,
        new.findings,
        new.passed_reason,
        new.bulk_change_id,
    )


def shown_of(revision: Revision) -> dict[str, object]:
    """What a task's row keeps of the revision that it shows."""
    return {
        "annotator_id": revision.author_id,
        "region_count": revision.region_count,
        "class_ids": sorted(int(name) for name in revision.class_counts),
        "outcome": revision.outcome,
    }
