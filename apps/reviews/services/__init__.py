"""Writing verdicts, issues, comments and questions."""

from apps.reviews.services.accept_clean import (
    MOST_AT_ONCE,
    accept_clean,
    start_accepting,
    start_undo_accepting,
    undo_accepting,
)
from apps.reviews.services.disputes import decide, dispute
from apps.reviews.services.judge import GivenMark, submit_review
from apps.reviews.services.questions import answer_question, park, publish_guideline, put_into_guideline
from apps.reviews.services.send_back import change_tasks, preview, verbs_of
from apps.reviews.services.talk import open_issue, reopen_issue, reply, resolve_issue

__all__ = [
    "MOST_AT_ONCE",
    "GivenMark",
    "accept_clean",
    "answer_question",
    "change_tasks",
    "decide",
    "dispute",
    "open_issue",
    "park",
    "preview",
    "publish_guideline",
    "put_into_guideline",
    "reopen_issue",
    "reply",
    "resolve_issue",
    "start_accepting",
    "start_undo_accepting",
    "submit_review",
    "undo_accepting",
    "verbs_of",
]
