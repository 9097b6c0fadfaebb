"""One project."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import predicting, quality
from .errors import Problem
from .runs import Export, Import, Progress, Version, watch
from .transport import Transport
from .uploading import IN_PARTS, PART, Journal, Picture, is_apart, pictures, portions


@dataclass(slots=True)
class UploadReport:
    """What became of an upload."""

    uploaded: int = 0
    duplicates: int = 0
    left_out: int = 0  # sent by an earlier run
    errors: list[dict[str, Any]] = field(default_factory=list)  # name, code, detail


class Project:
    """A project as the server has it; `document` is all that it said of it."""

    def __init__(self, transport: Transport, document: dict[str, Any]) -> None:
        self._transport, self.document = transport, document
        self.id: int = document["id"]
        self.name: str = document["name"]

    def __repr__(self) -> str:
        return f"Project({self.id}, {self.name!r})"

    def upload(
        self,
        paths: Iterable[str | Path],
        *,
        recursive: bool = False,
        resume: bool = False,
        metadata: dict[str, dict[str, Any]] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> UploadReport:
        """Send pictures in portions; each is a task when its portion is answered.

        Args:
            paths: files and folders.
            resume: leave out what an earlier run from this folder sent.
            metadata: fields by name: external_id, group, origin, licence, attribution, and any other as metadata.
            progress: called with how many files were dealt with.
        """
        report = UploadReport()
        journal = Journal(self._transport.url, self.id, resume=resume)
        files = list(pictures(paths, recursive=recursive))
        wanted = [file for file in files if file.mark() not in journal.sent]
        report.left_out = len(files) - len(wanted)
        if progress is not None and report.left_out:
            progress(report.left_out)
        for file in filter(is_apart, wanted):
            self._upload_in_parts(file, journal, report)
            if progress is not None:
                progress(1)
        for portion in portions(file for file in wanted if not is_apart(file)):
            with ExitStack() as stack:
                parts: list[Any] = [("files", (f.name, stack.enter_context(f.path.open("rb")))) for f in portion]
                data = [("paths", file.name) for file in portion]
                rows = [{"name": f.name, **(metadata or {})[f.name]} for f in portion if f.name in (metadata or {})]
                if rows:
                    lines = "\n".join(json.dumps(row) for row in rows)
                    parts.append(("metadata", ("metadata.jsonl", lines, "application/x-ndjson")))
                answer = self._transport.call("POST", f"/projects/{self.id}/assets/", files=parts, data=data)
            report.uploaded += len(answer["assets"])
            report.duplicates += sum(asset["duplicate_of"] is not None for asset in answer["assets"])
            report.errors += answer["errors"]
            refused = {error["name"] for error in answer["errors"]}
            journal.note(file for file in portion if file.name not in refused)
            if progress is not None:
                progress(len(portion))
        return report

    def _upload_in_parts(self, file: Picture, journal: Journal, report: UploadReport) -> None:
        """A large picture, or an archive of pictures; goes on where an earlier run stopped."""
        upload = self._send_in_parts(file, journal)
        started = self._transport.call("POST", f"/uploads/{upload}/take/")
        done = watch(self._transport, started["job"]["id"]).document["outcome"] or {}
        report.uploaded += done.get("assets", 0)
        report.errors += done.get("errors", [])
        journal.note([file])

    def _send_in_parts(self, file: Picture, journal: Journal | None = None) -> int:
        """The id of the whole upload."""
        upload = journal.begun(file) if journal is not None else None
        if upload is not None:
            try:
                self._transport.send_parts(upload, file.path, file.size, part=PART)
            except Problem as problem:
                if problem.status != 404:
                    raise
            else:
                return upload  # the others expired
        upload = self._transport.begin(f"/projects/{self.id}/uploads/", file.name, file.size)
        if journal is not None:
            journal.begin(file, upload)
        self._transport.send_parts(upload, file.path, file.size, part=PART)
        return upload

    def import_file(
        self,
        path: str | Path,
        *,
        format: str = "auto",
        mode: str = "append",
        enter: str = "accepted",
        source: str = "",
        classes: dict[str, int | None] | None = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> Import:
        """Bring in a file of annotations, with or without its pictures, and wait for it.

        Args:
            mode: what becomes of what stands on an image: `append`, `merge`, `replace`, `predictions` or `gold`.
            enter: where the annotations enter: `accepted`, for `review`, or as a `draft`.
            source: whose they are, where the file does not say; a later import of the same source updates them.
            classes: ids of the project's classes by the file's names; None leaves a class out.
            options: other fields of the request, as the server names them.
        """
        told = {"source": source, "classes": classes or {}}
        own = Picture(Path(path), Path(path).name)
        with ExitStack() as stack:
            sent: dict[str, Any] = {}
            data: dict[str, Any]
            if own.size <= IN_PARTS:
                sent = {"file": (own.name, stack.enter_context(own.path.open("rb")))}
            data = {
                "format": format,
                "mode": mode,
                "enter": enter,
                **({"options": json.dumps(told)} if source or classes else {}),
                **{k: v if isinstance(v, str) else json.dumps(v) for k, v in options.items()},
            }
            if not sent:
                sent = {"upload": (None, str(self._send_in_parts(own)))}
            started = self._transport.call("POST", f"/projects/{self.id}/imports/", files=sent, data=data)
        watch(self._transport, started["job"]["id"], progress)
        return Import.of(self._transport.call("GET", f"/imports/{started['import']['id']}/"))

    def try_import(
        self,
        path: str | Path,
        *,
        format: str = "auto",
        mode: str = "append",
        enter: str = "accepted",
        source: str = "",
        classes: dict[str, int | None] | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """What `import_file` would do. Nothing of the project changes."""
        looked = self.import_file(path, format=format, mode=mode, enter=enter, progress=progress, preview=True)
        body = {"mode": mode, "enter": enter, "source": source, "classes": classes or {}, "dry": True}
        started = self._transport.call("POST", f"/imports/{looked.id}/go-on/", json=body)
        watch(self._transport, started["job"]["id"], progress)
        trial: dict[str, Any] = self._transport.call("GET", f"/imports/{looked.id}/")["trial"]
        return trial

    def push_predictions(
        self,
        path: str | Path,
        *,
        model: str,
        format: str = "auto",
        coco: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Import:
        """Keep a file of a model's answers beside people's work; `model` is its name and version, as `yolo:3`.

        Args:
            path: a data set in any format, or answers as plain JSON (`labelwright.predicting`).
            coco: a COCO file whose images and categories name the ids of a COCO results list.

        Raises:
            ValueError: it is no JSON, or no row of it fits the project: the first that does not is named.
        """
        path = Path(path)
        if format != "auto" or not predicting.is_plain(path):
            return self.import_file(path, format=format, mode="predictions", source=model, progress=progress)
        named = json.loads(Path(coco).read_text(encoding="utf-8-sig")) if coco is not None else None
        told = self.answers(predicting.rows(path), coco=named)
        if not told.document["annotations"]:
            first = told.problems[0] if told.problems else {"row": 0, "detail": "there are no answers in it"}
            raise ValueError(f"nothing of {path} fits {self.name!r}: row {first['row']}: {first['detail']}")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{path.stem}.json"
            file.write_text(json.dumps(told.document), encoding="utf-8")
            run = self.import_file(file, format="coco", mode="predictions", source=model, progress=progress)
        return replace(run, left_out=told.problems, left_out_count=told.left_out)

    def predictions(
        self, *, model: str | None = None, task: int | None = None, elements: bool = False
    ) -> Iterator[dict[str, Any]]:
        """What models say of the project's tasks now, newest first; by one model (`yolo:3`) or of one task.

        Args:
            elements: bring what they are made of too; null where one has more than come along.
        """
        more = {"elements": "true", "limit": 50} if elements else {"limit": 500}
        asked = {name: value for name, value in (("model", model), ("task", task)) if value is not None}
        return self._transport.pages(f"/projects/{self.id}/predictions/", **more, **asked)

    def answers(
        self, found: Iterable[Mapping[str, Any]], *, coco: Mapping[str, Any] | None = None
    ) -> predicting.Answers:
        """A model's answers, as `labelwright.predicting` tells them, as COCO with this project's images and classes."""
        sizes: dict[str, tuple[int, int]] = {}
        for task in self.tasks(limit=500):
            asset = task["asset"]
            for name in (asset["external_id"], asset["name"]):
                if name:
                    sizes[name] = (asset["width"], asset["height"])
        classes: dict[str, int] = {}
        for one in self.schema()["body"]["classes"]:
            for name in (*(one.get("aliases") or ()), one.get("title"), one["name"]):  # the name itself wins
                if name:
                    classes[name] = one["id"]
        return predicting.as_coco(found, sizes=sizes, classes=classes, coco=coco)

    def undo_import(self, import_id: int, progress: Progress | None = None) -> dict[str, Any]:
        """Take an import back; what became of it: `taken_back`, `left` and `trashed`."""
        started = self._transport.call("POST", f"/imports/{import_id}/undo/")
        watch(self._transport, started["job"]["id"], progress)
        undone: dict[str, Any] = self._transport.call("GET", f"/imports/{import_id}/")["undone"]
        return undone

    def export(
        self,
        format: str,
        *,
        to: str | Path | None = None,
        version: int | None = None,
        filter: dict[str, Any] | None = None,
        options: dict[str, Any] | None = None,
        progress: Progress | None = None,
        received: Callable[[int], None] | None = None,
    ) -> Export:
        """Write an export, wait for it, and fetch it.

        Args:
            to: where the archive goes; without it, it stays on the server.
            version: id of a frozen version; without one, `filter` makes an unnamed one.
            received: called with the bytes of each block.
        """
        if to is not None and not Path(to).parent.is_dir():
            raise FileNotFoundError(f"there is no folder {Path(to).parent} to put it into")
        body: dict[str, Any] = {"format": format, "options": options or {}}
        if version is not None:
            body["version"] = version
        if filter is not None:
            body["filter"] = filter
        started = self._transport.call("POST", f"/projects/{self.id}/exports/", makes=True, json=body)
        watch(self._transport, started["job"]["id"], progress)
        document = self._transport.call("GET", f"/exports/{started['export']['id']}/")
        file = self._transport.download(document["file_url"], Path(to), received) if to is not None else None
        return Export.of(document, file)

    def freeze(
        self,
        name: str,
        *,
        filter: dict[str, Any] | None = None,
        splits: dict[str, float] | None = None,
        seed: int | None = None,
    ) -> Version:
        """Freeze a version that never changes. `seed`: the project's own unless given."""
        body: dict[str, Any] = {"name": name}
        if filter is not None:
            body["filter"] = filter
        if splits:
            body["splits"] = {"shares": splits, "seed": seed}
        return Version.of(self._transport.call("POST", f"/projects/{self.id}/versions/", makes=True, json=body))

    def versions(self) -> Iterator[Version]:
        return map(Version.of, self._transport.pages(f"/projects/{self.id}/versions/"))

    def tasks(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Rows of the data page, filtered as the server names it: state, class_id, annotator, name …"""
        return self._transport.pages(f"/projects/{self.id}/tasks/", **filters)

    def regions(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Rows of the regions page, filtered as the server names it: class_id, shape, min_score, finding …"""
        return self._transport.pages(f"/projects/{self.id}/regions/", **filters)

    def frame(self, **filters: Any) -> Any:
        """The tasks as a pandas frame, a row a task."""
        return _pandas().json_normalize(list(self.tasks(**filters)))

    def regions_frame(self, **filters: Any) -> Any:
        """The regions as a pandas frame, a row a region; `bounds` as x0, y0, x1, y1."""
        pandas = _pandas()
        frame = pandas.json_normalize([row | _corners(row.pop("bounds")) for row in self.regions(**filters)])
        titles = {one["id"]: one["name"] for one in self.schema()["body"]["classes"]}
        if len(frame):
            frame["class"] = frame["class_id"].map(titles)
        return frame

    def quality_frame(self, parts: Sequence[str] | None = None) -> Any:
        """The quality report as a pandas frame, a row a figure."""
        return _pandas().DataFrame(self.quality_report(parts), columns=list(quality.COLUMNS))

    def quality_report(self, parts: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Figures of progress, agreement, gold, audits, findings and statistics, each with its interval, n and method.

        Raises:
            ValueError: a part that there is not.
        """
        return quality.report(self._transport, self.id, parts)

    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = self._transport.call("GET", f"/projects/{self.id}/schema/")
        return found

    def set_schema(self, body: dict[str, Any]) -> dict[str, Any]:
        """The next version of the label schema."""
        found: dict[str, Any] = self._transport.call("PUT", f"/projects/{self.id}/schema/", json={"body": body})
        return found

    def quality(self) -> dict[str, Any]:
        """The figures of the overview: progress, first-time acceptance, people, forecast."""
        found: dict[str, Any] = self._transport.call("GET", f"/projects/{self.id}/stats/")
        return found


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise ImportError("frames need pandas: pip install 'labelwright[pandas]'") from error
    return pandas


def _corners(bounds: list[float] | None) -> dict[str, float | None]:
    found: list[float | None] = [*bounds] if bounds else [None] * 4
    return dict(zip(("x0", "y0", "x1", "y1"), found, strict=False))
