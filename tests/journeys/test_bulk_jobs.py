"""A change of so many tasks that it is a job is taken back like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from apps.tasks.services.bulk import INLINE
from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.running import until

COUNT = INLINE + 1
AT_ONCE = 100  # files of one upload


@pytest.fixture
def project(make_project: MakeProject, people: People, tmp_path: Path) -> int:
    files = []
    for number in range(COUNT):
        files.append(tmp_path / f"dot-{number:03}.png")
        Image.fromarray(np.full((4, 4, 3), (number % 256, number // 256, 0), np.uint8)).save(files[-1])
    made = make_project("Many", SCHEMA, [])
    for start in range(0, COUNT, AT_ONCE):
        assert people.client("manager").upload(made, files[start : start + AT_ONCE])["errors"] == []
    return made


def archive_all(page: Page) -> None:
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Archive", exact=True).click()


def test_a_job_that_changed_many_tasks_is_undone_from_its_message_and_from_the_page_of_jobs(
    window: Window, people: People, project: int
) -> None:
    manager = people.client("manager")
    states = lambda: manager.get(f"projects/{project}/stats")["states"]  # noqa: E731
    page = window("manager")
    page.goto(f"/projects/{project}/data")
    expect(page.get_by_text(f"{COUNT} tasks", exact=True)).to_be_visible()

    archive_all(page)
    message = page.locator(".toasts > *").filter(has_text=f"{COUNT} tasks archived")
    message.get_by_role("button", name="Undo").click()
    until(lambda: not states().get("archived"))

    archive_all(page)
    until(lambda: states().get("archived") == COUNT)
    page.goto("/jobs")
    row = page.get_by_role("listitem").filter(has_text=f"archive {COUNT} tasks").first
    row.get_by_role("button", name=f"Undo for {COUNT} tasks").click()
    until(lambda: not states().get("archived"))
