"""The one table that decides everything: role × action.

A role comes from the organisation, or from the project where a member has another one there
(`projects.access`). Nothing else in the product asks "is this a manager".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

OWNER, MANAGER, REVIEWER, ANNOTATOR, VIEWER = "owner", "manager", "reviewer", "annotator", "viewer"
ROLES: Final = (OWNER, MANAGER, REVIEWER, ANNOTATOR, VIEWER)


class Action(StrEnum):
    """What can be done. The value is stable: it stands in the API and in translations."""

    ORGANISATION_VIEW = "organisation.view"
    ORGANISATION_EDIT = "organisation.edit"
    MEMBERS_VIEW = "members.view"
    MEMBERS_EDIT = "members.edit"
    OWNERS_EDIT = "owners.edit"
    ACTIVITY_VIEW = "activity.view"
    WEBHOOKS_EDIT = "webhooks.edit"
    JOBS_VIEW = "jobs.view"
    JOBS_CANCEL = "jobs.cancel"
    STORAGES_VIEW = "storages.view"
    STORAGES_EDIT = "storages.edit"

    PROJECT_CREATE = "project.create"
    PROJECT_VIEW = "project.view"
    PROJECT_EDIT = "project.edit"
    PROJECT_DELETE = "project.delete"
    SCHEMA_EDIT = "schema.edit"
    GUIDELINE_EDIT = "guideline.edit"

    ASSETS_VIEW = "assets.view"
    ASSETS_ADD = "assets.add"
    ASSETS_EDIT = "assets.edit"
    SOURCES_VIEW = "sources.view"
    SOURCES_EDIT = "sources.edit"

    TASKS_VIEW = "tasks.view"
    TASKS_MANAGE = "tasks.manage"
    ANNOTATE = "annotate"
    REVIEW = "review"
    REVISIONS_VIEW = "revisions.view"
    COMMENT = "comment"
    QUESTIONS_ANSWER = "questions.answer"

    GOLD_VIEW = "gold.view"
    GOLD_EDIT = "gold.edit"
    AUDIT = "audit"
    AUDITS_VIEW = "audits.view"
    AUDITS_EDIT = "audits.edit"

    STATS_VIEW = "stats.view"
    PEOPLE_STATS_VIEW = "people_stats.view"

    DATASETS_VIEW = "datasets.view"
    DATASETS_EXPORT = "datasets.export"
    DATASETS_IMPORT = "datasets.import"

    MODELS_VIEW = "models.view"
    MODELS_EDIT = "models.edit"
    PREDICT = "predict"


_ALL = frozenset(ROLES)
_WORKERS = frozenset({OWNER, MANAGER, REVIEWER, ANNOTATOR})
_REVIEWERS = frozenset({OWNER, MANAGER, REVIEWER})
_MANAGERS = frozenset({OWNER, MANAGER})
_OWNERS = frozenset({OWNER})

POLICY: Final[dict[Action, frozenset[str]]] = {
    Action.ORGANISATION_VIEW: _ALL,
    Action.ORGANISATION_EDIT: _OWNERS,
    Action.MEMBERS_VIEW: _REVIEWERS,
    Action.MEMBERS_EDIT: _MANAGERS,
    Action.OWNERS_EDIT: _OWNERS,
    Action.ACTIVITY_VIEW: _MANAGERS,
    Action.WEBHOOKS_EDIT: _MANAGERS,  # seeing them as well: a webhook tells others what managers see
    Action.JOBS_VIEW: _MANAGERS,
    Action.JOBS_CANCEL: _MANAGERS,
    Action.STORAGES_VIEW: _MANAGERS,
    Action.STORAGES_EDIT: _MANAGERS,
    Action.PROJECT_CREATE: _MANAGERS,
    Action.PROJECT_VIEW: _ALL,
    Action.PROJECT_EDIT: _MANAGERS,
    Action.PROJECT_DELETE: _MANAGERS,
    Action.SCHEMA_EDIT: _MANAGERS,
    Action.GUIDELINE_EDIT: _MANAGERS,
    Action.ASSETS_VIEW: _ALL,
    Action.ASSETS_ADD: _MANAGERS,
    Action.ASSETS_EDIT: _MANAGERS,
    Action.SOURCES_VIEW: _MANAGERS,
    Action.SOURCES_EDIT: _MANAGERS,
    Action.TASKS_VIEW: _ALL,
    Action.TASKS_MANAGE: _MANAGERS,
    Action.ANNOTATE: _WORKERS,
    Action.REVIEW: _REVIEWERS,
    Action.REVISIONS_VIEW: _ALL,  # which ones: accepted only for viewers, own only in blind projects for annotators
    Action.COMMENT: _WORKERS,
    Action.QUESTIONS_ANSWER: _REVIEWERS,
    Action.GOLD_VIEW: _MANAGERS,  # who may be tested must not know by what
    Action.GOLD_EDIT: _MANAGERS,
    Action.AUDIT: frozenset({OWNER, MANAGER, REVIEWER, VIEWER}),  # viewers: audits that name them
    Action.AUDITS_VIEW: frozenset({OWNER, MANAGER, REVIEWER, VIEWER}),
    Action.AUDITS_EDIT: _MANAGERS,
    Action.STATS_VIEW: _ALL,
    Action.PEOPLE_STATS_VIEW: _REVIEWERS,
    Action.DATASETS_VIEW: frozenset({OWNER, MANAGER, REVIEWER, VIEWER}),
    Action.DATASETS_EXPORT: _MANAGERS,
    Action.DATASETS_IMPORT: _MANAGERS,
    Action.MODELS_VIEW: _REVIEWERS,
    Action.MODELS_EDIT: _MANAGERS,
    Action.PREDICT: _MANAGERS,  # run a model over tasks, or bring predictions in
}


def allowed(role: str, action: Action) -> bool:
    """Whether the table gives `role` this action."""
    return role in POLICY[action]
