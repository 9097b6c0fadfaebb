"""Tasks for new assets, in bulk."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from django.db import transaction
from django.db.models import Max

from apps.accounts.models import User
from apps.activity import counts, events
from apps.activity.models import CountDelta
from apps.assets.models import Asset
from apps.core.bulk import insert_many
from apps.projects.models import Project
from apps.projects.queries import workflow_of
from apps.tasks.models import Slot, Task
from domain.sampling import draw_share, order_key
from domain.workflow import Workflow, open_task


@transaction.atomic
def create_for_assets(*, project: Project, assets: Sequence[Asset], user: User) -> list[Task]:
    """One task an asset, with the slots that the project's workflow asks for. Claimable at commit.

    The project row is locked, so that numbers have no gaps and two uploads do not draw the same ones.
    """
    if not assets:
        return []
    locked = Project.objects.select_for_update(no_key=True, of=("self",)).select_related("workflow").get(pk=project.pk)
    first = (Task.objects.filter(project_id=project.pk).aggregate(last=Max("number"))["last"] or 0) + 1
    workflow = workflow_of(locked)
    shared = drawn(workflow, [(number, asset) for number, asset in enumerate(assets, start=first)])
    usual, several = open_task(workflow).slots, open_task(workflow, shared=True).slots
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
        for new in (several if task.number in shared else usual)
    ]
    insert_many(Slot, slots)
    counts.add_many(
        [CountDelta(project_id=project.pk, measure="tasks_by_state", key=Task.State.WAITING, amount=len(tasks))]
    )
    events.publish(f"project:{project.pk}", "counts.changed", {"project": project.pk})
    return tasks


def drawn(
    workflow: Workflow,
    numbered: Iterable[tuple[int, Asset]],
    batch: int | None = None,
    kept: AbstractSet[int] = frozenset(),
) -> set[int]:
    """Numbers of the tasks that the overlap share draws from these, which stand in one batch or in none; `kept` stay."""
    share = workflow.annotate.share
    if share is None or not share.share:
        return set()
    strata: dict[Hashable, list[int]] = {}
    for number, asset in numbered:
        value = asset.metadata.get(share.stratum) if share.stratum else None
        strata.setdefault((batch or 0, str(value)), []).append(number)
    return draw_share(strata, share=share.share, seed=share.seed, kept=kept)
