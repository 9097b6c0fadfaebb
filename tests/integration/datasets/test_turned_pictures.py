"""Photos that EXIF turns, in every orientation: regions of every format lie on the pixels of the picture beside them."""

from __future__ import annotations

import io
import json
import os
import zipfile
from uuid import UUID

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import apps.datasets.jobs  # noqa: F401 registers the kinds of jobs, as a worker does
from apps.annotations.models import Revision
from apps.annotations.queries.documents import iter_revision_elements
from apps.jobs.running import run
from domain.elements import decode_chunk
from domain.elements.structs import Region
from domain.formats import FORMATS, ZipSource, open_reader
from domain.formats.embedded import pictures_from
from domain.geometry.masks import encode_runs
from domain.shapes.mask import Mask
from tests.factories import api, make_project, make_team
from tests.integration.datasets.test_round_trips import export, finish, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_broker")]

WIDTH, HEIGHT = 96, 64
X, Y, W, H = 24, 8, 32, 40  # of what is white, as the picture is seen
TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}  # fmt: skip
FULL = os.environ.get("LABELWRIGHT_SOAK") == "1"
AREAS = {"box", "rotated_box", "polygon", "mask"}
TWO_WAY = sorted(n for n, f in FORMATS.items() if f.writer and f.reader and AREAS & set(f.shapes))
USUAL = ["coco", "cvat_xml", "label_studio", "labelme", "masks", "tfrecord", "voc", "yolo", "yolo_segmentation"]


def photo(orientation):
    """A photo that is seen as black with a white part, and lies in its file as the orientation says."""
    seen = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    seen[Y : Y + H, X : X + W] = 255
    image = Image.fromarray(seen)
    if orientation != 1:
        image = image.transpose(Image.Transpose[TURNS[orientation]])
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    image.save(out, "JPEG", quality=100, subsampling=0, exif=exif)
    return out.getvalue()


def white():
    seen = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    seen[Y : Y + H, X : X + W] = 1
    return seen


def geometry(shape):
    mask = Mask.from_runs(encode_runs(white()), HEIGHT)
    return {
        "box": {"x": X, "y": Y, "w": W, "h": H},
        "rotated_box": {"cx": X + W / 2, "cy": Y + H / 2, "w": H, "h": W, "angle": 90},
        "polygon": {"parts": [[[X, Y, X + W, Y, X + W, Y + H, X, Y + H]]]},
        "mask": {"x": mask.x, "y": mask.y, "size": list(mask.size), "counts": mask.counts},
    }[shape]


@pytest.fixture
def labelled():
    """(manager, project) with a photo of every orientation and shape, what is white on it labelled."""
    team = make_team()
    manager = api(team.manager)
    project = make_project(team.organisation, team.manager)
    number = 0
    for shape in sorted(AREAS):
        for orientation in range(1, 9):
            number += 1
            (asset,) = upload(manager, project, f"{shape}-{orientation}.jpg", data=photo(orientation))
            region = {
                "id": str(UUID(int=number)),
                "class": 1,
                "shape": shape,
                "geometry": geometry(shape),
                "attributes": {},
            }
            finish(project, asset["task"], region)
    return manager, project


def test_regions_lie_on_the_pixels_of_turned_photos_in_every_format(labelled):
    manager, project = labelled
    for name in TWO_WAY if FULL else USUAL:
        document = export(manager, project, format=name, options={"images": True})
        data = b"".join(manager.get(document["file_url"]).streaming_content)
        assert zipfile.is_zipfile(io.BytesIO(data))
        source = ZipSource(io.BytesIO(data))
        reader = open_reader(FORMATS[name], source, size_of=lambda _: (WIDTH, HEIGHT))
        reader.header()
        seen = 0
        for item in reader.items():
            regions = [element for element in item.elements if isinstance(element, Region) and element.geometry.is_area]
            if not regions:
                continue
            picture = Image.open(io.BytesIO(pictures_from(reader, source).read(item.media)))
            assert picture.size == (WIDTH, HEIGHT), (name, item.asset.name)
            pixels = np.asarray(picture.convert("L")) > 127
            for region in regions:
                mask = region.geometry.to_mask(width=WIDTH, height=HEIGHT).astype(bool)
                iou = (mask & pixels).sum() / (mask | pixels).sum()
                assert iou >= 0.999, (name, item.asset.name, region.geometry)
                seen += 1
        assert seen >= len(AREAS) * 8, (name, seen)


def as_it_lies(orientation):
    """(height, width) of 0 and 1 of the photo's file, which many tools label without a look at EXIF."""
    return (np.asarray(Image.open(io.BytesIO(photo(orientation))).convert("L")) > 127).astype(np.uint8)


def test_labels_of_a_photo_as_it_lies_in_its_file_are_turned_with_it(db):
    team = make_team()
    manager = api(team.manager)
    project = make_project(team.organisation, team.manager)
    images, annotations, packed = [], [], io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for orientation in (5, 6, 7, 8):
            name = f"{orientation}.jpg"
            archive.writestr(name, photo(orientation))
            pixels = as_it_lies(orientation)
            (rows, columns), runs = np.nonzero(pixels), encode_runs(pixels)
            x, y = int(columns.min()), int(rows.min())
            bbox = [x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y]
            height, width = pixels.shape
            images.append({"id": orientation, "file_name": name, "width": width, "height": height})
            base = {"image_id": orientation, "category_id": 1, "bbox": bbox}
            annotations += [base, base | {"segmentation": {"size": [height, width], "counts": list(map(int, runs))}}]
        whole = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "car"}]}
        archive.writestr("x.json", json.dumps(whole))
    file = SimpleUploadedFile("x.zip", packed.getvalue())
    sent = manager.upload(f"projects/{project.pk}/imports", {"file": file, "preview": "true"}).json()
    run(sent["job"]["id"])
    for report in ("trial", "report"):  # what it would do, and what it did
        asked = {"mode": "accepted", "dry": report == "trial"}
        run(manager.post(f"imports/{sent['import']['id']}/go-on", asked).json()["job"]["id"])
        told = manager.get(f"imports/{sent['import']['id']}").json()[report]
        assert ([(p["code"], p["count"]) for p in told["problems"]], told["regions"]) == ([("turned_upright", 4)], 8)
    for revision in Revision.objects.filter(project=project):
        for body in iter_revision_elements(revision):
            for entry in decode_chunk(body):
                mask = entry.element.geometry.to_mask(width=WIDTH, height=HEIGHT).astype(bool)
                assert (mask & white().astype(bool)).sum() / (mask | white().astype(bool)).sum() >= 0.999
