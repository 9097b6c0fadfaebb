"""Reading tasks, windows of them, and assignments. Each takes the person who asks."""

from apps.tasks.queries.assignments import (
    assignment_for,
    assignment_of,
    own_assignments,
    project_assignments,
    remaining,
)
from apps.tasks.queries.batches import batch_for, batch_states, batches
from apps.tasks.queries.guideline import ToRead, guideline_to_read, has_to_read, worked_here
from apps.tasks.queries.people import may_review, others_may_review, workers
from apps.tasks.queries.tasks import had_by, has_several_answers, hides_answers, task_for, tasks_matching
from apps.tasks.queries.windows import DEEPEST_OFFSET, LARGEST_WINDOW, SORTS, TaskWindow, task_page, task_window

__all__ = [
    "DEEPEST_OFFSET",
    "LARGEST_WINDOW",
    "SORTS",
    "TaskWindow",
    "ToRead",
    "assignment_for",
    "assignment_of",
    "batch_for",
    "batch_states",
    "batches",
    "guideline_to_read",
    "had_by",
    "has_several_answers",
    "has_to_read",
    "hides_answers",
    "may_review",
    "others_may_review",
    "own_assignments",
    "project_assignments",
    "remaining",
    "task_for",
    "task_page",
    "task_window",
    "tasks_matching",
    "worked_here",
    "workers",
]
