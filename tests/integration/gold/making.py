"""A project with gold, for tests."""

from __future__ import annotations

from typing import Any

import msgspec

from apps.assets.models import Asset
from apps.core.bulk import insert_many
from apps.projects.models import Project
from apps.quality.models import Gold
from apps.quality.services.gold import import_gold, mark_gold
from apps.tasks.models import Slot, Task
from apps.tasks.services import create_for_assets
from domain.elements import decode, encode
from tests.factories import Team, api
from tests.work import Person, region

Sizes = tuple[tuple[int, int], ...]
SIZES: Sizes = ((600, 400), (640, 480), (800, 600))


def upload(project: Project, user: Any, names: list[str], *, sizes: Sizes = SIZES[:1], **fields: Any) -> list[Task]:
    """Tasks as an upload makes them, on assets without files."""
    first = Asset.objects.count() * 7 + 1
    assets = insert_many(
        Asset,
        [
            Asset(
                project=project, name=name, sha256=f"{first + n:064x}", file_bytes=1000 + n * 37 % 991,
                content_type="image/jpeg", width=sizes[n % len(sizes)][0], height=sizes[n % len(sizes)][1], path=f"none/{first + n}.jpg",
                created_by=user, group=f"site-{n % 5}", metadata={"camera": f"c{n % 7}"},
                derivatives={"thumb": {"path": f"none/{first + n}-t.jpg", "width": 300, "height": 200}}, **fields,
            )
            for n, name in enumerate(names)
        ],
    )  # fmt: skip
    return create_for_assets(project=project, assets=assets, user=user)


def make_gold(project: Project, team: Team, number: int = 3) -> list[Gold]:
    """Work of one person, accepted by another and marked by the manager."""
    upload(project, team.manager, [f"IMG_{n:05d}.jpg" for n in range(number)])
    author, reviewer = Person(team.annotator), Person(team.reviewer)
    found = []
    for n in range(number):
        claim, _ = author.label(project, region(1, 10 + n, 20), region(2, 200, 100 + n))
        judged = reviewer.claim(project, "review")
        reviewer.judge(judged["revision"]["id"], "accept")
        assert judged["task"]["id"] == claim["task"]["id"]
        found.append(mark_gold(user=team.manager, revision_id=judged["revision"]["id"]))
    return found


def hide(project: Project, team: Team, **tests: Any) -> None:
    """Switch hidden tests on, as the settings page does."""
    answer = api(team.manager).patch(f"projects/{project.pk}", {"settings": {"hidden_tests": tests}})
    assert answer.status_code == 200, answer.content
    project.refresh_from_db()


def make_gold_from(project: Project, team: Team, task: Task, *classes: int) -> Gold:
    """A reference brought by the manager; the task itself stays where it is in the queue."""
    elements = [
        ("region", encode(decode("region", msgspec.json.encode(region(c, 10, 20 + c))))) for c in classes or (1,)
    ]
    return import_gold(user=team.manager, task_id=task.pk, elements=elements)


def make_much_gold(project: Project, team: Team, number: int, sizes: Sizes = SIZES[:1]) -> None:
    """References whose own tasks are out of the work."""
    tasks = upload(project, team.manager, [f"REF_{n:05d}.jpg" for n in range(number)], sizes=sizes)
    for task in tasks:
        make_gold_from(project, team, task)
    Slot.objects.filter(task__in=tasks).update(state=Slot.State.CANCELLED)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(state=Task.State.ARCHIVED)
