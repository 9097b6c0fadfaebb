"""What a machine does for a project: jobs, imports, exports, versions."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import Problem
from .transport import Transport

Progress = Callable[[int, int | None, str], None]
OVER = ("succeeded", "failed", "cancelled")
EVERY = 0.5  # seconds between looks at a job


@dataclass(frozen=True, slots=True)
class Job:
    """Work for a machine."""

    id: int
    state: str
    done: int
    total: int | None
    message: str
    error: dict[str, Any] | None
    document: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Job:
        return cls(
            document["id"],
            document["state"],
            document["done"],
            document["total"],
            document["message"],
            document["error"],
            document,
        )


def watch(transport: Transport, job_id: int, progress: Progress | None = None, *, timeout: float | None = None) -> Job:
    """Wait until a job is over.

    Raises:
        Problem: it failed or was cancelled. TimeoutError: it is still running.
    """
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        job = Job.of(transport.call("GET", f"/jobs/{job_id}/"))
        if progress is not None:
            progress(job.done, job.total, job.state)
        if job.state in OVER:
            break
        if end is not None and time.monotonic() > end:
            raise TimeoutError(f"job {job_id} is {job.state}: {job.done} of {job.total}")
        time.sleep(EVERY)
    if job.state != "succeeded":
        raise Problem(0, job.error or {"code": f"job_{job.state}", "detail": f"The job was {job.state}."})
    return job


@dataclass(frozen=True, slots=True)
class Import:
    """One run of a format into a project; `report` says what was brought in and what was not."""

    id: int
    format: str
    state: str
    report: dict[str, Any] | None
    document: dict[str, Any] = field(repr=False)
    left_out: list[dict[str, Any]] = field(
        default_factory=list
    )  # rows of plain answers that fit nothing: row, code, detail
    left_out_count: int = 0

    @classmethod
    def of(cls, document: dict[str, Any]) -> Import:
        return cls(document["id"], document["format"], document["state"], document["report"], document)


@dataclass(frozen=True, slots=True)
class Export:
    """One run of a format out of a project; `report` says what the format could not hold."""

    id: int
    format: str
    state: str
    digest: str
    report: dict[str, Any] | None
    file: Path | None
    document: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, document: dict[str, Any], file: Path | None = None) -> Export:
        return cls(
            document["id"],
            document["format"],
            document["state"],
            document["digest"],
            document["report"],
            file,
            document,
        )


@dataclass(frozen=True, slots=True)
class Version:
    """A frozen dataset version."""

    id: int
    number: int
    name: str
    items: int
    regions: int
    sha256: str
    document: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, document: dict[str, Any]) -> Version:
        counts = document["item_count"], document["region_count"]
        return cls(document["id"], document["number"], document["name"], *counts, document["sha256"], document)
