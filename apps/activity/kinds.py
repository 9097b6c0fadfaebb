"""What a webhook can be told of: verbs of the log, and the one thing that it does not write down."""

from __future__ import annotations

from typing import Final, Literal, get_args

PING: Final = "ping"
TASK_DONE: Final = "task.done"  # counted and not logged: one more row a task would double the log

WebhookKind = Literal[
    "task.submitted",
    "task.done",
    "task.adjudicated",
    "task.triaged",
    "consensus.made",
    "review.accept",
    "review.fix",
    "review.reject",
    "issue.opened",
    "question.asked",
    "question.answered",
    "regions.changed",
    "assets.added",
    "assets.trashed",
    "assets.restored",
    "import.finished",
    "import.undone",
    "version.made",
    "training.recorded",
    "job.succeeded",
    "job.failed",
    "audit.started",
    "audit.accepted",
    "audit.rejected",
    "findings.accepted",
    "findings.opened",
    "schema.changed",
    "guideline.changed",
    "workflow.changed",
    "project.created",
    "project.changed",
    "project.state_changed",
    "project.trashed",
    "project.restored",
    "member.added",
    "member.joined",
    "member.role_changed",
    "member.deactivated",
]
KINDS: Final[frozenset[str]] = frozenset(get_args(WebhookKind))
ORGANISATION_KINDS: Final[frozenset[str]] = frozenset(
    {"member.added", "member.joined", "member.role_changed", "member.deactivated", "project.created"}
)  # not of one project

# Members of `details` whose text is a word of the program. All other text was written by people and stays in the house.
WORDS: Final = frozenset({"kind", "outcome", "state", "choice", "fields", "members"})
