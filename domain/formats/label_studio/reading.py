"""Reading Label Studio JSON and JSON-MIN."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import cos, radians, sin
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import msgspec

from domain.elements.structs import Value
from domain.formats.base import AssetMeta, FormatError, ImportHeader, ImportItem, SizeOf, json_file, parse_options
from domain.formats.making import ItemMaker, Sighted, mask_of_pixels, numbers, polygon_of
from domain.formats.media import MediaIndex
from domain.formats.sources import Source
from domain.geometry.affine import Affine, apply_flat
from domain.geometry.angles import normalised
from domain.shapes import Geometry
from domain.shapes.box import Box
from domain.shapes.ellipse import Ellipse
from domain.shapes.points import Points
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.tag import Tag

from .brush import decode_brush
from .several import Part, is_picture, parts_of
from .writing import TAGS

_NAMESPACE = UUID("c4f0a1de-52a7-5ad3-a2a0-0c5e1c2a9b44")
_UPLOADED = re.compile(r"^[0-9a-f]{8}-(?=.)")
_REGIONS = ("rectangle", "ellipse", "polygon", "keypoint", "brush")
Result = dict[str, Any]


class ReadOptions(msgspec.Struct, forbid_unknown_fields=True):
    read: Literal["annotations", "predictions"] = "annotations"


def sniff(source: Source) -> float:
    """A list of tasks, or one, with `data` and `annotations` or `predictions`, or of JSON-MIN."""
    for path in [p for p in source.paths() if p.lower().endswith(".json")][:5]:
        with source.open(path) as file:
            head = file.read(1 << 16).lstrip(b"\xef\xbb\xbf \r\n\t")
        if not head.startswith((b"[", b"{")):
            continue
        if b'"data"' in head and (b'"annotations"' in head or b'"completions"' in head or b'"predictions"' in head):
            return 0.9
        if b'"original_width"' in head or (b'"annotation_id"' in head and b'"lead_time"' in head):
            return 0.8
    return 0.0


class LabelStudioReader:
    """Reads every list of tasks in a source."""

    options_type: ClassVar[type[ReadOptions]] = ReadOptions

    def __init__(self, source: Source, *, size_of: SizeOf | None = None, options: dict[str, Any] | None = None) -> None:
        self._source, self._size_of = source, size_of
        self._wanted: str = parse_options(options, ReadOptions).read
        self._media = MediaIndex(source)
        self._files = [p for p in source.paths() if p.lower().endswith(".json")]
        if not self._files:
            raise FormatError("not_label_studio", "there is no .json file in it")
        self._seen: Sighted | None = None
        self._count = 0

    def _tasks(self, path: str) -> list[msgspec.Raw]:
        found = json_file(self._source, path, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
        # a task of its own, as a storage holds them
        return [msgspec.Raw(msgspec.json.encode(found))] if isinstance(found, dict) else found

    def header(self) -> ImportHeader:
        seen = self._sighted()
        return ImportHeader(
            format="label_studio",
            classes=seen.classes(),
            items=self._count,
            item_attributes=seen.answers.item_attributes(),
        )

    def _sighted(self) -> Sighted:
        if self._seen is None:
            seen = Sighted()
            for path in self._files:
                for raw in self._tasks(path):
                    try:
                        task = msgspec.json.decode(raw, type=dict[str, Any])
                    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                        self._count += 1
                        continue  # told with its item
                    results = _chosen(task, self._wanted)[0]
                    self._count += len(parts_of(task, results))
                    _see(seen, results)
            self._seen = seen
        return self._seen

    def items(self) -> Iterator[ImportItem]:
        seen = self._sighted()
        for path in self._files:
            for number, raw in enumerate(self._tasks(path)):
                try:
                    task = msgspec.json.decode(raw, type=dict[str, Any])
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    maker = ItemMaker(_NAMESPACE, f"{path}#{number}")
                    maker.problem("bad_task", f"{path} task {number}: {error}")
                    yield maker.item(AssetMeta(name=f"task {number}", width=0, height=0))
                    continue
                results, judged, others = _chosen(task, self._wanted)
                told = (
                    [("several_answers", f"the task has {others + 1} answers; one of them was taken")] if others else []
                )
                given = task.get("predictions")
                if self._wanted == "annotations" and given and isinstance(given, list):
                    said = f"the task has {len(given)} predictions, which the option read=predictions reads"
                    told.append(("predictions_left_out", said))
                for part in parts_of(task, results):
                    key = f"{path}/{task.get('id', number)}{part.key}"
                    yield self._item(part, key, seen, judged, told)
                    told = []

    def _item(self, part: Part, key: str, seen: Sighted, judged: bool, told: list[tuple[str, str]]) -> ImportItem:
        maker = ItemMaker(_NAMESPACE, key)
        for code, detail in [*told, *part.told]:
            maker.problem(code, detail)
        results, told_only = part.results, len(maker.problems)
        names = _names(part.task)
        media = next((path for name in names if (path := self._media.find(name))), None)
        size = next(
            (
                (w, h)
                for r in results
                if (w := _whole(r.get("original_width"))) and (h := _whole(r.get("original_height")))
            ),
            None,
        )
        if size is None and self._size_of is not None:
            size = next((said for name in [media, *names] if name and (said := self._size_of(name))), None)
        width, height = size or (0, 0)
        links = sum(result.get("type") == "relation" for result in results)
        if links:
            maker.problem(
                "relations_left_out", f"the task links regions to each other {links} times; links are not read"
            )
        groups = _by_id(results)
        for group, found in groups.items():
            self._group(maker, group, found, (width, height), seen)
        asset = AssetMeta(name=(names or [f"task {key.rpartition('/')[2]}"])[0], width=width, height=height)
        outcome = "labelled" if maker.elements else "empty" if judged and len(maker.problems) == told_only else ""
        return maker.item(asset, outcome=outcome, media=media)

    def _group(self, maker: ItemMaker, name: str, found: list[Result], size: tuple[int, int], seen: Sighted) -> None:
        """All results of one id: a region with its attributes, or answers about the image."""
        drawn = [r for r in found if _kind(r) in _REGIONS]
        answers = _answers(found)
        if not drawn:
            self._answers(maker, found, answers, seen)
            return
        labelled = next((r for r in drawn if _labels(r)), drawn[0])
        labels = _labels(labelled) or _apart(found)
        if not labels:
            maker.problem("no_class", f"region {name} has no label")
            return
        try:
            geometry = _geometry(labelled, size)
        except ValueError as error:
            maker.problem("bad_region", f"region {name} ({labels[0]}): {error}")
            return
        if len(labels) > 1:
            maker.problem("several_labels", f"region {name} has {len(labels)} labels; it became a region of each")
        score = labelled.get("score")
        for i, label in enumerate(labels):
            key = seen.key(label)
            maker.region(
                geometry,
                key,
                f"{name}/{i}" if i else name,
                attributes=seen.fit(key, answers),
                score=float(score) if isinstance(score, int | float) and 0 <= score <= 1 else None,
                parent=None,
            )

    def _answers(self, maker: ItemMaker, found: list[Result], answers: dict[str, Value], seen: Sighted) -> None:
        fitted = seen.answers.fit(answers)
        for name, value in answers.items():
            if name == TAGS and isinstance(value, list | str):
                for tag in value if isinstance(value, list) else [value]:
                    maker.region(Tag(), seen.key(str(tag)), f"tag/{tag}")
            elif name in fitted:
                maker.answer(name, fitted[name])
        for result in found:
            if _kind(result) not in _READ_ANSWERS and result.get("type") != "relation":
                maker.problem("unknown_type", f"results of type {result.get('type')!r} are not read")


def _chosen(task: dict[str, Any], wanted: str) -> tuple[list[Result], bool, int]:
    """(results, whether a person judged the image, how many other answers there are) of the answer to take."""
    if "annotations" not in task and "completions" not in task and "predictions" not in task:
        return _from_min(task), True, 0
    name = "predictions" if wanted == "predictions" else "annotations" if "annotations" in task else "completions"
    given = task.get(name)
    answers = (
        [a for a in given if isinstance(a, dict) and not a.get("was_cancelled")] if isinstance(given, list) else []
    )
    if not answers:
        return [], False, 0
    truth = [a for a in answers if a.get("ground_truth")]
    best = max(
        truth or answers, key=lambda a: (str(a.get("updated_at") or a.get("created_at") or ""), _order(a.get("id")))
    )
    results = best.get("result")
    found = [r for r in results if isinstance(r, dict)] if isinstance(results, list) else []
    if wanted == "predictions":
        score = best.get("score")
        found = [r if "score" in r or score is None else r | {"score": score} for r in found]
    return found, wanted == "annotations", len(answers) - 1


def _order(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _from_min(task: dict[str, Any]) -> list[Result]:
    """Results of a task of JSON-MIN: lists of values under the names of their controls."""
    out: list[Result] = []
    for name, value in task.items():
        if isinstance(value, list):
            for i, one in enumerate(value):
                kind = next((k for k in one if k.endswith("labels")), None) if isinstance(one, dict) else None
                if kind is not None:
                    size = {key: one.get(key) for key in ("original_width", "original_height", "image_rotation")}
                    out.append({"id": f"{name}-{i}", "from_name": name, "type": kind, "value": one} | size)
        elif isinstance(value, dict) and isinstance(value.get("choices"), list):
            out.append({"id": name, "from_name": name, "type": "choices", "value": value})
        elif isinstance(value, str) and name not in _OWN and not is_picture(value):
            out.append({"id": name, "from_name": name, "type": "choices", "value": {"choices": [value]}})
    return out


_OWN = ("image", "img", "url", "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement")


def _names(task: dict[str, Any]) -> list[str]:
    """Names that the image may have, the likeliest first: what was uploaded gets eight hex digits in front."""
    data = task.get("data") if isinstance(task.get("data"), dict) else task
    assert isinstance(data, dict)
    texts = [v for k, v in data.items() if isinstance(v, str) and (is_picture(v) or k in ("image", "img"))]
    upload = task.get("file_upload")
    out: list[str] = []
    for text in [*texts, *([upload] if isinstance(upload, str) else [])]:
        parts = urlsplit(text)
        path = parse_qs(parts.query).get("d", [parts.path])[0]
        path = unquote(path).replace("\\", "/").lstrip("/")
        base = path.rpartition("/")[2]
        short = _UPLOADED.sub("", base)
        inside = path.removeprefix("data/upload/") if path.startswith("data/upload/") else path
        out += [short if short != base else inside.removeprefix("images/"), inside, base]
    return list(dict.fromkeys(name for name in out if name))


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and 0 < value < 1e6 else 0


def _by_id(results: list[Result]) -> dict[str, list[Result]]:
    out: dict[str, list[Result]] = {}
    for number, result in enumerate(results):
        if result.get("type") != "relation":
            out.setdefault(str(result.get("id") or f"#{number}"), []).append(result)
    return out


def _kind(result: Result) -> str:
    """`rectanglelabels` and `rectangle` → rectangle."""
    return str(result.get("type")).removesuffix("labels")


def _labels(result: Result) -> list[str]:
    value = result.get("value")
    if not isinstance(value, dict):
        return []
    found = value.get(str(result.get("type"))) or value.get("labels")
    return [str(label) for label in found if str(label)] if isinstance(found, list) else []


def _apart(results: list[Result]) -> list[str]:
    """Labels that stand in a result of their own, as `<Labels>` beside `<Rectangle>` writes them."""
    return next((labels for r in results if r.get("type") == "labels" and (labels := _labels(r))), [])


def _first(value: Any, name: str) -> Any:
    found = value.get(name)
    return found[0] if isinstance(found, list) and len(found) == 1 else found


def _taxonomy(value: dict[str, Any]) -> Value:
    paths = value.get("taxonomy")
    return ["/".join(map(str, path)) for path in paths if isinstance(path, list)] if isinstance(paths, list) else None


_READ_ANSWERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "choices": lambda value: _first(value, "choices"),
    "textarea": lambda value: "\n".join(map(str, t)) if isinstance(t := value.get("text"), list) else t,
    "rating": lambda value: value.get("rating"),
    "number": lambda value: value.get("number"),
    "datetime": lambda value: value.get("datetime"),
    "taxonomy": _taxonomy,
}


def _answer(result: Result) -> Value:
    """What a result answers, `true` and `false` as booleans; None when it answers nothing that is read."""
    value = result.get("value")
    read = _READ_ANSWERS.get(_kind(result))
    if read is None or not isinstance(value, dict):
        return None
    found = read(value)
    if found in ("true", "false"):
        return bool(found == "true")
    if isinstance(found, list):
        return [str(one) for one in found]
    return found if isinstance(found, bool | int | float | str) else None


def _answers(results: list[Result]) -> dict[str, Value]:
    """What the results that draw nothing answer, by question."""
    found: dict[str, Value] = {}
    for result in results:
        if _kind(result) not in _REGIONS and (value := _answer(result)) is not None:
            found[str(result.get("from_name"))] = value
    return found


def _see(seen: Sighted, results: list[Result]) -> None:
    for found in _by_id(results).values():
        drawn = [r for r in found if _kind(r) in _REGIONS]
        answers = _answers(found)
        if drawn:
            labelled = next((r for r in drawn if _labels(r)), drawn[0])
            for label in _labels(labelled) or _apart(found):
                seen.see(label, _shape(labelled), answers)
            continue
        tags = answers.pop(TAGS, None)
        for tag in tags if isinstance(tags, list) else [tags] if isinstance(tags, str) else []:
            seen.see(str(tag), "tag")
        seen.answers.see(answers)


def _shape(result: Result) -> str:
    kind, value = _kind(result), result.get("value")
    turned = isinstance(value, dict) and value.get("rotation") not in (None, 0, 0.0)
    return {
        "rectangle": "rotated_box" if turned else "box",
        "ellipse": "ellipse",
        "polygon": "polygon",
        "keypoint": "points",
        "brush": "mask",
    }[kind]


def _geometry(result: Result, size: tuple[int, int]) -> Geometry:
    """Raises ValueError: broken numbers, or an image whose size is not known."""
    width = _whole(result.get("original_width")) or size[0]
    height = _whole(result.get("original_height")) or size[1]
    if min(width, height) <= 0:
        raise ValueError("the size of the image is not known, and percent need it")
    value = result.get("value")
    if not isinstance(value, dict):
        raise ValueError("it has no value")
    turns = int(result.get("image_rotation") or 0) % 360 // 90
    shown = (height, width) if turns % 2 else (width, height)
    geometry = _READERS[_kind(result)](value, *shown)
    if not turns:
        return geometry
    back = geometry.transformed(_unturned(turns, width, height))
    if back is None:
        raise ValueError("it cannot be turned back with its image")
    return back


def _unturned(turns: int, width: int, height: int) -> Affine:
    """From the image as it was shown, turned clockwise by quarter turns, to the image itself."""
    return {
        1: (0.0, -1.0, 1.0, 0.0, 0.0, float(height)),
        2: (-1.0, 0.0, 0.0, -1.0, float(width), float(height)),
        3: (0.0, 1.0, -1.0, 0.0, float(width), 0.0),
    }[turns]


def _numbers(value: dict[str, Any], *names: str) -> list[float]:
    return numbers([value.get(name) for name in names], "its value")


def _rectangle(value: dict[str, Any], width: int, height: int) -> Geometry:
    x, y, w, h = _numbers(value, "x", "y", "width", "height")
    x, w, y, h = x / 100 * width, w / 100 * width, y / 100 * height, h / 100 * height
    if w <= 0 or h <= 0:
        raise ValueError(f"the rectangle is {w:g} × {h:g}; both sides must be positive")
    angle = normalised(numbers([value.get("rotation") or 0], "rotation")[0])
    if not angle:
        return Box(x, y, w, h)
    turn = radians(angle)
    return RotatedBox(x + cos(turn) * w / 2 - sin(turn) * h / 2, y + sin(turn) * w / 2 + cos(turn) * h / 2, w, h, angle)


def _ellipse(value: dict[str, Any], width: int, height: int) -> Geometry:
    x, y, rx, ry = _numbers(value, "x", "y", "radiusX", "radiusY")
    angle = normalised(numbers([value.get("rotation") or 0], "rotation")[0])
    return Ellipse(x / 100 * width, y / 100 * height, rx / 100 * width, ry / 100 * height, angle)


def _polygon(value: dict[str, Any], width: int, height: int) -> Geometry:
    points = value.get("points")
    if not isinstance(points, list) or any(not isinstance(p, list) or len(p) != 2 for p in points):
        raise ValueError("its points are not pairs")
    flat = numbers([c for point in points for c in point], "points")
    return polygon_of(apply_flat((width / 100, 0.0, 0.0, height / 100, 0.0, 0.0), flat))


def _keypoint(value: dict[str, Any], width: int, height: int) -> Geometry:
    x, y = _numbers(value, "x", "y")
    return Points([x / 100 * width, y / 100 * height])


def _brush(value: dict[str, Any], width: int, height: int) -> Geometry:
    rle = value.get("rle")
    if not isinstance(rle, list):
        raise ValueError("only brushes in the format rle are read")
    mask = mask_of_pixels(decode_brush(rle, width=width, height=height))
    if mask is None:
        raise ValueError("the brush is empty")
    return mask


_READERS: dict[str, Callable[[dict[str, Any], int, int], Geometry]] = {
    "rectangle": _rectangle,
    "ellipse": _ellipse,
    "polygon": _polygon,
    "keypoint": _keypoint,
    "brush": _brush,
}
