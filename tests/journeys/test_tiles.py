"""A picture too large for one piece: uploaded, cut into tiles, opened, zoomed to its pixels, drawn on, exact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request

from tests.journeys.conftest import MakeProject, People, Window
from tests.journeys.pages import SCHEMA, Bench, assignment_of
from tests.running import until

WIDTH, HEIGHT = 12_000, 9_000
DOUBLINGS = 7  # from the whole picture to more than eight screen pixels an image pixel


def test_a_large_picture_opens_by_tiles_and_keeps_numbers_exact(
    window: Window, people: People, make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project("Slides", SCHEMA, [])
    _upload(people, project, tmp_path)

    page = window("annotator")
    tiles: list[str] = []
    page.on("request", lambda request: _note(request, tiles))
    page.goto(f"/projects/{project}/label")
    bench = Bench(page, (WIDTH, HEIGHT)).ready().pictured()
    assignment = assignment_of(page)
    zoom, left, top = bench.camera()

    at = bench.screen(9_000, 3_000)
    page.mouse.move(*at)
    for _ in range(DOUBLINGS):
        page.mouse.wheel(0, -240)
    closer = zoom * 2**DOUBLINGS
    under = ((at[0] - left) / zoom, (at[1] - top) / zoom)  # the image point that stays under the mouse
    until(lambda: any("/tiles/5/" in url for url in tiles))  # the level with every pixel

    drawn = _drag(page, "1", (at[0] - 60, at[1] - 45), (at[0] + 90, at[1] + 30))
    wanted = [under[0] + (drawn[0] - at[0]) / closer, under[1] + (drawn[1] - at[1]) / closer]
    sides = [(drawn[2] - drawn[0]) / closer, (drawn[3] - drawn[1]) / closer]
    until(lambda: len(people.elements(assignment)) == 1)
    saved = people.elements(assignment)[0]["geometry"]
    assert [saved[name] for name in "xywh"] == pytest.approx(wanted + sides, abs=0.01)


def _upload(people: People, project: int, folder: Path) -> None:
    import pyvips

    photo = folder / "slide.jpg"
    rings = pyvips.Image.perlin(WIDTH, HEIGHT, cell_size=200, uchar=True)
    rings.bandjoin([rings.rot180(), rings.linear(-1, 255).cast("uchar")]).copy(interpretation="srgb").jpegsave(
        str(photo), Q=80
    )
    manager = people.client("manager")
    answer = manager.upload(project, [photo])
    outcome: dict[str, Any] = manager.wait(answer["pending"][0]["job"]["id"])
    assert outcome["state"] == "succeeded", outcome


def _note(request: Request, tiles: list[str]) -> None:
    if "/tiles/" in request.url:
        tiles.append(request.url)


def _drag(page: Page, key: str, start: tuple[int, int], end: tuple[int, int]) -> tuple[int, int, int, int]:
    page.keyboard.press("b")
    page.keyboard.press(key)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=3)
    page.mouse.up()
    return (*start, *end)
