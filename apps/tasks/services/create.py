"""Tasks for new assets, in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.models import CountDelta
from apps.assets.models import Asset
from apps.core.bulk import insert_many
from apps.projects.models import Project
from apps.tasks.models import Slot, Task
from domain.sampling import order_key
from domain.workflow import open_task, parse


@transaction.atomic
def create_for_assets(*, project: Project, assets: Sequence[Asset], user: User) -> list[Task]:
    """One task an asset, with the slots that the project's workflow asks for. Claimable at commit.

    The project row is locked, so that numbers have no gaps and two uploads do not draw the same ones.
    """
    if not assets:
        return []
    locked = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("workflow").get(pk=project.pk)
    first = (Task.objects.filter(project_id=project.pk).aggregate(last=Max("number"))["last"] or 0) + 1
    wanted = open_task(parse(locked.workflow.body)).slots  # type: ignore[union-attr]
    tasks = [
        Task(
            project_id=project.pk,
            asset=asset,
            number=number,
            name=asset.name,
            order_key=order_key(priority=0, number=number),
        )
        for number, asset in enumerate(assets, start=first)
    ]
    insert_many(Task, tasks)
    slots = [
        Slot(
            project_id=project.pk,
            task_id=task.pk,
            stage=new.stage,
            level=new.level,
            ordinal=new.ordinal,
            order_key=task.order_key,
        )
        for task in tasks
        for new in wanted
    ]
    insert_many(Slot, slots)
    counts.add_many(
        [CountDelta(project_id=project.pk, measure="tasks_by_state", key=Task.State.WAITING, amount=len(tasks))]
    )
    events.publish(f"project:{project.pk}", "counts.changed", {"project": project.pk})
    return tasks
