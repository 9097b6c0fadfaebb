"""Writing verdicts, issues, comments and questions."""

from apps.reviews.services.judge import GivenMark, submit_review
from apps.reviews.services.questions import answer_question, park, publish_guideline, put_into_guideline
from apps.reviews.services.send_back import change_tasks, preview, verbs_of
from apps.reviews.services.talk import open_issue, reopen_issue, reply, resolve_issue

__all__ = [
    "GivenMark",
    "answer_question",
    "change_tasks",
    "open_issue",
    "park",
    "preview",
    "publish_guideline",
    "put_into_guideline",
    "reopen_issue",
    "reply",
    "resolve_issue",
    "submit_review",
    "verbs_of",
]
