"""One running stack and one browser a worker; every test has its own project and its own windows."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright

from tests.client import Client
from tests.running import PROJECT, Stack, stack

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 30_000  # ms: what a condition may take on a busy machine
SIZE = {"width": 1440, "height": 900}
PHOTOS = PROJECT / "demo" / "photos"
_numbers = count(1)


expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failed journey leaves pictures of its windows in the folder that it names."""
    report = yield
    if call.when == "call" and report.failed:  # type: ignore[attr-defined]
        for number, page in enumerate(getattr(item, "journey_pages", [])):
            file = Path(tempfile.gettempdir()) / "labelwright-journeys" / f"{item.name}-{number}.png"
            with contextlib.suppress(Error):  # a tab that was killed shows nothing
                page.screenshot(path=file)
            report.sections.append(("window", f"{page.url}\n{file}"))  # type: ignore[attr-defined]
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def running() -> Iterator[Stack]:
    assert (PROJECT / "frontend/dist/index.html").exists(), "journeys need the built front end: `make build`"
    with stack(LABELWRIGHT_STORAGE_FOLDERS=str(PHOTOS)) as made:
        made.start()
        assert made.process is not None
        assert made.process.poll() is None, made.output()
        yield made


@pytest.fixture(scope="session")
def base(running: Stack) -> str:
    return f"http://127.0.0.1:{running.port}"


@pytest.fixture(scope="session")
def passwords(running: Stack) -> dict[str, str]:
    return running.passwords()


@dataclass
class People:
    """REST clients and session cookies of the first four people, each made once."""

    running: Stack
    base: str
    clients: dict[str, Client]
    cookies: dict[str, list[dict[str, Any]]]

    def client(self, role: str) -> Client:
        if role not in self.clients:
            self.clients[role] = Client(self.base, self.running.token(role))
        return self.clients[role]

    def elements(self, assignment: int, role: str = "annotator") -> list[dict[str, Any]]:
        """What the server holds of this person's open work."""
        document = self.client(role).get(f"assignments/{assignment}")
        return [row["element"] for row in document["annotation"]["elements"]]

    def signed_in(self, role: str) -> list[dict[str, Any]]:
        """The cookies of a browser in which this person signed in."""
        if role not in self.cookies:
            session = Client(self.base)
            session.login(f"{role}@labelwright.local", self.running.passwords()[role])
            self.cookies[role] = cookies_of(session, self.base)
        return self.cookies[role]


def cookies_of(session: Client, base: str) -> list[dict[str, Any]]:
    return [{"name": one.name, "value": one.value, "url": base} for one in session.http.cookies]


@pytest.fixture(scope="session")
def people(running: Stack, base: str) -> People:
    return People(running=running, base=base, clients={}, cookies={})


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # The sync driver keeps an event loop in this thread; without the variable Django takes us for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    named = os.environ.get("LABELWRIGHT_BROWSER")
    found = named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, "no Chromium: `make test` installs one"
    chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--force-color-profile=srgb"])
    yield chromium
    chromium.close()


Window = Callable[..., Page]


@pytest.fixture
def window(browser: Browser, people: People, base: str, request: pytest.FixtureRequest) -> Iterator[Window]:
    """Opens a browser window of a person; a fault in the page's own code fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []
    pages: list[Page] = []
    request.node.journey_pages = pages

    def open_window(role: str | None = None, **options: Any) -> Page:
        context = browser.new_context(
            base_url=base, viewport=SIZE, locale="en-GB", accept_downloads=True, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        if role:
            context.add_cookies(people.signed_in(role))
        contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert faults == [], faults


MakeProject = Callable[..., int]


@pytest.fixture
def make_project(people: People) -> MakeProject:
    """A project with this schema and these photos, made over REST by the manager."""

    def make(name: str, schema: dict[str, Any], photos: list[Path], **settings: Any) -> int:
        manager = people.client("manager")
        organisation = manager.get("auth/me")["organisations"][0]["id"]
        body = {"name": f"{name} {next(_numbers)}", "organisation": organisation, "settings": settings}
        project: int = manager.post("projects", body)["id"]
        manager.call("PUT", f"projects/{project}/schema", {"body": schema})
        if photos:
            assert manager.upload(project, photos)["errors"] == []
        return project

    return make
