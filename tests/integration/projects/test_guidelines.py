"""Guidelines: versions of Markdown, and pictures that are encoded anew."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.projects.markdown import render
from tests.factories import api, make_organisation, make_team

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/pixel.png)",
    "![x](/api/v1/projects/1/guidelines/images/1/../../../../auth/me)",
    '![x](x "onerror=alert(1)")',
    "<svg><script>alert(1)</script></svg>",
    "<a href='vbscript:x'>a</a>",
    "```html\n<iframe src=//evil>\n```",
    "| a |\n|:-:|\n| <style>*{display:none}</style> |",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("markdown", ATTACKS)
def test_nothing_that_runs_or_reaches_out_survives_the_renderer(markdown):
    html = render(markdown).lower()
    for bad in (
        "<script",
        "<iframe",
        "<svg",
        "<style",
        "<img src=x",
        'href="javascript',
        'href="data',
        'evil.example/pixel.png"',
        "../",
    ):
        assert bad not in html
    assert "<img" not in html or 'src="' not in html


def test_ordinary_markdown_is_kept():
    html = render("# Title\n\n**bold** ~~gone~~ [site](https://example.org)\n\n| a |\n|--:|\n| 1 |")
    for part in ('<h1 id="g-title">Title</h1>', "<strong>", "<s>", 'href="https://example.org"', "text-align:right"):
        assert part in html


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), exif: bytes = b"") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, exif=exif)
    return out.getvalue()


@pytest.fixture
def team(db):
    return make_team()


def upload(client, project, content: bytes, name: str = "good example.png"):
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return client.upload(f"projects/{project.pk}/guidelines/images", {"file": file})


def test_a_guideline_is_written_in_versions(team, project):
    client, url = api(team.manager), f"projects/{project.pk}/guidelines"
    empty = client.get(url).json()
    assert (empty["number"], empty["markdown"], empty["html"]) == (0, "", "")
    assert client.put(url, {"markdown": "# One"}).json()["number"] == 1
    assert client.put(url, {"markdown": "# One"}).json()["number"] == 1
    assert client.put(url, {"markdown": "# Two", "note": "clearer"}).json()["html"] == '<h1 id="g-two">Two</h1>\n'
    assert client.get(f"{url}?number=1").json()["markdown"] == "# One"
    assert [row["note"] for row in client.get(f"{url}/versions").json()["results"]] == ["clearer", ""]
    stale = client.put(url, {"markdown": "# Three"}, headers={"If-Match": '"guideline-1"'})
    assert stale.status_code == 412
    assert api(team.annotator).put(url, {"markdown": "mine"}).status_code == 403


def test_a_picture_is_encoded_anew_and_shown_in_the_guideline(team, project):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    made = upload(api(team.manager), project, picture("JPEG", exif=exif.tobytes()), "photo.jpg").json()
    client = api(team.annotator)
    shown = client.get(made["url"])
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert b"secret place" not in b"".join(shown.streaming_content)
    html = (
        api(team.manager)
        .post(f"projects/{project.pk}/guidelines/preview", {"markdown": made["markdown"]})
        .json()["html"]
    )
    assert f'src="{made["url"]}"' in html
    stranger = api(make_organisation().memberships.get().user)
    assert stranger.get(made["url"]).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>",
        picture()[:60],
        b"GIF89a" + b"\0" * 20,
    ],
)
def test_what_is_no_picture_is_refused(team, project, content):
    answer = upload(api(team.manager), project, content)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("bad_image", "invalid")


def test_a_copied_project_shows_its_own_pictures(team, project):
    client = api(team.manager)
    made = upload(client, project, picture()).json()
    client.put(f"projects/{project.pk}/guidelines", {"markdown": made["markdown"]})
    copy = client.post(f"projects/{project.pk}/duplicate").json()
    markdown = client.get(f"projects/{copy['id']}/guidelines").json()["markdown"]
    assert f"/projects/{copy['id']}/guidelines/images/" in markdown
    client.delete(f"projects/{project.pk}")
    assert client.get(markdown.partition("(")[2].rstrip(")")).status_code == 200
