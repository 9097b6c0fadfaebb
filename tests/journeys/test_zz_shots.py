import pytest
from tests.journeys.test_adjudication import project
def test_shots(window, people, project):
    import os
    os.makedirs("/tmp/shots_a", exist_ok=True)
    for scheme in ("light","dark"):
        for size in ((1440,900),(1024,768)):
            page = window("reviewer", color_scheme=scheme); page.set_viewport_size({"width":size[0],"height":size[1]})
            page.goto(f"/projects/{project}/adjudicate"); page.locator(".lw-adjudicate .cfr").first.wait_for(); page.wait_for_timeout(1500)
            page.screenshot(path=f"/tmp/shots_a/adj-{scheme}-{size[0]}.png")
            page = window("manager", color_scheme=scheme); page.set_viewport_size({"width":size[0],"height":size[1]})
            page.goto(f"/projects/{project}/quality"); page.locator(".quality").wait_for(); page.wait_for_timeout(1000)
            page.screenshot(path=f"/tmp/shots_a/q-{scheme}-{size[0]}.png")
            page.goto(f"/projects/{project}/quality?show=differences"); page.locator(".lw-difference").first.wait_for(); page.wait_for_timeout(1000)
            page.screenshot(path=f"/tmp/shots_a/d-{scheme}-{size[0]}.png")
