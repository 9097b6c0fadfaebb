"""People come in by a link, change their password, and leave without taking their work along."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.client import Client, box, put
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, sign_in

FIRST = "kettle over mountain"
SECOND = "mountain under kettle"


def signed_in_as(page: Page, name: str) -> None:
    expect(page.get_by_role("button", name=re.compile(name))).to_be_visible()


def invited(manager: Page, newcomer: Page, name: str, email: str) -> str:
    """The manager makes a link for an annotator; the newcomer opens it in a browser of their own and joins."""
    manager.goto("/organisation")
    manager.get_by_role("button", name="Add member").click()
    manager.get_by_label("E-mail (may be left empty)").fill(email)
    manager.get_by_role("button", name="Make link").click()
    link = manager.get_by_role("textbox", name="Invitation link").input_value()
    manager.get_by_role("button", name="I have it").click()

    newcomer.goto(link)
    expect(newcomer.get_by_label("E-mail")).to_have_value(email)
    newcomer.get_by_label("Your name").fill(name)
    newcomer.get_by_label("Choose a password").fill(FIRST)
    newcomer.get_by_role("button", name="Join", exact=True).click()
    signed_in_as(newcomer, name)
    return link


def test_a_wrong_password_is_refused_and_the_right_one_opens_the_page_that_was_asked_for(
    window: Window, passwords: dict[str, str]
) -> None:
    page = window(None)
    page.goto("/jobs")
    sign_in(page, "reviewer@labelwright.local", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("password")
    expect(page.get_by_label("E-mail")).to_have_value("reviewer@labelwright.local")

    page.get_by_label("Password", exact=True).fill(passwords["reviewer"])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Jobs", level=1)).to_be_visible()
    signed_in_as(page, "Reviewer")
    page.reload()
    expect(page.get_by_role("heading", name="Jobs", level=1)).to_be_visible()


def test_a_link_lets_one_person_in_once(window: Window) -> None:
    manager, newcomer = window("manager"), window(None)
    invited(manager, newcomer, "Link Opener", "link-opener@example.org")

    expect(newcomer.get_by_role("heading", name="Projects", level=1)).to_be_visible()
    newcomer.get_by_role("link", name="Organisation").click()
    expect(newcomer.get_by_role("heading", name="Organisation", level=1)).to_be_visible()
    expect(newcomer.get_by_role("button", name="Add member")).to_have_count(0)
    manager.reload()
    expect(manager.get_by_role("row").filter(has_text="Link Opener")).to_contain_text("active")
    used = manager.get_by_role("row").filter(has_text="link-opener@example.org").last
    expect(used).to_contain_text("accepted")


def test_a_used_link_opens_nothing(window: Window) -> None:
    manager, newcomer, late = window("manager"), window(None), window(None)
    link = invited(manager, newcomer, "Early Bird", "early@example.org")

    late.goto(link)

    expect(late.get_by_text("This invitation cannot be used")).to_be_visible()


def test_a_changed_password_ends_the_other_sessions_and_the_old_password(window: Window, base: str) -> None:
    manager, here, there = window("manager"), window(None), window(None)
    invited(manager, here, "Pass Changer", "changer@example.org")
    there.goto("/account")
    sign_in(there, "changer@example.org", FIRST)
    expect(there.get_by_role("heading", name="Account", level=1)).to_be_visible()

    here.goto("/account")
    here.get_by_label("Current password").fill(FIRST)
    here.get_by_label("New password", exact=True).fill(SECOND)
    here.get_by_label("New password, once more").fill(SECOND)
    here.get_by_role("button", name="Change password").click()
    expect(here.get_by_text("Password changed")).to_be_visible()

    here.reload()
    expect(here.get_by_role("heading", name="Account", level=1)).to_be_visible()
    # The other window says so on its own; the old password does not open it, the new one goes on where it was.
    again = there.get_by_role("dialog")
    expect(again).to_contain_text("Your session ended")
    again.get_by_label("Password", exact=True).fill(FIRST)
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("alert")).to_contain_text("not right")
    again.get_by_label("Password", exact=True).fill(SECOND)
    again.get_by_role("button", name="Sign in").click()
    expect(again).to_have_count(0)
    expect(there.get_by_role("heading", name="Account", level=1)).to_be_visible()


def token_made_by(page: Page) -> str:
    page.goto("/account")
    page.get_by_role("button", name="Make token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("a script")
    dialog.get_by_role("button", name="Make token").click()
    token = page.get_by_role("textbox", name="Token").input_value()
    page.get_by_role("button", name="I have it").click()
    return token


def test_a_member_who_leaves_is_out_at_once_and_their_work_goes_to_the_heir(
    window: Window, people: People, base: str, make_project: MakeProject
) -> None:
    project = make_project("Leaving", SCHEMA, [PHOTOS / "coffee.jpg", PHOTOS / "cat.jpg"])
    manager, leaver = window("manager"), window(None)
    invited(manager, leaver, "Parting Painter", "parting@example.org")
    script = Client(base, token_made_by(leaver))
    first = script.claim(project)
    script.save(first["annotation"]["id"], [put(box(1, 10, 10, 60, 60))])
    script.post(f"assignments/{first['assignment']['id']}/submit", {"active_ms": 1000})
    leaver.goto(f"/projects/{project}/label")
    bench = Bench(leaver).ready()
    bench.box("2", (100, 60), (200, 160))
    bench.regions(1)
    expect(leaver.locator(".pill")).to_contain_text("Saved")

    manager.goto("/organisation")
    row = manager.get_by_role("row").filter(has_text="Parting Painter")
    row.get_by_role("button", name="Deactivate").click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_label("Open work goes to").click()
    manager.get_by_role("option", name="Annotator", exact=True).click()
    dialog.get_by_role("button", name="Deactivate").click()
    expect(manager.get_by_text("Parting Painter is deactivated")).to_be_visible()
    expect(manager.get_by_text("1 task handed over")).to_be_visible()
    expect(row).to_contain_text("deactivated")

    # Out at once: a page that is open says so on its own, a token opens nothing.
    expect(leaver.get_by_role("dialog")).to_contain_text("Your session ended")
    script.call("GET", "auth/me", expect=(401,))
    again = leaver.get_by_role("dialog")
    again.get_by_label("Password", exact=True).fill(FIRST)
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("alert")).to_contain_text("deactivated")

    # The stroke that was saved is in the heir's hands.
    heir = window("annotator")
    heir.goto(f"/projects/{project}/label")
    Bench(heir).ready().regions(1)
    expect(heir.get_by_label("Regions", exact=True)).to_contain_text("Spoon")

    # History keeps the name.
    manager.goto(f"/projects/{project}/data?view=table")
    expect(manager.get_by_role("grid", name="Tasks")).to_contain_text("Parting Painter")
    manager.get_by_role("row").filter(has_text="coffee.jpg").get_by_text("coffee.jpg").click()
    expect(manager.get_by_role("dialog")).to_contain_text("Parting Painter")
