"""Viewers see stable pseudonyms instead of names."""

from __future__ import annotations

import pytest

from apps.accounts.models import Membership
from apps.accounts.queries import people
from tests.factories import api, make_project, make_team

pytestmark = pytest.mark.django_db


def test_a_viewer_sees_a_stable_number_and_neither_name_nor_id():
    team = make_team()
    project = make_project(team.organisation, team.manager)
    number = Membership.objects.get(user=team.manager).number
    for _ in range(2):
        maker = api(team.viewer).get(f"projects/{project.pk}").json()["created_by"]
        assert maker == {"id": None, "name": f"member {number}", "number": number, "pseudonym": True}
    answers = [
        api(team.viewer).get(path).content.decode()
        for path in (f"projects/{project.pk}", f"projects/{project.pk}/schema", "projects/")
    ]
    assert all(team.manager.email not in text and team.manager.name not in text for text in answers)


def test_everybody_else_sees_names():
    team = make_team()
    project = make_project(team.organisation, team.manager)
    maker = api(team.annotator).get(f"projects/{project.pk}").json()["created_by"]
    assert (maker["id"], maker["name"]) == (team.manager.pk, team.manager.name)


def test_a_project_can_hide_annotators_from_each_other_but_not_from_themselves():
    team = make_team()
    ids = [team.annotator.pk, team.reviewer.pk]
    seen = people(
        organisation_id=team.organisation.pk,
        user_ids=ids,
        reader=team.annotator,
        reader_role="annotator",
        pseudonyms=True,
    )
    assert seen[team.annotator.pk].name == team.annotator.name
    assert seen[team.reviewer.pk].pseudonym
