"""Judging one edit's element: shape, place and schema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import msgspec

from apps.annotations.services.knowing import known_of
from apps.assets.models import Asset
from apps.projects.models import Project, SchemaVersion
from apps.projects.settings import settings_of
from domain import checks
from domain.elements import Answer, Element, ElementError, Keyframe, Region, Track, bounds_of, decode, encode, place
from domain.problems import Problem
from domain.schema import LabelSchema, check_answer, check_region, parse

if TYPE_CHECKING:
    from apps.annotations.services.saved import Edit

SCHEMAS_KEPT = 64


class Refused(Exception):
    """An edit that is not taken. `code` is stable."""

    def __init__(self, code: str, detail: str, element: str | None = None, at: str = "") -> None:
        super().__init__(detail)
        self.code, self.detail, self.element, self.at = code, detail, element, at


@lru_cache(maxsize=SCHEMAS_KEPT)
def schema_of(schema_id: int) -> LabelSchema:
    """A schema version is immutable, so a parsed one is kept."""
    return parse(SchemaVersion.objects.values_list("body", flat=True).get(pk=schema_id))


@dataclass(frozen=True, slots=True)
class Judge:
    """What an element must fit: the project's current schema and the asset's size in pixels."""

    schema: LabelSchema
    width: int
    height: int
    amodal: bool
    choices: checks.Choices = checks.DEFAULT
    known: checks.Known = checks.NOTHING

    @classmethod
    def of(cls, project: Project, asset: Asset) -> Judge:
        return cls.sized(project, asset.width, asset.height)

    @classmethod
    def sized(cls, project: Project, width: int, height: int) -> Judge:
        chosen = settings_of(project)
        return cls(
            schema_of(cast(int, project.schema_id)), width, height, chosen.amodal, chosen.checks, known_of(project.pk)
        )

    @property
    def context(self) -> checks.Context:
        return checks.Context(self.schema, self.width, self.height, self.amodal, self.choices, self.known)

    def context_of(self, outcome: str, references: Sequence[checks.Reference]) -> checks.Context:
        """As `context`, for a whole item."""
        return msgspec.structs.replace(self.context, outcome=outcome, references=references)

    def read(self, edit: Edit, findings: list[checks.Finding]) -> tuple[str, Element | None, bool]:
        """(element id, element or None for a delete, whether it was cut to the image). Findings are added to the list.

        Raises:
            Refused: what is wrong with it.
        """
        if edit.op == "delete":
            return self._deleted(edit), None, False
        raw = getattr(edit, edit.kind)
        if bytes(raw) in (b"", b"null"):
            raise Refused("element_missing", f"a put of a {edit.kind} carries it as `{edit.kind}`")
        try:
            element = decode(edit.kind, raw)
        except ElementError as error:
            raise Refused(error.code, error.detail.replace("`", "'")) from error
        return self._placed(element, findings)

    def _deleted(self, edit: Edit) -> str:
        if not edit.element_id:
            raise Refused("element_missing", "a delete names its `element_id`")
        if edit.kind == "answer":
            return edit.element_id[:120]
        try:
            return str(UUID(edit.element_id))
        except ValueError:
            raise Refused("bad_element", f"`element_id` must be a UUID, got {edit.element_id[:60]!r}") from None

    def _placed(self, element: Element, findings: list[checks.Finding]) -> tuple[str, Element, bool]:
        name = str(element.id)
        placed = place(element, width=self.width, height=self.height, amodal=self.amodal)
        problems = [*placed.problems, *self._schema_problems(element)]
        for problem in problems:
            if problem.severity == "error":
                raise Refused(problem.code, problem.detail, name, problem.at)
        for problem in placed.problems:
            findings.append(_finding(name, problem))
        assert placed.element is not None
        return name, placed.element, placed.element is not element

    def _schema_problems(self, element: Element) -> list[Problem]:
        if isinstance(element, Region | Track):
            return check_region(self.schema, element)
        if isinstance(element, Answer):
            return check_answer(self.schema, element)
        assert isinstance(element, Keyframe)
        return []  # its class is its track's, which may come in a later call: the submit looks at both

    @staticmethod
    def encode(element: Element) -> bytes:
        return encode(element)

    @staticmethod
    def bounds(element: Element) -> Any:
        return bounds_of(element)

    @staticmethod
    def decode_region(body: bytes) -> Region:
        return cast(Region, decode("region", body))


def _finding(element: str, problem: Problem) -> checks.Finding:
    return checks.Finding(problem.code, element, problem.detail, severity="info", at=problem.at, by=problem.by)
