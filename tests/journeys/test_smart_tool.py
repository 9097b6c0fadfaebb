"""The smart tool on a real photo: a click, one beside the object, Enter; what is saved is the flower that a person drew. Then
the same by an interactive model, whose two files are stubs with SAM's tensors, in the stack's own workers."""

from __future__ import annotations

import json

import numpy as np
from pycocotools import mask as coco

from tests import stub_sam
from tests.journeys.conftest import PHOTOS, MakeProject, People, Window
from tests.journeys.drawing import Hand
from tests.journeys.pages import assignment_of
from tests.running import PROJECT, until

SIZE = (640, 427)  # pixels of dahlia.jpg
CLASSES = {
    "classes": [{"id": 1, "name": "flower", "color": "#ffa31f", "shapes": ["mask", "polygon"]}],
    "item_attributes": [],
}
ALIKE = 0.85  # IoU with the kept mask


def test_clicks_find_the_flower_that_a_person_drew(window: Window, people: People, make_project: MakeProject) -> None:
    project = make_project("Smart", CLASSES, [PHOTOS / "dahlia.jpg"])
    _register(people, project)
    page = window("annotator")
    page.goto(f"/projects/{project}/label")
    hand = Hand(page, size=SIZE, people=people)
    hand.ready().pictured()
    hand.assignment = assignment_of(page)

    hand.take("s")
    hand.click((300, 200))
    hand.click((60, 60), modifiers=("Shift",))
    hand.click((250, 260))
    hand.press("Enter")
    hand.regions(1)
    (mask,) = hand.saved_when(lambda all_: len(all_) == 1)
    assert (mask["shape"], mask["source"]) == ("mask", "smart:graph_cut")
    assert _iou(_pixels(mask["geometry"]), _flower()) >= ALIKE

    hand.press("Control+z")
    hand.regions(0)
    page.get_by_role("group", name="Options of the tool").get_by_role("radio", name="Polygon").click()
    hand.pull((150, 60), (520, 390))  # a box around it
    hand.press("Enter")
    hand.regions(1)
    until(lambda: any(one["shape"] == "polygon" for one in hand.saved()))
    assert len(hand.only("polygon")["parts"]) == 1

    hand.press("Control+z")
    hand.regions(0)
    hand.take("s")
    hand.choose("Model")
    hand.choose("Mask")
    page.wait_for_function("() => performance.getEntriesByName('decoder.opened').length > 0")
    page.route("**/segment", lambda route: route.abort())  # from here on only the page itself can answer
    hand.click((300, 200))
    hand.press("Enter")
    hand.regions(1)
    (mask,) = hand.saved_when(lambda all_: [one["shape"] for one in all_] == ["mask"])
    assert mask["source"] == "smart:Stub:1"
    here = _pixels(mask["geometry"])
    task = people.client("annotator").get(f"assignments/{hand.assignment}")["task"]["id"]
    answer = people.client("annotator").post(f"tasks/{task}/segment", {"points": [{"x": 300, "y": 200}]})
    assert _iou(here, _pixels(answer["mask"])) > 0.99, "a worker finds the same"


def _register(people: People, project: int) -> None:
    """An interactive model of two files, checked by a worker."""
    manager = people.client("manager")
    model = manager.post(f"projects/{project}/models", {"name": "Stub", "backend": "onnx"})["id"]
    encoder, decoder = stub_sam.sam()
    files = [("encoder", ("encoder.onnx", encoder)), ("decoder", ("decoder.onnx", decoder))]
    manager.call("POST", f"models/{model}/versions", files=files)
    until(lambda: manager.get(f"models/{model}")["versions"][0]["state"] == "ok")


def _pixels(geometry: dict[str, object]) -> np.ndarray:
    height, width = geometry["size"]  # type: ignore[misc]
    crop = coco.decode({"size": [height, width], "counts": str(geometry["counts"]).encode()})
    whole = np.zeros(SIZE[::-1], bool)
    x, y = int(geometry["x"]), int(geometry["y"])  # type: ignore[call-overload]
    whole[y : y + height, x : x + width] = crop
    return whole


def _flower() -> np.ndarray:
    """The flower as it was drawn for the demo project."""
    photo = json.loads((PROJECT / "demo" / "demo.json").read_text())["photos"]["dahlia.jpg"]
    ring = next(one for one in photo["regions"] if one["shape"] == "polygon")["geometry"]["parts"][0][0]
    return coco.decode(coco.merge(coco.frPyObjects([ring], SIZE[1], SIZE[0]))).astype(bool)


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())
