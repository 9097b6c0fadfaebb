"""How many tasks a project, and each of its batches, has in each state: what is added to the maintained counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from apps.activity.models import CountDelta
from apps.tasks.queries.batches import batch_key

Tally = Mapping[tuple[str, int | None], int]  # (state, batch id or null): tasks


def tally_deltas(project_id: int, tally: Tally) -> Iterator[CountDelta]:
    """Deltas of `tasks_by_state` and, for tasks in batches, of `tasks_by_batch`, whose keys are `batch_key`s."""
    states: Counter[str] = Counter()
    for (state, _), amount in tally.items():
        states[str(state)] += amount
    for state, amount in states.items():
        yield CountDelta(project_id=project_id, measure="tasks_by_state", key=state, amount=amount)
    yield from batch_deltas(project_id, tally)


def batch_deltas(project_id: int, tally: Tally) -> Iterator[CountDelta]:
    """Those of the batches alone: tasks that stay in their state and change their batch."""
    for (state, batch_id), amount in tally.items():
        if batch_id is not None:
            yield CountDelta(
                project_id=project_id, measure="tasks_by_batch", key=batch_key(batch_id, state), amount=amount
            )
