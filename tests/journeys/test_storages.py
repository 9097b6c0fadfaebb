"""A storage is connected and says what works; its photos become items of a project where they lie."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA
from tests.journeys.test_accessible import AXE, serious_in_both


def test_photos_of_a_connected_folder_become_items_without_an_upload(
    make_project: MakeProject, people: People, window: Window
) -> None:
    project = make_project("Storages", SCHEMA, [])
    page = window("manager", bypass_csp=True)  # for axe
    page.goto("/organisation/storages")
    _connect(page, "S3", "Inside", {"Bucket": "pictures", "Endpoint": "http://169.254.169.254"})
    expect(page.get_by_role("region", name="Inside")).to_contain_text("This address may not be asked.")
    _connect(page, "Folder", "Demo photos", {"Folder": "/etc"})
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The folder is not below one that the operator allows.")
    assert _faults(page) == []
    dialog.get_by_label("Folder", exact=True).fill(str(PHOTOS))
    dialog.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("region", name="Demo photos").get_by_text("works", exact=True)).to_be_visible()

    page.goto(f"/projects/{project}/storages")
    page.get_by_role("button", name="Connect a source").click()
    dialog.get_by_role("combobox", name="Storage", exact=True).click()
    page.get_by_role("option", name="Demo photos (Folder)").click()
    dialog.get_by_label("Pattern").fill("c*.jpg")
    dialog.get_by_role("button", name="Connect a source").click()
    wanted = sorted(photo.name for photo in PHOTOS.glob("c*.jpg"))
    expect(page.get_by_text(f"{len(wanted)} new")).to_be_visible()
    assert _faults(page) == []
    assets = people.client("manager").get(f"projects/{project}/assets")["results"]
    assert sorted(asset["name"] for asset in assets) == wanted
    sent = page.request.get(assets[0]["urls"]["original"])
    assert (sent.status, sent.body()) == (200, (PHOTOS / assets[0]["name"]).read_bytes())


def _faults(page: Page) -> list[str]:
    page.add_script_tag(path=AXE)
    return serious_in_both(page)


def _connect(page: Page, kind: str, name: str, fields: dict[str, str]) -> None:
    page.get_by_role("button", name="Connect", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(kind, exact=True).click()
    dialog.get_by_label("Name").fill(name)
    for label, text in fields.items():
        dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_role("button", name="Connect").click()
