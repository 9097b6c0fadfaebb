"""Reading drafts and revisions. Each takes the person who asks, or what such a query has given."""

from apps.annotations.queries.access import annotation_for, revision_for, revision_page, revisions_visible
from apps.annotations.queries.documents import (
    Changed,
    Entry,
    changes_since,
    elements_of,
    find_in_base,
    iter_document,
    iter_revision,
    iter_revision_elements,
    removed_regions,
)
from apps.annotations.queries.older import older_work
from apps.annotations.queries.regions import regions_matching
from apps.annotations.queries.results import first_answer

__all__ = [
    "Changed",
    "Entry",
    "annotation_for",
    "changes_since",
    "elements_of",
    "find_in_base",
    "first_answer",
    "iter_document",
    "iter_revision",
    "iter_revision_elements",
    "older_work",
    "regions_matching",
    "removed_regions",
    "revision_for",
    "revision_page",
    "revisions_visible",
]
