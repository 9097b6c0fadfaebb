"""Writing answers: claiming opens a draft, edits change it, submit freezes it."""

from apps.annotations.services.absence import move_pieces, move_work, preview_absence
from apps.annotations.services.answers import write_answers
from apps.annotations.services.checking import check_document
from apps.annotations.services.edits import MAX_EDITS_BYTES, Saved, save_edits
from apps.annotations.services.freeze import Frozen, NewRevision, freeze, write_revision, write_revisions
from apps.annotations.services.index import index_revisions, reindex_project
from apps.annotations.services.open import (
    Work,
    claim_page_work,
    claim_work,
    latest_annotation,
    latest_annotations,
    reopen_work,
    start_or_reopen,
)
from apps.annotations.services.settle import hand_over, hand_over_all, settle_triage
from apps.annotations.services.submit import Submitted, close_draft, recall, submit, submit_locked

__all__ = [
    "MAX_EDITS_BYTES",
    "Frozen",
    "NewRevision",
    "Saved",
    "Submitted",
    "Work",
    "check_document",
    "claim_page_work",
    "claim_work",
    "close_draft",
    "freeze",
    "hand_over",
    "hand_over_all",
    "index_revisions",
    "latest_annotation",
    "latest_annotations",
    "move_pieces",
    "move_work",
    "preview_absence",
    "recall",
    "reindex_project",
    "reopen_work",
    "save_edits",
    "settle_triage",
    "start_or_reopen",
    "submit",
    "submit_locked",
    "write_answers",
    "write_revision",
    "write_revisions",
]
