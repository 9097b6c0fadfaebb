"""Reading reviews, the review queue, issues and questions. Each takes the person who asks."""

from apps.reviews.queries.feedback import (
    ElementChange,
    Feedback,
    dispute_for,
    disputes_of_project,
    feedback_document,
    feedback_for,
    feedback_of,
    may_decide,
)
from apps.reviews.queries.queue import ORDERS, RISKS, QueueRow, clean_reviews, reasons_of_queue, review_queue
from apps.reviews.queries.reviews import last_rejection, previous_revision, reviews_of, reviews_of_task
from apps.reviews.queries.talk import (
    issue_for,
    issues_of_project,
    issues_of_task,
    question_for,
    questions_of_project,
    questions_of_task,
    similar_text,
    similar_to,
    talk_of_task,
)

__all__ = [
    "ORDERS",
    "RISKS",
    "ElementChange",
    "Feedback",
    "QueueRow",
    "clean_reviews",
    "dispute_for",
    "disputes_of_project",
    "feedback_document",
    "feedback_for",
    "feedback_of",
    "issue_for",
    "issues_of_project",
    "issues_of_task",
    "last_rejection",
    "may_decide",
    "previous_revision",
    "question_for",
    "questions_of_project",
    "questions_of_task",
    "reasons_of_queue",
    "review_queue",
    "reviews_of",
    "reviews_of_task",
    "similar_text",
    "similar_to",
    "talk_of_task",
]
