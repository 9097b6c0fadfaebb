"""Guideline versions, drafts, what changed and who has read it, as structs."""

from __future__ import annotations

from apps.projects import queries
from apps.projects.access import ProjectAccess
from apps.projects.api.documents import is_current, named_in, person_in
from apps.projects.api.guideline_structs import (
    GuidelineChange,
    GuidelineChanges,
    GuidelineDraftOut,
    GuidelineExample,
    GuidelineOut,
    GuidelineReader,
    GuidelineReaders,
    GuidelineSection,
    GuidelineVersionRow,
    OlderWork,
    OlderWorkRow,
)
from apps.projects.markdown import changes, examples, render, sections
from apps.projects.models import GuidelineDraft, GuidelineVersion
from apps.projects.services.drafting import draft_etag
from apps.projects.services.guidelines import guideline_etag
from apps.tasks.queries import worked_here, workers


def guideline_out(access: ProjectAccess, version: GuidelineVersion | None) -> GuidelineOut:
    markdown, links = (version.markdown, version.links) if version else ("", {})
    return GuidelineOut(
        number=version.number if version else 0,
        markdown=markdown,
        html=render(markdown),
        note=version.note if version else "",
        must_read=version.must_read if version else False,
        links=links,
        sections=_sections(access, markdown, links),
        created_by=person_in(access, version.created_by_id) if version else None,
        created_at=version.created_at if version else None,
        etag=guideline_etag(version),
        current=version is None or is_current(access, version),
        web_url=f"/projects/{access.project.pk}/guidelines",
    )


def _sections(access: ProjectAccess, markdown: str, links: dict[str, str]) -> list[GuidelineSection]:
    leading: dict[str, list[str]] = {}
    for topic, anchor in queries.topics(access.project, markdown, links).items():
        leading.setdefault(anchor, []).append(topic)
    shown: dict[str, list[GuidelineExample]] = {}
    for one in examples(markdown):
        example = GuidelineExample(verdict=one.verdict, url=one.url, caption=one.caption)  # type: ignore[arg-type]
        shown.setdefault(one.anchor, []).append(example)
    return [
        GuidelineSection(
            anchor=section.anchor,
            title=section.title,
            level=section.level,
            topics=leading.get(section.anchor, []),
            examples=shown.get(section.anchor, []),
        )
        for section in sections(markdown)
    ]


def guideline_rows(access: ProjectAccess, rows: list[GuidelineVersion]) -> list[GuidelineVersionRow]:
    named = named_in(access, [row.created_by_id for row in rows])
    return [
        GuidelineVersionRow(
            number=row.number,
            note=row.note,
            must_read=row.must_read,
            created_by=named[row.created_by_id],
            created_at=row.created_at,
            current=is_current(access, row),
        )
        for row in rows
    ]


def draft_out(access: ProjectAccess, draft: GuidelineDraft | None) -> GuidelineDraftOut:
    current = access.project.guideline
    number = current.number if current else 0
    return GuidelineDraftOut(
        exists=draft is not None,
        markdown=draft.markdown if draft else current.markdown if current else "",
        links=draft.links if draft else current.links if current else {},
        number=number + 1,
        base_number=draft.base_number if draft else number,
        updated_by=person_in(access, draft.updated_by_id) if draft else None,
        updated_at=draft.updated_at if draft else None,
        etag=draft_etag(draft),
    )


def changes_out(
    access: ProjectAccess, before: GuidelineVersion | None, after: GuidelineVersion | GuidelineDraft
) -> GuidelineChanges:
    found = changes(before.markdown if before else "", after.markdown)
    touched = {change.anchor for change in found}
    topics = queries.topics(access.project, after.markdown, after.links)
    return GuidelineChanges(
        before=before.number if before else 0,
        number=after.number if isinstance(after, GuidelineVersion) else None,
        note=after.note if isinstance(after, GuidelineVersion) else "",
        changes=[
            GuidelineChange(
                kind=change.kind,  # type: ignore[arg-type]
                section=change.section,
                anchor=change.anchor,
                html=change.html,
                before_html=change.before_html,
            )
            for change in found
        ],
        topics=sorted(topic for topic, anchor in topics.items() if anchor in touched),
    )


def readers_out(access: ProjectAccess) -> GuidelineReaders:
    """Those who work here: first who has not read it, of them first who has worked here before."""
    wanted = queries.must_read(access.project.guideline_id)
    people = list(workers(access.project).select_related("user").order_by("user__name", "pk"))
    known = queries.reads(access.project, wanted.number) if wanted else {}
    named = named_in(access, [row.user_id for row in people])
    worked = worked_here(access.project, wanted.published_at) if wanted else set()
    rows = [
        GuidelineReader(
            person=named[row.user_id],
            role=row.effective,  # type: ignore[attr-defined]
            number=known[row.user_id][0] if row.user_id in known else None,
            read_at=known[row.user_id][1] if row.user_id in known else None,
            has_worked=row.user_id in worked,
        )
        for row in people
    ]
    rows.sort(key=lambda row: (row.number is not None, not row.has_worked))
    counted = [row for row in rows if row.has_worked or row.number is not None]
    return GuidelineReaders(
        number=wanted.number if wanted else None,
        read=sum(row.number is not None for row in counted),
        total=len(counted),
        results=rows,
    )


def older_work_out(number: int, found: dict[int | None, dict[int, int]]) -> OlderWork:
    rows = [
        OlderWorkRow(
            class_id=class_id, tasks=sum(versions.values()), by_version={str(v): n for v, n in versions.items()}
        )
        for class_id, versions in found.items()
    ]
    return OlderWork(number=number, results=sorted(rows, key=lambda row: (row.class_id is not None, -row.tasks)))
