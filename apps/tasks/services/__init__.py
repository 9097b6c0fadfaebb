"""Writing: one verb a function, one transaction each. Lock order: membership, slots of the task, assignment, annotation, task."""

from apps.tasks.services.bulk import BulkChange, Changed, change_tasks
from apps.tasks.services.claim import Taken, claim
from apps.tasks.services.create import create_for_assets
from apps.tasks.services.gates import add_gate
from apps.tasks.services.intake import (
    NEEDED,
    add_files,
    change_many_results,
    finish_many_from_import,
    keep_many_as_import,
    lock_waiting,
    restore_with_assets,
    review_many_from_import,
    trash_with_assets,
    waiting,
)
from apps.tasks.services.leases import heartbeat, release, resume, return_expired, skip
from apps.tasks.services.locks import HeldWork, check_token, lock_own_work, lock_page, lock_slots
from apps.tasks.services.moves import apply_decision, ask_to_compare, finish_slot, move_task, new_slot
from apps.tasks.services.pages import claim_page, keep_page, release_page
from apps.tasks.services.promise import Promised, let_go, promise
from apps.tasks.services.queue import Only
from apps.tasks.services.settle import finish_from_import, give_to, keep_as_import

__all__ = [
    "NEEDED",
    "BulkChange",
    "Changed",
    "HeldWork",
    "Only",
    "Promised",
    "Taken",
    "add_files",
    "add_gate",
    "apply_decision",
    "ask_to_compare",
    "change_many_results",
    "change_tasks",
    "check_token",
    "claim",
    "claim_page",
    "create_for_assets",
    "finish_from_import",
    "finish_many_from_import",
    "finish_slot",
    "give_to",
    "heartbeat",
    "keep_as_import",
    "keep_many_as_import",
    "keep_page",
    "let_go",
    "lock_own_work",
    "lock_page",
    "lock_slots",
    "lock_waiting",
    "move_task",
    "new_slot",
    "promise",
    "release",
    "release_page",
    "restore_with_assets",
    "resume",
    "return_expired",
    "review_many_from_import",
    "skip",
    "trash_with_assets",
    "waiting",
]
