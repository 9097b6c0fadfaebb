"""What accepted work says, as labels to learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from apps.datasets.models import MovedGroup, VersionItem
from apps.learning.errors import UnknownTarget
from apps.predictions.services.measuring import AUTOMATIC
from apps.projects.models import Project
from apps.projects.queries import schema_of
from apps.tasks.models import Task
from domain.inference.targets import Target
from domain.schema import LabelSchema

TAGS, QUESTION, REGIONS = "tags", "question:", "regions"
TEST = "test"  # the split that nothing learns from
YES, NO = "yes", "no"
LEAST_OF_LABEL = 2  # tasks: of one alone nothing could be held out
MOST = 20_000  # labels, the newest
OF_CLASS_IN_TASK = 6  # regions of one class in one task: else a picture full of coins would have all look like coins


@dataclass(frozen=True, slots=True)
class Label:
    """What people said of one picture. `group`: pictures that must not be torn apart between learning and measuring."""

    task_id: int
    result_id: int
    asset_id: int
    group: str
    label: str


@dataclass(slots=True)
class LabelSet:
    """Labels of one target; `left_out` counts tasks by why: test, unanswered, several, rare."""

    labels: list[Label] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # in the order of the schema
    left_out: Counter[str] = field(default_factory=Counter)
    accepted: int = 0

    def counts(self) -> Counter[str]:
        return Counter(one.label for one in self.labels)


def targets_in(schema: LabelSchema) -> list[str]:
    """What can be learned: tags, questions with one answer out of several, and what regions are."""
    tags = [TAGS] if len(_tags(schema)) > 1 else []
    regions = [REGIONS] if len(_classes(schema)) > 1 else []
    asked = [one.name for one in schema.item_attributes if one.kind in ("select", "boolean")]
    return [*tags, *(QUESTION + name for name in asked), *regions]


def meaning_of(schema: LabelSchema, target: str) -> dict[str, Target]:
    """What each label of a target means in the project, in the schema's order.

    Raises:
        UnknownTarget: the schema has none of that name that can be learned.
    """
    if target == TAGS:
        tags = _tags(schema)
        if len(tags) > 1:
            return {name: Target(class_id=class_id) for class_id, name in tags.items()}
    if target == REGIONS and len(classes := _classes(schema)) > 1:
        return {name: Target(class_id=class_id) for class_id, name in classes.items()}
    question = schema.item_attribute(target.removeprefix(QUESTION)) if target.startswith(QUESTION) else None
    if question is not None and question.kind == "select":
        return {one: Target(attribute=question.name, value=one) for one in question.options}
    if question is not None and question.kind == "boolean":
        return {
            YES: Target(attribute=question.name, value=True),
            NO: Target(attribute=question.name, value=False),
        }
    raise UnknownTarget(
        f"{target[:140]!r} cannot be learned: it is no question with one answer, and there are no two tags or classes."
    )


def _tags(schema: LabelSchema) -> dict[int, str]:
    return {one.id: one.name for one in schema.classes if "tag" in one.shapes and not one.archived}


def _classes(schema: LabelSchema) -> dict[int, str]:
    return {one.id: one.name for one in schema.classes if set(one.shapes) - {"tag"} and not one.archived}


def accepted_tasks(project: Project) -> QuerySet[Task]:
    """Work that people finished. What a model finished is no knowledge of anything."""
    rows = Task.objects.filter(
        project=project, state=Task.State.DONE, purpose=Task.Purpose.WORK, trashed_at=None, result__isnull=False
    )
    return rows.exclude(result__stage=AUTOMATIC)


@dataclass(slots=True)
class Stock:
    """Accepted tasks that may be learned from, whatever is in them; `left_out` counts the others by why."""

    tasks: list[int] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    accepted: int = 0


def stock_of(project: Project, *, most: int) -> Stock:
    """The newest accepted tasks without what is for testing, the oldest of them first."""
    tests, found = _Tests(project), Stock()
    rows = accepted_tasks(project).order_by("-pk").values_list("pk", "asset__group", "asset__sha256")
    found.accepted = rows.count()
    for pk, group, sha256 in rows.iterator():
        if tests.hold(pk, group, sha256):
            found.left_out["test"] += 1
        elif len(found.tasks) == most:
            found.left_out["beyond"] += 1
        else:
            found.tasks.append(pk)
    found.tasks.reverse()
    return found


def labels_of(project: Project, target: str) -> LabelSet:
    """The newest accepted labels. What any dataset version holds in its split "test", its copies and its group are left out.

    Raises:
        UnknownTarget
    """
    assert project.schema is not None
    meaning = meaning_of(schema_of(project.schema), target)
    tests = _Tests(project)
    rows = accepted_tasks(project).order_by("-pk").values_list(
        "pk", "result_id", "asset_id", "asset__group", "asset__sha256", "result__answers", "result__class_counts"
    )  # fmt: skip
    found = LabelSet()
    for pk, result_id, asset_id, group, sha256, answers, class_counts in rows[:MOST]:
        found.accepted += 1
        said = _said(target, meaning, answers, class_counts)
        if tests.hold(pk, group, sha256):
            found.left_out["test"] += 1
        elif target == REGIONS and said:
            found.labels += [Label(pk, result_id or 0, asset_id, group or sha256, one) for one in said]
        elif len(said) != 1:
            found.left_out["several" if said else "unanswered"] += 1
        else:
            found.labels.append(Label(pk, result_id or 0, asset_id, group or sha256, said[0]))
    found.labels.reverse()
    return without_rare(found, list(meaning))


def without_rare(found: LabelSet, names: Sequence[str]) -> LabelSet:
    """Labels of which there are at least LEAST_OF_LABEL; `names` are all, in the order of the schema."""
    counts = found.counts()
    found.names = [name for name in names if counts[name] >= LEAST_OF_LABEL]
    kept = [one for one in found.labels if counts[one.label] >= LEAST_OF_LABEL]
    found.left_out["rare"] += len(found.labels) - len(kept)
    found.labels, found.left_out = kept, +found.left_out
    return found


def _said(
    target: str, meaning: dict[str, Target], answers: dict[str, object], class_counts: dict[str, int]
) -> list[str]:
    """The labels that a result gives; one, where it can be learned from, but for regions, of which each is one."""
    if target == REGIONS:
        counts = {name: class_counts.get(str(one.class_id), 0) for name, one in meaning.items()}
        return [name for name, count in counts.items() for _ in range(min(count, OF_CLASS_IN_TASK))]
    if target == TAGS:
        return [name for name, one in meaning.items() if class_counts.get(str(one.class_id))]
    value = answers.get(target.removeprefix(QUESTION))
    return (
        []
        if value is None
        else [name for name, one in meaning.items() if one.value == value and type(one.value) is type(value)]
    )


class _Tests:
    """What stands in a test split, by task, by file, and by group."""

    def __init__(self, project: Project) -> None:
        rows = VersionItem.objects.filter(version__project=project, split=TEST)
        found = rows.values_list("task_id", "asset_sha256", "group").distinct()
        self.tasks = set[int]()
        self.keys = set(MovedGroup.objects.filter(project=project, split=TEST).values_list("key", flat=True))
        for task, sha256, group in found.iterator():
            self.tasks.add(task)
            self.keys.add(sha256)
            if group:
                self.keys.add(group)

    def hold(self, task: int, group: str, sha256: str) -> bool:
        return task in self.tasks or sha256 in self.keys or bool(group and group in self.keys)
