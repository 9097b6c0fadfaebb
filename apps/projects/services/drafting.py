"""The draft of the next guideline version: one a project, shared by all who write it, published as a whole."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.activity import events
from apps.core.errors import Invalid
from apps.core.etags import check_fresh
from apps.projects.errors import NoDraft
from apps.projects.markdown import lines_of, sections
from apps.projects.models import GuidelineDraft, GuidelineRead, GuidelineVersion, Project
from apps.projects.services.guidelines import write_guideline
from apps.projects.services.locking import locked

MOST_TEXT = 500_000  # characters


def draft_etag(draft: GuidelineDraft | None) -> str:
    return f'"guideline-draft-{draft.pk}-{draft.version}"' if draft else '"guideline-draft-0"'


@transaction.atomic
def save_draft(
    *, project: Project, user: User, markdown: str, links: dict[str, str], expected: str | None = None
) -> GuidelineDraft:
    """Keep what is written so far; nobody but who may write the guideline sees it.

    Raises:
        StaleVersion: somebody else wrote in the draft since `expected`.
    """
    row = locked(project)
    draft = GuidelineDraft.objects.filter(project=row).first()
    check_fresh(expected, draft_etag(draft))
    return _write(row, draft, user, markdown, links)


def _write(
    row: Project, draft: GuidelineDraft | None, user: User, markdown: str, links: dict[str, str]
) -> GuidelineDraft:
    if len(markdown) > MOST_TEXT:
        raise Invalid(f"The guideline has {len(markdown)} characters, at most {MOST_TEXT} are taken.")
    if draft is None:
        number = row.guideline.number if row.guideline else 0
        draft = GuidelineDraft(project=row, base_number=number, version=0)
    draft.markdown, draft.links, draft.updated_by = markdown, links, user
    draft.version += 1
    draft.save()
    events.publish(f"project:{row.pk}", "guideline.drafted", {"project": row.pk})
    return draft


@transaction.atomic
def add_to_draft(*, project: Project, user: User, text: str, anchor: str = "") -> GuidelineDraft:
    """Put a passage into the draft: at the end of a section, or of the whole. Begins one from the current version."""
    row = locked(project)
    draft = GuidelineDraft.objects.filter(project=row).first()
    markdown = draft.markdown if draft else row.guideline.markdown if row.guideline else ""
    links = draft.links if draft else row.guideline.links if row.guideline else {}
    return _write(row, draft, user, _with_passage(markdown, text.strip(), anchor), links)


def _with_passage(markdown: str, passage: str, anchor: str) -> str:
    """The text with the passage at the end of a section: before the next heading of its level or above."""
    named = sections(markdown)
    place = next((n for n, section in enumerate(named) if section.anchor == anchor), None)
    if place is None:
        return f"{markdown.rstrip()}\n\n{passage}\n".lstrip()
    following = next((s for s in named[place + 1 :] if s.level <= named[place].level), None)
    if following is None:
        return f"{markdown.rstrip()}\n\n{passage}\n"
    lines = lines_of(markdown.rstrip())
    at = following.line
    return "\n".join([*lines[:at], passage, "", *lines[at:]]) + "\n"


@transaction.atomic
def drop_draft(*, project: Project, expected: str | None = None) -> None:
    """Throw the draft away; none is none.

    Raises:
        StaleVersion: somebody else wrote in it since `expected`.
    """
    row = locked(project)
    draft = GuidelineDraft.objects.filter(project=row).first()
    check_fresh(expected, draft_etag(draft))
    if draft is not None:
        draft.delete()
        events.publish(f"project:{row.pk}", "guideline.drafted", {"project": row.pk})


@transaction.atomic
def publish_draft(
    *, project: Project, user: User, note: str = "", must_read: bool = True, expected: str | None = None
) -> GuidelineVersion:
    """Make the draft the next version.

    Raises:
        NoDraft: there is none.
        StaleVersion: somebody else wrote in it since `expected`.
    """
    row = locked(project)
    draft = GuidelineDraft.objects.filter(project=row).first()
    check_fresh(expected, draft_etag(draft))
    if draft is None:
        raise NoDraft("Somebody has published or thrown away the draft. Look at the guideline again.")
    version = write_guideline(
        project=row, user=user, markdown=draft.markdown, note=note, links=draft.links, must_read=must_read
    )
    draft.delete()
    read(version=version, user=user)  # who publishes knows it
    return version


def read(*, version: GuidelineVersion, user: User) -> GuidelineRead:
    """The person has read this version; again changes nothing."""
    found, new = GuidelineRead.objects.get_or_create(version=version, user=user, defaults={"read_at": timezone.now()})
    if new:
        data = {"project": version.project_id, "number": version.number}
        events.publish(f"project:{version.project_id}", "guideline.read", data)
    return found
