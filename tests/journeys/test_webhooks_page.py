"""A manager makes a webhook, sees why nothing arrives, pauses it and takes it away."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.journeys.test_accessible import AXE, serious


def test_a_webhook_is_made_tested_paused_and_deleted(window: Window, people: People, make_project: MakeProject) -> None:
    project = make_project("Hooked", SCHEMA, [])
    page = window("manager", bypass_csp=True)
    page.goto(f"/projects/{project}/settings/webhooks")
    page.get_by_role("button", name="New webhook").click()
    form = page.get_by_role("dialog", name="New webhook")
    form.get_by_label("Address").fill("http://10.0.0.1/")
    form.get_by_label("A task is done").check()
    form.get_by_role("button", name="New webhook").click()
    expect(form.get_by_text("private or reserved network")).to_be_visible()
    form.get_by_label("Address").fill("http://localhost:9/hook")  # a name is looked up when it is asked
    form.get_by_label("Name").fill("Trainer")
    form.get_by_role("button", name="New webhook").click()
    told = page.get_by_role("dialog", name="The secret of the webhook")
    assert told.get_by_label("Secret").input_value().startswith("whsec_")
    told.get_by_role("button", name="I have kept it").click()

    card = page.get_by_role("region", name="Trainer")
    card.get_by_role("button", name="Send a test").click()
    entry = card.get_by_role("list", name="Log").get_by_role("listitem")
    entry.get_by_role("button", name="failed Test").click()
    expect(entry.get_by_text("private or reserved network")).to_be_visible()
    page.add_script_tag(path=AXE)
    assert serious(page) == []

    card.get_by_role("button", name="Pause").click()
    expect(card.get_by_text("paused")).to_be_visible()
    card.get_by_role("button", name="Delete the webhook").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the webhook").click()
    expect(page.get_by_text("No webhooks")).to_be_visible()
    assert people.client("manager").get(f"projects/{project}/webhooks")["results"] == []
