"""The projects page: one query an app, put together here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.queries import people
from apps.activity.queries import daily_of, totals
from apps.assets.queries import delivery_urls, media_summary
from apps.core.people import Person
from apps.projects import queries
from apps.projects.api.structs import Measure, OrganisationRef, ProjectCard
from apps.projects.models import Project
from apps.quality.queries.dashboard import PACE_DAYS, forecast
from domain import workflow as workflows

PEOPLE_SHOWN, THUMBS_SHOWN = 5, 3
TASK_STATES = "tasks_by_state"


def project_cards(rows: list[Project], *, reader: User) -> list[ProjectCard]:
    """Cards of one page of projects, in their order."""
    ids = [row.pk for row in rows]
    states = totals(ids, TASK_STATES)
    members = queries.people_of_projects(rows)
    named = _named(rows, members, reader)
    thumbs = {
        project_id: [delivery_urls(asset)["thumb"] for asset in assets]
        for project_id, assets in media_summary(ids, THUMBS_SHOWN).items()
    }
    today = timezone.now().date()
    done = daily_of(ids, ["done"], since=today - timedelta(days=PACE_DAYS))
    expected = {row.pk: forecast(done[row.pk], states.get(row.pk, {}), today).expected_on for row in rows}
    return [
        _card(row, states.get(row.pk, {}), members[row.pk], named[row.pk], thumbs.get(row.pk, []), expected[row.pk])
        for row in rows
    ]


def _card(
    row: Any,
    states: dict[str, int],
    members: list[int],
    named: list[Person],
    thumbs: list[str],
    expected_on: date | None,
) -> ProjectCard:
    tasks = sum(number for state, number in states.items() if state != "archived")
    return ProjectCard(
        id=row.pk,
        name=row.name,
        description=row.description,
        state=row.state,
        organisation=OrganisationRef(id=row.organisation_id, name=row.organisation.name),
        role=row.member_role,
        tasks=tasks,
        states=states,
        done_share=states.get("done", 0) / tasks if tasks else None,
        agreement=Measure(value=None, reason="needs_overlap"),
        expected_on=expected_on,
        shapes=_shapes(row.schema.body),
        thumbs=thumbs,
        people=named,
        people_total=len(members),
        reviewed=bool(workflows.parse(row.workflow.body).reviews),
        updated_at=row.updated_at,
        trashed_at=row.trashed_at,
        web_url=f"/projects/{row.pk}",
    )


def _shapes(body: dict[str, Any]) -> list[str]:
    """Shapes that may be drawn, most used first; "item" where the schema asks about the whole image."""
    uses: dict[str, int] = {}
    for found in body.get("classes", []):
        if not found.get("archived"):
            for shape in found.get("shapes", []):
                uses[shape] = uses.get(shape, 0) + 1
    shapes = sorted(uses, key=lambda shape: -uses[shape])
    asked = any(not attribute.get("archived") for attribute in body.get("item_attributes", []))
    return [*shapes, "item"] if asked else shapes


def _named(rows: list[Any], members: dict[int, list[int]], reader: User) -> dict[int, list[Person]]:
    """The first people of each project, looked up once an organisation and role."""
    found: dict[int, list[Person]] = {}
    groups: dict[tuple[int, str], list[Any]] = {}
    for row in rows:
        groups.setdefault((row.organisation_id, row.member_role), []).append(row)
    for (organisation_id, role), projects in groups.items():
        wanted = {user_id for row in projects for user_id in members[row.pk][:PEOPLE_SHOWN]}
        named = people(organisation_id=organisation_id, user_ids=wanted, reader=reader, reader_role=role)
        for row in projects:
            found[row.pk] = [named[user_id] for user_id in members[row.pk][:PEOPLE_SHOWN]]
    return found
